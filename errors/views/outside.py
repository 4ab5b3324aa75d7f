"""What other programs fetch: the feed of changes, the sitemap, robots.txt, pictures."""

from datetime import datetime

from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import sitemap as sitemap_view
from django.contrib.syndication.views import Feed
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_cache_control
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from errors import catalog
from errors.branding import site_name
from errors.models import Actor, Entry, Section
from errors.picturing import draw_picture, picture_version
from errors.presentation.listing import providers_of, recently_changed
from errors.views.caching import STORE_SECONDS, revalidated, stored, unlisted
from errors.wording import fill

FEED_MAX = 30
FOR_EVER = 365 * 24 * 60 * 60


class ChangesFeed(Feed):
    """The entries added or changed last, in one language."""

    feed_type = Atom1Feed

    def title(self) -> str:
        return _("%(site)s: changes") % {"site": site_name()}

    def subtitle(self) -> str:
        return _("What we added or changed last.")

    def link(self) -> str:
        return reverse("recent")

    def feed_url(self) -> str:
        return reverse("feed")

    def items(self) -> list[Entry]:
        return recently_changed(catalog.require(), FEED_MAX)

    def item_title(self, item: Entry) -> str:
        return item.title

    def item_description(self, item: Entry) -> str:
        return fill(item.summary, (), translation.get_language() or "")

    def item_pubdate(self, item: Entry) -> datetime:
        return item.created

    def item_updateddate(self, item: Entry) -> datetime:
        return item.updated

    def item_categories(self, item: Entry) -> list[str]:
        return [item.section.title]


feed = require_safe(revalidated()(ChangesFeed()))


# --- Sitemap -----------------------------------------------------------------------------


class _Pages(Sitemap):
    """Pages in all languages, each with its alternates."""

    i18n = alternates = x_default = True

    def get_latest_lastmod(self) -> datetime | None:
        return catalog.require().changed


class EntryPages(_Pages):
    def items(self) -> list[Entry]:
        return list(catalog.require().rows.values())

    def lastmod(self, item: Entry) -> datetime:
        return item.updated


class SectionPages(_Pages):
    def items(self) -> list[Section]:
        return list(catalog.require().sections)


class OtherPages(_Pages):
    def items(self) -> list[tuple[str, ...]]:
        published = catalog.require()
        return [
            ("home",),
            ("search",),
            ("catalog",),
            ("codes",),
            ("titles",),
            ("recent",),
            ("everything",),
            ("glossary",),
            *(("actor", who.value) for who in Actor),
            *(("provider", row.slug) for row, _number in providers_of(published)),
        ]

    def location(self, item: tuple[str, ...]) -> str:
        name, *args = item
        return reverse(name, args=args)


SITEMAPS: dict[str, type[Sitemap] | Sitemap] = {
    "entries": EntryPages,
    "sections": SectionPages,
    "pages": OtherPages,
}


@require_safe
@revalidated()
def sitemap(request: HttpRequest) -> HttpResponse:
    return unlisted(_sitemap(request))  # what is kept has lost its headers


@stored
def _sitemap(request: HttpRequest) -> HttpResponse:
    return sitemap_view(request, SITEMAPS).render()


# --- Robots and pictures -------------------------------------------------------------------


@require_safe
@revalidated()
def robots(request: HttpRequest) -> HttpResponse:
    """Let robots read everything: what they must not list says so in its own header."""
    lines = (
        "User-agent: *",
        "Disallow:",
        "",
        f"Sitemap: {request.build_absolute_uri(reverse('sitemap'))}",
    )
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain")


@require_safe
def picture(request: HttpRequest, slug: str, version: str) -> HttpResponse:
    """Return the picture of an entry; an outdated address leads to the present one."""
    entry = catalog.require().rows.get(slug)
    if entry is None:
        raise Http404
    current = picture_version(entry.title, site_name())
    if version != current:
        return redirect("picture", slug, current)
    key = f"picture:{translation.get_language()}:{slug}:{version}"
    png = cache.get(key)
    if png is None:
        png = draw_picture(entry.title, site_name())
        cache.set(key, png, STORE_SECONDS)
    response = HttpResponse(png, content_type="image/png")
    patch_cache_control(response, public=True, max_age=FOR_EVER, immutable=True)
    return response
