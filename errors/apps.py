"""The one app of faqsite, and Django's admin with our way in."""

from django.apps import AppConfig
from django.contrib.admin import apps
from django.core import checks
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class DeskConfig(apps.AdminConfig):
    """The admin of Django, entered by `errors.access`."""

    default_site = "errors.access.site.StaffSite"
    default = False


class ErrorsConfig(AppConfig):
    name = "errors"
    verbose_name = _("Mail errors")

    def ready(self) -> None:
        """Watch catalog, logins and requests, and check the branding at every start."""
        # Models exist only from here on.
        from errors import branding, catalog, history, roles, tallying  # noqa: PLC0415
        from errors.access import records  # noqa: PLC0415

        catalog.watch()
        history.watch()
        records.watch()
        tallying.watch()
        post_migrate.connect(roles.make_groups, sender=self)
        checks.register(branding.check)
