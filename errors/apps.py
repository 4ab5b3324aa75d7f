"""The one app of faqsite."""

from django.apps import AppConfig


class ErrorsConfig(AppConfig):
    name = "errors"
    verbose_name = "Mail errors"

    def ready(self) -> None:
        """Watch the catalog for changes, and requests for the figures."""
        from errors import catalog, tallying  # noqa: PLC0415 - models exist only from here on

        catalog.watch()
        tallying.watch()
