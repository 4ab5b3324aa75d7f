"""Translated fields in tabs, one a language, without any third party's script."""

from django.forms import Media


class LanguageTabs:
    """Adds the script that shows one language at a time; without it all are shown."""

    @property
    def media(self) -> Media:
        own = Media(
            js=["errors-admin/tabs.js"], css={"all": ["errors-admin/admin.css"]}
        )
        base: Media = super().media  # type: ignore[misc]  # mixed into a ModelAdmin
        return base + own
