"""The yardsticks: a view that does nothing, and one that only renders 20 KB."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from faqsite.urls import (
    handler400,
    handler403,
    handler404,
    handler500,
    urlpatterns as site,
)

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

ROWS = [
    {
        "code": 500 + n,
        "name": f"エラー <{n}>",
        "text": "宛先のサーバーが応答しませんでした。" * 2,
    }
    for n in range(84)
]


def empty(request: HttpRequest) -> HttpResponse:
    """Answer with two letters."""
    return HttpResponse("ok")


def page(request: HttpRequest) -> HttpResponse:
    """Render a template of 20 KB from what lies in memory."""
    return render(request, "yardstick.html", {"rows": ROWS})


urlpatterns = [
    path("bare/empty/", empty),
    path("bare/page/", page),
    *site,
]
