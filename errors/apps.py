"""The one app of faqsite."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ErrorsConfig(AppConfig):
    name = "errors"
    verbose_name = _("Mail errors")

    def ready(self) -> None:
        """Make every change of the catalog known to all processes, and to its history."""
        from errors import catalog, history, roles  # noqa: PLC0415 - models exist from here on

        catalog.watch()
        history.watch()
        post_migrate.connect(roles.make_groups, sender=self)
