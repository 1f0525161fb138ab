"""The arithmetic of one letter, compiled to machine code by numba; the only door to it, opened when a model is loaded.

Plain loops over arrays: numpy's own calls cost more than the numbers they move when a letter has two hundred characters. No fast
mathematics, so that every machine adds in the same order and a replay gives the same bytes. ``NUMBA_DISABLE_JIT=1`` runs all of it
as ordinary Python.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

Compiled = TypeVar("Compiled", bound=Callable[..., Any])
Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Codes = NDArray[np.uint32]
Numbers = NDArray[np.uint64]

GOLDEN = np.uint64(0x9E3779B97F4A7C15)  # odd and irregular: multiplying by it spreads code points over 64 bits
WORD, PAIR = np.uint64(0xC2B2AE3D27D4EB4F), np.uint64(0)  # the same characters as a word and as a pair are two terms
_FOLD, _TOP = np.uint64(29), np.uint64(17)
_ONE = np.uint64(1)


def kernel(function: Compiled) -> Compiled:
    """Compile a function at its first call; the machine code is kept beside the source where that can be written."""
    try:
        return cast(Compiled, numba.njit(cache=True)(function))
    except RuntimeError:  # nowhere to keep it: a read-only installation compiles at every start
        return cast(Compiled, numba.njit(function))


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


@kernel
def split_words(joined: Codes) -> tuple[Codes, Ints]:
    """Words joined by zeros: their characters in one row, and where each ends."""
    codes = np.empty(len(joined), np.uint32)
    ends = np.empty(len(joined) + 1, np.int64)
    size = words = 0
    for at in range(len(joined)):
        if joined[at] == 0:
            ends[words] = size
            words += 1
        else:
            codes[size] = joined[at]
            size += 1
    ends[words] = size
    return codes[:size], ends[: words + 1]


@kernel
def find_terms(codes: Codes, ends: Ints, numbers: Numbers, rows: NDArray[np.int32]) -> tuple[Ints, Ints, Ints, int]:
    """The known terms where they stand: rows, first characters, ends, and how many of them are words."""
    most = len(ends) + len(codes)
    found, firsts, lasts = np.empty(most, np.int64), np.empty(most, np.int64), np.empty(most, np.int64)
    size = start = 0
    for end in ends:
        row = find_row(numbers, rows, term_number(codes, start, end, WORD))
        if row >= 0:
            found[size], firsts[size], lasts[size] = row, start, end
            size += 1
        start = end
    words = size
    for at in range(len(codes) - 1):
        row = find_row(numbers, rows, term_number(codes, at, at + 2, PAIR))
        if row >= 0:
            found[size], firsts[size], lasts[size] = row, at, at + 2
            size += 1
    return found[:size], firsts[:size], lasts[:size], words


@kernel
def weigh_terms(
    found: Ints, lasts: Ints, order: Ints, title: int, title_weight: int, growth: Floats, idf: Floats, n_words: int
) -> tuple[Ints, Floats]:
    """TF-IDF of the distinct terms: where their places begin in ``order``, and their values; words and pairs have length one."""
    size = len(order)
    edges, values = np.empty(size + 1, np.int64), np.empty(size, np.float32)
    squares = np.zeros(2, np.float32)
    distinct = at = 0
    while at < size:
        row, edges[distinct], times = found[order[at]], at, 0
        while at < size and found[order[at]] == row:
            times += title_weight if lasts[order[at]] <= title else 1
            at += 1
        values[distinct] = growth[min(times, len(growth) - 1)] * idf[row]
        squares[0 if row < n_words else 1] += values[distinct] ** 2
        distinct += 1
    edges[distinct] = size
    lengths = np.sqrt(squares)
    for term in range(distinct):
        values[term] /= lengths[0 if found[order[edges[term]]] < n_words else 1]
    return edges[: distinct + 1], values[:distinct]


@kernel
def softmax(scores: Floats, heads: Ints) -> Floats:
    """Probabilities of each head's columns ``heads[i]:heads[i + 1]``, adding up to one head by head."""
    p = np.empty(len(scores), np.float32)
    for head in range(len(heads) - 1):
        start, stop = heads[head], heads[head + 1]
        highest, total = scores[start:stop].max(), np.float32(0)
        for column in range(start, stop):
            p[column] = np.exp(scores[column] - highest)
            total += p[column]
        for column in range(start, stop):
            p[column] /= total
    return p


@kernel
def pull_of_words(
    found: Ints,
    firsts: Ints,
    lasts: Ints,
    order: Ints,
    edges: Ints,
    values: Floats,
    weights: Floats,
    column: int,
    ends: Ints,
) -> NDArray[np.float64]:
    """How much each word adds to one column's score: a term's part is shared by its places, a place's part by its characters."""
    pull = np.zeros(ends[-1] if len(ends) else 0, np.float64)
    for term in range(len(values)):
        places = edges[term + 1] - edges[term]
        share = values[term] * weights[found[order[edges[term]]], column] / places
        for at in range(edges[term], edges[term + 1]):
            place = order[at]
            for character in range(firsts[place], lasts[place]):
                pull[character] += share / (lasts[place] - firsts[place])
    parts, start = np.zeros(len(ends), np.float64), 0
    for word in range(len(ends)):
        for character in range(start, ends[word]):
            parts[word] += pull[character]
        start = ends[word]
    return parts


@kernel
def read_letter(
    joined: Codes,
    title: int,
    numbers: Numbers,
    rows: NDArray[np.int32],
    n_words: int,
    idf: Floats,
    growth: Floats,
    weights: Floats,
    intercepts: Floats,
    heads: Ints,
    title_weight: int,
) -> tuple[Floats, Floats, NDArray[np.float64], Ints, int]:
    """Probabilities, scores, each word's part in the best column of the first head, the words' ends, how many are known."""
    codes, ends = split_words(joined)
    found, firsts, lasts, known = find_terms(codes, ends, numbers, rows)
    order = np.argsort(found, kind="mergesort")
    edges, values = weigh_terms(found, lasts, order, title, title_weight, growth, idf, n_words)
    scores = intercepts.copy()
    for term in range(len(values)):
        row = found[order[edges[term]]]
        for column in range(len(scores)):
            scores[column] += values[term] * weights[row, column]
    best = int(scores[: heads[1]].argmax())
    parts = pull_of_words(found, firsts, lasts, order, edges, values, weights, best, ends)
    return softmax(scores, heads), scores, parts, ends, known


@kernel
def loudest_stretch(
    codes: NDArray[np.uint16],
    singles: NDArray[np.complex64],
    owners: Codes,
    pairs: NDArray[np.complex64],
    shift: np.uint64,
    stretch: int,
    step: int,
) -> tuple[float, int, int]:
    """The stretch of characters with the highest score, its score, first character and end (see ``signals.alarm``)."""
    sums = np.zeros(len(codes) + 1, np.complex64)
    for at in range(len(codes)):
        sums[at + 1] = sums[at] + singles[codes[at]]
        if at:
            key = (np.uint64(codes[at - 1]) << np.uint64(16)) | np.uint64(codes[at])
            slot = ((key * np.uint64(2_654_435_761)) & np.uint64(0xFFFFFFFF)) >> shift
            if np.uint64(owners[slot]) == key:
                sums[at + 1] += pairs[slot]
    highest, first, last = -np.inf, 0, 0
    for start in range(0, max(1, len(codes) - stretch + step), step):
        end = min(start + stretch, len(codes))
        heard = sums[end] - sums[start]
        score = heard.real / np.sqrt(max(heard.imag, np.float32(1)))
        if score > highest:
            highest, first, last = score, start, end
    return highest, first, last
