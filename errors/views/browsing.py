"""The catalog's pages: all, by section, one entry."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import translation
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_safe

from errors.models import Entry, EntryQuerySet, Relation, Section
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
    shown = _entries().published().filter(slug=slug).first()
    if shown is None:
        return _preview(request, slug)
    count_look(shown.slug, translation.get_language() or "")
    return render(request, "errors/entry.html", _context_of(shown))


def _preview(request: HttpRequest, slug: str) -> HttpResponse:
    """Show staff a draft where customers will find it: marked, never cached or indexed."""
    if not (request.user.is_staff and request.user.has_perm("errors.view_entry")):
        raise Http404
    draft = get_object_or_404(_entries(), slug=slug)
    context = {**_context_of(draft), "is_draft": True}
    response = render(request, "errors/entry.html", context)
    add_never_cache_headers(response)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _entries() -> EntryQuerySet:
    whole: EntryQuerySet = Entry.objects.select_related("section")
    return whole.prefetch_related("providers", _published_relations())


def _context_of(shown: Entry) -> dict[str, Any]:
    return {
        "entry": shown,
        "sections": published_sections(),
        "way": way_to(shown.stage, "wait" if shown.outcome == "warning" else "stop"),
        "decoded": decode_codes(shown.reply_code, shown.status_code),
    }


def published_sections() -> QuerySet[Section]:
    """Return all sections, each with its published entries, in two queries."""
    entries = Entry.objects.published().defer("internal_note").order_by("position")
    return Section.objects.prefetch_related(Prefetch("entries", entries))


def _published_relations() -> "Prefetch[str, QuerySet[Relation], str]":
    relations = Relation.objects.filter(other__state="published")
    return Prefetch("relations", relations.select_related("other"))
