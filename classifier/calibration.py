"""How sure to be: a temperature on scores, then the caution (slope, lift) that held-out rows grant the best class.

Guo et al. 2017, "On Calibration of Modern Neural Networks"; Platt 1999. Rows whose scores are NaN were never held out.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize, minimize_scalar
from scipy.special import expit, log_expit, log_softmax

COLDEST, HOTTEST = 0.05, 20.0
ENOUGH = 200  # held-out rows of a writer that can tell how sure to be
FAINTEST = 1e-30  # what all other classes together have at least, beside the best one

Floats = NDArray[np.float64]


def held_out(scores: Floats) -> NDArray[np.bool_]:
    """Which rows were held out, (n_rows,); a class that the others had no row of has score minus infinity, not NaN."""
    known: NDArray[np.bool_] = ~np.isnan(scores.sum(axis=1))
    return known


def temperature(scores: Floats, codes: NDArray[np.int64], weights: Floats | None = None) -> float:
    """The divisor of the scores that makes the right class of held-out rows most likely; 1 where nothing could be held out."""
    known = held_out(scores)
    known[known] &= np.isfinite(scores[known, codes[known]])  # a class unseen when the row was held out: no divisor helps
    if not known.any():
        return 1.0
    right = codes[known]
    weigh = None if weights is None else weights[known]

    def surprise(log_temperature: float) -> float:
        log_p = log_softmax(scores[known] / np.exp(log_temperature), axis=1)
        return float(-np.average(log_p[np.arange(len(right)), right], weights=weigh))

    best = minimize_scalar(surprise, bounds=(np.log(COLDEST), np.log(HOTTEST)), method="bounded")
    return round(float(np.exp(best.x)), 4)


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


def even_caution(
    scores: Floats, codes: NDArray[np.int64], groups: ArrayLike | None, weights: Floats | None = None
) -> tuple[float, float]:
    """Slope and lift under which being right is most likely on held-out rows, where every writer counts alike."""
    known = held_out(scores)
    if not known.any():
        return 1.0, 0.0
    rows = np.flatnonzero(known)
    odds, right = _log_odds(scores[rows]), scores[rows].argmax(axis=1) == codes[rows]
    writers = np.zeros(len(rows), np.int64) if groups is None else np.unique(np.asarray(groups)[rows], return_inverse=True)[1]
    weigh = np.ones(len(rows)) if weights is None else weights[rows]
    share = np.bincount(writers, weigh)[writers]
    readable = np.bincount(writers)[writers] >= ENOUGH
    chosen = readable if readable.any() else np.ones(len(rows), bool)
    return _caution(odds[chosen], right[chosen], (weigh / share)[chosen])


def _log_odds(scores: Floats) -> Floats:
    """Of the best class against all others, (n_rows,)."""
    p = cautious(scores, 1.0, 0.0).max(axis=1)
    odds: Floats = np.log(p / np.maximum(1 - p, FAINTEST))
    return odds


def _caution(odds: Floats, right: NDArray[np.bool_], weights: Floats) -> tuple[float, float]:
    """Slope (up to 1) and lift (no less than 0) under which being right is most likely."""
    sign = np.where(right, 1.0, -1.0)

    def surprise(pair: Floats) -> float:
        return float(np.average(-log_expit(sign * (pair[1] + pair[0] * odds)), weights=weights))

    best = minimize(surprise, np.array([0.5, 0.1]), bounds=[(0.05, 1.0), (0.0, 5.0)], method="L-BFGS-B")
    return round(float(best.x[0]), 4), round(float(best.x[1]), 4)
