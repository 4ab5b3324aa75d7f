"""Between the two steps: who has given the password and owes the code.

Nobody is logged in before the second step: the session only remembers, for some minutes,
who may take it.
"""

import time
from dataclasses import dataclass
from typing import Any

import django_otp
from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest
from django_otp.models import Device
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

PATIENCE = 600  # seconds for the second step
RECOVERY_CODES = 10
PROLONG_AFTER = 60  # seconds; a click sooner than that is not worth a write
_PENDING, _SINCE, _SEEN, _NEW_PHONE = (
    "second_step",
    "logged_in_at",
    "last_seen_at",
    "new_phone",
)


@dataclass(frozen=True, slots=True)
class Pending:
    """Who gave the right password, and where to go after the second step."""

    user: Any
    backend: str
    next: str


def needs_second_step(user: Any) -> bool:
    """Tell whether the password alone does not do: by setting, or by the user's own choice."""
    return bool(settings.STAFF_TWO_FACTOR or django_otp.user_has_device(user))


def is_verified(user: Any) -> bool:
    """Tell whether a code was shown in this session."""
    return getattr(user, "otp_device", None) is not None


def begin(request: HttpRequest, user: Any, goal: str) -> None:
    """Remember who gave the password."""
    request.session.cycle_key()
    request.session[_PENDING] = {
        "user": str(user.pk),
        "backend": user.backend,
        "next": goal,
        "until": time.time() + PATIENCE,
    }


def find_pending(request: HttpRequest) -> Pending | None:
    """Return who may take the second step, None when nobody gave a password lately."""
    kept = request.session.get(_PENDING)
    if not kept or kept["until"] < time.time():
        return None
    user = auth.load_backend(kept["backend"]).get_user(kept["user"])
    if user is None or not user.is_active:
        return None
    return Pending(user, kept["backend"], kept["next"])


def forget(request: HttpRequest) -> None:
    """Let nobody take the second step without the password."""
    request.session.pop(_PENDING, None)


def finish(request: HttpRequest, pending: Pending, device: Device) -> None:
    """Log in: both steps are taken."""
    forget(request)
    pending.user.otp_device = device  # django_otp keeps it in the session
    auth.login(request, pending.user, backend=pending.backend)


def begin_session(request: HttpRequest, **_: Any) -> None:
    """Note when the session began; it ends some hours later, however busy."""
    request.session[_SINCE] = time.time()


def is_fresh(request: HttpRequest) -> bool:
    """Tell whether the session is younger than `settings.STAFF_SESSION_HOURS`."""
    began = request.session.get(_SINCE, 0)
    return bool(time.time() - began < 3600 * settings.STAFF_SESSION_HOURS)


def prolong(request: HttpRequest) -> None:
    """Let the idle time, the age of the session's cookie, begin anew."""
    now = time.time()
    if now - request.session.get(_SEEN, 0) > PROLONG_AFTER:
        request.session[_SEEN] = now


def allow_new_phone(request: HttpRequest) -> None:
    """Let someone who has just shown a code set up another phone."""
    request.session[_NEW_PHONE] = time.time() + PATIENCE


def may_enrol(request: HttpRequest) -> bool:
    """Tell whether the user logged in may set up a phone: the first one, or by a code."""
    if not django_otp.user_has_device(request.user):
        return True
    return bool(request.session.get(_NEW_PHONE, 0) > time.time())


def new_phone(user: Any) -> TOTPDevice:
    """Return the phone being set up; the same at every look, or its QR code would change."""
    device, _ = TOTPDevice.objects.get_or_create(user=user, confirmed=False)
    return device


def confirm(request: HttpRequest, device: TOTPDevice) -> None:
    """Make the phone the user's only one."""
    request.session.pop(_NEW_PHONE, None)
    TOTPDevice.objects.filter(user_id=device.user_id).exclude(pk=device.pk).delete()
    device.confirmed = True
    device.save(update_fields=("confirmed",))


def renew_codes(user: Any) -> list[str]:
    """Replace the user's recovery codes; each lets in once."""
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name="recovery codes")
    codes = [StaticToken.random_token() for _ in range(RECOVERY_CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=c) for c in codes)
    return codes


def codes_left(user: Any) -> int:
    """Return how many recovery codes are unused."""
    number: int = StaticToken.objects.filter(device__user=user).count()
    return number
