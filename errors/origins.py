"""Whose pages may send something here: ours, and those that the operator named.

For what reads no cookie that would let anybody do something: a token against forgery would
protect nobody there, and would make every page that holds the form a page of one reader.
What is kept away is another site that shows its own words under our name.
"""

from collections.abc import Iterable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest


def is_foreign(request: HttpRequest, welcome: Iterable[str] = ()) -> bool:
    """Tell whether a browser says that the page of an unknown site sent this request.

    Every browser sends Origin with a form from elsewhere, and a page cannot forge it. What
    sends no such header is a program, or old enough to send the Referer.
    """
    if origin := _origin_of(request):
        own = f"{request.scheme}://{request.get_host()}"
        return origin not in {own, *settings.CSRF_TRUSTED_ORIGINS, *welcome}
    return request.headers.get("sec-fetch-site") in ("cross-site", "same-site")


def _origin_of(request: HttpRequest) -> str:
    if origin := request.headers.get("origin"):
        return str(origin)
    referer = urlsplit(request.headers.get("referer", "").partition("?")[0])
    return f"{referer.scheme}://{referer.netloc}" if referer.netloc else ""
