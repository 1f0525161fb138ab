"""Known terms of a letter, what they say of each class, and how much each word pulled.

The table of terms is an open-addressing one whose size is a power of two: a slot holds the upper 44 bits of a term's 64-bit number
and, in the lower 20 bits, one more than its row; an empty slot is 0.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from classifier.kernels import kernel

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Codes = NDArray[np.uint32]
Slots = NDArray[np.uint64]
Steps = NDArray[np.int8]

MOST_TERMS = (1 << 20) - 1
WORD, PAIR = np.uint64(0xC2B2AE3D27D4EB4F), np.uint64(0)  # the same characters as a word and as a pair are two terms
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)  # odd and irregular: multiplying by it spreads code points over 64 bits
_FOLD = np.uint64(29)
_ROW = np.uint64(MOST_TERMS)
_ZERO, _ONE = np.uint64(0), np.uint64(1)


@kernel
def term_number(codes: Codes, start: int, end: int, kind: np.uint64) -> np.uint64:
    """A 64-bit number for the characters ``start:end`` as a term of a kind."""
    number = kind
    for at in range(start, end):
        number = (number + np.uint64(codes[at])) * _GOLDEN
        number ^= number >> _FOLD
    return number


@kernel
def find_row(slots: Slots, number: np.uint64) -> np.int64:
    """The row of a term, or -1."""
    mask = np.uint64(len(slots) - 1)
    slot = number & mask
    while slots[slot] != _ZERO:
        if (slots[slot] ^ number) <= _ROW:
            return np.int64(slots[slot] & _ROW) - np.int64(1)
        slot = (slot + _ONE) & mask
    return np.int64(-1)


@kernel
def fill_table(slots: Slots, terms: NDArray[np.uint64]) -> None:
    """Put every term's number and row into an empty table."""
    mask = np.uint64(len(slots) - 1)
    for row in range(len(terms)):
        slot = terms[row] & mask
        while slots[slot] != _ZERO:
            slot = (slot + _ONE) & mask
        slots[slot] = (terms[row] & ~_ROW) | np.uint64(row + 1)


@kernel
def find_terms(codes: Codes, ends: Ints, slots: Slots) -> tuple[Ints, Ints, Ints, int]:
    """The known terms where they stand: rows, first characters, ends, and how many of them are words."""
    most = len(ends) + len(codes)
    found, firsts, lasts = np.empty(most, np.int64), np.empty(most, np.int64), np.empty(most, np.int64)
    size = start = 0
    for end in ends:
        row = find_row(slots, term_number(codes, start, end, WORD))
        if row >= 0:
            found[size], firsts[size], lasts[size] = row, start, end
            size += 1
        start = end
    words = size
    for at in range(len(codes) - 1):
        row = find_row(slots, term_number(codes, at, at + 2, PAIR))
        if row >= 0:
            found[size], firsts[size], lasts[size] = row, at, at + 2
            size += 1
    return found[:size], firsts[:size], lasts[:size], words


@kernel
def by_row(found: Ints, rows: int) -> Ints:
    """The order in which the places of found terms are sorted by row, a term's places staying in order: a byte at a time."""
    order, other = np.arange(len(found)), np.empty(len(found), np.int64)
    shift = 0
    while rows >> shift > 0:
        starts = np.zeros(257, np.int64)
        for row in found:
            starts[((row >> shift) & 255) + 1] += 1
        for byte in range(255):
            starts[byte + 1] += starts[byte]
        for place in order:
            byte = (found[place] >> shift) & 255
            other[starts[byte]] = place
            starts[byte] += 1
        order, other = other, order
        shift += 8
    return order


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
def letter_terms(
    codes: Codes, ends: Ints, title: int, slots: Slots, n_words: int, idf: Floats, growth: Floats, title_weight: int
) -> tuple[Ints, Floats]:
    """The distinct known terms of a letter, by row, and their TF-IDF."""
    found, _, lasts, _ = find_terms(codes, ends, slots)
    order = by_row(found, len(idf))
    edges, values = weigh_terms(found, lasts, order, title, title_weight, growth, idf, n_words)
    return found[order[edges[:-1]]], values


@kernel
def add_up(rows: Ints, values: Floats, steps: Steps, scales: Floats, heads: Ints, scores: Floats) -> None:
    """Add the terms to the scores: a weight is a whole number of its term's steps, and each head has a step of its own."""
    for term in range(len(rows)):
        row = rows[term]
        for head in range(len(heads) - 1):
            scale = scales[row, head]
            for column in range(heads[head], heads[head + 1]):
                scores[column] += values[term] * (scale * np.float32(steps[row, column]))


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
    firsts: Ints,
    lasts: Ints,
    order: Ints,
    edges: Ints,
    values: Floats,
    weights: Floats,
    ends: Ints,
) -> NDArray[np.float64]:
    """How much each word adds to a score when each term has one weight: places share a term's part, characters a place's."""
    pull = np.zeros(ends[-1] if len(ends) else 0, np.float64)
    for term in range(len(values)):
        places = edges[term + 1] - edges[term]
        share = values[term] * weights[term] / places
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
    codes: Codes,
    ends: Ints,
    title: int,
    slots: Slots,
    n_words: int,
    idf: Floats,
    growth: Floats,
    steps: Steps,
    scales: Floats,
    intercepts: Floats,
    heads: Ints,
    title_weight: int,
) -> tuple[Floats, Floats, NDArray[np.float64], int]:
    """Probabilities, scores, each word's part in the best column of the first head, how many words are known."""
    found, firsts, lasts, known = find_terms(codes, ends, slots)
    order = by_row(found, len(idf))
    edges, values = weigh_terms(found, lasts, order, title, title_weight, growth, idf, n_words)
    rows, scores = found[order[edges[:-1]]], intercepts.copy()
    add_up(rows, values, steps, scales, heads, scores)
    best = int(scores[: heads[1]].argmax())
    weights = np.empty(len(rows), np.float32)
    for term in range(len(rows)):
        weights[term] = scales[rows[term], 0] * np.float32(steps[rows[term], best])
    parts = pull_of_words(firsts, lasts, order, edges, values, weights, ends)
    return softmax(scores, heads), scores, parts, known
