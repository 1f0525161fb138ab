"""Echoes: the title of a letter as a short letter of its own, so that a reader of whole letters also learns to read one line.

An echo teaches and is never judged: where its letter is held out it is held out too, and it tells nothing about calibration.
See ``docs/decisions/0025-titles-are-learnt-as-letters.md``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack

from classifier.corpus import LabelledLetter
from classifier.features import LetterTerms

SHORTEST = 5  # characters; a shorter title says too little


@dataclass(frozen=True, slots=True)
class Echoes:
    """Rows (n_echoes, n_terms), the number of the row that each repeats in part, and what an echo counts beside its letter."""

    rows: csr_matrix
    owners: NDArray[np.int64]
    weight: float

    def beside(
        self,
        X: Any,  # noqa: ANN401
        codes: NDArray[np.int64],
        weights: NDArray[np.float64] | None,
        chosen: NDArray[np.int64],
    ) -> tuple[Any, NDArray[np.int64], NDArray[np.float64]]:
        """The chosen rows with the echoes of just these below, their codes, and what each counts.

        >>> echoes = Echoes(csr_matrix([[1.0], [2.0]]), np.array([0, 2]), 0.6)
        >>> rows, codes, weights = echoes.beside(csr_matrix([[5.0], [6.0], [7.0]]), np.array([0, 1, 1]), None, np.array([1, 2]))
        >>> rows.toarray().ravel().tolist(), codes.tolist(), weights.tolist()
        ([6.0, 7.0, 2.0], [1, 1, 1], [1.0, 1.0, 0.6])
        """
        counts = np.ones(len(codes)) if weights is None else weights
        own = np.isin(self.owners, chosen)
        echoing = self.owners[own]
        return (
            vstack([X[chosen], self.rows[own]], format="csr"),
            np.concatenate([codes[chosen], codes[echoing]]),
            np.concatenate([counts[chosen], self.weight * counts[echoing]]),
        )


def title_echoes(terms: LetterTerms, letters: Sequence[LabelledLetter], weight: float) -> Echoes | None:
    """The titles of letters that have a text too, read by fitted terms; None where there are none, or they count nothing.

    They add no term, so a name in a title does not count as said by two letters.
    """
    owners = [number for number, x in enumerate(letters) if len(x.title) >= SHORTEST and x.text]
    if not owners or not weight:
        return None
    return Echoes(terms.transform([f"{letters[number].title}\n" for number in owners]), np.array(owners, np.int64), weight)
