"""The catalog's pages: all ways to look something up, and each entry.

They are made of the catalog in memory and need no query.
"""

from dataclasses import replace
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db import DatabaseError
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from errors import catalog as published_catalog
from errors.figures import most_looked_up
from errors.models import Actor, Entry, Relation, Section
from errors.presentation import decode_codes, listing, way_to
from errors.presentation.entry import entry_head
from errors.presentation.head import Head, Step
from errors.presentation.sample import mark_sample
from errors.tallying import count_look
from errors.views.caching import revalidated, stored

ON_HUB = 8  # entries of each list there


def _most_looked_up() -> list[str]:
    """Return slugs; none while the figures cannot be read."""
    try:
        return most_looked_up(ON_HUB)
    except DatabaseError:
        return []


@require_safe
@revalidated(besides=_most_looked_up)
def catalog(request: HttpRequest) -> HttpResponse:
    published = published_catalog.require()
    context = {
        "sections": published_sections(),
        "head": _head(
            _("All errors"), _("All mail errors we explain, by section."), "catalog"
        ),
        "number": len(published.rows),
        "recent": listing.recently_changed(published, ON_HUB),
        "popular": [
            published.rows[slug] for slug in _most_looked_up() if slug in published.rows
        ],
        "providers": listing.providers_of(published),
        "actors": listing.actors_of(published),
    }
    return render(request, "errors/catalog.html", context)


@require_safe
@revalidated()
@stored
def everything(request: HttpRequest) -> HttpResponse:
    title = _("Everything on one page")
    description = _(
        "Every mail error we explain, on one page for reading and printing."
    )
    context = {
        "sections": published_sections(),
        "head": _head(title, description, "everything"),
    }
    return render(request, "errors/everything.html", context)


@require_safe
@revalidated()
def section(request: HttpRequest, slug: str) -> HttpResponse:
    sections = published_sections()
    current = next((section for section in sections if section.slug == slug), None)
    if current is None:
        raise Http404
    titles = [entry.title for entry in current.entries.all()[:3]]
    description = _("Mail errors explained: %(titles)s …") % {
        "titles": " / ".join(titles)
    }
    context = {
        "sections": sections,
        "section": current,
        "head": _head(current.title, description, "section", slug),
    }
    return render(request, "errors/section.html", context)


@require_safe
def entry(request: HttpRequest, slug: str) -> HttpResponse:
    if slug in published_catalog.require().rows:
        return _entry(request, slug)
    return _preview(request, slug)


@revalidated()
def _entry(request: HttpRequest, slug: str) -> HttpResponse:
    shown = published_catalog.require().rows[slug]
    count_look(shown.slug, translation.get_language() or "")
    return render(request, "errors/entry.html", _context_of(shown))


def _preview(request: HttpRequest, slug: str) -> HttpResponse:
    """Show staff a draft where customers will find it: marked, never cached or indexed."""
    is_staff = admin.site.has_permission(request)
    if not (is_staff and request.user.has_perm("errors.view_entry")):
        raise Http404
    public = Relation.objects.filter(other__state="published").select_related("other")
    drafts = Entry.objects.prefetch_related("providers", Prefetch("relations", public))
    draft: Entry = get_object_or_404(drafts, slug=slug)
    context = {**_context_of(draft), "is_draft": True}
    response = render(request, "errors/entry.html", context)
    add_never_cache_headers(response)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _context_of(shown: Entry) -> dict[str, Any]:
    decoded = decode_codes(shown.reply_code, shown.status_code)
    catalog = published_catalog.current().catalog
    return {
        "entry": shown,
        "sections": published_sections(),
        "way": way_to(shown.stage, "wait" if shown.outcome == "warning" else "stop"),
        "decoded": decoded,
        "sample": mark_sample(shown, catalog, decoded) if shown.sample else (),
        "head": entry_head(shown, translation.get_language() or settings.LANGUAGE_CODE),
    }


@require_safe
@revalidated()
def codes(request: HttpRequest) -> HttpResponse:
    published = published_catalog.require()
    context = {
        "head": _head(
            _("All codes of mail errors"),
            _(
                "Reply codes such as 550 and status codes such as 5.7.1: what each means."
            ),
            "codes",
        ),
        "replies": list(listing.reply_tables(published)),
        "statuses": list(listing.status_tables(published)),
    }
    return render(request, "errors/codes.html", context)


@require_safe
@revalidated()
def provider(request: HttpRequest, slug: str) -> HttpResponse:
    published = published_catalog.require()
    found = [(p, n) for p, n in listing.providers_of(published) if p.slug == slug]
    if not found:
        raise Http404
    name = found[0][0].name
    context = {
        "provider": found[0][0],
        "groups": listing.by_section(listing.entries_of_provider(published, slug)),
        "head": _head(
            name,
            _("Mail errors of %(name)s, explained.") % {"name": name},
            "provider",
            slug,
        ),
    }
    return render(request, "errors/provider.html", context)


@require_safe
@revalidated()
def actor(request: HttpRequest, slug: str) -> HttpResponse:
    if slug not in Actor.values:
        raise Http404
    published = published_catalog.require()
    who = Actor(slug)
    title = _("Who must act: %(who)s") % {"who": who.label}
    entries = [entry for entry in published.rows.values() if entry.actor == slug]
    context = {
        "who": who,
        "groups": listing.by_section(entries),
        "actors": listing.actors_of(published),
        "head": _head(title, _("Mail errors by who can mend them."), "actor", slug),
    }
    return render(request, "errors/actor.html", context)


@require_safe
@revalidated()
def titles(request: HttpRequest) -> HttpResponse:
    context = {
        "groups": listing.by_title(published_catalog.require()),
        "head": _head(
            _("By title"), _("All mail errors in the order of their titles."), "titles"
        ),
    }
    return render(request, "errors/titles.html", context)


@require_safe
@revalidated()
def recent(request: HttpRequest) -> HttpResponse:
    context = {
        "entries": listing.recently_changed(published_catalog.require()),
        "head": _head(
            _("Recently changed"), _("What we added or changed last."), "recent"
        ),
    }
    return render(request, "errors/recent.html", context)


@require_safe
@revalidated()
def glossary(request: HttpRequest) -> HttpResponse:
    words = published_catalog.current().glossary(translation.get_language()).words
    head = _head(
        _("Glossary"),
        _("The technical words of mail errors, in plain language."),
        "glossary",
    )
    context = {
        "head": replace(head, words=words),
        "words": sorted(words, key=lambda word: listing.sort_key(word.name)),
    }
    return render(request, "errors/glossary.html", context)


def published_sections() -> tuple[Section, ...]:
    """Return all sections, each with its published entries; from memory."""
    return published_catalog.require().sections


def _head(title: str, description: str, name: str, *args: str) -> Head:
    """Return the head of a page that stands under the catalog, or is it."""
    path = reverse(name, args=args)
    trail = [Step(_("All errors"), reverse("catalog"))]
    if name != "catalog":
        trail.append(Step(title, path))
    return Head(title, description, path, tuple(trail))
