"""The record of logins, written by Django's own signals, whoever sends them."""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.signals import (
    user_logged_in,
    user_logged_out,
    user_login_failed,
)
from django.http import HttpRequest
from django_otp.plugins.otp_static.models import StaticDevice

from errors.access import steps
from errors.models import LoginRecord
from errors.purging import purge
from errors.throttling import address_of

SECOND_STEP = "errors.access"  # the sender of a failure at the second step
TIDY_EVERY = 50  # records


def watch() -> None:
    """Keep a record of every login, logout and failure, and when a session began."""
    user_logged_in.connect(steps.begin_session, dispatch_uid="begin session")
    user_logged_in.connect(_on_login, dispatch_uid="record login")
    user_logged_out.connect(_on_logout, dispatch_uid="record logout")
    user_login_failed.connect(_on_failure, dispatch_uid="record failure")


def _on_login(request: HttpRequest, user: Any, **_: Any) -> None:
    device = getattr(user, "otp_device", None)
    recovered = isinstance(device, StaticDevice)
    outcome = LoginRecord.Outcome.RECOVERED if recovered else LoginRecord.Outcome.IN
    _record(request, outcome, user.get_username())


def _on_logout(request: HttpRequest, user: Any, **_: Any) -> None:
    if user:
        _record(request, LoginRecord.Outcome.OUT, user.get_username())


def _on_failure(
    sender: Any,
    credentials: dict[str, Any],
    request: HttpRequest | None = None,
    **_: Any,
) -> None:
    outcome = LoginRecord.Outcome.FAILED
    if sender == SECOND_STEP:
        outcome = LoginRecord.Outcome.WRONG_CODE
    elif getattr(request, "axes_locked_out", False):
        outcome = LoginRecord.Outcome.LOCKED
    _record(request, outcome, _known(str(credentials.get("username") or "")))


def _known(name: str) -> str:
    users = get_user_model()._default_manager
    known = users.filter(**{get_user_model().USERNAME_FIELD: name}).exists()
    return name if known else ""


def _record(request: HttpRequest | None, outcome: str, username: str) -> None:
    address = address_of(request) if request else None
    record = LoginRecord.objects.create(
        username=username, outcome=outcome, address=address
    )
    if record.pk % TIDY_EVERY == 0:
        purge("logins")
