"""The customer's pages."""

from errors.views.browsing import (
    actor,
    catalog,
    codes,
    entry,
    everything,
    glossary,
    provider,
    recent,
    section,
    titles,
)
from errors.views.colours import brand_colours
from errors.views.explaining import explain, find, home
from errors.views.listening import feedback, hand_in, thanks
from errors.views.outside import feed, picture, robots, sitemap
from errors.views.searching import search, suggest
from errors.views.sharing import case, code, embed
from errors.views.trouble import (
    bad_request,
    csrf_failure,
    forbidden,
    not_found,
    server_error,
    unavailable,
)

__all__ = [
    "actor",
    "bad_request",
    "brand_colours",
    "case",
    "catalog",
    "code",
    "codes",
    "csrf_failure",
    "embed",
    "entry",
    "everything",
    "explain",
    "feed",
    "feedback",
    "find",
    "forbidden",
    "glossary",
    "hand_in",
    "home",
    "not_found",
    "picture",
    "provider",
    "recent",
    "robots",
    "search",
    "section",
    "server_error",
    "sitemap",
    "suggest",
    "thanks",
    "titles",
    "unavailable",
]
