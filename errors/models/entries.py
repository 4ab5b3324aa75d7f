"""Entries: one mail error each, what it means and what to do, and what it is mistaken for."""

from typing import Self

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from errors.models.catalog import Provider, Section, Shipped
from errors.models.codes import REPLY_CODE, SAYS_REPLY, SAYS_STATUS, STATUS_CODE
from errors.models.translating import Translated
from errors.models.vocabulary import Actor, Outcome, Reason, Stage, State


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
        validators=[RegexValidator(REPLY_CODE, SAYS_REPLY)],
        help_text=_("RFC 5321, such as 550"),
    )
    status_code = models.CharField(
        _("enhanced status code"),
        max_length=9,
        blank=True,
        validators=[RegexValidator(STATUS_CODE, SAYS_STATUS)],
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
    reply = models.TextField(
        _("reply of support"),
        blank=True,
        help_text=_(
            "What support sends to the customer. {code} {status} {recipient} {server}"
            " {date} {words} and captured values are filled in. Empty: summary and advice."
        ),
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
        permissions = (
            ("publish_entry", _("Can publish entries and change published ones")),
            ("confirm_loss", _("Can save a change that takes an example away")),
        )
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
                violation_error_message=SAYS_STATUS,
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


class Relation(Translated):
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
