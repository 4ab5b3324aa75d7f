"""Pages that browsers and proxies may keep, and ask after: 304 while nothing changed.

What a page shows depends on the catalog's revision, the day, the language in its address,
and the site's own files and settings; these make its ETag. So an edit shows at once, and
behind a 304 stands neither a query nor a template.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache, wraps
from pathlib import Path
from typing import Any, Literal, get_args

from django.conf import settings
from django.core.cache import cache as store
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_cache_control
from django.views.decorators.http import condition

from errors import catalog
from errors.branding import file_url

View = Callable[..., HttpResponse]

# Our own proxy answers everybody from one rendering for so long. Only nginx reads this, and
# takes it away; browsers and CDNs go by Cache-Control.
SHARED_SECONDS = 1
STORE_SECONDS = 24 * 60 * 60
_FILES = (
    "requirements.txt",
    "templates/**/*",
    "static/**/*",
    "errors/**/*.py",
    "*/locale/**/*.mo",
)
_SHOWN_SETTINGS = (
    *(
        "SITE_NAME",
        "SUPPORT_URL",
        "LEGAL_LINKS",
        "BRAND_TEXTS",
        "LANGUAGES",
        "TIME_ZONE",
    ),
    *("BRAND_COLOR", "BRAND_COLOR_DARK", "ACCENT_COLOR", "ACCENT_COLOR_DARK"),
)
_BrandFile = Literal["LOGO", "LOGO_DARK", "ICON"]
_BRAND_FILES: tuple[_BrandFile, ...] = get_args(_BrandFile)


def revalidated(*, besides: Callable[[], object] = str) -> Callable[[View], View]:
    """Answer 304 while the page that the reader holds is still the right one.

    `besides` returns what else the page shows than the catalog.
    """

    def decorate(view: View) -> View:
        def etag(request: HttpRequest, *args: Any, **kwargs: Any) -> str:
            return make_etag(request, besides())

        def last_modified(request: HttpRequest, *args: Any, **kwargs: Any) -> datetime:
            changed = catalog.current().changed
            return max(filter(None, (changed, site_version()[1], today())))

        def undated(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            response = view(request, *args, **kwargs)
            # A feed or sitemap gives that of its newest entry; the page may be newer.
            response.headers.pop("Last-Modified", None)
            return response

        conditional = condition(etag, last_modified)(undated)

        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            response: HttpResponse = conditional(request, *args, **kwargs)
            # The first of the two that nginx comes upon decides (before its release 1.23).
            response.headers["X-Accel-Expires"] = str(SHARED_SECONDS)
            patch_cache_control(response, public=True, max_age=0, must_revalidate=True)
            return response

        return answer

    return decorate


def stored(view: View) -> View:
    """Keep a page that takes long to make, ready made, until its ETag changes."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.META.get("QUERY_STRING"):
            # The links to other languages repeat it: somebody's words, and without end.
            return view(request, *args, **kwargs)
        key = f"page:{request.path}:{make_etag(request)}"
        kept = store.get(key)
        if kept is not None:
            return HttpResponse(*kept)
        response = view(request, *args, **kwargs)
        if response.status_code == 200:
            kept = (response.content, response.headers["Content-Type"])
            store.set(key, kept, STORE_SECONDS)
        return response

    return answer


def unlisted(response: HttpResponse) -> HttpResponse:
    """Keep a page out of search engines."""
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def make_etag(request: HttpRequest, besides: object = "") -> str:
    """Return the ETag of a page as it would be now."""
    published = catalog.current()
    parts = (
        published.revision,
        str(published.changed),  # a database from a backup may count anew
        str(today()),  # entries are valid from a day and until one
        site_version()[0],
        translation.get_language(),
        request.scheme,
        request.get_host(),
        request.META.get("QUERY_STRING", ""),
        besides,
    )
    digest = hashlib.sha256(json.dumps(parts).encode()).hexdigest()
    return f'"{digest[:32]}"'


def today() -> datetime:
    """Return when this day began, as ranking counts days: in UTC."""
    return datetime.now(tz=UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def site_version() -> tuple[str, datetime]:
    """Return a fingerprint of all that pages are made of but the catalog, and its time."""
    return _read_version() if settings.DEBUG else _remember_version()


@cache
def _remember_version() -> tuple[str, datetime]:
    return _read_version()


def _read_version() -> tuple[str, datetime]:
    digest = hashlib.sha256()
    newest = 0.0
    for path in _files():
        digest.update(path.read_bytes())
        newest = max(newest, path.stat().st_mtime)
    shown = [repr(getattr(settings, name)) for name in _SHOWN_SETTINGS]
    shown += map(file_url, _BRAND_FILES)  # a new logo has a new address
    digest.update(json.dumps(shown).encode())
    return digest.hexdigest(), datetime.fromtimestamp(newest, tz=UTC)


def _files() -> Iterator[Path]:
    for pattern in _FILES:
        yield from sorted(p for p in settings.BASE_DIR.glob(pattern) if p.is_file())
