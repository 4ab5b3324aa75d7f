"""Decide which entry explains each recipient: the one with the rule of the highest specificity.

Where nothing tells two entries apart, the slug decides.
"""

import datetime
import itertools
import re
from bisect import bisect_left
from collections.abc import Iterable
from functools import cached_property
from operator import attrgetter
from typing import NamedTuple

from errors.bounce.matching import Catalog, code_prefixes
from errors.bounce.specificity import ELSEWHERE, Specificity
from errors.bounce.values import (
    Bounce,
    Candidate,
    Certainty,
    EntryFacts,
    Match,
    Matches,
    Met,
    Recipient,
    Rule,
    Span,
    Value,
    Verdict,
)

MAX_OTHERS = 5
MAX_SPANS = 8  # of one entry that are worth marking
# Kinds of bounce whose mail was not refused: no entry of a failure explains them.
_HARMLESS = frozenset({"delivered", "auto-reply", "feedback"})
_HARMLESS_OUTCOMES = frozenset({"information", "warning"})
_IN_DIAGNOSTICS = (5, 6)
_CERTAINTIES: dict[int, Certainty] = {
    6: "wording",
    5: "wording",
    4: "wording",
    3: "status-code",
    2: "reply-code",
    1: "class",
}


# A name, no address of IPv4 or IPv6.
_HOST = re.compile(r"[a-z0-9-]\.[a-z]{2,}\.?$", re.IGNORECASE)


class _Evidence(NamedTuple):
    """A rule met for one recipient by words or by codes alone, with its specificity."""

    rule: Rule
    met: Met | None
    weight: Specificity

    def match(self) -> Match:
        return Match(self.rule, *self.met[1:]) if self.met else Match(self.rule)


def rank(
    bounce: Bounce,
    matches: Matches,
    catalog: Catalog,
    today: datetime.date | None = None,
    others: int = MAX_OTHERS,
) -> tuple[Verdict, ...]:
    """Return one verdict per recipient, at least one; `today` stands in for a missing date."""
    cases = cases_of(bounce, matches, catalog, today)
    wordings = _Wordings(bounce, matches, tuple(case.recipient for case in cases))
    harmless = is_harmless(bounce)
    verdicts = []
    for case in cases:
        evidence = [
            case.weigh(rule, met, place)
            for met, place in wordings.of(case.recipient)
            for rule in met.rules
            if case.meets(rule)
        ]
        evidence += [
            case.weigh(rule, None, _code_place(rule))
            for rule, *_ in matches.codes
            if case.meets(rule)
        ]
        if harmless:
            evidence = [
                one
                for one in evidence
                if not tells_failure(catalog.facts.get(one.rule.entry))
            ]
        verdicts.append(_verdict(case.recipient, evidence, others))
    return tuple(verdicts)


def cases_of(
    bounce: Bounce,
    matches: Matches,
    catalog: Catalog,
    today: datetime.date | None = None,
) -> "list[Case]":
    """Return each recipient, at least one, with all that rules may ask of it."""
    day = bounce.date or today or datetime.datetime.now(tz=datetime.UTC).date()
    shared = _shared_providers(bounce, matches, catalog)
    recipients = bounce.recipients or (Recipient(),)
    return [Case(recipient, bounce, shared, catalog, day) for recipient in recipients]


def gravest(verdicts: tuple[Verdict, ...], catalog: Catalog) -> int:
    """Return the index of the verdict for the headline: a lasting failure before a wait."""
    if len(verdicts) == 1:
        return 0
    order = ("permanent", "temporary", "warning", "information")

    def gravity(verdict: Verdict) -> int:
        facts = catalog.facts.get(verdict.entry or "")
        return order.index(facts.outcome) if facts else len(order)

    return min(range(len(verdicts)), key=lambda index: gravity(verdicts[index]))


class _Wordings:
    """Gives each recipient the wordings of its own diagnostic and those that are nobody's."""

    def __init__(
        self, bounce: Bounce, matches: Matches, recipients: tuple[Recipient, ...]
    ) -> None:
        self.text = bounce.text
        self.met = sorted(matches.met, key=attrgetter("span.start"))
        self.starts = [met.span.start for met in self.met]
        self.common = self.met
        self.are_many = len(recipients) > 1
        if self.are_many:
            spans = [d for r in recipients for d in r.diagnostics]
            owned = {id(m) for d in spans for m in self._within(d)}
            self.common = [m for m in self.met if id(m) not in owned]

    def of(self, recipient: Recipient) -> list[tuple[Met, int]]:
        """Return all words that may explain the recipient, each with its place."""
        found: list[tuple[Met, int]] = []
        seen: set[int] = set()
        for number, span in enumerate(recipient.diagnostics):
            place = 5 if number else 6
            for met in self._within(span):
                if id(met) not in seen:
                    seen.add(id(met))
                    found.append((met, 4 if self._is_torn(met, recipient) else place))
        found += [(met, 4) for met in self.common if id(met) not in seen]
        return found

    def _is_torn(self, met: Met, recipient: Recipient) -> bool:
        """Tell whether words were met by chance: across what is said of two, or a gap."""
        is_shared = self.are_many and not any(
            said.covers(met.span) for said in recipient.diagnostics
        )
        return is_shared or _has_blank_line(met, self.text)

    def _within(self, span: Span) -> Iterable[Met]:
        first = bisect_left(self.starts, span.start)
        last = bisect_left(self.starts, span.end)
        return self.met[first:last]


_PARAGRAPH = re.compile(r"\n[ \t>|]*\n")


def _has_blank_line(met: Met, text: str) -> bool:
    """Tell whether plain words were met across a blank line."""
    if met.values or "*" in met.rules[0].text:  # its rules ask for the same words
        return False
    start, end = met.span
    return text.count("\n", start, end) > 1 and bool(
        _PARAGRAPH.search(text, start, end)
    )


def _code_place(rule: Rule) -> int:
    """Return how much a rule of codes alone says; x.0.0 says no more than its class."""
    if rule.status_code.count(".") == 2 and not rule.status_code.endswith(".0.0"):
        return 3
    return 2 if len(rule.reply_code) == 3 else 1


def is_harmless(bounce: Bounce) -> bool:
    """Tell whether nothing was refused: a receipt, an automatic reply, an ordinary mail."""
    return bounce.kind in _HARMLESS or (
        bounce.kind == "not-a-bounce" and bounce.is_source
    )


def tells_failure(facts: EntryFacts | None) -> bool:
    return facts is None or facts.outcome not in _HARMLESS_OUTCOMES


class Case:
    """One recipient with all that rules ask for; made once for all of its matches."""

    def __init__(
        self,
        recipient: Recipient,
        bounce: Bounce,
        shared: set[str],
        catalog: Catalog,
        day: datetime.date,
    ) -> None:
        self.recipient, self.bounce = recipient, bounce
        self.shared, self.catalog = shared, catalog
        self.day = day
        self.command = (recipient.command or "").upper()
        self.status = {"", *code_prefixes(recipient.status or "")}
        self.reply = {"", *code_prefixes(recipient.reply_code or "")}

    @cached_property
    def own(self) -> set[str]:
        """The recipient's providers; only some rules ask for them."""
        own = _own_providers(self.recipient, self.bounce, self.catalog)
        return own | _signed(self.recipient, self.bounce, self.shared, self.catalog)

    def meets(self, rule: Rule) -> bool:
        """Tell whether the codes, provider and command that a rule requires are there."""
        return (
            rule.status_code in self.status
            and rule.reply_code in self.reply
            and (
                not rule.provider
                or rule.provider in self.own
                or rule.provider in self.shared
            )
            and (not rule.command or rule.command.upper() == self.command)
        )

    def find_unmet(self, rule: Rule) -> list[str]:
        """Name the requirements of a rule that are not met, for who wonders why."""
        return [
            name
            for name, is_met in (
                ("reply_code", rule.reply_code in self.reply),
                ("status_code", rule.status_code in self.status),
                ("provider", rule.provider in {"", *self.own, *self.shared}),
                ("command", rule.command.upper() in ("", self.command)),
            )
            if not is_met
        ]

    def weigh(self, rule: Rule, met: Met | None, place: int) -> _Evidence:
        valid = not (
            (rule.valid_from and self.day < rule.valid_from)
            or (rule.valid_until and self.day > rule.valid_until)
        )
        provider = 0
        if rule.provider:
            provider = 2 if rule.provider in self.own else 1  # as it is met
        elsewhere = provider == 1 and self._is_elsewhere(rule.provider)
        required = 2 * (0 if elsewhere else provider) + bool(rule.command)
        codes = len(rule.status_code.replace(".", "")) + len(rule.reply_code)
        agreeing = ELSEWHERE if elsewhere else self._agreeing(rule.entry)
        literal = met.literal if met else 0
        weight = Specificity(
            valid, rule.priority, place, required, codes, literal, agreeing
        )
        return _Evidence(rule, met, weight)

    def _is_elsewhere(self, provider: str) -> bool:
        """Tell whether another host than the provider's, whom the bounce shows, refused.

        Then its words need not mean what this provider's do: of equal ones those of nobody
        win. A mail system has no hosts: what it writes it may write anywhere.
        """
        host = self.recipient.remote_mta or ""
        return bool(_HOST.search(host) and self.catalog.providers[provider].domains)

    def _agreeing(self, entry: str) -> int:
        facts = self.catalog.facts.get(entry)
        if facts is None:
            return 0
        return (
            bool(facts.status_code) and facts.status_code == self.recipient.status
        ) + (bool(facts.reply_code) and facts.reply_code == self.recipient.reply_code)


def _verdict(recipient: Recipient, evidence: list[_Evidence], others: int) -> Verdict:
    """Rank the entries by their strongest evidence; of equal ones the slug decides."""
    evidence.sort(key=lambda one: one.rule.entry)
    evidence.sort(key=attrgetter("weight"), reverse=True)
    by_entry: dict[str, list[_Evidence]] = {}
    for one in evidence:
        by_entry.setdefault(one.rule.entry, []).append(one)
    known: tuple[Value, ...] = ()
    if recipient.address:  # known from the report, captured or not
        known = (Value("address", "address", recipient.address, Span(0, 0)),)
    candidates = tuple(
        _candidate(entry, by_entry[entry], known)
        for entry in itertools.islice(by_entry, others + 1)
    )
    return Verdict(recipient, candidates[0] if candidates else None, candidates[1:])


def _candidate(
    entry: str, evidence: list[_Evidence], known: tuple[Value, ...]
) -> Candidate:
    """Put an entry together; its values are those of its strongest wordings, then `known`.

    Outside of the server's answer a shorter wording than the deciding one may be chance:
    only those that say as much are marked.
    """
    best = evidence[0]
    values: dict[str, Value] = {}
    spans: dict[Span, None] = {}
    for _, met, weight in evidence:
        if met is None:
            continue
        for value in met.values:
            values.setdefault(value.name, value)
        if weight.place in _IN_DIAGNOSTICS or met.literal >= best.weight.literal:
            spans[met.span] = None
    for value in known:
        values.setdefault(value.name, value)
    return Candidate(
        entry=entry,
        match=best.match(),
        certainty=_CERTAINTIES[best.weight.place],
        specificity=best.weight,
        values=tuple(values.values()),
        spans=tuple(spans)[:MAX_SPANS],
    )


# --- Providers -----------------------------------------------------------------------------


def _shared_providers(bounce: Bounce, matches: Matches, catalog: Catalog) -> set[str]:
    """Return providers that the bounce as a whole shows: by signature or reporting host."""
    found = set(matches.providers)
    found.add(catalog.provider_of(bounce.reporting_mta or ""))
    if bounce.mailer and bounce.mailer in catalog.providers:
        found.add(bounce.mailer)
    return found - {""}


def _own_providers(recipient: Recipient, bounce: Bounce, catalog: Catalog) -> set[str]:
    """Return providers of one recipient: by address, remote MTA or a host in its diagnostic."""
    hosts = {recipient.address or "", recipient.remote_mta or ""}
    for span in recipient.diagnostics:
        hosts |= _find_hosts(span.of(bounce.text)[:2000])
    if not recipient.address and not recipient.diagnostics:
        for region in bounce.regions or ():
            if region.kind in ("narrative", "transcript"):
                hosts |= _find_hosts(region.span.of(bounce.text)[:2000])
    return {catalog.provider_of(host) for host in hosts if host} - {""}


def _signed(
    recipient: Recipient, bounce: Bounce, shared: set[str], catalog: Catalog
) -> set[str]:
    """Return those of the providers whose signature stands in the recipient's own words."""
    if not shared:
        return set()
    words = "\n".join(span.of(bounce.text) for span in recipient.diagnostics).lower()
    signs = (catalog.providers[slug] for slug in shared)
    return {s.slug for s in signs if any(said in words for said in s.signatures)}


_NO_HOST = str.maketrans("<>()[]:;,'\"", " " * 11)


def _find_hosts(text: str) -> set[str]:
    words = text.translate(_NO_HOST).split()
    return {word.rpartition("@")[2].strip(".") for word in words if "." in word[1:-1]}
