"""What each class is like: complement naive Bayes in the same terms, to stand beside a regression that learns how classes differ.

A regression leans on the few terms that told its training letters apart; a stranger may use others. Naive Bayes counts every term
for what it is, and so is less certain and less easily misled by who wrote the letters (Ng and Jordan 2001, "On Discriminative vs.
Generative Classifiers"; Rennie et al. 2003, "Tackling the Poor Assumptions of Naive Bayes"). Both are linear in the terms, so that
one table holds their sum. See ``docs/decisions/0027-a-regression-beside-naive-bayes.md``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.naive_bayes import ComplementNB

SMOOTHING = 0.5  # added to what each term comes to in each class


def likeness(
    rows: Any,  # noqa: ANN401 - sparse or dense
    codes: NDArray[np.int64],
    counts: NDArray[np.float64] | None,
    coef: NDArray[np.float64],
) -> NDArray[np.float64]:
    """How much each term speaks for each class, (n_classes, n_features), scaled to weigh as much in a score as ``coef``.

    ``rows`` are not negative; the classes are those in ``codes``, in their order. ``counts``: what each row counts, or None.

    >>> rows = np.array([[2.0, 0.0], [1.0, 1.0], [0.0, 2.0]])
    >>> likeness(rows, np.array([0, 0, 1]), None, np.array([[1.0, -1.0], [-1.0, 1.0]])).round(1).tolist()
    [[1.1, -0.8], [-1.1, 0.8]]
    """
    spoken = ComplementNB(alpha=SMOOTHING).fit(rows, codes, counts).feature_log_prob_
    spoken = spoken - spoken.mean(axis=0)
    spread = float(np.std(rows @ spoken.T))
    weighed: NDArray[np.float64] = spoken * (float(np.std(rows @ coef.T)) / spread if spread else 0.0)
    return weighed
