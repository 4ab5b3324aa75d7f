"""The bounce as it is shown: region by region, line by line, marked and translated."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Protocol

from django.utils.translation import gettext as _, gettext_noop, ngettext

from errors.bounce.values import Explanation, GlossMatch, Highlight, Region, Span
from errors.presentation.decoding import anchors, row_of
from errors.presentation.quiet import fold_quiet, is_long
from errors.presentation.values import (
    Block,
    Cause,
    Decoded,
    Note,
    Part,
    Row,
    Segment,
)

# What a page can show and a person can read. The rest is not lost to the reading.
SHOWN_MAX = 100_000
RETURNED_MAX = 20_000
MARKS_MAX = 500
HEADER_LINES_OPEN = 6
CAUSE = "cause"  # the anchor of the first words that decided

_LABELS = {
    "header": gettext_noop("Header of the notice (%(lines)s)"),
    "narrative": gettext_noop("What the server wrote"),
    "report": gettext_noop("Report for programs"),
    "transcript": gettext_noop("What the servers said to each other"),
    "returned": gettext_noop("Your own mail, returned (%(lines)s)"),
}
_NARRATIVES = {  # of what no server wrote
    "client-error": gettext_noop("What your mail program says"),
    "auto-reply": gettext_noop("The reply"),
    "not-a-bounce": gettext_noop("The text"),
}


class Speaker(Protocol):
    """Says what stands beside the lines."""

    def say_cause(self, slug: str | None, *, is_first: bool) -> Cause: ...
    def translate(self, match: GlossMatch) -> str: ...


class TextView:
    """Cuts the text of one explanation into blocks, rows and segments."""

    def __init__(
        self, explanation: Explanation, decoded: tuple[Decoded, ...], speaker: Speaker
    ) -> None:
        self.text = explanation.bounce.text
        self.kind = explanation.bounce.kind
        self.regions = _whole(explanation)
        self.marks = explanation.highlights[:MARKS_MAX]
        self.starts = [mark.span.start for mark in self.marks]
        self.glosses = sorted(
            explanation.glosses[:MARKS_MAX], key=lambda match: match.span
        )
        self.rows_by_key = anchors(decoded)
        self.speaker = speaker
        self.told: set[str] = set()  # what a line has shown is no news in the next
        self.explained: set[str] = set()  # what a note has said need not be said again
        self.has_cause = False

    def blocks(self) -> tuple[Block, ...]:
        """Return the text region by region, up to what a page can show."""
        shown = list(self._shown())
        texts = [span.of(self.text) for kind, span in shown if kind != "returned"]
        may_fold = is_long(texts)
        return tuple(self._block(kind, span, may_fold=may_fold) for kind, span in shown)

    def is_cut(self) -> bool:
        """Tell whether something of the text is not shown."""
        lengths = [
            len(region.span) for region in self.regions if region.kind != "returned"
        ]
        return sum(lengths) > SHOWN_MAX

    def _shown(self) -> Iterator[tuple[str, Span]]:
        left = SHOWN_MAX
        for region in self.regions:
            limit = RETURNED_MAX if region.kind == "returned" else left
            start = region.span.start
            span = Span(start, min(region.span.end, start + limit))
            if not span.of(self.text).strip():
                continue
            if region.kind != "returned":
                left -= len(span)
            yield region.kind, _trimmed(self.text, span)

    def _block(self, kind: str, span: Span, *, may_fold: bool) -> Block:
        lines = span.of(self.text).count("\n") + 1
        parts: tuple[Part, ...]
        if kind == "returned":
            parts = (Part((Row((Segment(span.of(self.text)),)),)),)
        else:
            rows = list(self._rows(span))
            parts = fold_quiet(rows, may_fold=may_fold and kind != "header")
        has_cause = any(row.causes for part in parts for row in part.rows)
        is_long_header = kind == "header" and lines > HEADER_LINES_OPEN
        return Block(
            kind,
            self._label(kind, lines),
            parts,
            is_folded=kind == "returned" or (is_long_header and not has_cause),
        )

    def _rows(self, span: Span) -> Iterator[Row]:
        """Give each line that has a mark or a translation a row; the rest in between."""
        position = span.start
        for lines in _merged(self._lines_with_something(span)):
            if position < lines.start:
                yield from _plain(Span(position, lines.start).of(self.text))
            yield self._row(lines)
            position = lines.end
        if position < span.end:
            yield from _plain(Span(position, span.end).of(self.text))

    def _lines_with_something(self, span: Span) -> Iterator[Span]:
        spans = [mark.span for mark in self._marks_in(span)]
        spans += [match.span for match in self.glosses if span.overlaps(match.span)]
        for some in sorted(spans):
            start = self.text.rfind("\n", span.start, some.start) + 1
            end = self.text.find("\n", some.end, span.end)
            yield Span(max(start, span.start), end + 1 if end >= 0 else span.end)

    def _row(self, lines: Span) -> Row:
        marks = self._marks_in(lines)
        segments = tuple(self._segments(lines, marks))
        fresh = {self._name(mark) for mark in marks} - self.told
        causes = tuple(self._causes(marks))
        self.told |= fresh
        notes = [Note(said.note) for said in causes if said.note]
        notes += self._notes(lines, marks)
        is_first_cause = bool(causes) and not self.has_cause
        self.has_cause |= bool(causes)
        return Row(
            segments,
            tuple(dict.fromkeys(notes)),
            causes,
            is_news=bool(fresh),
            anchor=CAUSE if is_first_cause else "",
        )

    def _name(self, mark: Highlight) -> str:
        """Name what a mark tells: two marks of one name tell the same."""
        if mark.role == "cause":
            return f"cause {mark.entry}"
        row = row_of(mark, self.text, self.rows_by_key)
        return row.anchor if row else mark.span.of(self.text)

    def _causes(self, marks: Sequence[Highlight]) -> Iterator[Cause]:
        causes = {self._name(mark): mark for mark in marks if mark.role == "cause"}
        for name, mark in causes.items():
            is_first = name not in self.told
            yield self.speaker.say_cause(mark.entry, is_first=is_first)

    def _segments(self, lines: Span, marks: Sequence[Highlight]) -> Iterator[Segment]:
        end = lines.end - self.text.endswith("\n", lines.start, lines.end)
        position = lines.start
        for mark in marks:
            start, stop = max(mark.span.start, position), min(mark.span.end, end)
            if start >= stop:
                continue
            if position < start:
                yield Segment(self.text[position:start])
            yield self._marked(mark, self.text[start:stop])
            position = stop
        if position < end:
            yield Segment(self.text[position:end])

    def _marked(self, mark: Highlight, piece: str) -> Segment:
        if mark.role == "cause":
            return Segment(piece, "cause")
        row = row_of(mark, self.text, self.rows_by_key)
        if row is None:
            return Segment(piece, mark.role)
        return Segment(piece, mark.role, row.anchor, row.meanings[0])

    def _notes(self, lines: Span, marks: Sequence[Highlight]) -> Iterator[Note]:
        glosses = [match for match in self.glosses if lines.overlaps(match.span)]
        yield from map(Note, filter(None, map(self.speaker.translate, glosses)))
        # A label says nothing of what stands behind it; a sentence says it all.
        if any(match.gloss.role != "label" for match in glosses):
            return
        for mark in marks:
            # Names speak for themselves, and the table has them all; numbers do not.
            row = row_of(mark, self.text, self.rows_by_key)
            if row is None or mark.role in ("recipient", "host"):
                continue
            if row.anchor not in self.explained:
                self.explained.add(row.anchor)
                yield _say_meaning(row)

    def _marks_in(self, span: Span) -> Sequence[Highlight]:
        first = bisect_left(self.starts, span.start)
        if first and self.marks[first - 1].span.end > span.start:
            first -= 1
        return self.marks[first : bisect_left(self.starts, span.end)]

    def _label(self, kind: str, lines: int) -> str:
        count = ngettext("%(count)d line", "%(count)d lines", lines) % {"count": lines}
        own = _NARRATIVES.get(self.kind) if kind == "narrative" else None
        return _(own or _LABELS[kind]) % {"lines": count}


def _say_meaning(row: Decoded) -> Note:
    if row.datetime:
        return Note(row.meanings[0], row.datetime)
    said = _("%(term)s: %(meaning)s")
    return Note(said % {"term": row.text, "meaning": row.meanings[0]})


def _whole(explanation: Explanation) -> list[Region]:
    """Return the regions with the gaps between them, so that no text is lost."""
    position = 0
    regions: list[Region] = []
    for region in explanation.bounce.regions:
        if position < region.span.start:
            regions.append(Region("narrative", Span(position, region.span.start)))
        regions.append(region)
        position = region.span.end
    if position < len(explanation.bounce.text):
        regions.append(
            Region("narrative", Span(position, len(explanation.bounce.text)))
        )
    return regions


def _merged(spans: Iterator[Span]) -> Iterator[Span]:
    """Join the spans that share a line."""
    current: Span | None = None
    for span in spans:
        if current and span.start < current.end:
            current = Span(current.start, max(current.end, span.end))
            continue
        if current:
            yield current
        current = span
    if current:
        yield current


def _plain(text: str) -> Iterator[Row]:
    if text.strip():
        for line in text.strip("\n").split("\n"):
            yield Row((Segment(line),))


def _trimmed(text: str, span: Span) -> Span:
    """Leave out the empty lines around a region."""
    piece = span.of(text)
    ahead = len(piece) - len(piece.lstrip("\n"))
    return Span(span.start + ahead, span.start + len(piece.rstrip()))
