"""Whose pages may send something here: ours, and those that the operator named.

For what reads no cookie that would let anybody do something: a token against forgery would
protect nobody there, and would make every page that holds the form a page of one reader.
"""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest


def is_foreign(request: HttpRequest) -> bool:
    """Tell whether a browser says that the page of an unknown site sent this request.

    Every browser names the origin of a form, and a page cannot forge it. What names none
    is a program, or old enough to send the Referer.
    """
    if origin := _origin_of(request):
        own = f"{request.scheme}://{request.get_host()}"
        return origin not in {own, *settings.CSRF_TRUSTED_ORIGINS}
    return request.headers.get("sec-fetch-site") in ("cross-site", "same-site")


def _origin_of(request: HttpRequest) -> str:
    if origin := request.headers.get("origin"):
        return str(origin)
    referer = urlsplit(request.headers.get("referer", "").partition("?")[0])
    return f"{referer.scheme}://{referer.netloc}" if referer.netloc else ""
