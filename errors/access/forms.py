"""The forms of the second step: a code of the phone, or a recovery code."""

import math
import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _, ngettext
from django_otp import devices_for_user, verify_token
from django_otp.models import Device
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice


class CodeInput(forms.TextInput):
    """Comes back empty: a code that was refused is of no more use."""

    def format_value(self, value: Any) -> None:
        return None


class CodeForm(forms.Form):
    """Takes a code in any width, with blanks and hyphens, for one device or another."""

    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        widget=CodeInput(
            attrs={
                "autocomplete": "one-time-code",
                "autocapitalize": "off",
                "spellcheck": "false",
                "autofocus": True,
            }
        ),
    )

    def __init__(self, user: Any, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = user
        self.device: Device | None = None  # the one whose code it was

    def clean_code(self) -> str:
        code = unicodedata.normalize("NFKC", self.cleaned_data["code"]).lower()
        code = "".join(filter(str.isalnum, code))
        device = self.find_device(code)
        if device is None:
            raise _wrong()
        allowed, why = device.verify_is_allowed()
        if not allowed:
            raise _too_soon(why)
        self.device = verify_token(self.user, device.persistent_id, code)
        if self.device is None:
            raise _wrong()
        return code

    def find_device(self, code: str) -> Device | None:
        """Return the device whose code this looks like: six digits are the phone's."""
        kind = TOTPDevice if code.isdecimal() and len(code) == 6 else StaticDevice
        devices = (d for d in devices_for_user(self.user) if isinstance(d, kind))
        return next(devices, None)

    def has_wrong_code(self) -> bool:
        """Tell whether a code was tried and refused."""
        return self.has_error("code", "wrong")


class EnrolForm(CodeForm):
    """Takes the first code of the phone that is being set up."""

    def __init__(self, phone: TOTPDevice, *args: Any, **options: Any) -> None:
        super().__init__(phone.user, *args, **options)
        self.phone = phone
        self.fields["code"].widget.attrs["inputmode"] = "numeric"

    def find_device(self, code: str) -> Device | None:
        return self.phone


def _wrong() -> ValidationError:
    return ValidationError(
        _("This code is not right. A code is good for half a minute and only once."),
        code="wrong",
    )


def _too_soon(why: dict[str, Any] | None) -> ValidationError:
    until = (why or {}).get("locked_until") or timezone.now()
    seconds = max(1, math.ceil((until - timezone.now()).total_seconds()))
    said = ngettext(
        "Please wait %(seconds)d second after a wrong code, then try again.",
        "Please wait %(seconds)d seconds after a wrong code, then try again.",
        seconds,
    )
    return ValidationError(said % {"seconds": seconds}, code="too-soon")
