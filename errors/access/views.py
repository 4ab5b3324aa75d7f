"""The pages of the two-step login, under the address of the admin."""

import base64
import io
from typing import Any

import django_otp
import qrcode
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.auth.signals import user_login_failed
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from qrcode.image.svg import SvgPathImage

from errors.access import steps
from errors.access.forms import CodeForm, EnrolForm
from errors.access.records import SECOND_STEP
from errors.throttling import ask_to_wait, find_wait


class PasswordStep(LoginView):
    """Django's login, which here may only be the first step."""

    def form_valid(self, form: Any) -> HttpResponse:
        user = form.get_user()
        if not steps.needs_second_step(user):
            return super().form_valid(form)
        steps.begin(self.request, user, self.get_success_url())
        return redirect("admin:second_step")


def second_step(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """Ask for the code after the password; only then is anybody logged in."""
    pending = steps.find_pending(request)
    if pending is None:
        return redirect("admin:login")
    if not django_otp.user_has_device(pending.user):
        return redirect("admin:enrol")
    form = CodeForm(pending.user, request.POST or None)
    if request.method == "POST":
        if wait := find_wait(request, "login"):
            return ask_to_wait(request, wait)
        if form.is_valid():
            steps.finish(request, pending, form.device)
            _warn_of_few_codes(request, form.device)
            return redirect(pending.next)
        _tell_of_failure(request, form)
    return _page(request, site, "second_step", _("Second step"), form=form)


def enrol(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """Set up a phone: after the password of someone who has none yet, or anew."""
    pending = steps.find_pending(request)
    if pending is None and not site.has_permission(request):
        return redirect("admin:login")
    user = pending.user if pending else request.user
    if pending and django_otp.user_has_device(user):
        return redirect("admin:second_step")
    if pending is None and not steps.may_enrol(request):
        return redirect("admin:two_step")
    phone = steps.new_phone(user)
    form = EnrolForm(phone, request.POST or None)
    if request.method == "POST":
        if wait := find_wait(request, "login"):
            return ask_to_wait(request, wait)
        if form.is_valid():
            return _enrolled(request, site, pending, form.device)
    context = {"form": form, "qr": _qr_of(phone), "secret": _secret_of(phone)}
    return _page(request, site, "enrol", _("Set up the two-step login"), **context)


def _enrolled(
    request: HttpRequest, site: AdminSite, pending: steps.Pending | None, phone: Any
) -> HttpResponse:
    steps.confirm(request, phone)
    if pending:
        steps.finish(request, pending, phone)
    else:
        django_otp.login(request, phone)
    return _codes_page(request, site, pending.next if pending else "")


def two_step(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """Show what is set up; a code opens the way to new recovery codes or another phone."""
    form = CodeForm(request.user, request.POST or None)
    if request.method == "POST":
        if wait := find_wait(request, "login"):
            return ask_to_wait(request, wait)
        if form.is_valid() and "phone" in request.POST:
            steps.allow_new_phone(request)
            return redirect("admin:enrol")
        if form.is_valid():
            return _codes_page(request, site, "")
    context = {
        "form": form,
        "has_device": django_otp.user_has_device(request.user),
        "codes_left": steps.codes_left(request.user),
    }
    return _page(request, site, "two_step", _("Two-step login"), **context)


def _codes_page(request: HttpRequest, site: AdminSite, goal: str) -> HttpResponse:
    """Show new recovery codes, this once."""
    codes = steps.renew_codes(request.user)
    context = {"codes": codes, "next": goal}
    return _page(request, site, "recovery_codes", _("Your recovery codes"), **context)


def _page(
    request: HttpRequest, site: AdminSite, name: str, title: str, **context: Any
) -> HttpResponse:
    context |= {**site.each_context(request), "title": title, "subtitle": None}
    return render(request, f"admin/access/{name}.html", context)


def _tell_of_failure(request: HttpRequest, form: CodeForm) -> None:
    """Count a wrong code as a failed login, so that it leads to the lock-out as well."""
    if not form.has_wrong_code():
        return
    credentials = {"username": form.user.get_username()}
    user_login_failed.send(sender=SECOND_STEP, credentials=credentials, request=request)
    if getattr(request, "axes_locked_out", False):
        steps.forget(request)


def _warn_of_few_codes(request: HttpRequest, device: Any) -> None:
    if isinstance(device, StaticDevice):
        left = device.token_set.count()
        said = _("You came in with a recovery code; %(left)d are left.") % {
            "left": left
        }
        messages.warning(request, said)


def _qr_of(phone: TOTPDevice) -> str:
    """Return the QR code as an address that an image can show without a request."""
    picture = io.BytesIO()
    qrcode.make(phone.config_url, image_factory=SvgPathImage).save(picture)
    encoded = base64.b64encode(picture.getvalue()).decode("ascii")
    return f"data:image/svg+xml;base64,{encoded}"


def _secret_of(phone: TOTPDevice) -> str:
    """Return the secret as authenticator apps take it by hand, in groups of four."""
    secret = base64.b32encode(phone.bin_key).decode("ascii")
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
