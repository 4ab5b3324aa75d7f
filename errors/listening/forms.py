"""What a customer may send us besides a mail: a notice to look at, and a vote."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from errors.models import COMMENT_MAX, Entry, Feedback


class TrappedForm(forms.Form):
    """Has a field that people do not see; programs that fill in everything fall for it."""

    website = forms.CharField(required=False, widget=forms.TextInput)

    def is_trapped(self) -> bool:
        """Tell whether a program filled this in."""
        return bool(self.data.get("website"))


class HandInForm(TrappedForm):
    """A notice in the customer's own cut, handed in with consent alone."""

    text = forms.CharField(
        label=_("This is what we would receive"),
        strip=False,
        widget=forms.Textarea(
            attrs={"rows": 6, "autocomplete": "off", "spellcheck": "false"}
        ),
        error_messages={"required": _("Please leave the words of the notice in.")},
    )
    consent = forms.BooleanField(
        label=_("I agree that this text is kept to improve this guide."),
        error_messages={
            "required": _(
                "We may only take the text if you agree: please tick the box."
            )
        },
    )

    use_required_attribute = False

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        # A browser sends a line break as two characters.
        if len(text.replace("\r\n", "\n")) > settings.HANDIN_MAX_CHARS:
            raise ValidationError(
                _("This text is too long. Please keep only the notice itself."),
                code="too-large",
            )
        if not text.strip():
            raise ValidationError(_("Please leave the words of the notice in."))
        return text


class FeedbackForm(TrappedForm):
    """A vote on an entry, or on a result without one, with a word if the visitor likes."""

    entry: "forms.ModelChoiceField[Entry]" = forms.ModelChoiceField(
        queryset=Entry.objects.none(), to_field_name="slug", required=False
    )
    helpful = forms.TypedChoiceField(
        choices=[("yes", _("Yes")), ("no", _("No"))],
        coerce=lambda word: word == "yes",
    )
    place = forms.ChoiceField(choices=Feedback.Place)
    comment = forms.CharField(
        required=False,
        max_length=COMMENT_MAX,
        label=_("What was missing or unclear?"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["entry"].queryset = Entry.objects.published()  # type: ignore[attr-defined]  # a ModelChoiceField
