"""Weights by margins: for labels with hundreds of letters each, one class against the rest does better than all at once.

The sum of two linear classifiers with squared hinge loss: one on the terms as they are, one on terms that count by how unevenly the
class uses them (Wang and Manning 2012, "Baselines and Bigrams": naive Bayes log-count ratios under a support vector machine). Both
are linear in the same terms, so that one row of weights a class holds their sum.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags
from sklearn.svm import LinearSVC

PLAIN_C, UNEVEN_C = 0.5, 0.1
LEAST_USE = 0.01  # added to a term's weight in a class and outside it: no ratio is infinite

Weights = tuple[NDArray[np.float64], NDArray[np.float64]]
Counts = NDArray[np.float64] | None


def by_margins(
    rows: Any,  # noqa: ANN401 - sparse or dense
    codes: NDArray[np.int64],
    seed: int,
    counts: Counts = None,
) -> Weights:
    """Weights (n_classes, n_features) and intercepts (n_classes,) of the classes in ``codes``, in their order.

    ``counts``: what each row counts, (n_rows,); None: all alike.
    """
    X = csr_matrix(rows, dtype=np.float64)
    pairs = [_against_the_rest(X, codes == code, seed, counts) for code in np.unique(codes)]
    return np.vstack([coef for coef, _ in pairs]), np.array([intercept for _, intercept in pairs])


def _against_the_rest(X: csr_matrix, inside: NDArray[np.bool_], seed: int, counts: Counts) -> tuple[NDArray[np.float64], float]:
    uneven = _unevenness(X if counts is None else csr_matrix(diags(counts) @ X), inside)
    plain, plain_bias = _separate(X, inside, PLAIN_C, seed, counts)
    other, other_bias = _separate(csr_matrix(X @ diags(uneven)), inside, UNEVEN_C, seed, counts)
    return plain + other * uneven, plain_bias + other_bias


def _separate(
    X: csr_matrix, inside: NDArray[np.bool_], strength: float, seed: int, counts: Counts
) -> tuple[NDArray[np.float64], float]:
    found = LinearSVC(C=strength, random_state=seed).fit(X, inside, counts)
    return found.coef_[0], float(found.intercept_[0])


def _unevenness(X: csr_matrix, inside: NDArray[np.bool_]) -> NDArray[np.float64]:
    """How far each term's share inside the class is from its share outside: absolute log ratio, (n_features,)."""
    use = abs(X)
    within, without = (np.asarray(use[rows].sum(axis=0)).ravel() + LEAST_USE for rows in (inside, ~inside))
    ratio: NDArray[np.float64] = np.abs(np.log((within / within.sum()) / (without / without.sum())))
    return ratio
