"""Line charts as SVG text: a few panels side by side, readable on a light page and on a dark one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, log10

WIDTH, HEIGHT = 380, 300
LEFT, RIGHT, TOP, BOTTOM = 52, 34, 64, 46
DASHES = {"solid": "", "dashed": "7 4", "dotted": "2 3"}
STYLE = """
  svg { font: 13px system-ui, sans-serif; --ink: #1d2430; --faint: #8a93a3; --line: #0b6e6e; }
  @media (prefers-color-scheme: dark) { svg { --ink: #e8ebf0; --faint: #7d8797; --line: #5fd0c5; } }
  text { fill: var(--ink); } .faint { fill: var(--faint); } .axis { stroke: var(--faint); fill: none; }
  polyline { stroke: var(--line); stroke-width: 2; fill: none; } circle { fill: var(--line); }
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One series, in seconds, told from the others by its dashes and its name."""

    name: str
    style: str
    values: Sequence[float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One chart: its lines over the same *across* (numbers of people), both axes from zero."""

    title: str
    across: Sequence[int]
    lines: Sequence[Line]


def draw(*, title: str, panels: Sequence[Panel]) -> str:
    """Return the SVG text of *panels* side by side; the numbers themselves are in its description."""
    width, height = WIDTH * len(panels), HEIGHT + 30
    parts = [part for number, panel in enumerate(panels) for part in _panel(panel, number * WIDTH)]
    said = "; ".join(
        f"{panel.title}: {line.name} {', '.join(f'{v:.2f} s for {x:,}' for x, v in zip(panel.across, line.values, strict=True))}"
        for panel in panels
        for line in panel.lines
    )
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img"'
            ' aria-labelledby="title desc">',
            f'<title id="title">{escape(title)}</title>',
            f'<desc id="desc">{escape(said)}</desc>',
            f"<style>{STYLE}</style>",
            f'<text x="{LEFT}" y="22" font-weight="600">{escape(title)}</text>',
            *parts,
            "</svg>\n",
        ]
    )


def _panel(panel: Panel, left: int) -> Iterator[str]:
    most_x, most_y = max(panel.across), _round_up(max(v for line in panel.lines for v in line.values))
    x0, y0 = left + LEFT, HEIGHT - BOTTOM
    wide, high = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def at(x: float, y: float) -> tuple[float, float]:
        return x0 + wide * x / most_x, y0 - high * y / most_y

    yield f'<text x="{x0}" y="{TOP - 18}">{escape(panel.title)}</text>'
    yield f'<path class="axis" d="M{x0} {TOP} V{y0} H{x0 + wide}"/>'
    for step in (0.5, 1):
        yield f'<text class="faint" x="{x0 - 6}" y="{at(0, most_y * step)[1] + 4:.0f}" text-anchor="end">{most_y * step:g} s</text>'
    for x in panel.across[1:]:
        yield f'<text class="faint" x="{at(x, 0)[0]:.0f}" y="{y0 + 18}" text-anchor="middle">{x:,}</text>'
    for number, line in enumerate(panel.lines):
        points = [at(x, v) for x, v in zip(panel.across, line.values, strict=True)]
        dash = f' stroke-dasharray="{DASHES[line.style]}"'
        yield f'<polyline{dash} points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in points)}"/>'
        yield from (f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3"/>' for x, y in points)
        key = y0 + 38 + 16 * number
        yield f'<polyline{dash} points="{x0},{key - 4} {x0 + 34},{key - 4}"/>'
        yield f'<text x="{x0 + 42}" y="{key}">{escape(line.name)}</text>'


def _round_up(most: float) -> float:
    """Return the next 1, 2 or 5 times a power of ten."""
    power = 10.0 ** ceil(log10(most) - 1)
    return next(power * step for step in (1, 2, 5, 10) if power * step >= most)
