"""Which entries explain which recipients, and which others could."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from errors.bounce.values import Certainty, Verdict
from errors.markup import render
from errors.presentation.case import Case
from errors.presentation.headline import (
    first_sentence,
    say_certainty,
    say_fate,
    tone_of,
)
from errors.presentation.values import Answer, Link, RecipientGroup, Tone
from errors.publishing import PublishedEntry

ADDRESSES_MAX = 20  # of one fate; the bounce itself lists them all
OTHERS_MAX = 3
# By how much another entry must have been met to be worth a word beside the winner.
_WORTH: dict[Certainty, frozenset[Certainty]] = {
    "wording": frozenset({"wording"}),
    "status-code": frozenset({"wording", "status-code", "reply-code"}),
    "reply-code": frozenset({"wording", "status-code", "reply-code"}),
}


def find_answers(case: Case) -> tuple[Answer, ...]:
    """Return the entries that explain some recipient, the headline's first."""
    grouped = case.verdicts_by_entry().items()
    return tuple(
        _answer(case, number, case.published.entries[slug], verdicts)
        for number, (slug, verdicts) in enumerate(grouped, start=1)
    )


def _answer(
    case: Case, number: int, entry: PublishedEntry, verdicts: list[Verdict]
) -> Answer:
    winner = verdicts[0].winner
    glossary = case.published.glossary(case.language)
    values = case.values_of(winner)
    text = {name: entry.text(name, case.language) for name in ("body", "advice")}
    summary, more = first_sentence(case.say("summary", winner))
    addresses = (verdict.recipient.address for verdict in verdicts)
    return Answer(
        number=number,
        slug=entry.slug,
        title=entry.text("title", case.language),
        url=reverse("entry", args=[entry.slug]),
        summary=summary,
        more=more,
        body=case.fill(render(text["body"], glossary), values),
        advice=case.fill(render(text["advice"], glossary), values),
        handover=case.say("handover", winner),
        recipients=tuple(dict.fromkeys(filter(None, addresses))),
        row=case.published.rows.get(entry.slug),
    )


def group_recipients(
    case: Case, answers: tuple[Answer, ...]
) -> tuple[RecipientGroup, ...]:
    """Put recipients of one fate together, the headline's first; nothing for one alone."""
    if len(case.explanation.verdicts) < 2:
        return ()
    by_slug = {answer.slug: answer for answer in answers}
    groups: dict[tuple[str, str, Tone, str], list[Verdict]] = {}
    mine = case.verdict
    for verdict in (mine, *(v for v in case.explanation.verdicts if v is not mine)):
        groups.setdefault(_fate(case, verdict), []).append(verdict)
    return tuple(
        _group(fate, verdicts, by_slug.get(fate[0]))
        for fate, verdicts in groups.items()
    )


def _fate(case: Case, verdict: Verdict) -> tuple[str, str, Tone, str]:
    entry = case.entry_of(verdict.winner)
    return (
        entry.slug if entry else "",
        say_certainty(verdict) if entry else "",
        tone_of(case.bounce, verdict, entry),
        say_fate(case.bounce, verdict, entry),
    )


def _group(
    fate: tuple[str, str, Tone, str], verdicts: list[Verdict], answer: Answer | None
) -> RecipientGroup:
    _slug, certainty, tone, said = fate
    shown = verdicts[:ADDRESSES_MAX]
    return RecipientGroup(
        addresses=tuple(v.recipient.address or _("Address not named") for v in shown),
        more=len(verdicts) - len(shown),
        tone=tone,
        fate=said,
        cause=answer.title if answer else "",
        number=answer.number if answer else 0,
        certainty=certainty,
    )


def find_others(case: Case) -> tuple[Link, ...]:
    """Return what else it could be: what was met besides, then what is often mistaken for it."""
    links = {link.url: link for link in _mistakable(case)}
    met = {link.url: links.get(link.url, link) for link in _met(case)}
    return tuple((met | links).values())[:OTHERS_MAX]


def _met(case: Case) -> Iterator[Link]:
    worth = _WORTH.get(case.verdict.certainty, frozenset())
    for candidate in case.verdict.others:
        entry = case.entry_of(candidate)
        if entry and candidate.certainty in worth:
            yield _link(case, entry, case.say("summary", candidate))


def _mistakable(case: Case) -> Iterator[Link]:
    for relation in case.entry.relations if case.entry else ():
        other = case.published.entries.get(relation.entry)
        if other and (difference := relation.text(case.language)):
            yield _link(case, other, case.fill(difference, ()))


def _link(case: Case, entry: PublishedEntry, text: str) -> Link:
    title = entry.text("title", case.language)
    return Link(title, reverse("entry", args=[entry.slug]), text)
