"""The catalog's pages: all, by section, one entry."""

from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import translation
from django.views.decorators.http import require_safe

from errors.models import Entry, Relation, Section
from errors.presentation import decode_codes, way_to
from errors.tallying import count_look


@require_safe
def catalog(request: HttpRequest) -> HttpResponse:
    return render(request, "errors/catalog.html", {"sections": published_sections()})


@require_safe
def everything(request: HttpRequest) -> HttpResponse:
    return render(request, "errors/everything.html", {"sections": published_sections()})


@require_safe
def section(request: HttpRequest, slug: str) -> HttpResponse:
    sections = published_sections()
    current = next((section for section in sections if section.slug == slug), None)
    if current is None:
        raise Http404
    context = {"sections": sections, "section": current}
    return render(request, "errors/section.html", context)


@require_safe
def entry(request: HttpRequest, slug: str) -> HttpResponse:
    shown = get_object_or_404(
        Entry.objects.published()
        .select_related("section")
        .prefetch_related("providers", _published_relations()),
        slug=slug,
    )
    context = {
        "entry": shown,
        "sections": published_sections(),
        "way": way_to(shown.stage, "wait" if shown.outcome == "warning" else "stop"),
        "decoded": decode_codes(shown.reply_code, shown.status_code),
    }
    count_look(shown.slug, translation.get_language() or "")
    return render(request, "errors/entry.html", context)


def published_sections() -> QuerySet[Section]:
    """Return all sections, each with its published entries, in two queries."""
    entries = Entry.objects.published().defer("internal_note").order_by("position")
    return Section.objects.prefetch_related(Prefetch("entries", entries))


def _published_relations() -> "Prefetch[str, QuerySet[Relation], str]":
    relations = Relation.objects.filter(other__state="published")
    return Prefetch("relations", relations.select_related("other"))
