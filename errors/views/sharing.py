"""Addresses for other people's pages and tickets: a code, a decoded case, the box to embed."""

from csp.decorators import csp_replace
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import translation
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from errors import catalog as published_catalog
from errors.cases import CaseError, read_case
from errors.codes import read_codes
from errors.forms import ExplainForm
from errors.presentation import code_page, result_page
from errors.views.caching import revalidated


@require_safe
@revalidated()
def code(request: HttpRequest, text: str) -> HttpResponse:
    """Lead to the entry of a code, or list what the code may be."""
    codes = read_codes(text)
    if codes is None:
        raise Http404
    if text != str(codes):
        return redirect("code", str(codes))
    page = code_page(codes, published_catalog.require(), _language())
    if len(page.entries) == 1:
        return redirect(page.entries[0].url)
    return render(request, "errors/code.html", {"page": page, "form": ExplainForm()})


@require_safe
@revalidated()
def case(request: HttpRequest, told: str) -> HttpResponse:
    """Show the explanation of a case again, without the mail."""
    published = published_catalog.require()
    try:
        explanation = read_case(told, published)
    except CaseError as error:
        raise Http404 from error
    page = result_page(explanation, published, _language())
    context = {"page": page, "case_url": request.build_absolute_uri()}
    return render(request, "errors/case.html", context)


@require_safe
@xframe_options_exempt  # frame-ancestors names who may, which X-Frame-Options cannot
def embed(request: HttpRequest) -> HttpResponseBase:
    """Show the box alone, within the pages of those whom the operator named."""
    if not settings.EMBED_ORIGINS:
        raise Http404
    framed = csp_replace({"frame-ancestors": settings.EMBED_ORIGINS})(_embed)
    return framed(request)


def _embed(request: HttpRequest) -> HttpResponse:
    return render(request, "errors/embed.html", {"form": ExplainForm()})


def _language() -> str:
    return translation.get_language() or settings.LANGUAGE_CODE
