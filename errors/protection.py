"""What stands before every page for safety: header fields, and the admin on its own host."""

from collections.abc import Callable

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.request import split_domain_port

Handler = Callable[[HttpRequest], HttpResponse]

# Files that other sites' pages load; for all others Cross-Origin-Resource-Policy says no.
FOR_OTHERS = ("embed.js",)


def add_headers(get_response: Handler) -> Handler:
    """Give SECURITY_HEADERS to every response, those of trouble and files included."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        for name, value in settings.SECURITY_HEADERS.items():
            response.headers.setdefault(name, value)
        if request.path in _open_files():
            response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response

    return middleware


def _open_files() -> set[str]:
    return {f"{settings.STATIC_URL}{name}" for name in FOR_OTHERS}


def keep_admin_apart(get_response: Handler) -> Handler:
    """Answer for the admin on ADMIN_HOST alone, where it is set: elsewhere it is missing."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if settings.ADMIN_HOST and request.path_info.startswith(
            f"/{settings.ADMIN_PATH}"
        ):
            host, _port = split_domain_port(request.get_host())
            if host != settings.ADMIN_HOST:
                raise Http404
        return get_response(request)

    return middleware
