"""The sample on an entry's page: its words and codes marked as in a bounce like it."""

from collections.abc import Iterator

from errors.bounce.explaining import explain
from errors.bounce.highlighting import find_highlights, find_segments
from errors.bounce.matching import Catalog
from errors.bounce.values import Verdict
from errors.models import Entry
from errors.presentation.decoding import anchors, row_of
from errors.presentation.values import Decoded, Segment


def mark_sample(
    entry: Entry, catalog: Catalog, decoded: tuple[Decoded, ...]
) -> tuple[Segment, ...]:
    """Cut an entry's sample at the words that its patterns meet and the codes explained."""
    explanation = explain(entry.sample, catalog)
    bounce = explanation.bounce
    if (
        bounce.text.strip() != entry.sample.strip()
    ):  # decoded, say: not what stands here
        return (Segment(entry.sample),)
    verdicts = tuple(_by_entry(entry.slug, explanation.verdicts))
    rows = anchors(decoded)
    segments = []
    for piece in find_segments(bounce, find_highlights(bounce, verdicts)):
        text, mark = piece.span.of(bounce.text), piece.highlight
        row = row_of(mark, bounce.text, rows) if mark else None
        if mark and mark.role == "cause":
            segments.append(Segment(text, "cause"))
        elif row:
            segments.append(Segment(text, row.kind, row.anchor, row.meanings[0]))
        else:
            segments.append(Segment(text))
    return tuple(segments)


def _by_entry(slug: str, verdicts: tuple[Verdict, ...]) -> Iterator[Verdict]:
    """Yield the verdicts as if this entry had won wherever its patterns were met."""
    for verdict in verdicts:
        candidates = (*filter(None, [verdict.winner]), *verdict.others)
        mine = next((one for one in candidates if one.entry == slug), None)
        yield verdict._replace(winner=mine)
