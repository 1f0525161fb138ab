"""The fitted model as plain arrays: what answers, in a fraction of a millisecond.

Same numbers as ``LetterTerms`` + ``CalibratedLinear`` (``tests/test_compiled.py``) without building sparse matrices for one letter:
``classifier.kernels.terms`` walks once over a letter's words and runs of characters, looks each up in one table of 64-bit numbers,
and each known term owns one row of weights for all heads. Weights stay the bytes they are stored as, so that all of them fit into a
processor's own cache; a head's temperature is divided into its steps.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from classifier.purpose import CueReader, Cues, cue_reader
from classifier.text import MOST_COUNTED, Positions, Reading, codes_of

if TYPE_CHECKING:  # whoever only answers does not wait for scikit-learn
    from classifier.features import LetterTerms
    from classifier.model import CalibratedLinear

Floats = NDArray[np.float32]
SILENT = np.empty(0, np.float32)  # no cues
LAYOUT = 3  # of the saved state; a later layout is refused by older code
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

    ``probabilities`` and ``scores`` of all columns, (n_columns,); for each word the reading was cut into its part in the score of
    the most probable class of the first head; how many words are ``known`` terms.
    """

    probabilities: Floats
    scores: Floats
    parts: NDArray[np.float64]
    known: int


@dataclass(frozen=True, slots=True)
class Hearing:
    """What heads learnt of cues: weights (n_columns, width) over their temperatures, of all columns from ``column`` on."""

    reader: CueReader
    weights: Floats
    column: int

    def weights_of(self, head: Head) -> Floats:
        """The weights of one head, (n_classes, width)."""
        return self.weights[head.columns.start - self.column : head.columns.stop - self.column]


@dataclass(frozen=True, slots=True)
class CompiledModel:
    """The table of terms, their weights and the intercepts (n_columns,), both over temperature.

    Row r of ``steps`` (n_terms, n_columns) times the head's column of row r of ``scales`` (n_terms, n_heads) is term r's weights.
    Block b of terms (words, then runs by their length) has the rows ``blocks[b]:blocks[b + 1]``, head h the columns
    ``edges[h]:edges[h + 1]`` and the slope and lift ``cautions[h]``.
    """

    slots: NDArray[np.uint64]
    sieve: NDArray[np.uint8]
    blocks: NDArray[np.int64]
    idf: Floats
    steps: NDArray[np.int8]
    scales: Floats
    intercepts: Floats
    heads: dict[str, Head]
    edges: NDArray[np.int64]
    cautions: Floats
    title_weight: float
    read_letter: Callable[..., tuple[Floats, Floats, NDArray[np.float64], int]]
    letter_terms: Callable[..., tuple[Positions, Floats]]
    cue_weights: Floats
    cue_column: int
    hearing: Hearing | None = None

    def terms(self, reading: Reading, ends: Positions) -> tuple[Positions, Floats]:
        """The rows of the reading's known terms, ascending, and their TF-IDF: what ``LetterTerms.transform`` gives."""
        return self.letter_terms(
            reading.hidden, ends, reading.title_length, self.slots, self.sieve, self.blocks, self.idf, _GROWTH, self.title_weight
        )

    def read(self, reading: Reading, ends: Positions, cues: Floats = SILENT) -> Answer:
        """Answer for a reading whose words end at ``ends``; ``cues`` (width,) are what ``hearing`` heard, else nothing was."""
        return Answer(*self.read_letter(reading.hidden, ends, reading.title_length, cues, *self.tables))

    @property
    def tables(self) -> tuple[Any, ...]:
        """What ``read_letter`` asks for, but for the letter."""
        return (
            *(self.slots, self.sieve, self.blocks, self.idf, _GROWTH),
            *(self.steps, self.scales, self.intercepts, self.edges, self.cautions),
            *(self.title_weight, self.cue_weights, self.cue_column),
        )


@cache
def leading() -> Callable[..., tuple[Positions, NDArray[np.float64]]]:
    """The kernel that picks the candidates (see ``classifier.kernels.candidates``)."""
    from classifier.kernels.candidates import leading

    return leading


def compile_model(terms: LetterTerms, heads: dict[str, CalibratedLinear], cues: Cues | None = None) -> dict[str, Any]:
    """The fitted estimators as a state of plain containers and arrays, to be saved; a head's columns after the terms are cues."""
    width = sum(map(len, terms.terms_))
    return {
        "layout": LAYOUT,
        "cues": {name: list(words) for name, words in (cues or {}).items()},
        "terms": terms.terms_,
        "idf": terms.idf_,
        "title_weight": terms.title_weight,
        "heads": {
            name: {
                "classes": [str(c) for c in head.classes_],
                "intercept": head.intercept_.astype(np.float32),
                "temperature": head.temperature_,
                "caution": head.caution_,
                **_in_bytes(head.coef_[:, :width]),
                "cues": head.coef_[:, width:].astype(np.float32),
            }
            for name, head in heads.items()
        },
    }


def _in_bytes(coef: NDArray[np.float64]) -> dict[str, Any]:
    """Weights as one signed byte each, (n_classes, n_terms), with one step per term (see ``model.WEIGHT_STEPS``)."""
    from classifier.model import WEIGHT_STEPS

    step = np.maximum(np.abs(coef).max(axis=0), 1e-12).astype(np.float32) / np.float32(WEIGHT_STEPS)
    return {"steps": np.rint(coef / step).astype(np.int8), "step": step}


def load_state(state: dict[str, Any]) -> CompiledModel:
    """The model that answers, from a saved state; raises ValueError for more terms than the table can number."""
    from classifier.kernels.term_table import MOST_TERMS, RUN, SIEVE, WORD, fill_table
    from classifier.kernels.terms import letter_terms, read_letter

    blocks = np.cumsum([0, *map(len, state["terms"])])
    if blocks[-1] > MOST_TERMS:
        raise ValueError(f"more than {MOST_TERMS} terms")
    slots = np.zeros(1 << int(2 * blocks[-1] + 1).bit_length(), np.uint64)  # at most one in two is taken
    sieve = np.zeros(SIEVE, np.uint8)
    for number, terms in enumerate(state["terms"]):
        fill_table(slots, sieve, codes_of("".join(f"{term}\n" for term in terms)), blocks[number], RUN if number else WORD)
    heads, saved = _heads(state["heads"]), state["heads"].values()
    hearing = _hearing(state, heads)
    return CompiledModel(
        slots=slots,
        sieve=sieve,
        blocks=blocks,
        idf=state["idf"],
        steps=np.ascontiguousarray(np.vstack([head["steps"] for head in saved]).T),
        scales=np.column_stack([head["step"] / head["temperature"] for head in saved]).astype(np.float32),
        intercepts=np.concatenate([head["intercept"] / np.float32(head["temperature"]) for head in saved]),
        heads=heads,
        edges=np.array([0, *(head.columns.stop for head in heads.values())], np.int64),
        cautions=np.array([head["caution"] for head in saved], np.float32),
        title_weight=state["title_weight"],
        read_letter=read_letter,
        letter_terms=letter_terms,
        cue_weights=np.empty((0, 0), np.float32) if hearing is None else hearing.weights,
        cue_column=0 if hearing is None else hearing.column,
        hearing=hearing,
    )


def _hearing(state: dict[str, Any], heads: dict[str, Head]) -> Hearing | None:
    """What was learnt of cues; a model from before cues has none."""
    saved = state["heads"]
    heard = [name for name in heads if saved[name].get("cues", SILENT).size] if state.get("cues") else []
    if not heard:
        return None
    first = min(heads[name].columns.start for name in heard)
    width = saved[heard[0]]["cues"].shape[1]
    weights = [
        saved[name]["cues"] / np.float32(saved[name]["temperature"]) if name in heard else np.zeros((len(head.classes), width))
        for name, head in heads.items()
        if head.columns.start >= first
    ]
    return Hearing(cue_reader(state["cues"]), np.ascontiguousarray(np.vstack(weights), np.float32), first)


def _heads(saved: dict[str, Any]) -> dict[str, Head]:
    heads, start = {}, 0
    for name, head in saved.items():
        stop = start + len(head["classes"])
        heads[name] = Head(tuple(head["classes"]), slice(start, stop))
        start = stop
    return heads
