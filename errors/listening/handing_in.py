"""Notices that nobody could explain: offered to the customer, handed in, grouped, rechecked.

What is kept is anonymised twice: for the customer to see, and again when it arrives, as
nobody can know what came back from the form.
"""

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from errors.bounce.explaining import explain
from errors.bounce.grouping import Signature, find_unsure, signature_of
from errors.bounce.reading import read
from errors.bounce.redacting import anonymise
from errors.bounce.values import Bounce, Explanation, Verdict
from errors.catalog import current
from errors.models import Entry, HandIn, Unexplained
from errors.publishing import Published
from errors.purging import purge

READ_FACTOR = (
    3  # how much longer than the text taken the notice may be that is anonymised
)
TEXTS_MAX = 5  # texts kept of one kind
KINDS_MAX = 2_000  # kinds kept; then the rarest are forgotten
RECHECK_MAX = 200  # kinds rechecked at once
_FAILURES = frozenset(("failure", "delay", "client-error"))
_OPEN = (
    Unexplained.State.NEW,
    Unexplained.State.DRAFTED,
    Unexplained.State.ASSIGNED,
    Unexplained.State.EXPLAINED,
)


def offer(explanation: Explanation) -> str:
    """Return what a customer may hand in, anonymised; "" when there is nothing to learn."""
    bounce = explanation.bounce
    if not _is_notice(bounce) or find_unsure(explanation) is None:
        return ""
    text = _cut(bounce.text, READ_FACTOR * settings.HANDIN_MAX_CHARS)
    clean = anonymise(text, bounce.regions).strip() if text else ""
    return _cut(clean, settings.HANDIN_MAX_CHARS)


def receive(text: str, language: str) -> Unexplained | None:
    """Keep a notice under its kind, anonymised; None when there is nothing to learn from it."""
    bounce = read(text)
    clean = anonymise(bounce.text, bounce.regions)
    published = current()
    explanation = explain(clean, published.catalog)
    verdict = find_unsure(explanation)
    if verdict is None or not _is_notice(explanation.bounce):
        return None
    signature = signature_of(explanation.bounce, verdict)
    if signature is None:
        return None
    with transaction.atomic():
        kind = _count(signature, verdict, published)
        if kind.state in _OPEN:
            _keep_text(kind, clean, language)
    _tidy()
    return kind


def recheck(limit: int = RECHECK_MAX) -> int:
    """Mark the kinds that the catalog explains by now; return how many.

    Looks only at those that the present catalog was not asked about yet.
    """
    published = current()
    waiting = Unexplained.objects.filter(state__in=_OPEN).exclude(
        revision=published.revision
    )
    explained = 0
    for kind in waiting.order_by("-last_seen")[:limit].prefetch_related("hand_ins"):
        kind.revision = published.revision
        slug = _explains(kind, published)
        if slug:
            kind.state = Unexplained.State.EXPLAINED
            kind.entry_id = _entry_id(slug)
            explained += 1
        elif kind.state == Unexplained.State.EXPLAINED:
            kind.state = Unexplained.State.NEW  # what explained it is gone
        kind.save(update_fields=("revision", "state", "entry"))
    return explained


def _is_notice(bounce: Bounce) -> bool:
    """Tell whether this may be a notice; with a header, what is none is somebody's letter."""
    if bounce.kind in _FAILURES:
        return True
    is_letter = any(region.kind == "header" for region in bounce.regions)
    return bounce.kind == "not-a-bounce" and not is_letter


def _cut(text: str, limit: int) -> str:
    """Return the beginning of a text in whole lines; half an address would not be found."""
    if len(text) <= limit:
        return text
    return text[: text.rfind("\n", 0, limit) + 1]


def _count(signature: Signature, verdict: Verdict, published: Published) -> Unexplained:
    recipient = verdict.recipient
    hosts = filter(None, (recipient.remote_mta, recipient.address))
    providers = map(published.catalog.provider_of, hosts)
    kind, _created = Unexplained.objects.get_or_create(
        signature=signature.key,
        defaults={
            "wording": signature.wording,
            "reply_code": recipient.reply_code or "",
            "status_code": recipient.status or "",
            "provider": next(filter(None, providers), ""),
            "revision": published.revision,
        },
    )
    rows = Unexplained.objects.filter(pk=kind.pk)
    rows.update(count=F("count") + 1, last_seen=timezone.now())
    # Explained in other words, but not in these.
    rows.filter(state=Unexplained.State.EXPLAINED).update(state=Unexplained.State.NEW)
    return kind


def _keep_text(kind: Unexplained, text: str, language: str) -> None:
    if not kind.hand_ins.filter(text=text).exists():
        HandIn.objects.create(unexplained=kind, text=text, language=language)
    older = kind.hand_ins.order_by("-received", "-pk").values("pk")[TEXTS_MAX:]
    kind.hand_ins.filter(pk__in=list(older.values_list("pk", flat=True))).delete()


def _tidy() -> None:
    purge("handins")
    rarest = Unexplained.objects.order_by("-count", "-last_seen").values("pk")
    Unexplained.objects.filter(pk__in=rarest[KINDS_MAX:]).delete()


def _explains(kind: Unexplained, published: Published) -> str:
    """Return the slug of the entry whose wording explains all texts of a kind, or ""."""
    slugs = set()
    for hand_in in kind.hand_ins.all():
        explanation = explain(hand_in.text, published.catalog)
        if find_unsure(explanation):
            return ""
        slugs.add(explanation.verdicts[explanation.headline].entry)
    return str(min(filter(None, slugs), default=""))


def _entry_id(slug: str) -> int | None:
    return Entry.objects.filter(slug=slug).values_list("pk", flat=True).first()
