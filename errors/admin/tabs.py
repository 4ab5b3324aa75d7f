"""Translated fields in tabs, one a language, and beside them how they will look on the site."""

from typing import Any

from django.db.models import Field
from django.forms import Field as FormField, Media, Textarea
from django.http import HttpRequest
from django.urls import reverse

from errors.admin.live import MARKDOWN, PLAIN


class LanguageTabs:
    """Adds the scripts for it; without them all languages are shown, and no preview."""

    @property
    def media(self) -> Media:
        own = Media(
            js=["errors-admin/tabs.js", "errors-admin/live.js"],
            css={"all": ["errors-admin/admin.css"]},
        )
        base: Media = super().media  # type: ignore[misc]  # mixed into a ModelAdmin
        return base + own

    def formfield_for_dbfield(
        self, db_field: "Field[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> FormField | None:
        """Tell the script where a text is rendered, and as what."""
        field: FormField | None = super().formfield_for_dbfield(  # type: ignore[misc]  # mixed into a ModelAdmin
            db_field, request, **kwargs
        )
        name = getattr(getattr(db_field, "translated_field", None), "name", "")
        is_shown = name in (*MARKDOWN, *PLAIN)
        if field and is_shown and isinstance(field.widget, Textarea):
            field.widget.attrs |= {
                "data-preview": reverse("admin:errors_entry_preview"),
                "data-field": name,
                "data-language": db_field.language,  # type: ignore[attr-defined]  # modeltranslation's
            }
        return field
