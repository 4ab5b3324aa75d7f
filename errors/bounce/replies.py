"""Which of the codes in a bounce is the answer that counts."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from operator import attrgetter
from typing import NamedTuple

from errors.bounce.values import FoundCode, Span

_PAIR_GAP = 6  # "550 5.1.1", "550-'5.7.1", "550 (#5.1.1"
_START = attrgetter("span.start")
# A reply of codes alone: they are summed up here, and its words stand elsewhere.
_BARE = re.compile(
    r"[245][0-9]{2}(?:[ -][245]\.[0-9]{1,3}\.[0-9]{1,3})?[ \t.:]{0,9}\n[ \t]*\n"
)


class Choice(NamedTuple):
    """The codes that count, and where the reply begins."""

    reply: str | None = None
    status: str | None = None
    start: int | None = None
    paired: bool = False  # the status stands right behind the reply

    def completed(self, other: "Choice") -> "Choice":
        """Fill in what is missing from another choice that does not contradict."""
        if self.reply and other.reply and self.reply != other.reply:
            return self
        return Choice(
            self.reply or other.reply,
            self.status or other.status,
            other.start if self.start is None else self.start,
            self.paired if self.status else other.paired,
        )


class Codes:
    """The codes of refusals in a text, asked for by stretches of it."""

    def __init__(self, text: str, found: Iterable[FoundCode]) -> None:
        self.found = [code for code in found if code.code[0] != "2"]
        self.bare = {
            code.span.start for code in self.found if _BARE.match(text, code.span.start)
        }

    def within(self, spans: Iterable[Span]) -> list[FoundCode]:
        if not self.found:
            return []
        return [
            code
            for span in spans
            for code in self.found[
                bisect_left(self.found, span.start, key=_START) : bisect_left(
                    self.found, span.end, key=_START
                )
            ]
        ]

    def choose(self, spans: Iterable[Span], *, failed: bool) -> Choice:
        """Return the reply that counts: a refusal before a deferral, the first one met.

        What complains of the order of commands (503, x.5.1) follows from another error.
        """
        codes = self.within(spans)
        replies = [c for c in codes if c.kind == "reply"]
        if not replies:
            return _status_alone(codes)
        partners = {c.span.start: _partner(c, codes) for c in replies}
        best = min(
            replies,
            key=lambda c: (
                c.code == "503" or (partners[c.span.start] or "").endswith(".5.1"),
                failed and c.code[0] == "4",
                not c.certain,
                c.span.start in self.bare,
                c.span.start,
            ),
        )
        paired = partners[best.span.start]
        near = [c for c in codes if c.kind == "status" and c.code[0] == best.code[0]]
        after = next((c.code for c in near if c.span.start > best.span.start), None)
        status = paired or after or (near[0].code if near else None)
        return Choice(best.code, status, best.span.start, paired=bool(paired))


def _status_alone(codes: list[FoundCode]) -> Choice:
    """Return the first status code that says more than "x.y.0"."""
    if not codes:
        return Choice()
    status = min(codes, key=lambda c: (c.code.endswith(".0"), c.span.start))
    return Choice(None, status.code, status.span.start)


def _partner(reply: FoundCode, codes: list[FoundCode]) -> str | None:
    """Return the status code right behind a reply code."""
    index = bisect_right(codes, reply.span.start, key=_START)
    for code in codes[index : index + 1]:
        near = 0 <= code.span.start - reply.span.end <= _PAIR_GAP
        if code.kind == "status" and near and code.code[0] == reply.code[0]:
            return code.code
    return None
