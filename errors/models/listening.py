"""What customers tell us: notices handed in, votes, lost searches, and bare figures.

None of it says who: no address, no IP, no cookie's value. What could hold a person's words
is anonymised before it comes here and is forgotten after `settings.KEEP_DAYS`.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from errors.models.entries import Entry

WORDING_MAX = 300
COMMENT_MAX = 500
QUERY_MAX = 60


class Unexplained(models.Model):
    """One kind of notice that the catalog could not explain, by its signature."""

    class State(models.TextChoices):
        NEW = "new", _("New")
        DRAFTED = "drafted", _("An entry was begun")
        ASSIGNED = "assigned", _("Its wording was given to an entry")
        EXPLAINED = "explained", _("The catalog explains it by now")
        IGNORED = "ignored", _("Ignored")

    signature = models.CharField(max_length=64, unique=True, editable=False)
    wording = models.CharField(_("wording"), max_length=WORDING_MAX)
    reply_code = models.CharField(_("reply code"), max_length=3, blank=True)
    status_code = models.CharField(_("enhanced status code"), max_length=11, blank=True)
    provider = models.CharField(_("provider"), max_length=50, blank=True)
    count = models.PositiveIntegerField(_("times"), default=0)
    first_seen = models.DateTimeField(_("first seen"), auto_now_add=True)
    last_seen = models.DateTimeField(_("last seen"), auto_now_add=True, db_index=True)
    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.NEW
    )
    entry = models.ForeignKey(
        Entry, models.SET_NULL, null=True, blank=True, verbose_name=_("entry")
    )
    # The catalog's revision that was last asked whether it explains this.
    revision = models.PositiveBigIntegerField(default=0, editable=False)

    class Meta:
        ordering = ("-count", "-last_seen")
        verbose_name = _("unexplained notice")
        verbose_name_plural = _("unexplained notices")

    def __str__(self) -> str:
        return self.wording


class HandIn(models.Model):
    """A notice that a customer handed in, anonymised; few are kept per kind."""

    unexplained = models.ForeignKey(
        Unexplained, models.CASCADE, related_name="hand_ins"
    )
    text = models.TextField(_("text"))
    language = models.CharField(_("language"), max_length=10)
    received = models.DateTimeField(_("received"), auto_now_add=True, db_index=True)

    class Meta:
        ordering = ("-received", "-pk")
        verbose_name = _("notice handed in")
        verbose_name_plural = _("notices handed in")

    def __str__(self) -> str:
        return self.text.strip().partition("\n")[0][:80]


class Feedback(models.Model):
    """One answer to "Did this help?"; without an entry it is about a result that found none."""

    class Place(models.TextChoices):
        ENTRY = "entry", _("Page of the entry")
        RESULT = "result", _("Result")

    entry = models.ForeignKey(
        Entry,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="feedback",
        verbose_name=_("entry"),
    )
    helpful = models.BooleanField(_("helped"))
    comment = models.CharField(_("comment"), max_length=COMMENT_MAX, blank=True)
    language = models.CharField(_("language"), max_length=10)
    place = models.CharField(_("where"), max_length=6, choices=Place)
    created = models.DateTimeField(_("created"), auto_now_add=True, db_index=True)

    class Meta:
        ordering = ("-created", "-pk")
        verbose_name = _("feedback")
        verbose_name_plural = _("feedback")

    def __str__(self) -> str:
        return self.comment or str(_("yes") if self.helpful else _("no"))


class LostSearch(models.Model):
    """Words that were searched for in vain; short, folded, and never an address."""

    query = models.CharField(_("searched for"), max_length=QUERY_MAX)
    language = models.CharField(_("language"), max_length=10)
    count = models.PositiveIntegerField(_("times"))
    first_seen = models.DateField(_("first seen"))
    last_seen = models.DateField(_("last seen"))

    class Meta:
        ordering = ("-count", "-last_seen")
        verbose_name = _("search without a result")
        verbose_name_plural = _("searches without a result")
        constraints = (
            models.UniqueConstraint(
                fields=("query", "language"), name="one_row_per_lost_search"
            ),
        )

    def __str__(self) -> str:
        return self.query


class Tally(models.Model):
    """How often something happened on one day. Nothing here can point at a person."""

    class Kind(models.TextChoices):
        EXPLAINED = "explained", _("Notices explained")
        LOOK = "look", _("Looks at an entry")
        FOUND = "found", _("Searches with a result")
        LOST = "lost", _("Searches without a result")

    class Source(models.TextChoices):
        PAGE = "page", _("Page")
        API = "api", _("API")
        MAIL = "mail", _("Mail")
        COMMAND = "command", _("Command line")

    day = models.DateField(_("day"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    source = models.CharField(_("source"), max_length=10, choices=Source)
    language = models.CharField(_("language"), max_length=10)
    # Slugs, not keys: a figure outlives the entry it counts.
    entry = models.CharField(_("entry"), max_length=100, blank=True)
    reason = models.CharField(_("reason"), max_length=20, blank=True)
    provider = models.CharField(_("provider"), max_length=50, blank=True)
    certainty = models.CharField(_("certainty"), max_length=12, blank=True)
    count = models.PositiveIntegerField(_("times"))

    DIMENSIONS = (
        "day",
        "kind",
        "source",
        "language",
        "entry",
        "reason",
        "provider",
        "certainty",
    )

    class Meta:
        ordering = ("-day", "kind", "entry")
        verbose_name = _("figure")
        verbose_name_plural = _("figures")
        constraints = (
            models.UniqueConstraint(
                fields=(
                    "day",
                    "kind",
                    "source",
                    "language",
                    "entry",
                    "reason",
                    "provider",
                    "certainty",
                ),
                name="one_tally_per_day",
            ),
            models.CheckConstraint(condition=Q(count__gt=0), name="tally_counts"),
        )
        indexes = (
            models.Index(fields=("kind", "entry", "day"), name="tally_by_entry"),
        )

    def __str__(self) -> str:
        return f"{self.day} {self.kind} {self.entry or self.certainty}: {self.count}"
