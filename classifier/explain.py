"""Which words of the letter pulled towards a category: the linear score's own parts, merged into readable spans."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
from numpy.typing import NDArray

from classifier.letter import Evidence, Letter
from classifier.text import Reading

MOST_SPANS = 4
LEAST = 0.25  # of the strongest word's part, for a word to count
LONGEST = 24  # characters a quoted span may reach

Span = tuple[int, int, float]


def spans(parts: NDArray[np.float64], ends: NDArray[np.int64], masked: str) -> list[Span]:
    """The strongest runs of neighbouring words as (start, end, part of the score), strongest first.

    ``parts`` and ``ends`` are per word of the ``masked`` text. The same words are quoted once, where they pulled most.

    >>> spans(np.array([0.0, 2.0, 0.0]), np.array([1, 3, 4]), "我欠薪。")
    [(1, 3, 2.0)]
    """
    places, sums = _strong_runs()(parts, ends, LEAST, LONGEST)
    weakest_first = sorted(zip(sums.tolist(), places.tolist(), strict=True))
    quoted = {masked[start:end]: (start, end, part) for part, (start, end) in weakest_first}
    return [*quoted.values()][: -MOST_SPANS - 1 : -1]


@cache
def _strong_runs() -> Callable[..., tuple[NDArray[np.int64], NDArray[np.float64]]]:
    from classifier.kernels.terms import strong_runs

    return strong_runs


def quote(reading: Reading, letter: Letter, start: int, end: int, weight: float | None = None) -> Evidence:
    """Evidence for characters ``start:end`` of the reading, quoted from the letter as sent: from its title or its text."""
    first, last = reading.span(start, end)
    weight = None if weight is None else round(weight, 3)
    title_end = len(letter.title)
    if last <= title_end:
        return Evidence(letter.title[first:last], first, last, weight, "title")
    first, last = max(first - title_end - 1, 0), last - title_end - 1
    return Evidence(letter.text[first:last], first, last, weight, "text")
