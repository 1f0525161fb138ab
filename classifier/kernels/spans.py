"""Runs of neighbouring words that pulled the same way, and the few that are worth quoting."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from classifier.kernels import kernel

Ints = NDArray[np.int64]
Codes = NDArray[np.uint32]
Parts = NDArray[np.float64]

SCALE = 1000.0  # parts are said to three places


@kernel
def pulling_runs(parts: Parts, ends: Ints, share: float, share_against: float, longest: int) -> tuple[Ints, Parts]:
    """Neighbouring words that pulled the same way, each by more than a share of the strongest part: start, end, their sum."""
    places, sums = np.empty((len(parts), 2), np.int64), np.empty(len(parts), np.float64)
    strongest = 0.0
    for part in parts:
        strongest = max(strongest, part)
    least, least_against = share * strongest, share_against * strongest
    size = start = 0
    for word in range(len(parts)):
        part, end = parts[word], ends[word]
        if part > least or -part > least_against:
            before = size - 1
            if size and places[before, 1] == start and end - places[before, 0] <= longest and (sums[before] > 0) == (part > 0):
                places[before, 1] = end
                sums[before] += part
            else:
                places[size, 0], places[size, 1], sums[size] = start, end, part
                size += 1
        start = end
    return places[:size], sums[:size]


@kernel
def stands_in(codes: Codes, place: Ints, chosen: Ints, size: int) -> bool:
    """Whether one of the first ``size`` chosen places has the same characters."""
    length = place[1] - place[0]
    for other in range(size):
        if chosen[other, 1] - chosen[other, 0] == length:
            at = 0
            while at < length and codes[place[0] + at] == codes[chosen[other, 0] + at]:
                at += 1
            if at == length:
                return True
    return False


@kernel
def quoted_spans(
    parts: Parts, ends: Ints, codes: Codes, share: float, share_against: float, longest: int, most_towards: int, most_against: int
) -> tuple[Ints, Parts]:
    """The strongest runs towards, then against: start and end, and their sums, rounded; the same characters only once."""
    places, sums = pulling_runs(parts, ends, share, share_against, longest)
    chosen, weights = np.empty((most_towards + most_against, 2), np.int64), np.empty(most_towards + most_against, np.float64)
    size = 0
    for sign, most in ((1.0, most_towards), (-1.0, most_against)):
        full = size + most
        while size < full:
            best, highest = -1, 0.0
            for run in range(len(sums)):
                if sign * sums[run] > highest:
                    best, highest = run, sign * sums[run]
            if best < 0:
                break
            if not stands_in(codes, places[best], chosen, size):
                chosen[size], weights[size] = places[best], np.rint(sums[best] * SCALE) / SCALE
                size += 1
            sums[best] = 0.0
    return chosen[:size], weights[:size]
