"""Known terms of a letter, what they say of each class, and how much each word pulled."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from classifier.kernels import kernel
from classifier.kernels.term_table import RUN, WORD, find_row, one_more, passes, term_number

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Codes = NDArray[np.uint32]
Slots = NDArray[np.uint64]
Steps = NDArray[np.int8]
Sieve = NDArray[np.uint8]

LONGEST_RUN = 3
FAINTEST = np.float32(1e-30)  # see ``calibration.cautious``


@kernel
def find_terms(codes: Codes, ends: Ints, slots: Slots, sieve: Sieve) -> tuple[Ints, Ints, Ints, int]:
    """The known terms where they stand: rows, first characters, ends, and how many of them are words."""
    most = len(ends) + LONGEST_RUN * len(codes)
    numbers, firsts, lasts = np.empty(most, np.uint64), np.empty(most, np.int64), np.empty(most, np.int64)
    size = start = 0
    for end in ends:
        numbers[size], firsts[size], lasts[size] = term_number(codes, start, end, WORD), start, end
        size += passes(sieve, numbers[size])
        start = end
    words = size
    for at in range(len(codes)):
        number = RUN
        for last in range(at + 1, min(at + LONGEST_RUN, len(codes)) + 1):
            number = one_more(number, codes[last - 1])
            numbers[size], firsts[size], lasts[size] = number, at, last
            size += passes(sieve, number)
    return look_up(numbers[:size], firsts, lasts, words, slots)


@kernel
def look_up(numbers: Slots, firsts: Ints, lasts: Ints, words: int, slots: Slots) -> tuple[Ints, Ints, Ints, int]:
    """What ``find_terms`` gives, from what passed the sieve, of which the first are words."""
    found, size, known = np.empty(len(numbers), np.int64), 0, 0
    for at in range(len(numbers)):
        found[size], firsts[size], lasts[size] = find_row(slots, numbers[at]), firsts[at], lasts[at]
        size += found[size] >= 0
        if at < words:
            known = size
    return found[:size], firsts[:size], lasts[:size], known


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
    found: Ints, lasts: Ints, order: Ints, title: int, title_weight: float, growth: Floats, idf: Floats, blocks: Ints
) -> tuple[Ints, Floats]:
    """TF-IDF of the distinct terms: where their places begin in ``order``, and their values.

    In each block of rows ``blocks[i]:blocks[i + 1]`` title and text are brought to length one, then their sum.
    """
    size, most = len(order), len(growth) - 1
    edges, parts, block_of = np.empty(size + 1, np.int64), np.zeros((size, 2), np.float32), np.empty(size, np.int64)
    squares = np.zeros((len(blocks), 2), np.float32)
    distinct = at = block = 0
    while at < size:
        row, edges[distinct] = found[order[at]], at
        while row >= blocks[block + 1]:
            block += 1
        in_title = 0
        while at < size and found[order[at]] == row:
            in_title += lasts[order[at]] <= title
            at += 1
        block_of[distinct] = block
        for part, times in ((0, in_title), (1, at - edges[distinct] - in_title)):
            if times:
                parts[distinct, part] = growth[min(times, most)] * idf[row]
                squares[block, part] += parts[distinct, part] ** 2
        distinct += 1
    edges[distinct] = size
    values = sum_of_parts(parts[:distinct], block_of, squares, title_weight)
    return edges[: distinct + 1], values


@kernel
def sum_of_parts(parts: Floats, block_of: Ints, squares: Floats, title_weight: float) -> Floats:
    """Values of the terms from those in title and text (n_terms, 2), every block of terms brought to length one."""
    values, lengths = np.empty(len(parts), np.float32), np.zeros(len(squares), np.float32)
    shares = np.empty((len(squares), 2), np.float32)
    for block in range(len(squares)):
        for part in range(2):
            length = np.sqrt(squares[block, part])
            shares[block, part] = np.float32(title_weight if part == 0 else 1.0) / (length if length > 0 else np.float32(1))
    for term in range(len(parts)):
        block = block_of[term]
        values[term] = parts[term, 0] * shares[block, 0] + parts[term, 1] * shares[block, 1]
        lengths[block] += values[term] ** 2
    for term in range(len(parts)):
        values[term] /= np.sqrt(lengths[block_of[term]])
    return values


@kernel
def letter_terms(
    codes: Codes, ends: Ints, title: int, slots: Slots, sieve: Sieve, blocks: Ints, idf: Floats, growth: Floats, title_weight: float
) -> tuple[Ints, Floats]:
    """The distinct known terms of a letter, by row, and their TF-IDF."""
    found, _, lasts, _ = find_terms(codes, ends, slots, sieve)
    order = by_row(found, len(idf))
    edges, values = weigh_terms(found, lasts, order, title, title_weight, growth, idf, blocks)
    return found[order[edges[:-1]]], values


@kernel
def add_up(rows: Ints, values: Floats, steps: Steps, scales: Floats, heads: Ints, scores: Floats) -> None:
    """Add the terms to the scores: a weight is a whole number of its term's steps, and each head has a step of its own."""
    for term in range(len(rows)):
        row, value = rows[term], values[term]
        for head in range(len(heads) - 1):
            scale, first, last = scales[row, head], heads[head], heads[head + 1]
            sums, weights = scores[first:last], steps[row][first:last]  # one stretch of memory each: many columns at a time
            for column in range(len(sums)):
                sums[column] += value * (scale * np.float32(weights[column]))


@kernel
def add_cues(cues: Floats, weights: Floats, scores: Floats) -> None:
    """Add what the cues (width,) come to; most of a letter's are nought."""
    sums = np.zeros(len(weights), np.float32)
    for cue in range(len(cues)):
        if cues[cue] != 0:
            for column in range(len(sums)):
                sums[column] += weights[column, cue] * cues[cue]
    for column in range(len(sums)):
        scores[column] += sums[column]


@kernel
def probabilities(scores: Floats, heads: Ints, cautions: Floats) -> Floats:
    """Of each head's columns ``heads[i]:heads[i + 1]``, adding up to one; how sure of the best one, its caution says.

    ``calibration.cautious`` with slope and lift of every head, (n_heads, 2).
    """
    p = np.empty(len(scores), np.float32)
    for head in range(len(heads) - 1):
        start, stop = heads[head], heads[head + 1]
        best, rest = start + int(scores[start:stop].argmax()), np.float32(0)
        for column in range(start, stop):
            p[column] = np.exp(scores[column] - scores[best])
            if column != best:
                rest += p[column]
        rest = max(rest, FAINTEST)
        sure = np.float32(1) / (np.float32(1) + np.exp(cautions[head, 0] * np.log(rest) - cautions[head, 1]))
        for column in range(start, stop):
            p[column] = sure if column == best else p[column] / rest * (np.float32(1) - sure)
    return p


@kernel
def pull_of_words(
    firsts: Ints, lasts: Ints, order: Ints, edges: Ints, values: Floats, weights: Floats, ends: Ints
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
    cues: Floats,
    slots: Slots,
    sieve: Sieve,
    blocks: Ints,
    idf: Floats,
    growth: Floats,
    steps: Steps,
    scales: Floats,
    intercepts: Floats,
    heads: Ints,
    cautions: Floats,
    title_weight: float,
    cue_weights: Floats,
    cue_column: int,
) -> tuple[Floats, Floats, NDArray[np.float64], int]:
    """Probabilities, scores, each word's part in the best column of the first head, how many words are known.

    What ``cues`` (width,) come to by their weights (n_columns, width) is added to the columns from ``cue_column`` on.
    """
    found, firsts, lasts, known = find_terms(codes, ends, slots, sieve)
    order = by_row(found, len(idf))
    edges, values = weigh_terms(found, lasts, order, title, title_weight, growth, idf, blocks)
    rows, scores = found[order[edges[:-1]]], intercepts.copy()
    add_up(rows, values, steps, scales, heads, scores)
    add_cues(cues, cue_weights, scores[cue_column:])
    best = int(scores[: heads[1]].argmax())
    weights = np.empty(len(rows), np.float32)
    for term in range(len(rows)):
        weights[term] = scales[rows[term], 0] * np.float32(steps[rows[term], best])
    parts = pull_of_words(firsts, lasts, order, edges, values, weights, ends)
    return probabilities(scores, heads, cautions), scores, parts, known
