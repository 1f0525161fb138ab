"""What a letter's cues come to: how often and where each one's words stand, and which stand together in one sentence."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from classifier.kernels import kernel

Ints = NDArray[np.int64]
Codes = NDArray[np.uint32]
Floats = NDArray[np.float32]

SCALE = 1000.0  # parts are said to three places


@kernel
def is_one_of(code: np.uint32, marks: Codes) -> bool:
    """Whether a character is one of some marks."""
    found = False
    for mark in marks:
        found |= code == mark
    return found


@kernel
def sentence_numbers(codes: Codes, marks: Codes) -> Ints:
    """For each character which sentence it belongs to; a mark closes its own."""
    numbers, number = np.empty(len(codes), np.int64), 0
    for place in range(len(codes)):
        numbers[place] = number
        number += is_one_of(codes[place], marks)
    return numbers


@kernel
def cue_row(
    codes: Codes, title: int, hits: Ints, owners: Ints, cues: int, ending: int, most: int, marks: Codes, asking: Codes, pairs: Ints
) -> tuple[Floats, Ints]:
    """Numbers from 0 to 1 (see ``purpose.CueReader.row``), and each cue's last place, start and end, -1 where it has none.

    ``hits`` are ends, starts and words in the order of their starts; of words inside one another only the longest counts, whatever
    cues they belong to. A word without an owner (-1) says nothing itself (保安队长 is no 队长).
    """
    row, last = np.zeros(3 * cues + 3 + 2 * len(pairs), np.float32), np.full((cues, 2), -1, np.int64)
    numbers = sentence_numbers(codes, marks)
    present = np.zeros((1 + (numbers[-1] if len(codes) else 0), cues), np.bool_)
    late = max(len(codes) - ending, title)
    reached = 0
    for hit in range(len(hits)):
        end, start, cue = hits[hit, 0], hits[hit, 1], owners[hits[hit, 2]]
        if end <= reached or (hit + 1 < len(hits) and hits[hit + 1, 1] == start):
            continue  # inside a word that began earlier, or the beginning of a longer one
        reached = end
        if cue < 0:
            continue
        present[numbers[start], cue] = True
        if start >= last[cue, 1]:
            if start < title:
                row[3 * cue] = 1
            else:
                row[3 * cue + 1] = min(row[3 * cue + 1] + np.float32(1) / most, np.float32(1))
                if start >= late:
                    row[3 * cue + 2] = 1
            last[cue, 0], last[cue, 1] = start, end
    _questions(codes, title, asking, most, row[3 * cues : 3 * cues + 3])
    _together(present, title > 0, pairs, most, row[3 * cues + 3 :])
    return row, last


@kernel
def pulling_cues(weights: Floats, row: Floats, last: Ints, most: int, pairs: Ints, ends: Ints) -> tuple[Ints, NDArray[np.float64]]:
    """The cues that pulled most by these weights (width,), strongest first: their last places, start and end, and their parts.

    Half of what a pair pulled is each cue's. Only cues that are whole words, which end at ``ends``, count. The parts are rounded,
    as they are said.
    """
    parts = np.empty(len(last), np.float32)
    for cue in range(len(last)):
        at = 3 * cue
        parts[cue] = weights[at] * row[at] + weights[at + 1] * row[at + 1] + weights[at + 2] * row[at + 2]
    for pair in range(len(pairs)):
        at = 3 * len(last) + 3 + 2 * pair
        pulled = (weights[at] * row[at] + weights[at + 1] * row[at + 1]) / np.float32(2)
        parts[pairs[pair, 0]] += pulled
        parts[pairs[pair, 1]] += pulled
    places, pulls = np.empty((most, 2), np.int64), np.empty(most, np.float64)
    size = 0
    while size < most:
        best, highest = -1, np.float32(0)
        for cue in range(len(last)):
            if parts[cue] > highest and last[cue, 0] >= 0 and _are_words(last[cue, 0], last[cue, 1], ends):
                best, highest = cue, parts[cue]
        if best < 0:
            break
        places[size], pulls[size] = last[best], np.rint(np.float64(highest) * SCALE) / SCALE
        parts[best] = 0
        size += 1
    return places[:size], pulls[:size]


@kernel
def _are_words(start: int, end: int, ends: Ints) -> bool:
    """Whether one word or several fill the place from start to end."""
    first, last = np.searchsorted(ends, start), np.searchsorted(ends, end)
    return bool(last < len(ends) and ends[last] == end and (start == 0 or ends[first] == start))


@kernel
def _questions(codes: Codes, title: int, asking: Codes, most: int, row: Floats) -> None:
    """How many question marks the text has; whether text and title end in one."""
    asked, final = 0, -1
    for place in range(len(codes)):
        question = is_one_of(codes[place], asking)
        asked += question and place >= title
        if codes[place] > 32:
            final = place
            if place < title:
                row[2] = question
    row[0] = min(asked, most + 1) / np.float32(most + 1)
    row[1] = final >= 0 and is_one_of(codes[final], asking)


@kernel
def _together(present: NDArray[np.bool_], titled: bool, pairs: Ints, most: int, row: Floats) -> None:
    """In how many sentences of the text both cues of a pair stand; whether they do in the title."""
    for pair in range(len(pairs)):
        number = 0
        for sentence in range(len(present)):
            if present[sentence, pairs[pair, 0]] and present[sentence, pairs[pair, 1]]:
                if titled and sentence == 0:
                    row[2 * pair + 1] = 1
                else:
                    number += 1
        row[2 * pair] = min(number, most) / np.float32(most)
