"""The box and the page that explains what was put into it."""

import base64
from dataclasses import dataclass
from http import HTTPStatus
from itertools import islice

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import redirect, render
from django.utils import translation
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.debug import (
    sensitive_post_parameters,
    sensitive_variables,
)
from django.views.decorators.http import require_http_methods, require_safe

from errors import catalog as published_catalog
from errors.bounce import explaining
from errors.bounce.values import Explanation
from errors.forms import ExplainForm
from errors.listening import offer
from errors.listening.forms import HandInForm
from errors.metrics import count_explanation
from errors.presentation import result_page
from errors.tallying import count_explained
from errors.throttling import find_wait
from errors.views.browsing import published_sections

# An upload up to this size travels on in the result page, for the switch of languages.
RESEND_MAX = 512 * 1024
EXAMPLES = 4  # to try on the first page
DRAIN_MAX = 64 * 1024 * 1024


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    sections = published_sections()
    entries = (entry for section in sections for entry in section.entries.all())
    samples = (entry for entry in entries if entry.sample)
    context = {
        "form": ExplainForm(),
        "examples": list(islice(samples, EXAMPLES)),
        "sections": [section for section in sections if section.entries.all()],
    }
    return render(request, "errors/home.html", context)


# The protection against forgery stands inside: it reads the body, and a body that is too
# large must still get its page.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@cache_control(no_store=True)
@sensitive_post_parameters()
@sensitive_variables()
def explain(request: HttpRequest) -> HttpResponse:
    """Explain a pasted bounce. Nothing of it is kept: no URL, log, session or cache."""
    if request.method != "POST":
        return redirect("home")
    try:
        if _length(request) > settings.FILE_UPLOAD_MAX_MEMORY_SIZE:
            raise RequestDataTooBig
        return _explain(request)
    except RequestDataTooBig:
        _drain(request)
        return refuse(request, ExplainForm(), HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    except (SuspiciousOperation, MultiPartParserError):
        return refuse(request, ExplainForm(), HTTPStatus.BAD_REQUEST)


@csrf_protect
def _explain(request: HttpRequest) -> HttpResponse:
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
    paste = form.cleaned_data["paste"]
    published = published_catalog.require()
    explanation = explaining.explain(paste, published.catalog)
    count_explanation(explanation)
    language = translation.get_language() or settings.LANGUAGE_CODE
    page = result_page(explanation, published, language)
    count_explained(explanation, published.catalog, language)
    offered = offer(explanation)
    context = {
        "page": page,
        "again": _again(paste, explanation),
        "hand_in": HandInForm(initial={"text": offered}) if offered else None,
    }
    return render(request, "errors/result.html", context)


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


def _length(request: HttpRequest) -> int:
    length = request.META.get("CONTENT_LENGTH") or "0"
    return int(length) if str(length).isdecimal() else 0


def _drain(request: HttpRequest) -> None:
    """Read and drop the body: a browser still sending would never see the answer."""
    left = DRAIN_MAX
    while left > 0 and (chunk := request.read(64 * 1024)):
        left -= len(chunk)
