"""Which words of the letter pulled towards a category and which away: the linear score's own parts, merged into readable spans."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache

import numpy as np
from numpy.typing import NDArray

from classifier.letter import Evidence, Letter
from classifier.text import Reading

MOST_TOWARDS = 4
MOST_AGAINST = 2
LEAST = 0.25  # of the strongest word's part, for a word to count
LEAST_AGAINST = 0.1  # the same for a word that pulled away: such words are many and each is weak
LONGEST = 24  # characters a quoted span may reach
LIMITS = LEAST, LEAST_AGAINST, LONGEST, MOST_TOWARDS, MOST_AGAINST

Span = tuple[int, int, float]


def spans(parts: NDArray[np.float64], ends: NDArray[np.int64], codes: NDArray[np.uint32]) -> list[Span]:
    """The strongest runs of neighbouring words: start, end, rounded part of the score; those towards first, then those against.

    ``parts`` and ``ends`` are per word of the text of ``codes``. The same words are quoted once, where they pulled most.

    >>> from classifier.text import codes_of
    >>> spans(np.array([-1.0, 2.0, 0.0]), np.array([1, 3, 4]), codes_of("我欠薪。"))
    [(1, 3, 2.0), (0, 1, -1.0)]
    """
    places, sums = _quoted_spans()(parts, ends, codes, *LIMITS)
    return [(start, end, part) for (start, end), part in zip(places.tolist(), sums.tolist(), strict=True)]


@cache
def _quoted_spans() -> Callable[..., tuple[NDArray[np.int64], NDArray[np.float64]]]:
    from classifier.kernels.spans import quoted_spans

    return quoted_spans


def quote(reading: Reading, letter: Letter, start: int, end: int) -> Evidence:
    """A rule's evidence: characters ``start:end`` of the reading, quoted from the letter as sent, from its title or its text."""
    first, last = reading.span(start, end)
    title_end = len(letter.title)
    if last <= title_end:
        return Evidence(letter.title[first:last], first, last, None, "title")
    first, last = max(first - title_end - 1, 0), last - title_end - 1
    return Evidence(letter.text[first:last], first, last)


def quotes(reading: Reading, letter: Letter, found: Iterable[Span], begin: int = 0) -> tuple[Evidence, ...]:
    """Evidence with its part of the score for spans of a stretch of the reading that begins at character ``begin``."""
    origin, title, text = reading.origin, letter.title, letter.text
    body, evidence = len(title) + 1, []
    for start, end, part in found:
        first, last = start + begin, end + begin
        if origin is not None:
            first, last = origin.item(first), origin.item(last - 1) + 1
        if last < body:
            evidence.append(Evidence(title[first:last], first, last, part, "title"))
        else:
            first, last = max(first - body, 0), last - body
            evidence.append(Evidence(text[first:last], first, last, part, "text"))
    return tuple(evidence)
