"""Whose pages may send a paste here: ours, and those that the operator named.

Explaining changes nothing and reads no cookie, so a token against forgery would protect
nobody; what is kept away is another site that shows its own words under our name.
"""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest


def is_foreign(request: HttpRequest) -> bool:
    """Tell whether a browser says that the page of an unknown site sent this request.

    Every browser sends Origin with a form from elsewhere, and a page cannot forge it. What
    sends no such header is a program, or old enough to send the Referer.
    """
    if origin := _origin_of(request):
        return origin not in welcome_origins(request)
    return request.headers.get("sec-fetch-site") in ("cross-site", "same-site")


def welcome_origins(request: HttpRequest) -> set[str]:
    """Return the origins of this site and of those that may embed it."""
    own = f"{request.scheme}://{request.get_host()}"
    return {own, *settings.CSRF_TRUSTED_ORIGINS, *settings.EMBED_ORIGINS}


def _origin_of(request: HttpRequest) -> str:
    if origin := request.headers.get("origin"):
        return str(origin)
    referer = urlsplit(request.headers.get("referer", "").partition("?")[0])
    return f"{referer.scheme}://{referer.netloc}" if referer.netloc else ""
