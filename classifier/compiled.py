"""The fitted model as plain arrays: what answers, in a fraction of a millisecond.

Same numbers as ``LetterTerms`` + ``CalibratedLinear`` (``tests/test_compiled.py``) without building sparse matrices for one
letter. Every word and every pair of characters of a letter becomes a 63-bit number (``_Keys``), all at once; one search in the
sorted numbers of the vocabulary finds the known ones, and each of them owns one row of weights for all heads. A head's
temperature is divided into its columns.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.features import MOST_COUNTED, LetterTerms
from classifier.model import WEIGHT_STEPS, CalibratedLinear
from classifier.text import Reading

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Numbers = NDArray[np.uint64]
LAYOUT = 1  # of the saved state; a later layout is refused by older code
_GROWTH = (1 + np.log(np.maximum(np.arange(MOST_COUNTED + 1), 1))).astype(
    np.float32
)  # the weight of a term by how often it stands there


@dataclass(frozen=True, slots=True)
class Head:
    """One question put to the same terms: its classes and their columns in the weights."""

    classes: tuple[str, ...]
    columns: slice


@dataclass(frozen=True, slots=True)
class Found:
    """The known terms of one reading.

    Per distinct term: its row of weights, its TF-IDF value, the first of its places. Per place: its first character and the one
    after its last. ``starts`` are the first characters of the words the reading was cut into, ``known_words`` how many of them
    are terms.
    """

    rows: Ints
    values: Floats
    edges: Ints
    firsts: Ints
    ends: Ints
    starts: Ints
    known_words: int


class _Keys:
    """Numbers for pieces of text: the polynomial hash of Karp and Rabin (1987) modulo 2^64, a prefix sum away for any piece."""

    BASE = 0x9E3779B97F4A7C15  # odd, so that its powers have inverses
    WORD = np.uint64(1 << 63)  # set for words, clear for runs: the same characters are two terms

    def __init__(self, longest: int) -> None:
        self.powers = _powers(self.BASE, longest)
        self.inverses = _powers(pow(self.BASE, -1, 1 << 64), longest)

    def of(self, codes: Numbers, starts: Ints, ends: Ints) -> Numbers:
        """Numbers of the words ``starts:ends``, then of all pairs of neighbours."""
        total = np.empty(len(codes) + 1, np.uint64)
        total[0] = 0
        np.cumsum(codes * self.powers[: len(codes)], out=total[1:])
        words = (total[ends] - total[starts]) * self.inverses[starts]
        pairs = codes[1:] * np.uint64(self.BASE) + codes[:-1]
        return np.concatenate((words | self.WORD, pairs & ~self.WORD))


def _powers(base: int, longest: int) -> Numbers:
    factors = np.full(longest, base, np.uint64)
    factors[0] = 1
    return np.cumprod(factors)


def _codes(text: str) -> Numbers:
    return np.frombuffer(text.encode("utf-32-le", "replace"), "<u4").astype(np.uint64)


@dataclass(frozen=True, slots=True)
class CompiledModel:
    """Weights (n_terms, n_columns) and intercepts (n_columns,), both over temperature; ``numbers`` are the terms', ascending,
    runs first."""

    numbers: Numbers
    n_runs: int
    idf: Floats
    weights: Floats
    intercepts: Floats
    heads: dict[str, Head]
    title_weight: int
    keys: _Keys

    def find(self, reading: Reading, words: list[str]) -> Found:
        """The known terms of a reading that was cut into ``words``."""
        codes = _codes(reading.masked)
        size = len(codes)
        lengths = np.fromiter(map(len, words), np.int64, len(words))
        word_ends = lengths.cumsum()
        starts = word_ends - lengths
        numbers = self._keys(size).of(codes, starts, word_ends)
        order = numbers.argsort()  # in order, neighbours are found near each other, and rows come out ascending
        ordered = numbers[order]
        place = self.numbers.searchsorted(ordered)
        hits = (self.numbers[place] == ordered).nonzero()[0]
        rows, which = place[hits], order[hits]
        every = np.arange(size + 1)
        firsts = np.concatenate((starts, every[:-2]))[which]
        ends = np.concatenate((word_ends, every[2:]))[which]
        edges = np.concatenate(([0], (rows[1:] != rows[:-1]).nonzero()[0] + 1)) if len(rows) else rows
        weight = 1 + (self.title_weight - 1) * (ends <= reading.title_length)
        distinct = rows[edges]
        known_words = len(rows) - int(rows.searchsorted(self.n_runs))
        return Found(distinct, self._values(distinct, np.add.reduceat(weight, edges)), edges, firsts, ends, starts, known_words)

    def _keys(self, size: int) -> _Keys:
        return self.keys if size <= len(self.keys.powers) else _Keys(size)

    def _values(self, rows: Ints, times: Ints) -> Floats:
        values: Floats = _GROWTH.take(times, mode="clip") * self.idf.take(rows)
        split = int(rows.searchsorted(self.n_runs))
        for block in (values[:split], values[split:]):
            if length := float(block @ block) ** 0.5:
                block *= np.float32(1 / length)
        return values

    def scores(self, found: Found) -> Floats:
        """The calibrated linear scores of all heads, (n_columns,)."""
        scores: Floats = found.values @ self.weights.take(found.rows, axis=0) + self.intercepts
        return scores

    def pull(self, found: Found, column: int, size: int) -> NDArray[np.float64]:
        """How much each of ``size`` characters adds to one column's score; with the intercept they add up to it.

        A term's part is shared evenly by its places, a place's part by its characters.
        """
        times = np.append(found.edges[1:], len(found.firsts)) - found.edges
        part = found.values * self.weights[found.rows, column] / times
        share = part.repeat(times) / (found.ends - found.firsts)
        edge = np.bincount(found.firsts, share, size + 1) - np.bincount(found.ends, share, size + 1)
        return edge[:size].cumsum()


def probabilities(scores: Floats, head: Head) -> Floats:
    """The probabilities of one head's classes, adding up to one."""
    raw = scores[head.columns]
    p: Floats = np.exp(raw - raw.max())
    p /= p.sum()
    return p


def compile_model(terms: LetterTerms, heads: dict[str, CalibratedLinear]) -> dict[str, Any]:
    """The fitted estimators as a state of plain containers and arrays, ready to be saved."""
    return {
        "layout": LAYOUT,
        "words": list(terms.word_terms_),
        "runs": list(terms.run_terms_),
        "idf": np.concatenate([terms.word_idf_, terms.run_idf_]),
        "title_weight": terms.title_weight,
        "heads": {
            name: {
                "classes": [str(c) for c in head.classes_],
                "intercept": head.intercept_.astype(np.float32),
                "temperature": head.temperature_,
                **_in_bytes(head.coef_),
            }
            for name, head in heads.items()
        },
    }


def _in_bytes(coef: NDArray[np.float64]) -> dict[str, Any]:
    """Weights as one signed byte each, (n_classes, n_terms), with one step per term (see ``model.WEIGHT_STEPS``)."""
    step = np.maximum(np.abs(coef).max(axis=0), 1e-12).astype(np.float32) / np.float32(WEIGHT_STEPS)
    return {"steps": np.rint(coef / step).astype(np.int8), "step": step}


LONGEST_READY = 4096  # characters for which powers are kept; a longer letter computes its own


def load_state(state: dict[str, Any]) -> CompiledModel:
    """The model that answers, from a saved state."""
    words, runs = state["words"], state["runs"]
    numbers = np.array([_number(run) & ~_Keys.WORD for run in runs] + [_number(word) | _Keys.WORD for word in words], np.uint64)
    shipped_order = np.concatenate((np.arange(len(words), len(words) + len(runs)), np.arange(len(words))))
    order = numbers.argsort(kind="stable")
    heads, weights, intercepts = _heads(state["heads"])
    return CompiledModel(
        numbers=np.append(numbers[order], np.uint64(2**64 - 1)),  # a last number beyond all others: a search never runs off the end
        n_runs=len(runs),
        idf=state["idf"][shipped_order][order],
        weights=np.ascontiguousarray(weights[shipped_order][order]),
        intercepts=intercepts,
        heads=heads,
        title_weight=state["title_weight"],
        keys=_Keys(LONGEST_READY),
    )


def _number(term: str) -> np.uint64:
    total = 0
    for place, character in enumerate(term):
        total += ord(character) * pow(_Keys.BASE, place, 1 << 64)
    return np.uint64(total % (1 << 64))


def _heads(saved: dict[str, Any]) -> tuple[dict[str, Head], Floats, Floats]:
    heads, columns, start = {}, [], 0
    for name, head in saved.items():
        stop = start + len(head["classes"])
        heads[name] = Head(tuple(head["classes"]), slice(start, stop))
        columns.append((head["steps"] * (head["step"] / head["temperature"])).T.astype(np.float32))
        start = stop
    intercepts = [head["intercept"] / np.float32(head["temperature"]) for head in saved.values()]
    return heads, np.ascontiguousarray(np.hstack(columns)), np.concatenate(intercepts).astype(np.float32)
