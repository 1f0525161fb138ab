"""Line plots as SVG, written by hand: nothing to install, the same bytes for the same numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from math import log10
from typing import NamedTuple

WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT = 640, 400, 60, 50, 40, 190
COLOURS = ("#1f5fa8", "#c0392b", "#2e8b57", "#8e44ad", "#d68910", "#566573")
Point = tuple[float, float]


class Scale(NamedTuple):
    """Values from ``low`` to ``high`` onto pixels from ``start`` to ``end``; ``log``: by orders of magnitude, after adding one."""

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def at(self, value: float) -> float:
        """The pixel of a value.

        >>> Scale(0, 10, 100, 200).at(5)
        150.0
        """
        low, high, here = (log10(v + 1) if self.log else v for v in (self.low, self.high, value))
        return round(self.start + (here - low) / ((high - low) or 1) * (self.end - self.start), 1)


def lines(
    title: str,
    series: Mapping[str, Sequence[Point]],
    axes: tuple[str, str],
    *,
    ticks: tuple[Sequence[float], Sequence[float]],
    log_x: bool = False,
) -> str:
    """An SVG with one line a series; ``axes`` names x and y, ``ticks`` are the values marked on each, from end to end."""
    x = Scale(ticks[0][0], ticks[0][-1], LEFT, WIDTH - RIGHT, log_x)
    y = Scale(ticks[1][0], ticks[1][-1], HEIGHT - BOTTOM, TOP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        f'<text x="{LEFT}" y="22" font-size="15">{escape(title)}</text>',
        *(_tick_y(y.at(v), v) for v in ticks[1]),
        *(_tick_x(x.at(v), v) for v in ticks[0]),
        f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 10}" text-anchor="middle">{escape(axes[0])}</text>',
        f'<text transform="translate(16 {HEIGHT / 2}) rotate(-90)" text-anchor="middle">{escape(axes[1])}</text>',
    ]
    for number, (name, points) in enumerate(series.items()):
        colour = COLOURS[number % len(COLOURS)]
        path = " ".join(f"{x.at(a)},{y.at(b)}" for a, b in points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x.at(a)}" cy="{y.at(b)}" r="3" fill="{colour}"/>' for a, b in points]
        parts.append(f'<text x="{WIDTH - RIGHT + 12}" y="{TOP + 20 * number + 8}" fill="{colour}">{escape(name)}</text>')
    return "\n".join([*parts, "</svg>", ""])


def _tick_x(at: float, value: float) -> str:
    return f'<text x="{at}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{value:g}</text>'


def _tick_y(at: float, value: float) -> str:
    line = f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at}" y2="{at}" stroke="#ddd"/>'
    return f'{line}<text x="{LEFT - 8}" y="{at + 4}" text-anchor="end">{value:g}</text>'
