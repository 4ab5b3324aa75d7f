"""Pages that say what went wrong."""

import sys

from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import translation

from errors import catalog as published_catalog

RETRY_SECONDS = 10  # until a page that needs the database may be asked for again


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        return render(request, "413.html", status=413)
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def unavailable(request: HttpRequest) -> HttpResponse:
    """Say that the database is away: what was sent is not lost, it can be sent again."""
    context = {
        "was_sent": request.method not in ("GET", "HEAD"),
        "explains": published_catalog.current().revision >= 0,
    }
    response = render(request, "503.html", context, status=503)
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    response.headers["Cache-Control"] = "no-store"
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer whatever has failed: no database, no context, no hashed file names."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return unavailable(request)
    language = translation.get_language_from_path(request.path_info)
    with translation.override(language or translation.get_language()):
        return HttpResponse(render_to_string("500.html"), status=500)
