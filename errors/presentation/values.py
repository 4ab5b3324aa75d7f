"""The view models of the result page, every text in the reader's language."""

from dataclasses import dataclass
from typing import Literal

from django.utils.safestring import SafeString

from errors.models import Entry

# How grave it is: `care` is for mail that wants to deceive, `info` for all that is no news
# of a mail's fate.
Tone = Literal["stop", "wait", "ok", "info", "care"]
StepState = Literal["past", "stop", "ahead"]


@dataclass(frozen=True, slots=True)
class Step:
    """A stage of the mail's way and whether the mail came through it."""

    stage: str
    label: str
    state: StepState


@dataclass(frozen=True, slots=True)
class Way:
    """The mail's way; the whole of it in one sentence for those who do not see it."""

    steps: tuple[Step, ...]
    sentence: str
    tone: Tone = "stop"
    stop: str = ""  # what is said at the stop


@dataclass(frozen=True, slots=True)
class Moment:
    """A point of the time line; `datetime` is for programs, with its offset."""

    label: str
    datetime: str
    text: str
    gap: str = ""  # how long after the moment before
    is_ahead: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of the facts under the headline."""

    label: str
    text: str
    anchor: str = ""
    datetime: str = ""
    is_quote: bool = False  # words of the bounce, not ours


@dataclass(frozen=True, slots=True)
class Headline:
    """The answer: what happened, whether the mail arrives by itself, who must act."""

    tone: Tone
    title: str  # one sentence
    arrival: str
    action: str
    more: str = ""  # what the entry's summary says besides
    caution: str = ""  # when it is not the wording that decided
    scope: str = ""  # when other recipients have other answers
    status: str = ""  # the tone in a word

    @property
    def lead(self) -> str:
        """Return what follows the title, with the blank before what follows that."""
        sentences = filter(None, (self.more, self.arrival))
        return "".join(s if s.endswith("。") else f"{s} " for s in sentences)


@dataclass(frozen=True, slots=True)
class Answer:
    """One entry as the explanation of some of the recipients."""

    number: int
    slug: str
    title: str
    url: str
    summary: str  # one sentence
    more: str  # what it says besides
    body: SafeString
    advice: SafeString
    handover: str
    recipients: tuple[str, ...]
    row: Entry | None = None  # the entry itself, which knows what is not translated

    @property
    def anchor(self) -> str:
        return f"answer-{self.number}"


@dataclass(frozen=True, slots=True)
class RecipientGroup:
    """Recipients of one fate, with the answer that explains it."""

    addresses: tuple[str, ...]
    more: int  # recipients that are not listed
    tone: Tone
    fate: str
    cause: str = ""
    number: int = 0  # of the answer, 0 without one
    certainty: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """Another entry that could explain the bounce, and what would tell it."""

    title: str
    url: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Forgery:
    """Whether somebody else may have sent the mail in the reader's name, and what says so."""

    subject: str
    signs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a line; with a role it is marked, with an anchor it leads somewhere."""

    text: str
    role: str = ""
    anchor: str = ""  # the row that explains it
    note: str = ""


@dataclass(frozen=True, slots=True)
class Cause:
    """What is said beside the marked words: how far they decided, and what they mean."""

    lead: str
    note: str = ""
    number: int = 0  # of the answer, 0 without one


@dataclass(frozen=True, slots=True)
class Note:
    """What some lines mean; a moment can be said in the reader's own time zone."""

    text: str
    datetime: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """Some lines of the bounce, and beside them what they mean."""

    segments: tuple[Segment, ...]
    notes: tuple[Note, ...] = ()
    causes: tuple[Cause, ...] = ()
    is_news: bool = False  # it says something that no row above has said
    anchor: str = ""  # where others lead to

    @property
    def text(self) -> str:
        return "".join(segment.text for segment in self.segments)


@dataclass(frozen=True, slots=True)
class Part:
    """Some rows; a stretch that says nothing new is folded under a label."""

    rows: tuple[Row, ...]
    folded: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A region of the bounce; what is long and says little is folded."""

    kind: str
    label: str
    parts: tuple[Part, ...]
    is_folded: bool = False

    @property
    def rows(self) -> tuple[Row, ...]:
        return tuple(row for part in self.parts for row in part.rows)


@dataclass(frozen=True, slots=True)
class Decoded:
    """A code, host, address, time or size of the bounce and what it means."""

    anchor: str
    kind: str
    label: str
    text: str
    meanings: tuple[str, ...]
    source: str = ""  # the RFC
    datetime: str = ""  # for a time that is known with its offset


@dataclass(frozen=True, slots=True)
class ResultPage:
    """The answer to one paste."""

    kind: str
    headline: Headline
    facts: tuple[Fact, ...]
    way: Way | None
    moments: tuple[Moment, ...]
    zone: str  # the time zone of what is shown, where any time is
    answers: tuple[Answer, ...]
    groups: tuple[RecipientGroup, ...]
    others: tuple[Link, ...]
    text_title: str
    blocks: tuple[Block, ...]
    decoded: tuple[Decoded, ...]
    notes: tuple[str, ...]
    summary: str  # for support, without personal data
    is_found: bool
    is_mail: bool  # some mail of somebody's, not any text
    wants_support: bool  # something may be left to ask
    forgery: Forgery | None

    @property
    def has_folds(self) -> bool:
        """Tell whether a stretch of the bounce is folded."""
        return any(part.folded for block in self.blocks for part in block.parts)
