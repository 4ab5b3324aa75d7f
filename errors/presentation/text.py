"""The bounce as it is shown: region by region, line by line, marked and translated."""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence

from django.utils.translation import gettext as _, ngettext

from errors.bounce.values import Explanation, GlossMatch, Highlight, Region, Span
from errors.presentation.decoding import anchors, row_of
from errors.presentation.values import Block, Cause, Decoded, Row, Segment

# What a page can show and a person can read. The rest is not lost to the reading.
SHOWN_MAX = 100_000
RETURNED_MAX = 20_000
MARKS_MAX = 500
HEADER_LINES_OPEN = 6


class TextView:
    """Cuts the text of one explanation into blocks, rows and segments."""

    def __init__(
        self,
        explanation: Explanation,
        decoded: tuple[Decoded, ...],
        say_cause: Callable[[str | None], Cause],
        translate: Callable[[GlossMatch], str],
    ) -> None:
        self.text = explanation.bounce.text
        self.regions = _whole(explanation)
        self.marks = explanation.highlights[:MARKS_MAX]
        self.starts = [mark.span.start for mark in self.marks]
        self.glosses = sorted(
            explanation.glosses[:MARKS_MAX], key=lambda match: match.span
        )
        self.rows_by_key = anchors(decoded)
        self.say_cause = say_cause
        self.translate = translate
        self.explained: set[str] = set()  # what a note has said need not be said again

    def blocks(self) -> tuple[Block, ...]:
        """Return the text region by region, up to what a page can show."""
        shown: list[Block] = []
        left = SHOWN_MAX
        for region in self.regions:
            limit = RETURNED_MAX if region.kind == "returned" else left
            span = Span(
                region.span.start, min(region.span.end, region.span.start + limit)
            )
            if not span.of(self.text).strip():
                continue
            if region.kind != "returned":
                left -= len(span)
            shown.append(self._block(region, _trimmed(self.text, span)))
        return tuple(shown)

    def is_cut(self) -> bool:
        """Tell whether something of the text is not shown."""
        lengths = [
            len(region.span) for region in self.regions if region.kind != "returned"
        ]
        return sum(lengths) > SHOWN_MAX

    def _block(self, region: Region, span: Span) -> Block:
        if region.kind == "returned":
            rows: tuple[Row, ...] = (Row((Segment(span.of(self.text)),)),)
        else:
            rows = tuple(_joined(self._rows(span)))
        lines = span.of(self.text).count("\n") + 1
        is_long_header = (
            region.kind == "header"
            and lines > HEADER_LINES_OPEN
            and not any(row.cause for row in rows)
        )
        return Block(
            region.kind,
            _label(region.kind, lines),
            rows,
            is_folded=region.kind == "returned" or is_long_header,
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
        causes = [self.say_cause(mark.entry) for mark in marks if mark.role == "cause"]
        notes = (*(said.note for said in causes), *self._notes(lines, marks))
        return Row(
            tuple(self._segments(lines, marks)),
            tuple(dict.fromkeys(filter(None, notes))),
            causes[0].lead if causes else "",
        )

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

    def _notes(self, lines: Span, marks: Sequence[Highlight]) -> Iterator[str]:
        glosses = [match for match in self.glosses if lines.overlaps(match.span)]
        yield from filter(None, map(self.translate, glosses))
        for mark in marks:
            # Names speak for themselves, and the table has them all; numbers do not.
            row = row_of(mark, self.text, self.rows_by_key)
            if row is None or mark.role in ("recipient", "host"):
                continue
            if row.anchor not in self.explained and not glosses:
                self.explained.add(row.anchor)
                yield _("%(term)s: %(meaning)s") % {
                    "term": row.text,
                    "meaning": row.meanings[0],
                }

    def _marks_in(self, span: Span) -> Sequence[Highlight]:
        first = bisect_left(self.starts, span.start)
        if first and self.marks[first - 1].span.end > span.start:
            first -= 1
        return self.marks[first : bisect_left(self.starts, span.end)]


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


def _joined(rows: Iterator[Row]) -> Iterator[Row]:
    """Put neighbours that need no note into one row."""
    held: Row | None = None
    for row in rows:
        if held and not (held.notes or held.cause or row.notes or row.cause):
            held = Row((*held.segments, Segment("\n"), *row.segments))
            continue
        if held:
            yield held
        held = row
    if held:
        yield held


def _plain(text: str) -> Iterator[Row]:
    if text.strip():
        yield Row((Segment(text.strip("\n")),))


def _trimmed(text: str, span: Span) -> Span:
    """Leave out the empty lines around a region."""
    piece = span.of(text)
    ahead = len(piece) - len(piece.lstrip("\n"))
    return Span(span.start + ahead, span.start + len(piece.rstrip()))


def _label(kind: str, lines: int) -> str:
    count = ngettext("%(count)d line", "%(count)d lines", lines) % {"count": lines}
    names = {
        "header": _("Header of the notice (%(lines)s)"),
        "narrative": _("What the server wrote"),
        "report": _("Report for programs"),
        "transcript": _("What the servers said to each other"),
        "returned": _("Your own mail, returned (%(lines)s)"),
    }
    return names[kind] % {"lines": count}
