"""The categories a letter is likeliest about, as they are said: their probabilities and that of the best one's domain."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from classifier.kernels import kernel

Ints = NDArray[np.int64]
Shares = NDArray[np.float64]

SCALE = 10_000.0  # probabilities are said to four places


@kernel
def said(p: float) -> float:
    """To four places, halves to the even neighbour, as ``round(p, 4)`` gives it."""
    return float(np.rint(p * SCALE) / SCALE)


@kernel
def leading(p: NDArray[np.float32], domains: Ints, most: int) -> tuple[Ints, Shares]:
    """The likeliest classes, best first, and their probabilities (n_classes,), then that of the best one's whole domain."""
    most = min(most, len(p))
    order, shares = np.empty(most, np.int64), np.zeros(most + 1, np.float64)
    taken = np.zeros(len(p), np.bool_)
    for place in range(most):
        best = -1
        for one in range(len(p)):
            if not taken[one] and (best < 0 or p[one] >= p[best]):
                best = one
        order[place], shares[place], taken[best] = best, said(np.float64(p[best])), True
    whole = 0.0
    for one in range(len(p)):
        if domains[one] == domains[order[0]]:
            whole += np.float64(p[one])
    shares[most] = said(whole)
    return order, shares
