"""Forms of the entry page: a slug and a place are found where none was given, and
examples are tried on the catalog as it would become."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms import BaseInlineFormSet, inlineformset_factory
from django.utils.text import slugify
from django.utils.translation import gettext as _

from errors.bounce.explaining import explain
from errors.bounce.matching import Catalog
from errors.bounce.values import Candidate
from errors.catalog import compile_with
from errors.models import Entry, Pattern, Section

STEP = 10  # between positions, so that entries can be put in between


class EntryForm(forms.ModelForm):
    class Meta:
        model = Entry
        exclude = ()  # noqa: DJ006 - staff may edit every field; the admin lays them out

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("slug", "position"):
            self.fields[name].required = False

    def clean_slug(self) -> str:
        """Make a slug from the title where none was given."""
        slug: str = self.cleaned_data.get("slug") or ""
        return slug or next(s for s in self._slugs() if not _is_taken(s))

    def _slugs(self) -> Iterator[str]:
        """Yield slugs from best to worst; a title without Latin letters gives a number."""
        titles = (self.data.get(name, "") for name in ("title_en", "title", "title_ja"))
        base = next(filter(None, map(slugify, titles)), "entry")[:90].strip("-")
        if base != "entry":
            yield base
        number = 2
        while True:
            yield f"{base}-{number}"
            number += 1

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        section = self.cleaned_data.get("section")
        if section and "position" not in self.errors:
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


def _is_taken(slug: str) -> bool:
    return Entry.objects.filter(slug=slug).exists()


class ExampleFormSet(BaseInlineFormSet):
    """Refuses an example that would lead to another entry, and says to which and why."""

    def clean(self) -> None:
        super().clean()
        patterns = self._patterns()
        if patterns is None or any(self.errors):
            return
        forms_ = [form for form in self.forms if _says_something(form)]
        if not forms_:
            return
        entry = self.instance
        entry.slug = entry.slug or "-"
        catalog = compile_with(entry, patterns)
        for form in forms_:
            problem = find_problem(form.cleaned_data["text"], entry.slug, catalog)
            if problem:
                form.add_error("text", problem)

    def _patterns(self) -> list[Pattern] | None:
        """Return the patterns typed into the same page; None while they have errors."""
        make = inlineformset_factory(Entry, Pattern, exclude=())
        typed = make(self.data, instance=self.instance, prefix="patterns")
        if not typed.is_valid():
            return None
        kept = (f for f in typed.forms if f not in typed.deleted_forms)
        rows: list[Pattern] = [f.instance for f in kept if f.has_changed() or f.initial]
        return rows


def _says_something(form: Any) -> bool:
    data = getattr(form, "cleaned_data", {})
    return bool(data.get("text")) and not data.get("DELETE")


def find_problem(text: str, slug: str, catalog: Catalog) -> str:
    """Say which entry an example leads to instead of its own, and why; "" if to its own."""
    verdicts = explain(text, catalog).verdicts
    if any(verdict.entry == slug for verdict in verdicts):
        return ""
    winner = verdicts[0].winner
    if winner is None:
        return _("No pattern of this entry is met by this example.")
    return _("This example leads to %(entry)s: %(why)s.") % {
        "entry": winner.entry,
        "why": _why(winner, verdicts[0].others, slug),
    }


def _why(winner: Candidate, others: tuple[Candidate, ...], slug: str) -> str:
    own = next((other.why for other in others if other.entry == slug), "")
    return f"{winner.why}" + (f" > {own}" if own else "")
