"""The stretch of a letter that sounds most like a life in danger (see ``classifier.signals.alarm``)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from classifier.kernels import kernel

Codes = NDArray[np.uint32]
Values = NDArray[np.complex64]

ENOUGH = np.float32(600)  # squared rarities of some seventeen characters: fewer have not said enough to be loud
FULL_STOP, NOUGHT, BEYOND = ord("。"), ord("0"), 0xFFFD
_SPREAD = np.uint64(2_654_435_761)  # Knuth's multiplicative hash
_HALF, _LOW = np.uint64(16), np.uint64(0xFFFFFFFF)
_SHIFT = np.uint64(17)  # 32 - 15 bits of a slot


@kernel
def heard_as(code: int) -> int:
    """Latin letters and digits count as one character; a line's end is a sentence's, so that a missing title is no special case."""
    if code < 0x20:
        return FULL_STOP
    if NOUGHT <= code <= 0x7A:
        return NOUGHT
    return code if code < 0xD800 or 0xDFFF < code < 0x10000 else BEYOND


@kernel
def slot_of(key: np.uint64) -> np.uint64:
    """Where a pair of characters has its place among 2^15 slots."""
    return ((key * _SPREAD) & _LOW) >> _SHIFT


@kernel
def loudest_stretch(
    codes: Codes, singles: Values, owners: Codes, pairs: Values, longest: int, stretch: int, step: int, chance: float
) -> tuple[float, int, int]:
    """The loudest stretch of characters, and how loud all of them are; listens to ``longest`` characters.

    Gives the soft mean of the scores (the larger ``chance``, the nearer the mean; the smaller, the nearer the highest), and the
    loudest stretch's first character and end.
    """
    size, before = min(len(codes), longest), 0
    sums = np.zeros(size + 1, np.complex64)
    for at in range(size):
        code = heard_as(int(codes[at]))
        sums[at + 1] = sums[at] + singles[code]
        if at:
            key = (np.uint64(before) << _HALF) | np.uint64(code)
            slot = slot_of(key)
            if np.uint64(owners[slot]) == key:
                sums[at + 1] += pairs[slot]
        before = code
    highest, first, last, total, heard_at = -np.inf, 0, 0, 0.0, 0
    for start in range(0, max(1, size - stretch + step), step):
        end = min(start + stretch, size)
        heard = sums[end] - sums[start]
        score = heard.real / np.sqrt(max(heard.imag, ENOUGH))
        total, heard_at = total + np.exp(np.float64(score) / chance), heard_at + 1
        if score > highest:
            highest, first, last = score, start, end
    return chance * np.log(max(total / heard_at, 1e-300)), first, last
