"""The view models of the result page, every text in the reader's language."""

from dataclasses import dataclass
from typing import Literal

from django.utils.safestring import SafeString

Tone = Literal["stop", "wait", "ok", "info"]
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


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of the facts under the headline."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Headline:
    """The answer: what happened, whether the mail arrives by itself, who must act."""

    tone: Tone
    title: str
    arrival: str
    action: str
    caution: str = ""  # when it is not the wording that decided
    scope: str = ""  # when other recipients have other answers


@dataclass(frozen=True, slots=True)
class Answer:
    """One entry as the explanation of some of the recipients."""

    anchor: str
    slug: str
    title: str
    url: str
    summary: str
    body: SafeString
    advice: SafeString
    handover: str
    recipients: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RecipientRow:
    """A recipient with its own verdict."""

    address: str
    tone: Tone
    fate: str
    cause: str
    anchor: str
    certainty: str


@dataclass(frozen=True, slots=True)
class Link:
    """Another entry that could explain the bounce."""

    title: str
    url: str
    summary: str = ""


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a line; with a role it is marked, with an anchor it leads somewhere."""

    text: str
    role: str = ""
    anchor: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Cause:
    """What is said beside the marked words: how far they decided, and what they mean."""

    lead: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """Some lines of the bounce, and beside them what they mean."""

    segments: tuple[Segment, ...]
    notes: tuple[str, ...] = ()
    cause: str = ""  # how these lines decided, in a few words


@dataclass(frozen=True, slots=True)
class Block:
    """A region of the bounce; what is long and says little is folded."""

    kind: str
    label: str
    rows: tuple[Row, ...]
    is_folded: bool = False


@dataclass(frozen=True, slots=True)
class Decoded:
    """A code, host, address, time or size of the bounce and what it means."""

    anchor: str
    kind: str
    label: str
    text: str
    meanings: tuple[str, ...]
    source: str = ""  # the RFC


@dataclass(frozen=True, slots=True)
class ResultPage:
    """The answer to one paste."""

    kind: str
    headline: Headline
    facts: tuple[Fact, ...]
    way: Way | None
    answers: tuple[Answer, ...]
    recipients: tuple[RecipientRow, ...]
    others: tuple[Link, ...]
    blocks: tuple[Block, ...]
    decoded: tuple[Decoded, ...]
    notes: tuple[str, ...]
    summary: str  # for support, without personal data
    is_found: bool
    may_be_forged: bool  # a bounce for a mail that was perhaps never sent
