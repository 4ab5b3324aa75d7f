"""Mark in the text what decided and what can be decoded: spans that never overlap."""

import itertools
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from operator import attrgetter

from errors.bounce.values import (
    Bounce,
    Highlight,
    Region,
    RegionKind,
    Role,
    Span,
    Verdict,
)

MAX_OF_ONE = 50  # marks of one and the same address or host; more help nobody
# A date-time of RFC 5322 section 3.3. Like the size below it begins with a set of
# characters, which `re` looks for fast.
_DATE = re.compile(
    r"[MTWFS0-9](?:(?:on|ue|ed|hu|ri|at|un),[ \t]{1,2}[0-9]|(?<=[0-9])(?<![0-9]{2}))"
    r"[0-9]?[ \t]"
    r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[ \t]\d{4}[ \t]"
    r"\d{2}:\d{2}(?::\d{2})?[ \t](?:[+-]\d{4}|GMT|UTC)\b"
)
# So many bytes that nobody sees at once how much that is.
_SIZE = re.compile(
    r"[0-9](?<![\w.,-][0-9])[0-9]{3,11}[ \t](?:[Bb]ytes|BYTES|[Oo]ctets|OCTETS)\b"
)
_SIZE_SIGNS = ("ytes", "YTES", "ctets", "CTETS")
_ROLE_OF_TYPE: dict[str, Role] = {
    "address": "recipient",
    "host": "host",
    "ip": "host",
    "duration": "time",
    "date": "time",
    "size": "size",
}


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of the text, marked or not, lying in one region."""

    span: Span
    highlight: Highlight | None = None
    region: RegionKind | None = None


def find_highlights(
    bounce: Bounce, verdicts: tuple[Verdict, ...]
) -> tuple[Highlight, ...]:
    """Return the marks in the order of the text; the cause has the right of way."""
    wanted = itertools.chain(
        _find_causes(verdicts),
        _find_values(verdicts),
        _find_codes(bounce),
        _find_recipients(bounce),
        _find_hosts(bounce),
        _find_times(bounce),
        _find_sizes(bounce),
    )
    return _without_overlaps(wanted)


def find_segments(bounce: Bounce, highlights: Iterable[Highlight]) -> Iterator[Segment]:
    """Cut the whole text at marks and region borders, in order, nothing left out."""
    marks = {highlight.span.start: highlight for highlight in highlights}
    cuts = {0, len(bounce.text)}
    for highlight in marks.values():
        cuts |= {highlight.span.start, highlight.span.end}
    for region in bounce.regions:
        cuts |= {region.span.start, region.span.end}
    regions, mark = sorted(bounce.regions, key=lambda r: r.span), None
    starts = [region.span.start for region in regions]
    for start, end in itertools.pairwise(sorted(cuts)):
        mark = marks.get(start) or (mark if mark and mark.span.end > start else None)
        index = bisect_right(starts, start) - 1
        inside = index >= 0 and start < regions[index].span.end
        yield Segment(Span(start, end), mark, regions[index].kind if inside else None)


def _find_causes(verdicts: tuple[Verdict, ...]) -> Iterator[Highlight]:
    """Mark the words that decided; where only a code did, the words that came with it."""
    worded = [v.winner for v in verdicts if v.winner and v.winner.spans]
    for deciding in (True, False):  # first come, first marked
        for winner in worded:
            for span in winner.spans[:1] if deciding else winner.spans[1:]:
                yield Highlight(span, "cause", winner.entry)
    for verdict in verdicts:
        if not (verdict.winner and verdict.winner.spans):
            for span in verdict.recipient.diagnostics[:1]:
                yield Highlight(span, "cause", verdict.entry)


def _find_values(verdicts: tuple[Verdict, ...]) -> Iterator[Highlight]:
    for verdict in verdicts:
        for value in verdict.winner.values if verdict.winner else ():
            role = _ROLE_OF_TYPE.get(value.type)
            if role:
                yield Highlight(value.span, role)


def _find_codes(bounce: Bounce) -> Iterator[Highlight]:
    for code in bounce.codes:
        if code.certain:
            yield Highlight(
                code.span, "reply-code" if code.kind == "reply" else "status-code"
            )


def _find_recipients(bounce: Bounce) -> Iterator[Highlight]:
    for address in {r.address for r in bounce.recipients if r.address}:
        yield from _find_all(bounce.text, address, "recipient")


def _find_hosts(bounce: Bounce) -> Iterator[Highlight]:
    hosts = {bounce.reporting_mta, *(r.remote_mta for r in bounce.recipients)}
    for host in filter(None, hosts):
        yield from _find_all(bounce.text, host, "host")


def _find_times(bounce: Bounce) -> Iterator[Highlight]:
    for written in {
        r.will_retry_until for r in bounce.recipients if r.will_retry_until
    }:
        yield from _find_all(bounce.text, written, "time")
    yield from _find_written(bounce, _DATE, "time")


def _find_sizes(bounce: Bounce) -> Iterator[Highlight]:
    if any(sign in bounce.text for sign in _SIZE_SIGNS):
        yield from _find_written(bounce, _SIZE, "size")


def _find_written(
    bounce: Bounce, pattern: "re.Pattern[str]", role: Role
) -> Iterator[Highlight]:
    """Mark what is met outside the returned message: that is not the bounce's word."""
    whole = Region("narrative", Span(0, len(bounce.text)))
    for region in bounce.regions or (whole,):
        if region.kind == "returned":
            continue
        met = pattern.finditer(bounce.text, region.span.start, region.span.end)
        for found in itertools.islice(met, MAX_OF_ONE):
            yield Highlight(Span(*found.span()), role)


def _find_all(text: str, wanted: str, role: Role) -> Iterator[Highlight]:
    at = text.find(wanted)
    for _ in range(MAX_OF_ONE):
        if at < 0:
            return
        yield Highlight(Span(at, at + len(wanted)), role)
        at = text.find(wanted, at + len(wanted))


def _without_overlaps(wanted: Iterable[Highlight]) -> tuple[Highlight, ...]:
    """Keep each mark that overlaps none kept before it."""
    kept: list[Highlight] = []
    used = bytearray()
    for highlight in wanted:
        span = highlight.span
        if len(used) < span.end:
            used.extend(bytes(span.end - len(used)))
        if span.start < span.end and used.find(1, span.start, span.end) < 0:
            used[span.start : span.end] = b"\x01" * len(span)
            kept.append(highlight)
    return tuple(sorted(kept, key=attrgetter("span.start")))
