"""One full assessment against the textbook pipeline's bare classification, letter by letter, in one process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from time import perf_counter_ns

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers import Pipeline
from classifier.assess import Assessor
from classifier.letter import Letter, assessment_json, document

LETTERS, BLOCK, WARM_UP = 1_000, 200, 100
DAY = date(2026, 11, 23)  # any registered day: the clocks of a route need one
NS_PER_US = 1_000


@dataclass(frozen=True, slots=True)
class Pace:
    """Microseconds per letter."""

    median_us: float
    p99_us: float


@dataclass(frozen=True, slots=True)
class Race:
    """Both paces, how many times faster ours is at the median, and the smallest and largest such ratio of one block."""

    letters: int
    ours: Pace
    textbook: Pace
    ratio: float
    lowest_ratio: float
    highest_ratio: float


def race(assessor: Assessor, textbook: Pipeline, letters: Sequence[Letter], block: int = BLOCK) -> Race:
    """Time both on the same letters in alternating blocks: ours, textbook, ours, textbook …; warm up on ``letters`` first."""

    def ours(letter: Letter) -> object:
        return assessment_json(assessor.assess(letter, today=DAY))

    def theirs(letter: Letter) -> object:
        return textbook.model.predict(textbook.vectorizer.transform([document(letter.title, letter.text)]))

    for work in (ours, theirs):
        times(work, letters[:WARM_UP])
    blocks = [letters[at : at + block] for at in range(0, len(letters), block)]
    pairs = [(times(ours, each), times(theirs, each)) for each in blocks]
    a, b = (np.concatenate(column) for column in zip(*pairs, strict=True))
    ratios = [float(np.median(second) / np.median(first)) for first, second in pairs]
    return Race(len(letters), pace(a), pace(b), float(np.median(b) / np.median(a)), min(ratios), max(ratios))


def times(work: Callable[[Letter], object], letters: Sequence[Letter]) -> NDArray[np.float64]:
    """Microseconds that each letter took."""
    taken = []
    for letter in letters:
        begin = perf_counter_ns()
        work(letter)
        taken.append(perf_counter_ns() - begin)
    return np.array(taken) / NS_PER_US


def pace(microseconds: NDArray[np.float64]) -> Pace:
    """Median and 99th percentile."""
    return Pace(float(np.median(microseconds)), float(np.quantile(microseconds, 0.99)))
