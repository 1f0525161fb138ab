"""Which terms two letters share: one letter's terms in a small table, the other's looked up in it.

Faster than walking over both lists at once: most terms of the other letter meet an empty slot.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from classifier.grouping.terms import Ints
from classifier.kernels import kernel

Terms = NDArray[np.uint32]
Places = NDArray[np.int16]
SLOTS = 1024  # of the table of a letter's terms, of which a profile keeps 250 at most (``profiling.KEPT``)
_SPREAD, _TOP = np.uint32(0x9E3779B1), np.uint32(22)  # a term's slot: the upper ten bits


@kernel
def places_of(terms: Terms) -> Places:
    """A table that leads from a term to its (first) place among ``terms``."""
    places = np.full(SLOTS, -1, np.int16)
    for at in range(min(len(terms), SLOTS // 2)):
        slot = np.int64(np.uint32(terms[at] * _SPREAD) >> _TOP)
        while places[slot] >= 0 and terms[places[slot]] != terms[at]:
            slot = (slot + 1) & (SLOTS - 1)
        if places[slot] < 0:
            places[slot] = at
    return places


@kernel
def meet(terms: Terms, places: Places, others: Terms, start: int, end: int, here: Ints, there: Ints) -> int:
    """Which of ``terms`` (places ``here``) stand among ``others[start:end]`` (``there``), ascending; gives how many.

    Two terms of a letter may have one number; then its first meets the other letter's first, its second the second.
    """
    size = 0
    for other in range(start, end):
        term = others[other]
        slot = np.int64(np.uint32(term * _SPREAD) >> _TOP)
        while places[slot] >= 0:
            at = np.int64(places[slot])
            if terms[at] == term:
                before = other
                while before > start and others[before - 1] == term:
                    at, before = at + 1, before - 1
                if at < len(terms) and terms[at] == term:
                    here[size], there[size] = at, other
                    size += 1
                break
            slot = (slot + 1) & (SLOTS - 1)
    return size


@kernel
def first_of(terms: Terms, start: int, end: int, least: np.uint32) -> int:
    """Where the terms from ``least`` on begin."""
    while start < end:
        middle = (start + end) // 2
        if terms[middle] < least:
            start = middle + 1
        else:
            end = middle
    return start
