"""The catalog as staff keep it: sections, entries, their patterns, examples and glosses."""

from typing import Any, Self

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from errors.bounce import phrases
from errors.models.vocabulary import Actor, Outcome, Reason, Stage, State

REPLY_CODE = r"^[245][0-9]{2}$"
REPLY_CODE_PREFIX = r"^[245][0-9]{0,2}$"
# Enhanced status code (RFC 3463): class.subject.detail
STATUS_CODE = r"^[245]\.[0-9]{1,3}\.[0-9]{1,3}$"
STATUS_CODE_PREFIX = r"^[245](\.[0-9]{1,3}){0,2}$"
_SAYS_REPLY = _("A reply code has three digits, such as 550.")
_SAYS_STATUS = _("An enhanced status code has three numbers, such as 5.1.1.")
_SAYS_REPLY_PREFIX = _("A reply code, or its beginning, such as 550 or 5.")
_SAYS_STATUS_PREFIX = _(
    "An enhanced status code, or its beginning, such as 5.1.1 or 5.7."
)


class SlugManager(models.Manager[Any]):
    """Finds a row by its natural key, the slug."""

    def get_by_natural_key(self, slug: str) -> Any:
        return self.get(slug=slug)


class Shipped(models.Model):
    """A row that may have come with the software; the hash tells whether staff changed it."""

    shipped_hash = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        abstract = True


class Section(Shipped):
    """A chapter of the catalog: by message, by number, by subject, a provider family."""

    slug = models.SlugField(_("slug"), unique=True)
    position = models.PositiveIntegerField(_("position"), unique=True)
    title = models.CharField(_("title"), max_length=200)
    introduction = models.TextField(_("introduction"), blank=True)

    objects = SlugManager()

    class Meta:
        ordering = ("position",)
        verbose_name = _("section")
        verbose_name_plural = _("sections")

    def __str__(self) -> str:
        return self.title or self.slug

    def get_absolute_url(self) -> str:
        return reverse("section", args=[self.slug])

    def natural_key(self) -> tuple[str]:
        return (self.slug,)


class Provider(Shipped):
    """A mail service or mail server software, and by what a bounce shows it."""

    slug = models.SlugField(_("slug"), unique=True)
    name = models.CharField(_("name"), max_length=100)
    domains = models.TextField(
        _("domains"), blank=True, help_text=_("One domain or MX suffix a line.")
    )
    signatures = models.TextField(
        _("signatures"),
        blank=True,
        help_text=_("One phrase that only it writes a line."),
    )

    objects = SlugManager()

    class Meta:
        ordering = ("slug",)
        verbose_name = _("provider")
        verbose_name_plural = _("providers")

    def __str__(self) -> str:
        return self.name or self.slug

    def natural_key(self) -> tuple[str]:
        return (self.slug,)


class EntryQuerySet(models.QuerySet["Entry"]):
    def published(self) -> Self:
        """Return what the public may see: the only way public code asks."""
        return self.filter(state=State.PUBLISHED)

    def get_by_natural_key(self, slug: str) -> "Entry":
        return self.get(slug=slug)


class Entry(Shipped):
    """One mail error: what it means and what to do."""

    slug = models.SlugField(_("slug"), unique=True, max_length=100)
    section = models.ForeignKey(
        Section, models.PROTECT, related_name="entries", verbose_name=_("section")
    )
    position = models.PositiveIntegerField(_("position"))
    title = models.CharField(_("title"), max_length=200)
    reply_code = models.CharField(
        _("reply code"),
        max_length=3,
        blank=True,
        validators=[RegexValidator(REPLY_CODE, _SAYS_REPLY)],
        help_text=_("RFC 5321, such as 550"),
    )
    status_code = models.CharField(
        _("enhanced status code"),
        max_length=9,
        blank=True,
        validators=[RegexValidator(STATUS_CODE, _SAYS_STATUS)],
        help_text=_("RFC 3463, such as 5.1.1"),
    )
    reason = models.CharField(
        _("reason"), max_length=20, choices=Reason, default=Reason.UNDEFINED
    )
    outcome = models.CharField(
        _("outcome"), max_length=12, choices=Outcome, default=Outcome.PERMANENT
    )
    stage = models.CharField(
        _("stage"), max_length=20, choices=Stage, default=Stage.RECEIVING_SERVER
    )
    actor = models.CharField(
        _("who must act"), max_length=20, choices=Actor, default=Actor.SENDER
    )
    summary = models.TextField(
        _("summary"), blank=True, help_text=_("One plain sentence.")
    )
    body = models.TextField(_("what it means"), blank=True, help_text="Markdown")
    advice = models.TextField(
        _("what to do"), blank=True, help_text=_("A numbered Markdown list.")
    )
    handover = models.TextField(
        _("text to hand over"),
        blank=True,
        help_text=_("Ready to send to the recipient or to support."),
    )
    internal_note = models.TextField(_("internal note"), blank=True)
    sample = models.TextField(_("sample"), blank=True)
    wordings = models.TextField(
        _("other wordings"),
        blank=True,
        help_text=_("The same error in other servers' words, one a line."),
    )
    providers = models.ManyToManyField(
        Provider, blank=True, related_name="entries", verbose_name=_("providers")
    )
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.DRAFT
    )
    priority = models.SmallIntegerField(
        _("priority"),
        default=0,
        help_text=_("Higher wins over everything else; generic wordings take less."),
    )
    created = models.DateTimeField(_("created"), auto_now_add=True)
    updated = models.DateTimeField(_("updated"), auto_now=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        ordering = ("section__position", "position")
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        constraints = (
            models.UniqueConstraint(
                fields=("section", "position"), name="one_entry_per_position"
            ),
            models.CheckConstraint(
                condition=Q(reply_code="") | Q(reply_code__regex=REPLY_CODE),
                name="entry_reply_code_valid",
                violation_error_message=_(
                    "A reply code has three digits, such as 550."
                ),
            ),
            models.CheckConstraint(
                condition=Q(status_code="") | Q(status_code__regex=STATUS_CODE),
                name="entry_status_code_valid",
                violation_error_message=_SAYS_STATUS,
            ),
            models.CheckConstraint(
                condition=Q(valid_from=None)
                | Q(valid_until=None)
                | Q(valid_from__lte=models.F("valid_until")),
                name="entry_validity_in_order",
                violation_error_message=_("Valid from must not be after valid until."),
            ),
        )
        indexes = (
            models.Index(fields=("state", "section"), name="entry_state_section"),
            models.Index(fields=("reply_code",), name="entry_reply_code"),
            models.Index(fields=("status_code",), name="entry_status_code"),
        )

    def __str__(self) -> str:
        return self.title or self.slug

    def get_absolute_url(self) -> str:
        return reverse("entry", args=[self.slug])

    def natural_key(self) -> tuple[str]:
        return (self.slug,)


class Relation(models.Model):
    """An entry often mistaken for another, with the telling difference."""

    entry = models.ForeignKey(Entry, models.CASCADE, related_name="relations")
    other = models.ForeignKey(
        Entry,
        models.CASCADE,
        related_name="related_from",
        verbose_name=_("other entry"),
    )
    difference = models.TextField(_("telling difference"), blank=True)

    class Meta:
        ordering = ("pk",)
        verbose_name = _("related entry")
        verbose_name_plural = _("related entries")
        constraints = (
            models.UniqueConstraint(
                fields=("entry", "other"), name="one_relation_per_pair"
            ),
        )

    def __str__(self) -> str:
        return f"{self.entry_id} → {self.other_id}"


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
        validators=[RegexValidator(REPLY_CODE_PREFIX, _SAYS_REPLY_PREFIX)],
        help_text=_("Or its beginning: 5 is any 5yz."),
    )
    status_code = models.CharField(
        _("requires status code"),
        max_length=9,
        blank=True,
        validators=[RegexValidator(STATUS_CODE_PREFIX, _SAYS_STATUS_PREFIX)],
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
                violation_error_message=_SAYS_REPLY_PREFIX,
            ),
            models.CheckConstraint(
                condition=Q(status_code="") | Q(status_code__regex=STATUS_CODE_PREFIX),
                name="pattern_status_code_valid",
                violation_error_message=_SAYS_STATUS_PREFIX,
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


class Gloss(Shipped):
    """A phrase of bounces translated beside the original; never the cause."""

    class Role(models.TextChoices):
        FRAMING = "framing", _("Framing")
        FOLLOW_ON = "follow-on", _("Follow-on line")
        LABEL = "label", _("Field name")

    text = models.CharField(_("phrase"), max_length=500, unique=True)
    translation = models.TextField(_("translation"))
    role = models.CharField(_("role"), max_length=10, choices=Role)

    class Meta:
        ordering = ("text",)
        verbose_name = _("gloss")
        verbose_name_plural = _("glosses")

    def __str__(self) -> str:
        return self.text


class CatalogRevision(models.Model):
    """One row: a counter bumped in every transaction that changes the catalog."""

    number = models.PositiveBigIntegerField(default=0)
    changed = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return str(self.number)


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
