"""Figures, and what they may be."""

from dataclasses import dataclass

from deploy.rehearsal.traffic import Run


@dataclass(frozen=True, slots=True)
class Bound:
    """A figure with the least or the most it may be."""

    name: str
    figure: float
    least: float = 0.0
    most: float = float("inf")

    @property
    def is_met(self) -> bool:
        return self.least <= self.figure <= self.most

    def __str__(self) -> str:
        wanted = f"≥ {self.least:g}" if self.least else f"≤ {self.most:g}"
        said = "met" if self.is_met else "MISSED"
        return f"| {self.name} | {self.figure:.2f} | {wanted} | {said} |"


def conclude(bounds: list[Bound]) -> int:
    """Print the bounds; return the exit status."""
    print("\n| bound | figure | wanted | |\n|---|---:|---:|---|")
    print(*bounds, sep="\n")
    return 0 if all(bound.is_met for bound in bounds) else 1


def failed_of(run: Run, kind: str) -> int:
    """Count the answers of a kind that are errors; what broke has no kind and counts too."""
    return sum(one.status >= 400 for one in run.of(kind).answers) + run.broken
