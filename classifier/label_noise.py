"""Labels that may be slips (标注疑误), by confident learning: held out, the model is surer of another class than is usual there.

The rule of Northcutt, Jiang and Chuang 2021, "Confident Learning: Estimating Uncertainty in Dataset Labels": a class's threshold
is the mean probability that its own letters have of it; a letter is counted under the likeliest class whose threshold it passes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

FEWEST = 20  # rows of a class before a label of it may be doubted: a new category must be allowed to begin


@dataclass(frozen=True, slots=True)
class Suspect:
    """A letter whose label may be a slip: the label given, the likelier one and its probability, held out."""

    letter_id: str
    given: str
    likely: str
    p: float


def suspicious(scores: NDArray[np.float64], codes: NDArray[np.int64], doubtable: NDArray[np.bool_] | None) -> NDArray[np.bool_]:
    """Which doubtable rows are off the diagonal of the confident joint, (n_rows,); none where ``doubtable`` is None.

    ``scores`` (n_rows, n_classes) are of models that had not seen the row, NaN where there was none; ``codes`` the given classes.

    >>> scores = np.array([[3.0, 0]] + [[2.0, 0]] * 29 + [[0, 2.0]] * 30)
    >>> given = np.array([1] + [0] * 29 + [1] * 30)
    >>> np.flatnonzero(suspicious(scores, given, np.ones(60, bool))).tolist()
    [0]
    """
    none = np.zeros(len(codes), bool)
    known: NDArray[np.bool_] = np.isfinite(scores.max(axis=1))
    if doubtable is None or not known.any():
        return none
    p = _chances(scores, known)
    usual = _usual(p[known], codes[known])
    passed = np.where(p >= usual, p, -1.0)
    likely = passed.argmax(axis=1)
    counts = np.bincount(codes, minlength=scores.shape[1])
    found: NDArray[np.bool_] = known & doubtable & (passed.max(axis=1) > 0) & (likely != codes) & (counts[codes] >= FEWEST)
    return found


def _chances(scores: NDArray[np.float64], known: NDArray[np.bool_]) -> NDArray[np.float64]:
    p = np.zeros_like(scores)
    p[known] = softmax(scores[known], axis=1)
    return p


def _usual(p: NDArray[np.float64], codes: NDArray[np.int64]) -> NDArray[np.float64]:
    """Each class's threshold, (n_classes,); two where no row has the class: nobody passes it."""
    counts = np.bincount(codes, minlength=p.shape[1])
    own = np.bincount(codes, weights=p[np.arange(len(codes)), codes], minlength=p.shape[1])
    usual: NDArray[np.float64] = np.where(counts > 0, own / np.maximum(counts, 1), 2.0)
    return usual
