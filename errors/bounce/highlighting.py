"""Mark in the text what decided and what can be decoded: spans that never overlap."""

import itertools
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from errors.bounce.values import (
    Bounce,
    Highlight,
    Recipient,
    RegionKind,
    Role,
    Span,
    Verdict,
)

MAX_OF_ONE = 50  # marks of one and the same address or host; more help nobody
MAX_NAMES = 200  # addresses, and as many hosts, that are looked for in the whole text
# A date-time of RFC 5322 section 3.3: from its month on, and what stands before that.
_DATE = re.compile(
    r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[ \t]\d{4}[ \t]"
    r"\d{2}:\d{2}(?::\d{2})?[ \t](?:[+-]\d{4}|GMT|UTC)\b"
)
_DAY = re.compile(
    r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),[ \t]{1,2}|(?<![0-9]))[0-9]{1,2}[ \t]\Z"
)
_MAX_DAY = len("Mon,  31 ")
# So many bytes that nobody sees at once how much that is.
_SIZE = re.compile(r"(?<![\w.,-])[0-9]{4,12}[ \t](?:[Bb]ytes|BYTES|[Oo]ctets|OCTETS)\b")
_UNITS = ("ytes", "YTES", "ctets", "CTETS")
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
        _find_causes(bounce, verdicts),
        _find_values(verdicts),
        _find_codes(bounce),
        _find_recipients(bounce),
        _find_hosts(bounce),
        _find_limits(bounce),
        _find_written(bounce),
    )
    return _without_overlaps(wanted, len(bounce.text))


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


def _find_causes(bounce: Bounce, verdicts: tuple[Verdict, ...]) -> Iterator[Highlight]:
    """Mark the words that decided, and the server's answer where those lie elsewhere."""
    worded = [v.winner for v in verdicts if v.winner and v.winner.spans]
    for deciding in (True, False):  # first come, first marked
        for winner in worded:
            for span in winner.spans[:1] if deciding else winner.spans[1:]:
                yield Highlight(span, "cause", winner.entry)
    for verdict in verdicts:
        spans = verdict.winner.spans if verdict.winner else ()
        for answer in verdict.recipient.diagnostics[:1]:
            if not spans or (
                _begins_with_code(bounce.text, answer, verdict.recipient)
                and not any(answer.overlaps(span) for span in spans)
            ):
                yield Highlight(answer, "cause", verdict.entry)


def _begins_with_code(text: str, span: Span, recipient: Recipient) -> bool:
    codes = tuple(filter(None, (recipient.reply_code, recipient.status)))
    return text.startswith(codes, span.start, span.end)


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
    addresses = dict.fromkeys(r.address for r in bounce.recipients if r.address)
    for address in itertools.islice(addresses, MAX_NAMES):
        yield from _find_all(bounce.text, address, "recipient")


def _find_hosts(bounce: Bounce) -> Iterator[Highlight]:
    named = (bounce.reporting_mta, *(r.remote_mta for r in bounce.recipients))
    hosts = dict.fromkeys(filter(None, named))
    for host in itertools.islice(hosts, MAX_NAMES):
        yield from _find_all(bounce.text, host, "host")


def _find_limits(bounce: Bounce) -> Iterator[Highlight]:
    for until in {r.will_retry_until for r in bounce.recipients if r.will_retry_until}:
        yield from _find_all(bounce.text, until, "time")


def _find_written(bounce: Bounce) -> Iterator[Highlight]:
    """Mark dates and sizes outside the returned message: that is not the bounce's word."""
    text = bounce.text
    has_sizes = any(unit in text for unit in _UNITS)
    for zone in bounce.outside():
        for span in itertools.islice(_find_dates(text, zone), MAX_OF_ONE):
            yield Highlight(span, "time")
        sizes = _SIZE.finditer(text, *zone) if has_sizes else ()
        for found in itertools.islice(sizes, MAX_OF_ONE):
            yield Highlight(Span(*found.span()), "size")


def _find_dates(text: str, within: Span) -> Iterator[Span]:
    for found in _DATE.finditer(text, *within):
        month = found.start()
        day = _DAY.search(text, max(within.start, month - _MAX_DAY), month)
        if day:
            yield Span(day.start(), found.end())


def _find_all(text: str, wanted: str, role: Role) -> Iterator[Highlight]:
    at = text.find(wanted)
    for _ in range(MAX_OF_ONE):
        if at < 0:
            return
        yield Highlight(Span(at, at + len(wanted)), role)
        at = text.find(wanted, at + len(wanted))


def _without_overlaps(
    wanted: Iterable[Highlight], length: int
) -> tuple[Highlight, ...]:
    """Keep each mark that overlaps none kept before it."""
    kept: list[Highlight] = []
    used = bytearray(length)
    for highlight in wanted:
        start, end = highlight.span
        if start < end and used.find(1, start, end) < 0:
            used[start:end] = b"\x01" * (end - start)
            kept.append(highlight)
    return tuple(sorted(kept))
