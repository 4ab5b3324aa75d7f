"""Forms of the desk's pages: a slug and a place are found where none was given, and
examples that lead elsewhere say so on their field."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.admin.widgets import AdminTextareaWidget
from django.db import models
from django.forms import BaseInlineFormSet
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from modeltranslation.utils import build_localized_fieldname

from errors.models import Entry, Section, Synonym, free_slug
from errors.rehearsing import Loss
from errors.shipping.contents import unix
from errors.shipping.writing import STEP


class LinesField(forms.CharField):
    """A text of several lines: those of a browser end in \\r\\n, ours do not.

    So a text that nobody touched is not taken for a changed one.
    """

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return unix(text) if isinstance(text, str) else text


# For every page and inline of the desk.
LINES: dict[type[models.Field], dict[str, Any]] = {
    models.TextField: {"form_class": LinesField, "widget": AdminTextareaWidget}
}


class QuickSelect(forms.Select):
    """A list to choose from whose options are rendered once for hundreds of rows.

    Django renders a template per option: a page of 400 patterns took many seconds.
    """

    def render(
        self, name: str, value: Any, attrs: Any = None, renderer: Any = None
    ) -> SafeString:
        flat = flatatt({**self.build_attrs(self.attrs, attrs), "name": name})
        options = _options_of(tuple(self.choices))
        chosen = format_html('value="{}"', "" if value is None else value)
        marked = options.replace(chosen, f"{chosen} selected", 1)
        return format_html("<select{}>{}</select>", flat, mark_safe(marked))  # noqa: S308 - both escaped


@lru_cache(maxsize=64)
def _options_of(choices: tuple[tuple[Any, Any], ...]) -> str:
    said = ((str(value), str(label)) for value, label in choices)
    return format_html_join("", '<option value="{}">{}</option>', said)


class EntryForm(forms.ModelForm):
    class Meta:
        model = Entry
        exclude = ()  # noqa: DJ006 - staff may edit every field; the admin lays them out

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("slug", "position"):
            if name in self.fields:  # else it is read only for this person
                self.fields[name].required = False

    def clean_slug(self) -> str:
        """Make a slug from the title where none was given."""
        slug: str = self.cleaned_data.get("slug") or ""
        return slug or free_slug(Entry, *_typed(self, "title"))

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        section = self.cleaned_data.get("section")
        if section and "position" in self.fields and "position" not in self.errors:
            self._clean_position(section)
        return cleaned

    def _clean_position(self, section: Section) -> None:
        """Put the entry last where no place was given; say which one is free."""
        others = section.entries.exclude(pk=self.instance.pk)
        taken = set(others.values_list("position", flat=True))
        free = max(taken, default=0) + STEP
        position = self.cleaned_data.get("position")
        if position in taken:
            message = _("This place in the section is taken; %(free)d is free.")
            self.add_error("position", message % {"free": free})
        elif position is None:
            self.cleaned_data["position"] = free


class RowForm(forms.ModelForm):
    """A row among hundreds: what nobody touched was checked when it was saved."""

    def _post_clean(self) -> None:
        if self.instance.pk is None or self.has_changed():
            super()._post_clean()  # type: ignore[misc]  # Django's hook, not in the stubs


class SynonymForm(forms.ModelForm):
    """A group of words needs no name: one is made of its words."""

    class Meta:
        model = Synonym
        exclude = ()  # noqa: DJ006 - staff may edit every field

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:  # else it is read only for this person
            self.fields["slug"].required = False

    def clean_slug(self) -> str:
        """Make a slug from the first word with Latin letters where none was given."""
        slug: str = self.cleaned_data.get("slug") or ""
        lines = (line for words in _typed(self, "words") for line in words.split("\n"))
        return slug or free_slug(Synonym, *lines)


def _typed(form: forms.ModelForm, name: str) -> Iterator[str]:
    """Yield what was typed into a translated field, English first: slugs are Latin."""
    codes = sorted(dict(settings.LANGUAGES), key="en".__ne__)
    for code in codes:
        yield form.data.get(build_localized_fieldname(name, code), "")


class ExampleFormSet(BaseInlineFormSet):
    """Says on its field of each example that leads elsewhere to which entry, and why."""

    strays: Mapping[str, Loss] = {}  # by text; set when a save was stopped for them

    def clean(self) -> None:
        super().clean()
        for form in self.forms:
            data = getattr(form, "cleaned_data", {})
            loss = self.strays.get(unix(data.get("text", "")))
            if loss and not data.get("DELETE"):
                form.add_error("text", say_stray(loss))


def say_stray(loss: Loss) -> str:
    """Say which entry an example leads to instead of its own, and why."""
    if loss.after is None:
        return _("No pattern of this entry is met by this example.")
    why = loss.after.why + (f" > {loss.own.why}" if loss.own else "")
    return _("This example leads to %(entry)s: %(why)s.") % {
        "entry": loss.after.entry,
        "why": why,
    }
