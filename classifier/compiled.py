"""The fitted model as plain arrays: what answers, in a fraction of a millisecond.

Same numbers as ``LetterTerms`` + ``CalibratedLinear`` (``tests/test_compiled.py``) without building sparse matrices for one letter:
``classifier.kernels`` walks once over a letter's words and pairs of characters, looks each up in one table of 64-bit numbers, and
each known term owns one row of weights for all heads. A head's temperature is divided into its columns.
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
LAYOUT = 2  # of the saved state; a later layout is refused by older code
_TIMES = np.maximum(np.arange(MOST_COUNTED + 1), 1)
_GROWTH = (1 + np.log(_TIMES)).astype(np.float32)  # a term's weight by how often it stands in a letter


@dataclass(frozen=True, slots=True)
class Head:
    """One question put to the same terms: its classes and their columns."""

    classes: tuple[str, ...]
    columns: slice


@dataclass(frozen=True, slots=True)
class Answer:
    """What the model says of one reading.

    ``probabilities`` and ``scores`` of all columns, (n_columns,); for each word the reading was cut into, its end and its part in
    the score of the most probable class of the first head; how many words are ``known`` terms.
    """

    probabilities: Floats
    scores: Floats
    parts: NDArray[np.float64]
    ends: NDArray[np.int64]
    known: int


@dataclass(frozen=True, slots=True)
class CompiledModel:
    """The table of terms, weights (n_terms, n_columns) and intercepts (n_columns,), both over temperature.

    Term ``numbers`` and their ``rows`` lie in an open-addressing table; words have the first ``n_words`` rows.
    """

    numbers: NDArray[np.uint64]
    rows: NDArray[np.int32]
    n_words: int
    idf: Floats
    weights: Floats
    intercepts: Floats
    heads: dict[str, Head]
    edges: NDArray[np.int64]
    title_weight: int

    def read(self, reading: Reading, words: list[str]) -> Answer:
        """Answer for a reading that was cut into ``words``."""
        from classifier.kernels import read_letter

        joined = np.frombuffer("\0".join(words).encode("utf-32-le", "replace"), np.uint32)
        return Answer(
            *read_letter(
                joined,
                reading.title_length,
                self.numbers,
                self.rows,
                self.n_words,
                self.idf,
                _GROWTH,
                self.weights,
                self.intercepts,
                self.edges,
                self.title_weight,
            )
        )


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


def load_state(state: dict[str, Any]) -> CompiledModel:
    """The model that answers, from a saved state."""
    from classifier.kernels import fill_table

    words, runs = state["words"], state["runs"]
    slots = 1 << (4 * (len(words) + len(runs)) // 3 + 1).bit_length()  # at most three in four are taken
    numbers, rows = np.zeros(slots, np.uint64), np.full(slots, -1, np.int32)
    fill_table(numbers, rows, _numbers(words, runs))
    heads, saved = _heads(state["heads"]), state["heads"].values()
    return CompiledModel(
        numbers=numbers,
        rows=rows,
        n_words=len(words),
        idf=state["idf"],
        weights=np.hstack([(head["steps"] * (head["step"] / head["temperature"])).T.astype(np.float32) for head in saved]),
        intercepts=np.concatenate([head["intercept"] / np.float32(head["temperature"]) for head in saved]),
        heads=heads,
        edges=np.array([0, *(head.columns.stop for head in heads.values())], np.int64),
        title_weight=state["title_weight"],
    )


def _numbers(words: list[str], runs: list[str]) -> NDArray[np.uint64]:
    from classifier.kernels import PAIR, WORD, term_number

    kinds = [(word, WORD) for word in words] + [(run, PAIR) for run in runs]
    codes = [(np.frombuffer(term.encode("utf-32-le"), np.uint32), kind) for term, kind in kinds]
    return np.array([term_number(term, 0, len(term), kind) for term, kind in codes], np.uint64)


def _heads(saved: dict[str, Any]) -> dict[str, Head]:
    heads, start = {}, 0
    for name, head in saved.items():
        stop = start + len(head["classes"])
        heads[name] = Head(tuple(head["classes"]), slice(start, stop))
        start = stop
    return heads
