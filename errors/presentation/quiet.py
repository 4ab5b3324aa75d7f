"""Fold the stretches of a long bounce that say nothing new, far from all that does."""

import itertools
from collections.abc import Iterable, Iterator, Sequence

from django.utils.translation import ngettext

from errors.presentation.values import Part, Row, Segment

LONG = 30  # lines: a shorter bounce is shown whole
QUIET_MIN = 8  # lines: a shorter stretch is read sooner than unfolded
NEAR = 2  # rows that stay open before and after news
HEAD = 3  # rows of each region that stay open
LINE_WIDTH = 100  # letters: what is longer fills several lines on the page


def is_long(texts: Iterable[str]) -> bool:
    """Tell whether a bounce is so long that its quiet stretches are better folded."""
    return sum(map(_count_lines, texts)) > LONG


def fold_quiet(rows: Sequence[Row], *, may_fold: bool) -> tuple[Part, ...]:
    """Cut the rows of one region into parts, the quiet ones folded."""
    kept = _find_kept(rows) if may_fold else set(range(len(rows)))
    parts: list[Part] = []
    opened: list[Row] = []
    for is_kept, numbers in itertools.groupby(range(len(rows)), kept.__contains__):
        stretch = [rows[number] for number in numbers]
        lines = sum(_count_lines(row.text) for row in stretch)
        if is_kept or lines < QUIET_MIN:
            opened += stretch
            continue
        parts += _part(opened)
        opened = []
        label = ngettext("%(count)d more line", "%(count)d more lines", lines)
        parts += _part(stretch, label % {"count": lines})
    return (*parts, *_part(opened))


def _find_kept(rows: Sequence[Row]) -> set[int]:
    kept = set(range(HEAD))
    for number, row in enumerate(rows):
        if row.is_news:
            kept |= set(range(number - NEAR, number + NEAR + 1))
    return kept


def _part(rows: list[Row], folded: str = "") -> Iterator[Part]:
    if any(row.text.strip() for row in rows):
        yield Part(tuple(_joined(rows)), folded)


def _joined(rows: list[Row]) -> Iterator[Row]:
    """Put neighbours that need no note into one row."""
    for is_plain, group in itertools.groupby(rows, _is_plain):
        if is_plain:
            segments = tuple(_concatenated(group))
            if any(segment.text.strip() for segment in segments):
                yield Row(segments)
        else:
            yield from group


def _is_plain(row: Row) -> bool:
    return not (row.notes or row.causes)


def _concatenated(rows: Iterable[Row]) -> Iterator[Segment]:
    """Return the segments of some rows as one line after the other."""
    text: list[str] = []
    for number, row in enumerate(rows):
        if number:
            text.append("\n")
        for segment in row.segments:
            if not segment.role:
                text.append(segment.text)
                continue
            if text:
                yield Segment("".join(text))
                text = []
            yield segment
    if text:
        yield Segment("".join(text))


def _count_lines(text: str) -> int:
    return sum(1 + len(line) // LINE_WIDTH for line in text.split("\n"))
