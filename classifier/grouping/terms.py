"""A letter's terms counted in machine code: words, runs of two and three characters, unordered pairs, numbers with a unit."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from classifier.grouping.term_table import find_row
from classifier.kernels import kernel
from classifier.kernels.term_table import GOLDEN, WORD, term_number
from classifier.kernels.term_table import RUN as PAIR

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Codes = NDArray[np.uint32]
Numbers = NDArray[np.uint64]
Bytes = NDArray[np.uint8]
Flags = NDArray[np.bool_]

WORDS, PAIRS, TRIPLES, CROSSED, COUNTED = 0, 1, 2, 3, 4  # the kinds of terms
KINDS = 5
TRIPLE, CROSS, COUNT = np.uint64(0xA0761D6478BD642F), np.uint64(0xE7037ED1A0B428DB), np.uint64(0x8EBC6AF09C88C6E3)
_ZERO, _NINE, _A, _Z = 48, 57, 97, 122
LONGEST_NUMBER = 4  # digits; longer ones are telephone numbers and the like, which say nothing of the matter
TITLE_WEIGHT = 2  # a term of the title counts as if it stood so many times more


@cache
def readable() -> Flags:
    """Which of 65,536 code points can be part of a term."""
    return np.array([chr(code).isalnum() for code in range(0x10000)])


@kernel
def is_ascii(code: int) -> bool:
    return (_ZERO <= code <= _NINE) or (_A <= code <= _Z)


@kernel
def crossed(a: np.uint32, b: np.uint32) -> np.uint64:
    """The number of two characters in either order: 中茂 and 茂中 are one."""
    low, high = (a, b) if a < b else (b, a)
    number = (CROSS + np.uint64(low)) * GOLDEN
    number ^= number >> np.uint64(29)
    number = (number + np.uint64(high)) * GOLDEN
    return number ^ (number >> np.uint64(29))


@kernel
def collect(codes: Codes, plain: Codes, ends: Ints, known: Flags) -> tuple[Numbers, Bytes, Ints]:
    """Every term where it stands: number, kind, end. ``codes`` have their digits masked, ``plain`` have not."""
    n = len(codes)
    numbers, kinds, lasts = np.empty(6 * n + 8, np.uint64), np.empty(6 * n + 8, np.uint8), np.empty(6 * n + 8, np.int64)
    size = start = 0
    for end in ends:
        if end - start >= 2 and codes[start] < 0x10000 and known[codes[start]]:
            numbers[size], kinds[size], lasts[size] = term_number(codes, start, end, WORD), WORDS, end
            size += 1
        start = end
    clear = 0  # readable characters in a row
    for at in range(n):
        clear = clear + 1 if codes[at] < 0x10000 and known[codes[at]] else 0
        if clear >= 2:
            numbers[size], kinds[size], lasts[size] = term_number(codes, at - 1, at + 1, PAIR), PAIRS, at + 1
            size += 1
            numbers[size], kinds[size], lasts[size] = crossed(codes[at - 1], codes[at]), CROSSED, at + 1
            size += 1
        if clear >= 3:
            numbers[size], kinds[size], lasts[size] = term_number(codes, at - 2, at + 1, TRIPLE), TRIPLES, at + 1
            size += 1
            numbers[size], kinds[size], lasts[size] = crossed(codes[at - 2], codes[at]), CROSSED, at + 1
            size += 1
    at = 0
    while at < n:
        if is_ascii(plain[at]):
            first = at
            while at < n and is_ascii(plain[at]):
                at += 1
            if at - first <= LONGEST_NUMBER and at < n and 0x4E00 <= plain[at] <= 0x9FFF:
                numbers[size], kinds[size], lasts[size] = term_number(plain, first, at + 1, COUNT), COUNTED, at + 1
                size += 1
        at += 1
    return numbers[:size], kinds[:size], lasts[:size]


@kernel
def count(numbers: Numbers, kinds: Bytes, lasts: Ints, title: int) -> tuple[Numbers, Bytes, Ints, Flags]:
    """The distinct terms: number, kind, how often (a title's term more), whether in the title."""
    order = np.argsort(numbers, kind="mergesort")
    n = len(order)
    some, kind, times, titled = np.empty(n, np.uint64), np.empty(n, np.uint8), np.empty(n, np.int64), np.zeros(n, np.bool_)
    size = at = 0
    while at < n:
        number = numbers[order[at]]
        some[size], kind[size], times[size] = number, kinds[order[at]], 0
        while at < n and numbers[order[at]] == number:
            times[size] += 1
            if lasts[order[at]] <= title:
                titled[size] = True
            at += 1
        if titled[size]:
            times[size] += TITLE_WEIGHT
        size += 1
    return some[:size], kind[:size], times[:size], titled[:size]


@kernel
def look_up(terms: Numbers, numbers: Numbers, rows: NDArray[np.int32], values: Floats) -> Floats:
    """The value of each term in an open-addressing table, 0 for an unknown one."""
    found = np.zeros(len(terms), np.float32)
    for at in range(len(terms)):
        row = find_row(numbers, rows, terms[at])
        if row >= 0:
            found[at] = values[row]
    return found


@kernel
def falling(rank: Floats) -> Ints:
    """The order in which these numbers, none below 0, fall, equal ones as they stand; a byte at a time, as sorting takes longer."""
    n = len(rank)
    bits = ~(rank + np.float32(0)).view(np.uint32)
    order, other = np.arange(n), np.empty(n, np.int64)
    for shift in range(0, 32, 8):
        starts = np.zeros(257, np.int64)
        for at in range(n):
            starts[((bits[at] >> np.uint32(shift)) & np.uint32(255)) + 1] += 1
        for byte in range(255):
            starts[byte + 1] += starts[byte]
        for place in order:
            own = (bits[place] >> np.uint32(shift)) & np.uint32(255)
            other[starts[own]] = place
            starts[own] += 1
        order, other = other, order
    return order
