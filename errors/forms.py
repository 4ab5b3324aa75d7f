"""The form a customer pastes a bounce into."""

import base64
import binascii
import re
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from errors.bounce.outlook import is_outlook

# A file is told by its first bytes, since its name can say anything: text has tabs, line
# ends and the escapes of ISO-2022-JP, and hardly another control; a PDF begins as text.
SNIFFED = 4096
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
PDF = b"%PDF"
CONTROLS = bytes(set(range(32)) - set(b"\t\n\f\r\x1b"))
CONTROLS_MAX = 0.02
# No text of a mail: NUL, and halves of UTF-16 pairs, which cannot be written as UTF-8.
UNREADABLE = re.compile("[\0\ud800-\udfff]")


def may_be_mail(head: bytes) -> bool:
    """Tell by the first bytes of a file whether it is a text or an Outlook message."""
    if is_outlook(head) or head.startswith(UTF_16):
        return True
    controls = len(head) - len(head.translate(None, CONTROLS))
    return controls <= CONTROLS_MAX * len(head) and not head.startswith(PDF)


class PasteField(forms.CharField):
    """A text that may hold anything, up to a limit in bytes; nothing of it is trimmed."""

    default_error_messages = {
        "too-large": _(
            "This text is too long. Please paste only its beginning:"
            " the reason stands in the first pages."
        )
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(strip=False, required=False, **options)

    def to_python(self, value: Any) -> str:
        text = UNREADABLE.sub("\ufffd", value or "")
        return text if text.strip() else ""

    def validate(self, value: str) -> None:
        super().validate(value)
        if len(value.encode()) > settings.PASTE_MAX_BYTES:
            raise ValidationError(self.error_messages["too-large"], code="too-large")


class WordsField(forms.CharField):
    """A line of text, without what no text may hold."""

    def to_python(self, value: Any) -> str:
        return UNREADABLE.sub("\ufffd", super().to_python(value) or "")


class SearchForm(forms.Form):
    """Takes words to look up, and what to narrow the answer down to."""

    q = WordsField(
        label=_("Search words"), required=False, max_length=400, empty_value=""
    )
    section = forms.SlugField(required=False)
    provider = forms.SlugField(required=False)
    actor = forms.SlugField(required=False)
    page = forms.CharField(required=False, max_length=6)


class EncodedField(forms.CharField):
    """An uploaded mail that comes back in base64 when the reader changes the language."""

    widget = forms.HiddenInput

    def to_python(self, value: Any) -> bytes:  # type: ignore[override]
        try:
            return base64.b64decode(value or "", validate=True)
        except (binascii.Error, ValueError):
            return b""

    def run_validators(self, value: Any) -> None:
        """Accept what could be decoded: it is read like any uploaded file."""


class ExplainForm(forms.Form):
    """Takes a bounce as text or as a file and hands over `paste`, str or bytes."""

    text = PasteField(
        label=_("The mail that came back"),
        widget=forms.Textarea(
            attrs={
                "rows": 10,
                "autocomplete": "off",
                "autocapitalize": "off",
                "spellcheck": "false",
            }
        ),
    )
    file = forms.FileField(
        label=_("Or choose a file"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".eml,.msg,.txt,message/rfc822"}),
    )
    encoded = EncodedField(required=False)

    use_required_attribute = False

    def clean_file(self) -> "UploadedFile[Any] | None":
        file: UploadedFile[Any] | None = self.cleaned_data["file"]
        if file is None:
            return None
        if (file.size or 0) > settings.UPLOAD_MAX_BYTES:
            raise ValidationError(
                _("This file is too large. Please paste the text of the mail instead."),
                code="too-large",
            )
        head = file.read(SNIFFED)
        file.seek(0)
        if not may_be_mail(head):
            raise ValidationError(
                _("Please choose a mail saved as .eml, .msg or .txt."), code="no-mail"
            )
        return file

    def clean(self) -> dict[str, Any]:
        """Choose what is to be read: a file before a text, for it is the whole mail."""
        cleaned = super().clean() or {}
        file = cleaned.get("file")
        uploaded = file.read() if file else cleaned.get("encoded", b"")
        cleaned["paste"] = uploaded or cleaned.get("text", "")
        if not cleaned["paste"] and not self.errors:
            self.add_error(
                "text",
                ValidationError(
                    _("Please paste the text of the mail here, or choose a file."),
                    code="empty",
                ),
            )
        return cleaned

    def is_too_large(self) -> bool:
        """Tell whether a limit of size is among what is wrong."""
        return any(
            error.code == "too-large"
            for errors in self.errors.as_data().values()
            for error in errors
        )
