"""How sure to be: a temperature on scores and the caution (slope, lift) of the best class, as held-out rows grant them.

Guo et al. 2017, "On Calibration of Modern Neural Networks"; Platt 1999. Rows whose scores are NaN were never held out.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize, minimize_scalar
from scipy.special import expit, log_expit, logsumexp

COLDEST, HOTTEST = 0.05, 20.0
ENOUGH = 200  # held-out rows of a writer that can tell how sure to be
FAINTEST = 1e-30  # what all other classes together have at least, beside the best one

Floats = NDArray[np.float64]


def held_out(scores: Floats) -> NDArray[np.bool_]:
    """Which rows were held out, (n_rows,); a class that the others had no row of has score minus infinity, not NaN."""
    known: NDArray[np.bool_] = ~np.isnan(scores.sum(axis=1))
    return known


def cautious(scores: Floats, slope: float, lift: float) -> Floats:
    """Probabilities from scores, (n_rows, n_classes), the best class with log odds ``lift + slope * its own``.

    The other classes share the rest as before. With a slope up to 1 and no negative lift the best class stays the best.

    >>> cautious(np.log([[0.9, 0.1]]), 1.0, 0.0).round(3).tolist(), cautious(np.log([[0.9, 0.1]]), 0.5, 0.0).round(3).tolist()
    ([[0.9, 0.1]], [[0.75, 0.25]])
    """
    rows, best = np.arange(len(scores)), scores.argmax(axis=1)
    others = np.exp(scores - scores[rows, best][:, None])
    others[rows, best] = 0
    rest = np.maximum(others.sum(axis=1), FAINTEST)
    sure = expit(lift - slope * np.log(rest))
    p: Floats = others / rest[:, None] * (1 - sure)[:, None]
    p[rows, best] = sure
    return p


def calibrate(
    scores: Floats, codes: NDArray[np.int64], groups: ArrayLike | None = None, weights: Floats | None = None
) -> tuple[float, float, float]:
    """Temperature, slope and lift under which the right classes of held-out rows are likeliest, where every writer counts alike.

    Fitted together: the temperature that suits all classes at once leaves the best one and the others worse told apart. Without a
    held-out row 1, 1, 0.
    """
    rows = np.flatnonzero(held_out(scores))
    if not len(rows):
        return 1.0, 1.0, 0.0
    writers = np.zeros(len(rows), np.int64) if groups is None else np.unique(np.asarray(groups)[rows], return_inverse=True)[1]
    weigh = np.ones(len(rows)) if weights is None else weights[rows]
    readable = np.bincount(writers)[writers] >= ENOUGH
    chosen = readable if readable.any() else np.ones(len(rows), bool)
    seen, right, counts = scores[rows][chosen], codes[rows][chosen], (weigh / np.bincount(writers, weigh)[writers])[chosen]
    best = minimize_scalar(
        lambda log_temperature: _caution(seen / np.exp(log_temperature), right, counts)[0],
        bounds=(np.log(COLDEST), np.log(HOTTEST)),
        method="bounded",
    )
    temperature = round(float(np.exp(best.x)), 4)
    _, slope, lift = _caution(seen / temperature, right, counts)
    return temperature, round(slope, 4), round(lift, 4)


def _caution(scores: Floats, codes: NDArray[np.int64], weights: Floats) -> tuple[float, float, float]:
    """How surprising the right classes are at best under these scores, and the slope (up to 1) and lift (no less than 0) for it."""
    rows, best = np.arange(len(scores)), scores.argmax(axis=1)
    behind = scores - scores[rows, best][:, None]
    own = behind[rows, codes]
    behind[rows, best] = -np.inf
    rest = np.maximum(logsumexp(behind, axis=1), np.log(FAINTEST))
    sign = np.where(best == codes, 1.0, -1.0)
    among_others = np.where(
        (sign < 0) & np.isfinite(own), rest - own, 0.0
    )  # a class unseen when the row was held out: nothing helps

    def surprise(pair: Floats) -> float:
        return float(np.average(-log_expit(sign * (pair[1] - pair[0] * rest)), weights=weights))

    found = minimize(surprise, np.array([0.5, 0.1]), bounds=[(0.05, 1.0), (0.0, 5.0)], method="L-BFGS-B")
    return float(found.fun + np.average(among_others, weights=weights)), float(found.x[0]), float(found.x[1])
