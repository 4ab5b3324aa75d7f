"""The one app of faqsite."""

from django.apps import AppConfig


class ErrorsConfig(AppConfig):
    name = "errors"
    verbose_name = "Mail errors"

    def ready(self) -> None:
        """Make every change of the catalog known to all processes, and to its history."""
        from errors import catalog, history  # noqa: PLC0415 - models exist from here on

        catalog.watch()
        history.watch()
