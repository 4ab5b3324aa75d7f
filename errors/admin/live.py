"""What the entry's page shows while somebody types: how a text will look, what a pattern meets.

Fragments of HTML, rendered on the server by the very code that renders the site. Nothing is
stored; without scripts the same is said when the page is saved.
"""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_POST

from errors.bounce.values import Rule
from errors.describing import label_of
from errors.markup import render as render_markdown
from errors.models import Entry, Pattern
from errors.rehearsing import find_met
from errors.trying import try_pattern
from errors.wording import fill

MARKDOWN = ("body", "advice", "introduction")
PLAIN = ("summary", "handover", "reply")
MET_MAX = 8  # entries named whose examples a pattern meets as well


@require_POST
def preview_text(request: HttpRequest, desk: admin.ModelAdmin) -> HttpResponse:
    """Render a text of an entry as the customer will see it, places filled with fallbacks."""
    _check(request, desk)
    language = request.POST.get("language", "")
    if language not in dict(settings.LANGUAGES):
        language = settings.LANGUAGE_CODE
    field, text = request.POST.get("field", ""), request.POST.get("text", "")
    is_markdown = field in MARKDOWN
    with translation.override(language):
        shown = fill(render_markdown(text) if is_markdown else text, (), language)
    context = {"shown": shown, "field": field, "is_markdown": is_markdown}
    return render(
        request, "admin/errors/_preview.html", {**context, "language": language}
    )


@require_POST
def try_typed_pattern(request: HttpRequest, desk: admin.ModelAdmin) -> HttpResponse:
    """Say what a pattern meets in the texts of its entry, and in others' examples."""
    _check(request, desk)
    posted = request.POST
    rule = Rule(
        entry=posted.get("slug", ""),
        text=posted.get("text", ""),
        kind="regex" if posted.get("kind") == Pattern.Kind.REGEX else "phrase",
    )
    trial = try_pattern(rule, _texts(posted))
    met = [] if trial.problems else find_met(rule)
    titles = {e.slug: str(e) for e in Entry.objects.filter(slug__in=met[:MET_MAX])}
    context = {
        "trial": trial,
        "others": [(slug, titles.get(slug, slug)) for slug in met[:MET_MAX]],
        "more": len(met[MET_MAX:]),
    }
    return render(request, "admin/errors/_pattern.html", context)


def _texts(posted: Any) -> Iterator[tuple[str, str]]:
    """Yield the texts typed into the page, by what they are called there."""
    if posted.get("sample", "").strip():
        yield label_of("sample", Entry), posted["sample"]
    for wording in filter(str.strip, posted.get("wordings", "").splitlines()):
        yield wording.strip(), wording
    for number, text in enumerate(posted.getlist("example"), start=1):
        if text.strip():
            yield translation.gettext("Example %(number)d") % {"number": number}, text


def _check(request: HttpRequest, desk: admin.ModelAdmin) -> None:
    if not desk.has_view_or_change_permission(request):
        raise PermissionDenied
