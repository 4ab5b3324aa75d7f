"""The box and the page that explains what was put into it."""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import (
    sensitive_post_parameters,
    sensitive_variables,
)
from django.views.decorators.http import require_http_methods, require_safe

from errors import catalog as published_catalog
from errors.bodies import drain, refuse_too_large
from errors.bounce import explaining
from errors.bounce.values import Explanation
from errors.box import choose_answer, is_short, may_travel
from errors.branding import site_name
from errors.cases import write_case
from errors.codes import read_codes
from errors.forms import ExplainForm
from errors.listening import offer
from errors.listening.forms import HandInForm
from errors.metrics import count_explanation
from errors.origins import is_foreign
from errors.presentation import reply_to, result_page
from errors.presentation.finding import search_url
from errors.presentation.head import Head
from errors.tallying import count_explained
from errors.throttling import find_wait
from errors.views.caching import revalidated, unlisted
from errors.views.searching import search_here

# An upload up to this size travels on in the result page, for the switch of languages.
RESEND_MAX = 512 * 1024
EXAMPLES = 4  # to try on the first page


@require_safe
@revalidated()
def home(request: HttpRequest) -> HttpResponse:
    if codes := read_codes(request.GET.get("code", "")):
        return redirect("code", str(codes))
    published = published_catalog.require()
    rows = published.rows.values()
    context = {
        "form": ExplainForm(),
        "published": published,
        "sections": [one for one in published.sections if one.entries.all()],
        "examples": [entry for entry in rows if entry.sample][:EXAMPLES],
        "head": Head(
            title=site_name(),
            description=_(
                "Paste a mail that came back and read in plain words why it did, and what to do now."
            ),
            path=reverse("home"),
        ),
    }
    return render(request, "errors/home.html", context)


@csrf_exempt  # errors.origins says why
@require_http_methods(["GET", "HEAD", "POST"])
@cache_control(no_store=True)
@sensitive_post_parameters()
@sensitive_variables()
def explain(request: HttpRequest) -> HttpResponse:
    """Explain a pasted bounce. Nothing of it is kept: no URL, log, session or cache."""
    return unlisted(_receive(request, _explain))


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@cache_control(no_store=True)
@sensitive_post_parameters()
@sensitive_variables()
def find(request: HttpRequest) -> HttpResponse:
    """Answer the one box, which takes anything: explain it, or look it up."""
    return unlisted(_receive(request, _find))


def _receive(
    request: HttpRequest, answer: Callable[[HttpRequest], HttpResponse]
) -> HttpResponse:
    """Answer what was posted, or say why it could not be received."""
    if request.method != "POST":
        return redirect("home")
    try:
        refuse_too_large(request)
        return answer(request)
    except RequestDataTooBig:
        drain(request)
        return refuse(request, ExplainForm(), HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    except (SuspiciousOperation, MultiPartParserError):
        return refuse(request, ExplainForm(), HTTPStatus.BAD_REQUEST)


def _explain(request: HttpRequest) -> HttpResponse:
    paste = _read_paste(request)
    if isinstance(paste, HttpResponse):
        return paste
    return _show(request, paste, _explain_paste(paste))


def _find(request: HttpRequest) -> HttpResponse:
    paste = _read_paste(request)
    if isinstance(paste, HttpResponse):
        return paste
    explanation = _explain_paste(paste)
    if isinstance(paste, str):
        match choose_answer(paste, explanation):
            case "search":
                return redirect(search_url(paste.strip()))
            case "search-here":
                return search_here(request, paste.strip())
    return _show(request, paste, explanation)


def _read_paste(request: HttpRequest) -> str | bytes | HttpResponse:
    """Return what was pasted or uploaded, or the page that says what is wrong with it."""
    if is_foreign(request, welcome=settings.EMBED_ORIGINS):
        form = ExplainForm(initial=request.POST.dict())
        return refuse(request, form, HTTPStatus.FORBIDDEN)
    if wait := find_wait(request):
        form = ExplainForm(initial=request.POST.dict())
        response = refuse(request, form, HTTPStatus.TOO_MANY_REQUESTS, wait=wait)
        response.headers["Retry-After"] = str(wait)
        return response
    form = ExplainForm(request.POST, request.FILES)
    if not form.is_valid():
        return refuse(
            request,
            form,
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE
            if form.is_too_large()
            else HTTPStatus.BAD_REQUEST,
        )
    paste: str | bytes = form.cleaned_data["paste"]
    return paste


def _explain_paste(paste: str | bytes) -> Explanation:
    return explaining.explain(paste, published_catalog.require().catalog)


def _show(
    request: HttpRequest, paste: str | bytes, explanation: Explanation
) -> HttpResponse:
    published = published_catalog.require()
    count_explanation(explanation)
    language = translation.get_language() or settings.LANGUAGE_CODE
    page = result_page(explanation, published, language)
    count_explained(explanation, published.catalog, language)
    offered = offer(explanation)
    words = paste.strip() if isinstance(paste, str) and is_short(paste) else ""
    context = {
        "page": page,
        "again": _again(paste, explanation),
        "search_url": search_url(words) if words and may_travel(words) else "",
        "hand_in": HandInForm(initial={"text": offered}) if offered else None,
        "case_url": request.build_absolute_uri(
            reverse("case", args=[write_case(explanation, published)])
        ),
    }
    if _is_staff(request):  # who answers customers gets an answer to send
        context["reply"] = reply_to(explanation, published, language)
    return render(request, "errors/result.html", context)


def _is_staff(request: HttpRequest) -> bool:
    try:
        return admin.site.has_permission(request)
    except DatabaseError:  # explaining goes on without
        return False


@dataclass(frozen=True, slots=True)
class Again:
    """What the result page posts again to answer in another language."""

    text: str = ""
    encoded: str = ""


def _again(paste: str | bytes, explanation: Explanation) -> Again:
    if isinstance(paste, str):
        return Again(text=paste)
    if len(paste) <= RESEND_MAX:
        return Again(encoded=base64.b64encode(paste).decode("ascii"))
    return Again(text=explanation.bounce.text[: RESEND_MAX // 2])


def refuse(
    request: HttpRequest, form: ExplainForm, status: HTTPStatus, *, wait: int = 0
) -> HttpResponse:
    """Say why a paste is not explained, with the form and what was typed."""
    context = {"form": form, "status": status.value, "wait": wait}
    return render(request, "errors/trouble.html", context, status=status)
