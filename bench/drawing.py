"""A line drawing on two logarithmic axes, as SVG."""

import math
from collections.abc import Callable, Mapping, Sequence
from xml.sax.saxutils import escape

WIDTH, HEIGHT, MARGIN = 640, 360, 56
_INK = ("#1f5fa8", "#b3541e", "#2d7d46")

Point = tuple[float, float]


def draw(
    title: str, x_name: str, y_name: str, lines: Mapping[str, Sequence[Point]]
) -> str:
    """Draw named lines; a straight one at 45° on equal decades is linear growth."""
    points = [point for line in lines.values() for point in line]
    across = _scale([x for x, _ in points], MARGIN, WIDTH - MARGIN)
    upwards = _scale([y for _, y in points], HEIGHT - MARGIN, MARGIN)
    shapes = []
    for (name, line), ink in zip(lines.items(), _INK, strict=False):
        path = " ".join(f"{across(x):.1f},{upwards(y):.1f}" for x, y in line)
        last_x, last_y = line[-1]
        shapes.append(
            f'<polyline points="{path}" fill="none" stroke="{ink}" stroke-width="2"/>'
            f'<text x="{across(last_x):.0f}" y="{upwards(last_y) - 8:.0f}" fill="{ink}"'
            f' text-anchor="end">{escape(name)}</text>'
        )
    first, last = min(points), max(points)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"'
        f' font-family="system-ui, sans-serif" font-size="12"><title>{escape(title)}</title>'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>'
        f'<path d="M{MARGIN} {MARGIN}V{HEIGHT - MARGIN}H{WIDTH - MARGIN}" fill="none" stroke="#888"/>'
        f'<text x="{MARGIN}" y="24" font-size="15">{escape(title)}</text>'
        f'<text x="{MARGIN}" y="{HEIGHT - 32}">{first[0]:,.0f}</text>'
        f'<text x="{WIDTH - MARGIN}" y="{HEIGHT - 32}" text-anchor="end">{last[0]:,.0f}</text>'
        f'<text x="{WIDTH / 2}" y="{HEIGHT - 12}" text-anchor="middle">{escape(x_name)}</text>'
        f'<text x="{MARGIN}" y="{MARGIN - 10}">{escape(y_name)}:'
        f" {min(y for _, y in points):,.2f} … {max(y for _, y in points):,.2f}</text>"
        f"{''.join(shapes)}</svg>\n"
    )


def _scale(
    values: Sequence[float], start: float, end: float
) -> Callable[[float], float]:
    low, high = math.log(min(values)), math.log(max(values))

    def place(value: float) -> float:
        share = (math.log(value) - low) / ((high - low) or 1)
        return start + share * (end - start)

    return place
