"""The plot of keystroke time over file length, as SVG that is readable on a light and on a dark page."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

WIDTH, HEIGHT = 760, 420
LEFT, RIGHT, TOP, BOTTOM = 64, 176, 52, 56
LABEL_GAP = 17
"""Pixels between the names at the ends of the lines, so that none covers another."""

STYLE = """
text { font: 13px system-ui, sans-serif; fill: #24292f }
.title { font-size: 15px; font-weight: 600 }
.page { fill: #ffffff }
.grid { stroke: #d0d7de; stroke-width: 1 }
.axis { stroke: #57606a; stroke-width: 1 }
.whysafe { stroke: #0550ae; fill: none; stroke-width: 2.5 }
.ruff { stroke: #bc4c00; fill: none; stroke-width: 2.5 }
.p99 { stroke-dasharray: 6 4 }
circle.whysafe { fill: #0550ae } circle.ruff { fill: #bc4c00 }
text.whysafe { fill: #0550ae; stroke: none } text.ruff { fill: #bc4c00; stroke: none }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 }
  .page { fill: #0d1117 }
  .grid { stroke: #30363d }
  .axis { stroke: #8b949e }
  .whysafe { stroke: #79c0ff } circle.whysafe, text.whysafe { fill: #79c0ff }
  .ruff { stroke: #ffa657 } circle.ruff, text.ruff { fill: #ffa657 }
}
"""
SERIES = (
    ("ruff p99", "ruff p99", "ruff server, p99"),
    ("ruff p50", "ruff p50", "ruff server, p50"),
    ("whysafe p99", "whysafe p99", "whysafe, p99"),
    ("whysafe p50", "whysafe p50", "whysafe, p50"),
)
"""Key of a point, classes of the style, name at the end of the line."""


@dataclass(frozen=True, slots=True)
class Scale:
    """From figures to pixels; both axes begin at 0."""

    lines: float
    milliseconds: float

    def x(self, lines: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * lines / self.lines

    def y(self, milliseconds: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * milliseconds / self.milliseconds


def step(most: float, parts: int = 5) -> float:
    """A round distance of grid lines, so that about `parts` of them reach `most`."""
    rough = most / parts
    power = 10 ** math.floor(math.log10(rough))
    return next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough)


def apart(places: Sequence[float], gap: float) -> list[float]:
    """The places, in their order, moved down where they are closer than the gap."""
    moved: list[float] = []
    for place in places:
        moved.append(max(place, moved[-1] + gap) if moved else place)
    return moved


def svg(points: Sequence[Mapping[str, float]], caption: str) -> str:
    """The plot; each point has "lines" and the milliseconds of each series."""
    points = sorted(points, key=lambda point: point["lines"])
    most = max(point[key] for point in points for key, _, _ in SERIES)
    tick = step(most)
    scale = Scale(points[-1]["lines"], math.ceil(most / tick) * tick)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="title">',
        '<title id="title">Time from a keystroke to its diagnostics over the length of the file</title>',
        f"<style>{STYLE}</style>",
        f'<rect class="page" width="{WIDTH}" height="{HEIGHT}"/>',
        f'<text class="title" x="{LEFT}" y="24">From a keystroke to its diagnostics (less is better)</text>',
        f'<text x="{LEFT}" y="42">milliseconds; {escape(caption)}</text>',
        *_grid(scale, tick, points),
        *_lines(scale, points),
        *_names(scale, points[-1]),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _grid(scale: Scale, tick: float, points: Sequence[Mapping[str, float]]) -> list[str]:
    right = WIDTH - RIGHT
    drawn = []
    for number in range(round(scale.milliseconds / tick) + 1):
        y = scale.y(number * tick)
        drawn.append(f'<line class="grid" x1="{LEFT}" y1="{y:.1f}" x2="{right}" y2="{y:.1f}"/>')
        drawn.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{number * tick:g}</text>')
    floor, last = scale.y(0), -math.inf
    for point in points:
        x = scale.x(point["lines"])
        drawn.append(f'<line class="axis" x1="{x:.1f}" y1="{floor}" x2="{x:.1f}" y2="{floor + 5}"/>')
        if x - last >= 44:
            drawn.append(f'<text x="{x:.1f}" y="{floor + 20}" text-anchor="middle">{point["lines"]:,.0f}</text>')
            last = x
    drawn.append(f'<line class="axis" x1="{LEFT}" y1="{floor}" x2="{right}" y2="{floor}"/>')
    middle = (LEFT + right) / 2
    drawn.append(f'<text x="{middle}" y="{HEIGHT - 14}" text-anchor="middle">lines of the file</text>')
    return drawn


def _lines(scale: Scale, points: Sequence[Mapping[str, float]]) -> list[str]:
    drawn = []
    for key, classes, _ in SERIES:
        places = [(scale.x(point["lines"]), scale.y(point[key])) for point in points]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        drawn.append(f'<polyline class="{classes}" points="{path}"/>')
        peer = classes.partition(" ")[0]
        drawn += [f'<circle class="{peer}" cx="{x:.1f}" cy="{y:.1f}" r="3"/>' for x, y in places]
    return drawn


def _names(scale: Scale, last: Mapping[str, float]) -> list[str]:
    ends = sorted((scale.y(last[key]), classes, name) for key, classes, name in SERIES)
    places = apart([y for y, _, _ in ends], LABEL_GAP)
    x = scale.x(last["lines"]) + 10
    return [
        f'<text class="{classes.partition(" ")[0]}" x="{x:.1f}" y="{y + 4:.1f}">{escape(name)}</text>'
        for y, (_, classes, name) in zip(places, ends, strict=True)
    ]
