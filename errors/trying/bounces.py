"""The trial bench: not only what a bounce leads to, but everything that was weighed.

Works as the customer's page does, on the same engine; every text is in the reader's
language, nothing of the bounce is kept.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import get_language, gettext as _

from errors.bounce.matching import Catalog
from errors.bounce.ranking import Case, cases_of, is_harmless, rank, tells_failure
from errors.bounce.values import (
    Bounce,
    Candidate,
    Explanation,
    Matches,
    Recipient,
    Rule,
    Span,
    Verdict,
)
from errors.publishing import Published
from errors.reasoning import say_why
from errors.trying.patterns import Capture, capture
from errors.trying.regions import Stretch, find_regions

MANY = 50  # candidates of one recipient that are listed
PLACES_MAX = 300  # marks in the text


@dataclass(frozen=True, slots=True)
class Contender:
    """An entry that could explain a recipient, with its specificity line."""

    slug: str
    title: str
    why: str
    is_winner: bool
    pattern: str
    captures: tuple[Capture, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read of one recipient, and who contends for it, the strongest first."""

    recipient: Recipient
    diagnostics: tuple[str, ...]
    contenders: tuple[Contender, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A pattern that the text meets: with which words, and whether it counts."""

    number: int
    pattern: str
    slug: str
    title: str
    words: tuple[str, ...]  # each once; none where codes alone are met
    unmet: tuple[str, ...]  # what it asks for in vain, of every recipient


@dataclass(frozen=True, slots=True)
class Trial:
    """All that the bench shows of one bounce."""

    facts: tuple[tuple[str, str], ...]
    readings: tuple[Reading, ...]
    hits: tuple[Hit, ...]  # those that count
    vain: tuple[Hit, ...]  # those that ask for something that is not there
    regions: tuple[Stretch, ...]


def try_bounce(explanation: Explanation, published: Published) -> Trial:
    """Weigh once more what was explained, and say all of it."""
    bounce, catalog = explanation.bounce, published.catalog
    matches = catalog.match(bounce)
    verdicts = rank(bounce, matches, catalog, others=MANY)
    met = _by_rule(matches)
    hits = list(_find_hits(bounce, matches, met, published))
    counting = {hit.number for hit in hits if not hit.unmet}
    return Trial(
        facts=tuple(fact for fact in _facts(explanation, matches) if fact[1]),
        readings=tuple(_reading(verdict, bounce, published) for verdict in verdicts),
        hits=tuple(hit for hit in hits if not hit.unmet),
        vain=tuple(hit for hit in hits if hit.unmet),
        regions=tuple(find_regions(bounce, _places(met, counting))),
    )


def _facts(explanation: Explanation, matches: Matches) -> Iterator[tuple[str, str]]:
    bounce = explanation.bounce
    kinds = {
        "failure": _("Failure"),
        "delay": _("Delay"),
        "delivered": _("Delivery receipt"),
        "auto-reply": _("Automatic reply"),
        "feedback": _("Feedback report"),
        "client-error": _("Error of a mail program"),
        "not-a-bounce": _("No bounce"),
    }
    yield _("Kind"), kinds[bounce.kind]
    yield _("Reporting server"), bounce.reporting_mta or ""
    yield _("Written by"), bounce.mailer or ""
    yield _("Subject"), bounce.subject or ""
    yield _("Date"), str(bounce.date or "")
    yield _("Providers by their words"), ", ".join(matches.providers)
    yield _("Not readable"), ", ".join(bounce.notes)
    yield _("Cut"), _("only the beginning was searched") if matches.truncated else ""


def _reading(verdict: Verdict, bounce: Bounce, published: Published) -> Reading:
    ranked = (*((verdict.winner,) if verdict.winner else ()), *verdict.others)
    return Reading(
        recipient=verdict.recipient,
        diagnostics=tuple(
            " ".join(span.of(bounce.text).split())
            for span in verdict.recipient.diagnostics
        ),
        contenders=tuple(
            _contender(one, published, is_winner=one is verdict.winner)
            for one in ranked
        ),
    )


def _contender(
    candidate: Candidate, published: Published, *, is_winner: bool
) -> Contender:
    return Contender(
        slug=candidate.entry,
        title=_title(candidate.entry, published),
        why=say_why(candidate.why),
        is_winner=is_winner,
        pattern=say_rule(candidate.match.rule),
        captures=tuple(map(capture, candidate.values)),
    )


def _title(slug: str, published: Published) -> str:
    entry = published.entries.get(slug)
    return entry.text("title", get_language() or "") if entry else slug


def say_rule(rule: Rule) -> str:
    """Return a rule in one line: its words, or the code that is all it asks for."""
    return rule.text or " ".join(filter(None, (rule.reply_code, rule.status_code)))


# --- Hits -----------------------------------------------------------------------------------


def _by_rule(matches: Matches) -> dict[Rule, list[Span]]:
    """Return where each rule is met, in the order of the text; codes alone come last."""
    met: dict[Rule, list[Span]] = {}
    worded = sorted(
        (m for m in matches.wordings if m.span), key=lambda m: m.span or Span(0, 0)
    )
    for match in (*worded, *matches.codes):
        places = met.setdefault(match.rule, [])
        if match.span and match.span not in places:
            places.append(match.span)
    return met


def _find_hits(
    bounce: Bounce,
    matches: Matches,
    met: dict[Rule, list[Span]],
    published: Published,
) -> Iterator[Hit]:
    cases = cases_of(bounce, matches, published.catalog)
    for number, (rule, spans) in enumerate(met.items(), start=1):
        words = (" ".join(span.of(bounce.text).split()) for span in spans)
        yield Hit(
            number=number,
            pattern=say_rule(rule),
            slug=rule.entry,
            title=_title(rule.entry, published),
            words=tuple(dict.fromkeys(words)),
            unmet=tuple(_unmet(rule, bounce, cases, published.catalog)),
        )


def _places(met: dict[Rule, list[Span]], counting: set[int]) -> list[tuple[int, Span]]:
    places = [
        (number, span)
        for number, spans in enumerate(met.values(), start=1)
        if number in counting
        for span in spans
    ]
    return places[:PLACES_MAX]


def _unmet(
    rule: Rule, bounce: Bounce, cases: Sequence[Case], catalog: Catalog
) -> Iterator[str]:
    if is_harmless(bounce) and tells_failure(catalog.facts.get(rule.entry)):
        yield _("a bounce that tells of a failure")
    asked = {
        "reply_code": _("reply code %(value)s"),
        "status_code": _("status code %(value)s"),
        "provider": _("provider %(value)s"),
        "command": _("SMTP command %(value)s"),
    }
    unmet = [set(case.find_unmet(rule)) for case in cases]
    for name in asked if all(unmet) else ():
        if any(name in one for one in unmet):
            yield asked[name] % {"value": getattr(rule, name)}
