"""What a customer may tell us: a notice that we could not explain, and whether we helped."""

from http import HTTPStatus

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import (
    sensitive_post_parameters,
    sensitive_variables,
)
from django.views.decorators.http import require_http_methods, require_safe

from errors.listening import receive
from errors.listening.forms import FeedbackForm, HandInForm
from errors.listening.voting import read_votes, remember_votes, vote
from errors.models import Entry
from errors.origins import is_foreign
from errors.throttling import find_wait


@csrf_exempt  # errors.origins says why
@require_http_methods(["GET", "HEAD", "POST"])
@cache_control(no_store=True)
@sensitive_post_parameters()
@sensitive_variables()
def hand_in(request: HttpRequest) -> HttpResponse:
    """Take a notice that a customer agreed to hand in; nothing is kept without that."""
    if request.method != "POST":
        return redirect("home")
    if is_foreign(request):
        return _refuse_hand_in(request, HTTPStatus.FORBIDDEN)
    if wait := find_wait(request, "handin"):
        response = _refuse_hand_in(request, HTTPStatus.TOO_MANY_REQUESTS)
        response.headers["Retry-After"] = str(wait)
        return response
    form = HandInForm(request.POST)
    if not form.is_valid():
        return _refuse_hand_in(request, HTTPStatus.BAD_REQUEST, form)
    if not form.is_trapped():
        receive(form.cleaned_data["text"], _language())
    return redirect("thanks")


def _refuse_hand_in(
    request: HttpRequest, status: HTTPStatus, form: HandInForm | None = None
) -> HttpResponse:
    """Say why a notice was not taken, with what was typed."""
    typed = {"text": request.POST.get("text", "")}
    context = {"hand_in": form or HandInForm(initial=typed), "status": status.value}
    return render(request, "errors/hand_in.html", context, status=status)


@csrf_exempt  # the same
@require_http_methods(["GET", "HEAD", "POST"])
@cache_control(no_store=True)
@sensitive_post_parameters()
@sensitive_variables()
def feedback(request: HttpRequest) -> HttpResponse:
    """Take a vote on an entry, or on a result without one."""
    if request.method != "POST":
        return redirect("home")
    if is_foreign(request):
        raise PermissionDenied
    form = FeedbackForm(request.POST)
    wait = find_wait(request, "feedback")
    if wait or not form.is_valid():
        return _refuse_feedback(request, form, wait)
    entry = form.cleaned_data["entry"]
    response = redirect("thanks", entry.slug) if entry else redirect("thanks")
    if not form.is_trapped():
        votes = vote(
            read_votes(request),
            entry,
            helpful=form.cleaned_data["helpful"],
            comment=form.cleaned_data["comment"],
            language=_language(),
            place=form.cleaned_data["place"],
        )
        remember_votes(response, votes, secure=request.is_secure())
    return response


def _refuse_feedback(
    request: HttpRequest, form: FeedbackForm, wait: int
) -> HttpResponse:
    status = HTTPStatus.TOO_MANY_REQUESTS if wait else HTTPStatus.BAD_REQUEST
    context = {"form": form, "wait": wait}
    response = render(request, "errors/feedback.html", context, status=status)
    if wait:
        response.headers["Retry-After"] = str(wait)
    return response


@require_safe
def thanks(request: HttpRequest, slug: str = "") -> HttpResponse:
    """Thank, and lead on."""
    entries = Entry.objects.published()
    entry = get_object_or_404(entries, slug=slug) if slug else None
    return render(request, "errors/thanks.html", {"entry": entry})


def _language() -> str:
    return translation.get_language() or settings.LANGUAGE_CODE
