"""Words found by their beginnings, and a letter cut into words: jieba's algorithm over a table of all words and their prefixes.

The table is an open-addressing one whose size is a power of two. A slot holds the upper 44 bits of a prefix's 64-bit number and,
in the lower 20 bits, the value of the word that it is; 0 where it only begins words. An empty slot is 0.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from classifier.kernels import kernel

Codes = NDArray[np.uint32]
Ints = NDArray[np.int64]
Slots = NDArray[np.uint64]
Weights = NDArray[np.float64]
Sieve = NDArray[np.uint8]

MOST = (1 << 20) - 1  # the largest value
SIEVE = 1 << 16  # bits: small enough to stay beside the processor
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)  # odd and irregular: multiplying by it spreads code points over 64 bits
_FOLD = np.uint64(29)
_VALUE = np.uint64(MOST)
_ZERO, _ONE = np.uint64(0), np.uint64(1)
_BLANK, _LINE_END, _RETURN, _NOUGHT = ord(" "), ord("\n"), ord("\r"), ord("0")


@kernel
def longer(number: np.uint64, code: int) -> np.uint64:
    """The number of a prefix with one more character; the empty one's is 0."""
    number = (number + np.uint64(code)) * _GOLDEN
    return number ^ (number >> _FOLD)


@kernel
def slot_of(slots: Slots, number: np.uint64) -> np.uint64:
    """Where the prefix of this number is or would be."""
    mask = np.uint64(len(slots) - 1)
    slot = number & mask
    while slots[slot] != _ZERO and (slots[slot] ^ number) > _VALUE:
        slot = (slot + _ONE) & mask
    return slot


@kernel
def value_of(slots: Slots, number: np.uint64) -> np.int64:
    """The value of the word of this number, 0 for the beginning of words, -1 where nothing begins so."""
    mask = np.uint64(len(slots) - 1)
    slot = number & mask
    while slots[slot] != _ZERO:
        if (slots[slot] ^ number) <= _VALUE:
            return np.int64(slots[slot] & _VALUE)
        slot = (slot + _ONE) & mask
    return np.int64(-1)


@kernel
def put(slots: Slots, word: Codes, value: int) -> None:
    """Add a word with all its beginnings, or give it another value."""
    number, slot = _ZERO, _ZERO
    for code in word:
        number = longer(number, code)
        slot = slot_of(slots, number)
        if slots[slot] == _ZERO:
            slots[slot] = number & ~_VALUE
    slots[slot] = (number & ~_VALUE) | np.uint64(value)


@kernel
def read_dictionary(text: Codes, slots: Slots) -> Weights:
    """Add the lines ``word frequency …`` of a dictionary.

    A word's value stands for its frequency; gives the logarithm of that frequency's share in the total for each value. Value 0 has
    the share of a frequency of 1: that of a character which is no word, as in jieba.
    """
    numbers, frequencies = np.zeros(MOST + 1, np.int64), np.ones(MOST + 1, np.int64)
    values = total = at = 0
    while at < len(text):
        start = at
        while text[at] != _BLANK:
            at += 1
        word = text[start:at]
        at, frequency = at + 1, 0
        while _NOUGHT <= text[at] <= _NOUGHT + 9:
            frequency = frequency * 10 + int(text[at]) - _NOUGHT
            at += 1
        while text[at] != _LINE_END:
            at += 1
        at, total = at + 1, total + frequency
        frequency = min(frequency, MOST)
        if frequency and not numbers[frequency]:
            values += 1
            numbers[frequency], frequencies[values] = values, frequency
        put(slots, word, numbers[frequency])
    shares = np.empty(values + 1, np.float64)
    for value in range(values + 1):
        shares[value] = math.log(frequencies[value]) - math.log(total)
    return shares


@kernel
def is_latin(code: int) -> bool:
    """Whether single characters of this kind, one after the other, are one word: ASCII letters and digits."""
    return 0x30 <= code <= 0x39 or 0x41 <= code <= 0x5A or 0x61 <= code <= 0x7A


@kernel
def in_block(code: int) -> bool:
    """Whether it can be part of a word at all; any other character is one of its own (jieba's ``re_han_default``)."""
    return 0x4E00 <= code <= 0x9FD5 or is_latin(code) or code in (0x23, 0x25, 0x26, 0x2B, 0x2D, 0x2E, 0x5F)  # #%&+-._


@kernel
def likeliest(codes: Codes, slots: Slots, shares: Weights) -> Ints:
    """Where the word that begins at each character ends on the likeliest way through the text, found from its end."""
    size = len(codes)
    ends, scores = np.empty(size, np.int64), np.zeros(size + 1, np.float64)
    for start in range(size - 1, -1, -1):
        ends[start] = start + 1
        if not in_block(codes[start]):
            continue
        highest, number, end = -np.inf, _ZERO, start
        while end < size and in_block(codes[end]):
            number = longer(number, codes[end])
            value = value_of(slots, number)
            if value < 0:
                break
            end += 1
            if value > 0 and shares[value] + scores[end] >= highest:
                highest, ends[start] = shares[value] + scores[end], end
        scores[start] = highest if highest > -np.inf else shares[0] + scores[start + 1]
    return ends


@kernel
def cut_words(codes: Codes, slots: Slots, shares: Weights) -> Ints:
    """Where each word of the text ends, as ``jieba.cut(text, HMM=False)`` cuts it."""
    ends, likely = np.empty(len(codes), np.int64), likeliest(codes, slots, shares)
    at = words = 0
    while at < len(codes):
        end = likely[at]
        if codes[at] == _RETURN and end < len(codes) and codes[end] == _LINE_END:
            end += 1
        if end == at + 1 and is_latin(codes[at]):
            while end < len(codes) and likely[end] == end + 1 and is_latin(codes[end]):
                end += 1
        ends[words] = at = end
        words += 1
    return ends[:words]


@kernel
def sieve_place(first: int, second: int) -> int:
    """The place of two characters in a sieve; 0 stands for no second one."""
    return ((first * 0x9E3779B1 + second * 0x85EBCA77) >> 13) & (SIEVE - 1)


@kernel
def passes(sieve: Sieve, place: int) -> bool:
    """Whether the bit of a place is set."""
    return bool((sieve[place >> 3] >> (place & 7)) & 1)


@kernel
def add_to_list(slots: Slots, sieve: Sieve, word: Codes, value: int) -> None:
    """Add a word to a list; the sieve lets its first two characters pass."""
    put(slots, word, value)
    place = sieve_place(word[0], word[1] if len(word) > 1 else 0)
    sieve[place >> 3] |= 1 << (place & 7)


@kernel
def find_words(codes: Codes, slots: Slots, sieve: Sieve) -> Ints:
    """All words of a list that stand in the text, those inside others too: end, start and value - 1 of each, (n_found, 3)."""
    found, size = np.empty((16, 3), np.int64), 0
    for start in range(len(codes)):
        second = codes[start + 1] if start + 1 < len(codes) else 0
        if not (passes(sieve, sieve_place(codes[start], second)) or passes(sieve, sieve_place(codes[start], 0))):
            continue
        number = _ZERO
        for end in range(start, len(codes)):
            number = longer(number, codes[end])
            value = value_of(slots, number)
            if value < 0:
                break
            if value > 0:
                if size == len(found):
                    found = np.concatenate((found, np.empty_like(found)))
                found[size] = end + 1, start, value - 1
                size += 1
    return found[:size]


@kernel
def find_in_lists(codes: Codes, slots: Slots, sieve: Sieve, numbers: Ints) -> tuple[Ints, Ints]:
    """What ``find_words`` finds of several lists, list by list, from one pass, and where the rows of each list begin and end.

    ``numbers`` (n_lists, n_words) is each word's number on each list, -1 where it does not stand on it.
    """
    found = find_words(codes, slots, sieve)
    rows, edges, size = np.empty((len(found) * len(numbers), 3), np.int64), np.zeros(len(numbers) + 1, np.int64), 0
    for one in range(len(numbers)):
        for at in range(len(found)):
            number = numbers[one, found[at, 2]]
            if number >= 0:
                rows[size, 0], rows[size, 1], rows[size, 2] = found[at, 0], found[at, 1], number
                size += 1
        edges[one + 1] = size
    return rows[:size], edges
