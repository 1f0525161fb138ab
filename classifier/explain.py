"""Which words of the letter pulled towards a category: the linear score's own parts, merged into readable spans."""

from __future__ import annotations

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
    strong = (parts > max(LEAST * float(parts.max(initial=0)), 0.0)).nonzero()[0]
    found: list[tuple[str, int, int, float]] = []
    starts = ends[np.maximum(strong - 1, 0)] * (strong > 0)
    for start, end, part in zip(starts.tolist(), ends[strong].tolist(), parts[strong].tolist(), strict=True):
        word = masked[start:end]
        if not word[0].isalnum():
            continue
        if found and found[-1][2] == start and end - found[-1][1] <= LONGEST:
            before, start, _, more = found.pop()
            word, part = before + word, more + part
        found.append((word, start, end, part))
    quoted = {word: (start, end, part) for word, start, end, part in sorted(found, key=lambda span: span[3])}
    return [*quoted.values()][: -MOST_SPANS - 1 : -1]


def quote(reading: Reading, letter: Letter, start: int, end: int, weight: float | None) -> Evidence:
    """Evidence for characters ``start:end`` of the reading, quoted from the letter as sent: from its title or its text."""
    first, last = reading.span(start, end)
    weight = None if weight is None else round(weight, 3)
    title_end = len(letter.title)
    if last <= title_end:
        return Evidence(letter.title[first:last], first, last, weight, "title")
    first, last = max(first - title_end - 1, 0), last - title_end - 1
    return Evidence(letter.text[first:last], first, last, weight, "text")
