"""An open-addressing table of terms by their whole numbers (``classifier.kernels.term_table``): a term's number to its row."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from classifier.kernels import kernel

Numbers = NDArray[np.uint64]

_TOP = np.uint64(17)
_ONE = np.uint64(1)


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
