"""How often entries were of use, for the list: the seam between the two parts of the desk.

Whoever keeps figures (explained bounces, votes) answers here and nowhere else: `are_kept`
says whether there are any, `figures_of` returns them for the entries of one page, in a
constant number of queries. The list shows its columns only where figures are kept.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one entry, over the last 30 days."""

    explained: int = 0
    helpful: float | None = None  # share of the votes, 0 to 1; None without votes


def are_kept() -> bool:
    """Tell whether anybody counts."""
    return False


def figures_of(slugs: Collection[str]) -> Mapping[str, Figures]:
    """Return the figures of entries by slug; what nobody asked for has none."""
    return {}
