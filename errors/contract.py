"""An explanation as the JSON contract: the same object for commands and the API."""

from django.urls import reverse
from django.utils import translation
from typing_extensions import TypedDict

from errors.bounce.values import (
    Action,
    BounceKind,
    Certainty,
    Explanation,
    Role,
    Verdict,
)
from errors.publishing import Published, PublishedEntry
from errors.wording import fill


class HighlightItem(TypedDict):
    start: int
    end: int
    role: Role
    entry: str | None


class RecipientItem(TypedDict):
    address: str | None
    action: Action | None
    reply_code: str | None
    status: str | None
    reason: str
    diagnostic: str
    remote_mta: str | None
    entry: str | None
    certainty: Certainty
    values: dict[str, str]
    others: list[str]


class EntryItem(TypedDict):
    slug: str
    title: str
    summary: str
    actor: str
    stage: str
    outcome: str
    url: str


class Contract(TypedDict):
    kind: BounceKind
    text: str
    highlights: list[HighlightItem]
    recipients: list[RecipientItem]
    entries: list[EntryItem]
    reporting_mta: str | None
    subject: str | None
    language: str


def as_contract(
    explanation: Explanation, published: Published, language: str
) -> Contract:
    """Return the explanation as plain data; `highlights` are offsets into `text`."""
    bounce = explanation.bounce
    recipients = [
        _recipient(verdict, reason, bounce.text)
        for verdict, reason in zip(
            explanation.verdicts, explanation.reasons, strict=True
        )
    ]
    with translation.override(language):
        entries = _entries(explanation, published, language)
    return Contract(
        kind=bounce.kind,
        text=bounce.text,
        highlights=[
            HighlightItem(
                start=mark.span.start,
                end=mark.span.end,
                role=mark.role,
                entry=mark.entry,
            )
            for mark in explanation.highlights
        ],
        recipients=recipients,
        entries=entries,
        reporting_mta=bounce.reporting_mta,
        subject=bounce.subject,
        language=language,
    )


def _recipient(verdict: Verdict, reason: str, text: str) -> RecipientItem:
    recipient = verdict.recipient
    values = verdict.winner.values if verdict.winner else ()
    return RecipientItem(
        address=recipient.address,
        action=recipient.action,
        reply_code=recipient.reply_code,
        status=recipient.status,
        reason=reason,
        diagnostic="\n".join(span.of(text) for span in recipient.diagnostics),
        remote_mta=recipient.remote_mta,
        entry=verdict.entry,
        certainty=verdict.certainty,
        values={value.name: value.text for value in reversed(values)},
        others=[candidate.entry for candidate in verdict.others],
    )


def _entries(
    explanation: Explanation, published: Published, language: str
) -> list[EntryItem]:
    """Return each entry that explains some recipient once, the headline's first."""
    headline = explanation.verdicts[explanation.headline]
    found: dict[str, EntryItem] = {}
    for verdict in (headline, *explanation.verdicts):
        entry = published.entries.get(verdict.entry or "")
        if entry and entry.slug not in found:
            found[entry.slug] = _entry(entry, verdict, language)
    return list(found.values())


def _entry(entry: PublishedEntry, verdict: Verdict, language: str) -> EntryItem:
    values = verdict.winner.values if verdict.winner else ()
    return EntryItem(
        slug=entry.slug,
        title=fill(entry.text("title", language), values, language),
        summary=fill(entry.text("summary", language), values, language),
        actor=entry.actor,
        stage=entry.stage,
        outcome=entry.outcome,
        url=reverse("entry", args=[entry.slug]),
    )
