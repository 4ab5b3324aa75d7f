"""A decoded case as an address without personal data, and back: for tickets.

An address holds entries, codes and numbers alone; what is none of them is refused, so that
nobody can make our page say words of their own.

    failure/552-message-too-large~552-5.3.4~wording~failed~limit-size-10485760
"""

import re
from collections.abc import Iterator
from typing import Any, get_args

from errors.bounce.values import (
    Action,
    Bounce,
    BounceKind,
    Candidate,
    Certainty,
    Explanation,
    Match,
    Recipient,
    Rule,
    Span,
    Value,
    Verdict,
)
from errors.codes import Codes, read_codes
from errors.publishing import Published, PublishedEntry
from errors.wording import PLACEHOLDER, plain_number

ANSWERS_MAX = 5
_NUMBER = re.compile(
    r"(\w{1,40})-(size|duration|count)-([0-9]{1,15}(?:\.[0-9]{1,3})?[kmgs]?)"
)


class CaseError(ValueError):
    """An address that tells of no case."""


def write_case(explanation: Explanation, published: Published) -> str:
    """Return what of an explanation may be told to others, the headline's answer first."""
    headline = explanation.verdicts[explanation.headline]
    verdicts = (headline, *explanation.verdicts)
    answers = dict.fromkeys(_write_answer(verdict, published) for verdict in verdicts)
    return "/".join((explanation.bounce.kind, *list(answers)[:ANSWERS_MAX]))


def _write_answer(verdict: Verdict, published: Published) -> str:
    recipient, entry = verdict.recipient, published.entries.get(verdict.entry or "")
    codes = str(Codes(recipient.reply_code or "", recipient.status or ""))
    winner = verdict.winner if entry else None
    parts = (
        entry.slug if entry else "",
        codes if read_codes(codes) else "",
        winner.certainty if winner else "none",
        recipient.action or "",
        *(_write_numbers(winner, entry) if winner and entry else ()),
    )
    return "~".join(parts)


def _write_numbers(winner: Candidate, entry: PublishedEntry) -> Iterator[str]:
    """Write the numbers that the entry's texts speak of, each name as texts take it."""
    firsts = {value.name: value for value in reversed(winner.values)}
    for name in sorted(_names_in(entry) & firsts.keys()):
        if number := plain_number(firsts[name]):
            yield f"{name}-{firsts[name].type}-{number}"


def _names_in(entry: PublishedEntry) -> set[str]:
    texts = entry.texts.by_language.values()
    return {found[1] for text in texts for found in PLACEHOLDER.finditer(text)}


def read_case(told: str, published: Published) -> Explanation:
    """Return the explanation that an address tells of, without its text.

    Raises CaseError for an address that holds anything else.
    """
    kind, *answers = told.strip("/").split("/")
    if not 0 < len(answers) <= ANSWERS_MAX:
        raise CaseError
    verdicts = tuple(_read_answer(answer, published) for answer in answers)
    return Explanation(
        bounce=Bounce(
            text="",
            kind=_one_of(BounceKind, kind),
            recipients=tuple(verdict.recipient for verdict in verdicts),
        ),
        verdicts=verdicts,
        highlights=(),
        glosses=(),
    )


def _read_answer(answer: str, published: Published) -> Verdict:
    if answer.count("~") < 3:
        raise CaseError
    slug, written, certainty, action, *numbers = answer.split("~")
    codes = read_codes(written) if written else Codes()
    if codes is None:
        raise CaseError
    recipient = Recipient(
        action=_one_of(Action, action) if action else None,
        reply_code=codes.reply or None,
        status=codes.status or None,
    )
    if not slug and not numbers and certainty == "none":
        return Verdict(recipient, None)
    entry = published.entries.get(slug)
    if entry is None:
        raise CaseError
    values = tuple(_read_number(number, entry) for number in numbers)
    match = Match(Rule(slug), values=values)
    sure = _one_of(Certainty, certainty)
    return Verdict(recipient, Candidate(slug, match, sure, values=values))


def _read_number(written: str, entry: PublishedEntry) -> Value:
    found = _NUMBER.fullmatch(written)
    if found is None or found[1] not in _names_in(entry):
        raise CaseError
    return Value(found[1], found[2], found[3], Span(0, 0))


def _one_of(choices: Any, word: str) -> Any:
    """Return the word if it is one of a Literal's."""
    if word not in get_args(choices):
        raise CaseError
    return word
