"""The values that travel from a pasted bounce to its explanation. Read this first.

Every offset is a code-point index into `Bounce.text`, the text shown to the person.
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from errors.bounce.specificity import Specificity

RegionKind = Literal["header", "narrative", "report", "transcript", "returned"]
BounceKind = Literal[
    "failure",
    "delay",
    "delivered",
    "auto-reply",
    "feedback",
    "client-error",
    "not-a-bounce",
]
Action = Literal["failed", "delayed", "delivered", "relayed", "expanded"]
Certainty = Literal["wording", "status-code", "reply-code", "class", "none"]
Role = Literal[
    "cause", "reply-code", "status-code", "recipient", "host", "time", "size"
]
GlossRole = Literal["framing", "follow-on", "label"]
Scope = Literal["diagnostic", "anywhere", "subject", "reporting-host"]
PatternKind = Literal["phrase", "regex"]


class Span(NamedTuple):
    """A half-open range [start, end) of code points in `Bounce.text`.

    Its `len` is that of the range, so `_replace` and `_make` do not work.
    """

    start: int
    end: int

    def __len__(self) -> int:
        return self.end - self.start

    def of(self, text: str) -> str:
        """Return the piece of text that the span points at."""
        return text[self.start : self.end]

    def overlaps(self, other: "Span") -> bool:
        """Tell whether the two spans share at least one code point."""
        return self.start < other.end and other.start < self.end

    def covers(self, other: "Span") -> bool:
        """Tell whether the other span lies within this one."""
        return self.start <= other.start and other.end <= self.end


class Region(NamedTuple):
    """A stretch of the text by what it is; `returned` is shown folded, never matched."""

    kind: RegionKind
    span: Span


class FoundCode(NamedTuple):
    """A code met in a text; `certain` when its surroundings leave no doubt."""

    kind: Literal["reply", "status"]
    code: str
    span: Span
    certain: bool = True


class Recipient(NamedTuple):
    """What a bounce says of one recipient (RFC 3464 section 2.3)."""

    address: str | None = None
    action: Action | None = None
    reply_code: str | None = None  # RFC 5321, "550"
    status: str | None = None  # RFC 3463, "5.1.1"
    diagnostics: tuple[Span, ...] = ()  # the words that say why, best first
    remote_mta: str | None = None
    command: str | None = None  # SMTP command that was answered: "RCPT", "DATA" …
    will_retry_until: str | None = None  # as written


class Bounce(NamedTuple):
    """A pasted text as read; made by `reading.read`, which never fails."""

    text: str
    kind: BounceKind = "not-a-bounce"
    regions: tuple[Region, ...] = ()
    recipients: tuple[Recipient, ...] = ()
    codes: tuple[FoundCode, ...] = ()  # all outside the returned message, in order
    reporting_mta: str | None = None
    subject: str | None = None
    arrival_date: str | None = None  # as written
    written: str | None = None  # when the bounce was written, as its header says it
    date: datetime.date | None = None  # the day of that, where it could be read
    returned_subject: str | None = None
    mailer: str | None = None  # what wrote the bounce: "postfix", "exim" …
    is_source: bool = False  # a whole mail with its headers, not what a person copied
    notes: tuple[str, ...] = ()  # what could not be read: slugs, see reading.NOTES

    def outside(self) -> Iterator[Span]:
        """Yield the stretches of the text outside its returned messages, in order."""
        at, size = 0, len(self.text)
        holes = [region.span for region in self.regions if region.kind == "returned"]
        for hole in (*holes, Span(size, size)):
            if at < hole.start:
                yield Span(at, hole.start)
            at = hole.end


class Value(NamedTuple):
    """A value captured by a pattern, `{size}` or `{limit:size}`: its name, type, words and place."""

    name: str
    type: str
    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Rule:
    """One published Pattern with what its Entry adds for ranking. Codes may be prefixes: "5", "5.7".

    A rule without text is met by its codes alone.
    """

    entry: str  # the entry's slug
    text: str = ""
    kind: PatternKind = "phrase"
    scope: Scope = "anywhere"
    reply_code: str = ""
    status_code: str = ""
    provider: str = ""  # slug
    command: str = ""
    priority: int = 0
    valid_from: datetime.date | None = None
    valid_until: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class ProviderSign:
    """By what a provider is known: domains and MX suffixes, and phrases only it writes."""

    slug: str
    domains: tuple[str, ...] = ()
    signatures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GlossRule:
    """A phrase that is translated beside the bounce and is never the cause."""

    key: int
    text: str
    role: GlossRole


@dataclass(frozen=True, slots=True)
class EntryFacts:
    """What ranking and the verdict need to know of an entry besides its rules."""

    slug: str
    reason: str = ""
    outcome: str = "permanent"
    reply_code: str = ""
    status_code: str = ""


class Match(NamedTuple):
    """A rule met by the text; a rule of codes alone has no span."""

    rule: Rule
    span: Span | None = None
    values: tuple[Value, ...] = ()
    literal: int = 0  # length of the literal text that was met, in folded code points


class Met(NamedTuple):
    """A wording met by the text, with all the rules that ask for it and may look there."""

    rules: tuple[Rule, ...]
    span: Span
    values: tuple[Value, ...] = ()
    literal: int = 0  # as of Match


class GlossMatch(NamedTuple):
    """A gloss met by the text."""

    gloss: GlossRule
    span: Span
    values: tuple[Value, ...] = ()


class Matches(NamedTuple):
    """All that `Catalog.match` found; `truncated` when it stopped at its limit."""

    met: tuple[Met, ...] = ()
    codes: tuple[Match, ...] = ()
    glosses: tuple[GlossMatch, ...] = ()
    providers: tuple[str, ...] = ()  # met anywhere in the text, by signature or host
    truncated: bool = False

    @property
    def wordings(self) -> tuple[Match, ...]:
        """Return each rule that was met by its wording."""
        return tuple(Match(rule, *one[1:]) for one in self.met for rule in one.rules)


class Candidate(NamedTuple):
    """An entry that could explain a recipient, with the line that says how strongly."""

    entry: str
    match: Match
    certainty: Certainty
    specificity: Specificity | None = None  # none where a person chose the entry
    values: tuple[Value, ...] = ()  # by all wordings of the entry, the strongest first
    spans: tuple[
        Span, ...
    ] = ()  # its wordings in the diagnostics, the deciding one first

    @property
    def why(self) -> str:
        """Return e.g. "wording in this recipient's diagnostic · 12 letters of wording"."""
        return self.specificity.line() if self.specificity else ""


class Verdict(NamedTuple):
    """The answer for one recipient: the winner, then the other candidates, best first."""

    recipient: Recipient
    winner: Candidate | None
    others: tuple[Candidate, ...] = ()

    @property
    def entry(self) -> str | None:
        return self.winner.entry if self.winner else None

    @property
    def certainty(self) -> Certainty:
        return self.winner.certainty if self.winner else "none"


class Highlight(NamedTuple):
    """A marked piece of the text; highlights of one explanation never overlap."""

    span: Span
    role: Role
    entry: str | None = None


class Explanation(NamedTuple):
    """The whole answer, without any wording of ours: slugs, spans and values."""

    bounce: Bounce
    verdicts: tuple[Verdict, ...]  # one per recipient, at least one
    highlights: tuple[Highlight, ...]
    glosses: tuple[GlossMatch, ...]
    headline: int = 0  # index of the gravest verdict
    reasons: tuple[str, ...] = ()  # per verdict, Sisimai's vocabulary, "" if unknown
    truncated: bool = False
