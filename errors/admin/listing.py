"""The list of entries: what each still lacks, at a glance, and filters for it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Q, QuerySet, prefetch_related_objects
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from modeltranslation.utils import build_localized_fieldname

from errors.catalog import current
from errors.figures import EntryFigures, figures_of
from errors.models import Entry, Example, State
from errors.publishing import TEXT_FIELDS
from errors.rehearsing import find_strays, leads_home


@dataclass(frozen=True, slots=True)
class Standing:
    """How an entry stands: its examples, and how often it was of use."""

    passing: int
    examples: int
    is_tried: bool  # a draft's examples lead nowhere yet
    figures: EntryFigures


class EntryList(ChangeList):
    """Works out the standing of the entries of one page, in a constant number of queries."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        entries: list[Entry] = list(self.result_list)
        prefetch_related_objects(entries, "examples")
        figures = figures_of([entry.slug for entry in entries])
        for entry in entries:
            entry.standing = _standing_of(entry, figures[entry.slug])  # type: ignore[attr-defined]  # for the columns
        self.result_list = entries


def _standing_of(entry: Entry, figures: EntryFigures) -> Standing:
    texts = [example.text for example in entry.examples.all()]
    is_tried = entry.state == State.PUBLISHED
    catalog = current().catalog
    passing = sum(leads_home((entry.slug, text), catalog) for text in texts)
    return Standing(passing if is_tried else 0, len(texts), is_tried, figures)


def find_lacking(entry: Entry, code: str) -> list[str]:
    """Return the fields without a text in a language."""
    return [
        name
        for name in TEXT_FIELDS
        if not (getattr(entry, build_localized_fieldname(name, code)) or "").strip()
    ]


class NeedsFilter(admin.SimpleListFilter):
    """Entries that still need somebody's work, by the kind of work."""

    title = _("needs")
    parameter_name = "needs"

    def lookups(
        self, request: HttpRequest, model_admin: object
    ) -> Iterator[tuple[str, Any]]:
        for code, name in settings.LANGUAGES:
            yield code, _("texts: %(language)s") % {"language": name}
        yield "update", _("translations brought up to date")
        yield "pattern", _("a pattern")
        yield "example", _("an example")
        yield "mending", _("examples that lead elsewhere mended")

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Entry]
    ) -> QuerySet[Entry]:
        match self.value():
            case None:
                return queryset
            case "update":
                return queryset.filter(
                    pk__in=[e.pk for e in queryset if e.find_stale()]
                )
            case "pattern":
                return queryset.filter(patterns=None)
            case "example":
                return queryset.filter(examples=None)
            case "mending":
                return queryset.filter(slug__in=set(_find_broken()))
            case code:
                return queryset.filter(_lacks(code))


def _find_broken() -> Iterator[str]:
    rows = Example.objects.filter(entry__state=State.PUBLISHED)
    proofs = rows.values_list("entry__slug", "text")
    yield from (loss.entry for loss in find_strays(proofs, current().catalog))


def _lacks(code: str) -> Q:
    lacks = Q()
    if code in dict(settings.LANGUAGES):
        for name in TEXT_FIELDS:
            column = build_localized_fieldname(name, code)
            lacks |= Q(**{column: ""}) | Q(**{f"{column}__isnull": True})
    return lacks
