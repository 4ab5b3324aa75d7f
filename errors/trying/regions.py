"""The text of a bounce region by region, with what the patterns met in it."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from errors.bounce.values import Bounce, Span

TEXT_MAX = 60_000  # code points of one region that are shown

Place = tuple[int, Span]  # the number of a hit, and where it lies


@dataclass(frozen=True, slots=True)
class Marked:
    """A stretch of the text with the numbers of the hits that lie on it."""

    text: str
    hits: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Stretch:
    """A region as it was read."""

    kind: str
    label: str
    pieces: tuple[Marked, ...]
    is_folded: bool


def find_regions(bounce: Bounce, places: Sequence[Place]) -> Iterator[Stretch]:
    """Yield all of the text, cut where regions and hits begin and end."""
    labels = {
        "header": _("Header"),
        "narrative": _("What the server wrote"),
        "report": _("Report for programs"),
        "transcript": _("What the servers said to each other"),
        "returned": _("Returned mail, never matched"),
        "": _("Not assigned"),
    }
    for kind, span in _whole(bounce):
        if span.of(bounce.text).strip():
            cut = Span(span.start, min(span.end, span.start + TEXT_MAX))
            pieces = tuple(_pieces(bounce.text, cut, places))
            yield Stretch(kind, labels[kind], pieces, is_folded=kind == "returned")


def _whole(bounce: Bounce) -> Iterator[tuple[str, Span]]:
    """Yield all regions and the gaps between them."""
    at = 0
    for region in bounce.regions:
        if at < region.span.start:
            yield "", Span(at, region.span.start)
        yield region.kind, region.span
        at = region.span.end
    if at < len(bounce.text):
        yield "", Span(at, len(bounce.text))


def _pieces(text: str, region: Span, places: Sequence[Place]) -> Iterator[Marked]:
    """Cut a region where hits begin and end; several may lie on one stretch."""
    inside = [(number, span) for number, span in places if span.overlaps(region)]
    cuts = {region.start, region.end}
    for _number, span in inside:
        cuts |= {max(span.start, region.start), min(span.end, region.end)}
    ordered = sorted(cuts)
    for start, end in itertools.pairwise(ordered):
        piece = Span(start, end)
        numbers = tuple(n for n, span in inside if span.overlaps(piece))
        yield Marked(piece.of(text), numbers)
