"""The catalog's pages: all, by section, one entry; from memory, asking no database."""

from collections.abc import Callable, Sequence
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_safe

from errors import catalog as published_catalog
from errors.models import Section
from errors.presentation import decode_codes, way_to
from errors.tallying import count_look

View = Callable[..., HttpResponse]


def shared_for_a_second(view: View) -> View:
    """Let our own proxy answer everybody from one rendering a second.

    Only nginx reads this header, and takes it away; browsers and CDNs go by Cache-Control.
    It stands outside of all that may answer 304 instead of the view.
    """

    @wraps(view)
    def shared(request: HttpRequest, *args: object, **options: object) -> HttpResponse:
        response = view(request, *args, **options)
        response.headers["X-Accel-Expires"] = "1"
        return response

    return shared


@require_safe
@shared_for_a_second
def catalog(request: HttpRequest) -> HttpResponse:
    return render(request, "errors/catalog.html", {"sections": published_sections()})


@require_safe
@shared_for_a_second
def everything(request: HttpRequest) -> HttpResponse:
    return render(request, "errors/everything.html", {"sections": published_sections()})


@require_safe
@shared_for_a_second
def section(request: HttpRequest, slug: str) -> HttpResponse:
    sections = published_sections()
    current = next((section for section in sections if section.slug == slug), None)
    if current is None:
        raise Http404
    context = {"sections": sections, "section": current}
    return render(request, "errors/section.html", context)


@require_safe
@shared_for_a_second
def entry(request: HttpRequest, slug: str) -> HttpResponse:
    published = published_catalog.require()
    shown = published.rows.get(slug)
    if shown is None:
        raise Http404
    context = {
        "entry": shown,
        "sections": published.sections,
        "way": way_to(shown.stage, "wait" if shown.outcome == "warning" else "stop"),
        "decoded": decode_codes(shown.reply_code, shown.status_code),
    }
    count_look(shown.slug, translation.get_language() or "")
    return render(request, "errors/entry.html", context)


def published_sections() -> Sequence[Section]:
    """Return all sections, each with its published entries, without a query."""
    return published_catalog.require().sections
