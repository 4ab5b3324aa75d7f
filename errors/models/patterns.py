"""Patterns, by which an entry is met, and Examples, which prove that it is."""

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from errors.bounce import phrases
from errors.models.catalog import Provider
from errors.models.codes import (
    REPLY_CODE_PREFIX,
    SAYS_REPLY_PREFIX,
    SAYS_STATUS_PREFIX,
    STATUS_CODE_PREFIX,
)
from errors.models.entries import Entry


class Pattern(models.Model):
    """A wording, or codes alone, that lead to the entry."""

    class Kind(models.TextChoices):
        PHRASE = "phrase", _("Phrase")
        REGEX = "regex", _("Regular expression")

    class Scope(models.TextChoices):
        ANYWHERE = "anywhere", _("Anywhere")
        DIAGNOSTIC = "diagnostic", _("Diagnostic of a recipient")
        SUBJECT = "subject", _("Subject")
        REPORTING_HOST = "reporting-host", _("Reporting host")

    entry = models.ForeignKey(Entry, models.CASCADE, related_name="patterns")
    text = models.TextField(
        _("wording"),
        blank=True,
        help_text=_(
            "Case, width and blanks do not matter. * is a short gap; {address} {host} {ip}"
            " {size} {count} {duration} {date} {word} {url} capture a value."
            " Empty: the codes alone decide."
        ),
    )
    kind = models.CharField(_("kind"), max_length=6, choices=Kind, default=Kind.PHRASE)
    scope = models.CharField(
        _("scope"), max_length=14, choices=Scope, default=Scope.ANYWHERE
    )
    reply_code = models.CharField(
        _("requires reply code"),
        max_length=3,
        blank=True,
        validators=[RegexValidator(REPLY_CODE_PREFIX, SAYS_REPLY_PREFIX)],
        help_text=_("Or its beginning: 5 is any 5yz."),
    )
    status_code = models.CharField(
        _("requires status code"),
        max_length=9,
        blank=True,
        validators=[RegexValidator(STATUS_CODE_PREFIX, SAYS_STATUS_PREFIX)],
        help_text=_("Or its beginning: 5.7 is any 5.7.x."),
    )
    provider = models.ForeignKey(
        Provider,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("requires provider"),
    )
    command = models.CharField(
        _("requires SMTP command"),
        max_length=8,
        blank=True,
        help_text=_("The command that was refused: MAIL, RCPT, DATA …"),
    )
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        ordering = ("pk",)
        verbose_name = _("pattern")
        verbose_name_plural = _("patterns")
        constraints = (
            models.CheckConstraint(
                condition=~Q(text="") | ~Q(reply_code="") | ~Q(status_code=""),
                name="pattern_says_something",
                violation_error_message=_("A pattern needs a wording or a code."),
            ),
            models.CheckConstraint(
                condition=Q(reply_code="") | Q(reply_code__regex=REPLY_CODE_PREFIX),
                name="pattern_reply_code_valid",
                violation_error_message=SAYS_REPLY_PREFIX,
            ),
            models.CheckConstraint(
                condition=Q(status_code="") | Q(status_code__regex=STATUS_CODE_PREFIX),
                name="pattern_status_code_valid",
                violation_error_message=SAYS_STATUS_PREFIX,
            ),
        )

    def __str__(self) -> str:
        return self.text or " ".join(filter(None, (self.reply_code, self.status_code)))

    def clean(self) -> None:
        """Refuse what the pattern engine refuses, with its reason on the field."""
        for problem in phrases.find_problems(self.text, self.kind):
            raise ValidationError({"text": phrases_message(problem)})


class Example(models.Model):
    """An anonymised real bounce that must lead to its entry."""

    entry = models.ForeignKey(Entry, models.CASCADE, related_name="examples")
    text = models.TextField(_("text"))

    class Meta:
        ordering = ("pk",)
        verbose_name = _("example")
        verbose_name_plural = _("examples")

    def __str__(self) -> str:
        return self.text.strip().partition("\n")[0][:80]


def phrases_message(problem: "phrases.Problem") -> str:
    """Say in the reader's language what is wrong with a pattern, and where."""
    reasons = {
        "unknown-type": _("There is no capture of this type: {detail}"),
        "unclosed": _("A brace is not closed."),
        "too-short": _("The fixed words are too short to be looked for."),
        "bad-regex": _("The expression is not accepted: {detail}"),
        "too-long": _("The pattern is too long."),
    }
    reason = str(reasons[problem.reason]).format(detail=problem.detail)
    return str(_("{reason} (at position {position})")).format(
        reason=reason, position=problem.position + 1
    )
