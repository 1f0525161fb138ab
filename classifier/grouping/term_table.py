"""Terms as 64-bit numbers, and an open-addressing table of them: a term's number to its row."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from classifier.kernels import kernel

Codes = NDArray[np.uint32]
Numbers = NDArray[np.uint64]

GOLDEN = np.uint64(0x9E3779B97F4A7C15)  # odd and irregular: multiplying by it spreads code points over 64 bits
WORD, PAIR = np.uint64(0xC2B2AE3D27D4EB4F), np.uint64(0)  # the same characters as a word and as a pair are two terms
_FOLD, _TOP = np.uint64(29), np.uint64(17)
_ONE = np.uint64(1)


@kernel
def term_number(codes: Codes, start: int, end: int, kind: np.uint64) -> np.uint64:
    """A 64-bit number for the characters ``start:end`` as a term of a kind."""
    number = kind
    for at in range(start, end):
        number = (number + np.uint64(codes[at])) * GOLDEN
        number ^= number >> _FOLD
    return number


@kernel
def find_row(numbers: Numbers, rows: NDArray[np.int32], number: np.uint64) -> int:
    """The row of a term in an open-addressing table whose size is a power of two, or -1."""
    mask = np.uint64(len(numbers) - 1)
    slot = (number >> _TOP) & mask
    while rows[slot] >= 0:
        if numbers[slot] == number:
            return int(rows[slot])
        slot = (slot + _ONE) & mask
    return -1


@kernel
def fill_table(numbers: Numbers, rows: NDArray[np.int32], terms: Numbers) -> None:
    """Put every term's number and row into an empty table."""
    mask = np.uint64(len(numbers) - 1)
    for row in range(len(terms)):
        slot = (terms[row] >> _TOP) & mask
        while rows[slot] >= 0:
            slot = (slot + _ONE) & mask
        numbers[slot] = terms[row]
        rows[slot] = row
