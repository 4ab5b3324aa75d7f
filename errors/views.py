"""The customer's pages."""

import base64
from dataclasses import dataclass
from http import HTTPStatus

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
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
from errors.models import Entry, Relation, Section
from errors.presentation import decode_codes, result_page, way_to
from errors.throttling import find_wait

# An upload up to this size travels on in the result page, for the switch of languages.
RESEND_MAX = 512 * 1024
DRAIN_MAX = 64 * 1024 * 1024


# --- Explaining ------------------------------------------------------------------------


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    context = {
        "form": ExplainForm(),
        "sections": _sections(),
        "trial": Entry.objects.published().exclude(sample="").only("sample").first(),
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
        return _trouble(request, ExplainForm(), HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    except (SuspiciousOperation, MultiPartParserError):
        return _trouble(request, ExplainForm(), HTTPStatus.BAD_REQUEST)


@csrf_protect
def _explain(request: HttpRequest) -> HttpResponse:
    if wait := find_wait(request):
        form = ExplainForm(initial=request.POST.dict())
        response = _trouble(request, form, HTTPStatus.TOO_MANY_REQUESTS, wait=wait)
        response.headers["Retry-After"] = str(wait)
        return response
    form = ExplainForm(request.POST, request.FILES)
    if not form.is_valid():
        return _trouble(
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
    context = {"page": page, "again": _again(paste, explanation)}
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


def _trouble(
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


# --- The catalog -----------------------------------------------------------------------


@require_safe
def catalog(request: HttpRequest) -> HttpResponse:
    return render(request, "errors/catalog.html", {"sections": _sections()})


@require_safe
def everything(request: HttpRequest) -> HttpResponse:
    return render(request, "errors/everything.html", {"sections": _sections()})


@require_safe
def section(request: HttpRequest, slug: str) -> HttpResponse:
    sections = _sections()
    current = next((section for section in sections if section.slug == slug), None)
    if current is None:
        raise Http404
    context = {"sections": sections, "section": current}
    return render(request, "errors/section.html", context)


@require_safe
def entry(request: HttpRequest, slug: str) -> HttpResponse:
    shown = get_object_or_404(
        Entry.objects.published()
        .select_related("section")
        .prefetch_related("providers", _published_relations()),
        slug=slug,
    )
    context = {
        "entry": shown,
        "sections": _sections(),
        "way": way_to(shown.stage, "wait" if shown.outcome == "warning" else "stop"),
        "decoded": decode_codes(shown.reply_code, shown.status_code),
    }
    return render(request, "errors/entry.html", context)


def _sections() -> QuerySet[Section]:
    """Return all sections, each with its published entries, in two queries."""
    entries = Entry.objects.published().defer("internal_note").order_by("position")
    return Section.objects.prefetch_related(Prefetch("entries", entries))


def _published_relations() -> "Prefetch[str, QuerySet[Relation], str]":
    relations = Relation.objects.filter(other__state="published")
    return Prefetch("relations", relations.select_related("other"))


# --- Trouble ---------------------------------------------------------------------------


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        return render(request, "413.html", status=413)
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", status=403)


@sensitive_post_parameters()
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Ask to send again; a paste that came without its token is not lost."""
    if request.resolver_match and request.resolver_match.url_name == "explain":
        form = ExplainForm(initial=request.POST.dict())
        return _trouble(request, form, HTTPStatus.FORBIDDEN)
    return render(request, "403_csrf.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer whatever has failed: no database, no context, no hashed file names."""
    language = translation.get_language_from_path(request.path_info)
    with translation.override(language or translation.get_language()):
        return HttpResponse(render_to_string("500.html"), status=500)
