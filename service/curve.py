"""Curve: how a group grew (增长曲线), as points of a picture that the server draws: letters, and different senders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from service.group_listing import Day

MARGIN = 4.0  # units around the lines, so that no stroke is cut


@dataclass(frozen=True, slots=True)
class Level:
    """A dashed line: from so many different senders on a group is shown or handled otherwise."""

    y: float
    senders: int


@dataclass(frozen=True, slots=True)
class Curve:
    """Points for ``<polyline>``, in units of the picture; ``top`` is the number of letters at the upper edge."""

    width: int
    height: int
    letters: str
    senders: str
    levels: tuple[Level, ...]
    first: str
    last: str
    top: int


def curve_of(growth: Sequence[Day], *, width: int, height: int, levels: Sequence[int] = ()) -> Curve:
    """Draw a growth curve; ``levels`` are numbers of senders to mark, those beyond the picture are left out.

    >>> curve_of([Day("2026-11-20", 1, 1), Day("2026-11-22", 3, 2)], width=108, height=38).letters
    '4,34 4,24 104,24 104,4'
    """
    days = [date.fromisoformat(day.date) for day in growth]
    top = max((day.letters for day in growth), default=1)
    span = max(1, (days[-1] - days[0]).days) if days else 1

    def x(day: date) -> float:
        return MARGIN + (width - 2 * MARGIN) * (day - days[0]).days / span

    def y(count: int) -> float:
        return height - MARGIN - (height - 2 * MARGIN) * count / top

    def steps(counts: Sequence[int]) -> str:
        before, points = 0, []
        for day, count in zip(days, counts, strict=True):
            points += [(x(day), y(before)), (x(day), y(count))]
            before = count
        points.append((width - MARGIN, y(before)))
        return " ".join(f"{a:g},{b:g}" for a, b in dict.fromkeys((round(a, 1), round(b, 1)) for a, b in points))

    return Curve(
        width=width,
        height=height,
        letters=steps([day.letters for day in growth]),
        senders=steps([day.senders for day in growth]),
        levels=tuple(Level(round(y(one), 1), one) for one in levels if one <= top),
        first=growth[0].date if growth else "",
        last=growth[-1].date if growth else "",
        top=top,
    )
