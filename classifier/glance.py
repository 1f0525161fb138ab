"""One glance at a letter: all that numbers say of it, from one call of machine code (``classifier/kernels/glance.py``)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from classifier.compiled import CompiledModel
from classifier.explain import LIMITS, Span
from classifier.kernels import layout
from classifier.kernels.layout import ALARM, COLUMNS, HITS, KNOWN, LAST, LOUD, TURNS, WORDS
from classifier.matters import Stretch, turns
from classifier.purpose import ACCUSE, MISCONDUCT, cue_reader
from classifier.signals.alarm import Loudest
from classifier.signals.reader import SignalReader
from classifier.taxonomy import domain_of
from classifier.text import Cutter, Reading, joint_list

CANDIDATES = 5
Numbers = NDArray[np.float64]


class Glance(NamedTuple):
    """What numbers say of a letter or a part of one: ``said`` and ``found`` as ``classifier.kernels.layout`` has them.

    ``numbers`` are those of ``said`` before the columns.
    """

    said: Numbers
    numbers: list[float]
    found: list[int]

    def candidates(self) -> tuple[list[tuple[int, float]], float]:
        """The numbers of the likeliest categories and their probabilities, best first; that of the best one's whole domain."""
        most, first = self.found[layout.CANDIDATES], layout.CANDIDATE_AT
        return list(zip(self.found[first : first + most], self.numbers, strict=False)), self.numbers[most]

    def loudest(self) -> Loudest:
        """What the alarm heard."""
        return Loudest(self.numbers[ALARM], self.found[LOUD], self.found[LAST])

    @property
    def probabilities(self) -> Numbers:
        """Those of all columns of the model."""
        return self.said[COLUMNS:]

    @property
    def misconduct(self) -> float:
        """The probability that misconduct in office is the matter."""
        return self.numbers[layout.MISCONDUCT]

    def reasons(self) -> list[Span]:
        """The words to quote for the category (``classifier.explain``)."""
        return self._spans(layout.REASONS, layout.REASON_AT, layout.PARTS)

    def cues(self, purpose: str) -> list[Span]:
        """The cues that pulled most towards a purpose: an accusation or the likeliest one."""
        if purpose == ACCUSE:
            return self._spans(layout.CUES_ACCUSE, layout.CUE_ACCUSE_AT, layout.PULLS_ACCUSE)
        return self._spans(layout.CUES, layout.CUE_AT, layout.PULLS)

    @property
    def known(self) -> float:
        """The share of known words among words and marks."""
        return self.found[KNOWN] / self.found[WORDS]

    @property
    def turning(self) -> bool:
        """Whether a word stands in it by which a letter turns to another matter."""
        return self.found[TURNS] > 0

    def hits(self) -> list[tuple[int, int, int]]:
        """The signals' words: end, start and number."""
        ends = iter(self.found[HITS:])
        return list(zip(ends, ends, ends, strict=True))

    def _spans(self, number: int, places: int, weights: int) -> list[Span]:
        size = self.found[number]
        at = self.found[places : places + 2 * size]
        return list(zip(at[::2], at[1::2], self.numbers[weights : weights + size], strict=True))


class Glancer:
    """Glances with one model and one set of words; safe to share between threads."""

    def __init__(self, model: CompiledModel, cutter: Cutter, signals: SignalReader) -> None:
        from classifier.kernels.glance import categories_of_parts, glance, glance_at_part

        self._glance, self._glance_at_part, self._categories_of = glance, glance_at_part, categories_of_parts
        self._size = COLUMNS + len(model.intercepts)
        classes = model.heads["category"].classes
        domains = [domain_of(code) for code in classes]
        misconduct = [at for at, code in enumerate(classes) if code in MISCONDUCT]
        matter = np.array([domains.index(one) for one in domains], np.int64), np.array(misconduct, np.int64), CANDIDATES, LIMITS
        self._matter = (cutter.slots, cutter.shares), model.tables, matter
        reader = model.hearing.reader if model.hearing else cue_reader({})
        lists = joint_list(signals.words, turns(), reader.words)
        self._rest = lists.tables, reader.tables, _purpose_tables(model), signals.alarm.tables
        self._bias = signals.alarm.bias

    def whole(self, reading: Reading) -> Glance:
        """A glance at a whole letter."""
        said = np.empty(self._size, np.float64)
        found = self._glance(reading.codes, reading.hidden, reading.title_length, said, *self._matter, *self._rest)
        numbers = said[:COLUMNS].tolist()
        numbers[ALARM] += self._bias
        return Glance(said, numbers, found.tolist())

    def categories(self, reading: Reading, parts: Sequence[Stretch]) -> NDArray[np.float32]:
        """The probabilities of the categories for parts of a letter, (n_parts, n_classes)."""
        return self._categories_of(reading.hidden, np.array(parts, np.int64), *self._matter[:2])

    def part(self, reading: Reading) -> Glance:
        """A glance at a part of a letter, of which no more than its matter is asked."""
        said = np.empty(self._size, np.float64)
        found = self._glance_at_part(reading.hidden, said, *self._matter)
        return Glance(said, said[:COLUMNS].tolist(), found.tolist())


def _purpose_tables(model: CompiledModel) -> tuple[NDArray[np.float32], int, int]:
    """What cues weigh for each purpose, the first purpose's column, an accusation's number or -1."""
    head = model.heads.get("purpose")
    if head is None or model.hearing is None:
        return np.empty((0, 0), np.float32), 0, -1
    return model.hearing.weights_of(head), head.columns.start, head.classes.index(ACCUSE) if ACCUSE in head.classes else -1
