"""The geometry of charts drawn as SVG: where each bar stands, for templates to write down."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 760, 240
LEFT, RIGHT, TOP, BOTTOM = 44, 16, 12, 26  # room for the labels of both axes
LABELS_MAX = 10  # along the time


@dataclass(frozen=True, slots=True)
class Series:
    """One kind of counts over all periods; `style` is a class of the style sheet."""

    label: str
    style: str
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.counts)


@dataclass(frozen=True, slots=True)
class Bar:
    """A part of a column, in the units of the view box."""

    x: float
    y: float
    width: float
    height: float
    style: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the grid, with the number it stands for."""

    y: float
    number: int


@dataclass(frozen=True, slots=True)
class Label:
    """A label under a column."""

    x: float
    text: str


@dataclass(frozen=True, slots=True)
class ColumnChart:
    """Stacked columns over time; `rows` are the same figures as a table."""

    series: tuple[Series, ...]
    bars: tuple[Bar, ...]
    lines: tuple[Line, ...]
    labels: tuple[Label, ...]
    rows: tuple[tuple[str, tuple[int, ...]], ...]
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def total(self) -> int:
        return sum(one.total for one in self.series)

    @property
    def legend(self) -> list[tuple[Series, int]]:
        """Return each series with its part of the whole in percent."""
        return [(one, round(100 * one.total / self.total)) for one in self.series]


@dataclass(frozen=True, slots=True)
class Share:
    """A row of a table with a bar; `percent` is its part of the largest."""

    label: str
    number: int
    percent: float


def columns(names: Sequence[str], series: Sequence[Series]) -> ColumnChart:
    """Stack the series of each period into a column; the last period is always named."""
    heights = [sum(counts) for counts in zip(*(s.counts for s in series), strict=True)]
    ticks = nice_ticks(max(heights, default=0))
    unit = (HEIGHT - TOP - BOTTOM) / ticks[-1]
    step = (WIDTH - LEFT - RIGHT) / max(len(names), 1)
    every = max(1, -(-len(names) // LABELS_MAX))
    shown = range((len(names) - 1) % every, len(names), every)
    return ColumnChart(
        series=tuple(series),
        bars=tuple(_stack(series, len(names), step, unit)),
        lines=tuple(Line(_r(HEIGHT - BOTTOM - n * unit), n) for n in ticks),
        labels=tuple(Label(_r(LEFT + (n + 0.5) * step), names[n]) for n in shown),
        rows=tuple(
            (name, tuple(one.counts[at] for one in series))
            for at, name in enumerate(names)
        ),
    )


def _stack(
    series: Sequence[Series], length: int, step: float, unit: float
) -> Iterator[Bar]:
    for at in range(length):
        x, y = LEFT + (at + 0.15) * step, float(HEIGHT - BOTTOM)
        for one in series:
            if height := one.counts[at] * unit:
                y -= height
                yield Bar(_r(x), _r(y), _r(step * 0.7), _r(height), one.style)


def shares(rows: Sequence[tuple[str, int]]) -> list[Share]:
    """Return rows with bars, as long as they are large."""
    largest = max((number for _, number in rows), default=0)
    return [Share(label, number, _r(100 * number / largest)) for label, number in rows]


def nice_ticks(largest: int) -> list[int]:
    """Return round numbers from 0 up to or above the largest, five at most.

    >>> nice_ticks(37), nice_ticks(0)
    ([0, 10, 20, 30, 40], [0, 1])
    """
    power = 1
    while True:
        for factor in (1, 2, 5):
            step = factor * power
            if step * 4 >= largest:
                count = max(1, -(-largest // step))
                return [step * n for n in range(count + 1)]
        power *= 10


def _r(number: float) -> float:
    return round(number, 1)
