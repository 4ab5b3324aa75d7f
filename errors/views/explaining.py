"""The box and the page that explains what was put into it."""

import base64
from dataclasses import dataclass
from http import HTTPStatus

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
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
from errors.cases import write_case
from errors.codes import read_codes
from errors.forms import ExplainForm
from errors.listening import offer
from errors.listening.forms import HandInForm
from errors.models import Entry, Section, State
from errors.origins import is_foreign
from errors.presentation import reply_to, result_page
from errors.tallying import count_explained
from errors.throttling import find_wait

# An upload up to this size travels on in the result page, for the switch of languages.
RESEND_MAX = 512 * 1024
EXAMPLES = 4  # to try on the first page


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    if codes := read_codes(request.GET.get("code", "")):
        return redirect("code", str(codes))
    samples = Entry.objects.published().exclude(sample="").only("title", "sample")
    published = Count("entries", filter=Q(entries__state=State.PUBLISHED))
    context = {
        "form": ExplainForm(),
        "examples": samples[:EXAMPLES],
        "sections": Section.objects.annotate(count=published).filter(count__gt=0),
    }
    return render(request, "errors/home.html", context)


@csrf_exempt  # errors.origins says why
@require_http_methods(["GET", "HEAD", "POST"])
@cache_control(no_store=True)
@sensitive_post_parameters()
@sensitive_variables()
def explain(request: HttpRequest) -> HttpResponse:
    """Explain a pasted bounce. Nothing of it is kept: no URL, log, session or cache."""
    if request.method != "POST":
        return redirect("home")
    try:
        refuse_too_large(request)
        return _explain(request)
    except RequestDataTooBig:
        drain(request)
        return refuse(request, ExplainForm(), HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    except (SuspiciousOperation, MultiPartParserError):
        return refuse(request, ExplainForm(), HTTPStatus.BAD_REQUEST)


def _explain(request: HttpRequest) -> HttpResponse:
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
    paste = form.cleaned_data["paste"]
    published = published_catalog.current()
    explanation = explaining.explain(paste, published.catalog)
    language = translation.get_language() or settings.LANGUAGE_CODE
    page = result_page(explanation, published, language)
    count_explained(explanation, published.catalog, language)
    offered = offer(explanation)
    context = {
        "page": page,
        "again": _again(paste, explanation),
        "hand_in": HandInForm(initial={"text": offered}) if offered else None,
        "case_url": request.build_absolute_uri(
            reverse("case", args=[write_case(explanation, published)])
        ),
    }
    if request.user.is_staff:  # who answers customers gets an answer to send
        context["reply"] = reply_to(explanation, published, language)
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
