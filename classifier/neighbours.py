"""The training letters most like a letter (相近信件): what the model learnt its answer from, by number, never by text.

Of each training letter the model keeps its id, its category and its heaviest terms. Terms weigh as in ``features.LetterTerms``,
times the root of how much the categories' weights make of them: on real letters that finds more neighbours of the right
category than TF-IDF alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

    from classifier.corpus import LabelledLetter

KEPT = 24  # terms of a training letter
NEAREST = 3
MOST_SHARED = 6  # terms named for a neighbour
LIGHTEST = 1 / 255  # of a letter's heaviest term: what one byte can tell from nothing

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A training letter like the one that was asked about.

    ``category`` is empty for a text that is no petition; ``score`` is the cosine of both letters' terms, 0 to 1; ``shared`` are the
    words that they have in common, those that count most first (runs of characters where they have no word in common).
    """

    id: str
    category: str
    score: float
    shared: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Neighbours:
    """All training letters: ids and categories (n_letters,), the ``KEPT`` heaviest terms' rows and weights (n_letters, KEPT).

    A letter of fewer terms has weights 0 at its end. ``lengths`` (n_letters,) are those of the weights; ``names`` and ``emphasis``
    (n_terms,) are the terms, words before runs of characters, and how much the model makes of them.
    """

    ids: Sequence[str]
    categories: Sequence[str]
    rows: NDArray[np.unsignedinteger]
    weights: NDArray[np.uint8]
    lengths: Floats
    names: Sequence[str]
    n_words: int
    emphasis: Floats

    def nearest(self, rows: NDArray[np.int64], values: Floats, most: int = NEAREST) -> tuple[Neighbour, ...]:
        """The ``most`` letters nearest to one with these terms (rows and TF-IDF values, (n_found,)), nearest first.

        Letters that share no term are never named.
        """
        weighed = np.zeros(len(self.emphasis), np.float32)
        weighed[rows] = values * self.emphasis[rows]
        length = float(np.sqrt((weighed**2).sum()))
        if not length:
            return ()
        cosines = np.einsum("ij,ij->i", weighed[self.rows], self.weights, dtype=np.float32) / (self.lengths * length)
        order = np.argsort(-cosines, kind="stable")[:most]
        return tuple(self._neighbour(int(one), weighed, float(cosines[one])) for one in order if cosines[one] > 0)

    def _neighbour(self, one: int, weighed: Floats, score: float) -> Neighbour:
        carried = weighed[self.rows[one]] * self.weights[one]
        rows = [int(self.rows[one, at]) for at in np.argsort(-carried, kind="stable") if carried[at] > 0]
        shown = [row for row in rows if row < self.n_words] or rows  # runs of characters only where no word is shared
        terms = whole_terms([self.names[row] for row in shown])
        return Neighbour(self.ids[one], self.categories[one], round(min(score, 1.0), 4), terms)


def whole_terms(terms: Sequence[str], most: int = MOST_SHARED) -> tuple[str, ...]:
    """The first ``most`` terms, in order; one that is part of longer ones gives its place to the longest.

    >>> whole_terms(["拖欠", "拖欠工资", "欠工", "工地"])
    ('拖欠工资', '工地')
    """
    whole = [max((other for other in terms if term in other), key=len) for term in terms]
    return tuple([*dict.fromkeys(whole)][:most])


def neighbours_state(letters: Sequence[LabelledLetter], rows: csr_matrix, coef: NDArray[np.float64]) -> dict[str, Any]:
    """What the model keeps of its training letters, whose TF-IDF rows (n_letters, n_terms) these are; holds no text.

    ``coef`` (n_classes, n_terms) are the weights of the categories.
    """
    emphasis = np.sqrt(np.linalg.norm(coef, axis=0)).astype(np.float32)
    kept = np.zeros((len(letters), KEPT), np.uint16 if len(emphasis) <= np.iinfo(np.uint16).max + 1 else np.uint32)
    weights = np.zeros((len(letters), KEPT), np.uint8)
    for letter in range(len(letters)):
        row = slice(rows.indptr[letter], rows.indptr[letter + 1])
        terms, values = rows.indices[row], rows.data[row] * emphasis[rows.indices[row]]
        heaviest = np.argsort(-values, kind="stable")[:KEPT]
        heaviest = heaviest[values[heaviest] > values.max(initial=0) * LIGHTEST]
        kept[letter, : len(heaviest)] = terms[heaviest]
        weights[letter, : len(heaviest)] = np.rint(values[heaviest] / values.max(initial=1e-12) * 255)
    labels = sorted({letter.category for letter in letters})
    number = np.array([labels.index(letter.category) for letter in letters], np.uint16)
    ids = [letter.id for letter in letters]
    return {"ids": ids, "labels": labels, "categories": number, "terms": kept, "weights": weights, "emphasis": emphasis}


def load_neighbours(state: dict[str, Any]) -> Neighbours:
    """The training letters of a saved state of the whole model."""
    saved = state["neighbours"]
    lengths = np.sqrt((saved["weights"].astype(np.float32) ** 2).sum(axis=1))
    return Neighbours(
        ids=saved["ids"],
        categories=[saved["labels"][number] for number in saved["categories"]],
        rows=saved["terms"],
        weights=saved["weights"],
        lengths=np.maximum(lengths, np.float32(1)),
        names=[term for block in state["terms"] for term in block],
        n_words=len(state["terms"][0]),
        emphasis=saved["emphasis"],
    )
