"""The table of a model's terms: an open-addressing one whose size is a power of two, with a sieve before it.

A slot holds the upper 44 bits of a term's 64-bit number and, in the lower 20 bits, one more than its row; an empty slot is 0. Nine
in ten unknown words and runs do not pass the sieve of 2^19 bits.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from classifier.kernels import kernel

Codes = NDArray[np.uint32]
Slots = NDArray[np.uint64]
Sieve = NDArray[np.uint8]

MOST_TERMS = (1 << 20) - 1
WORD, RUN = np.uint64(0xC2B2AE3D27D4EB4F), np.uint64(0)  # the same characters as a word and as a run are two terms
GOLDEN = np.uint64(0x9E3779B97F4A7C15)  # odd and irregular: multiplying by it spreads code points over 64 bits
_FOLD = np.uint64(29)
_ROW = np.uint64(MOST_TERMS)
_ZERO, _ONE = np.uint64(0), np.uint64(1)
SIEVE = 1 << 16  # bytes: small enough to stay close to the processor
_TOP, _BYTE, _BIT = np.uint64(45), np.uint64(3), np.uint64(7)  # the upper 19 bits of a number: place of a byte, of a bit in it
_LINE_END = ord("\n")


@kernel
def one_more(number: np.uint64, code: np.uint32) -> np.uint64:
    """The number of a term and the character after it."""
    number = (number + np.uint64(code)) * GOLDEN
    return number ^ (number >> _FOLD)


@kernel
def term_number(codes: Codes, start: int, end: int, kind: np.uint64) -> np.uint64:
    """A 64-bit number for the characters ``start:end`` as a term of a kind."""
    number = kind
    for at in range(start, end):
        number = one_more(number, codes[at])
    return number


@kernel
def sieve_bit(number: np.uint64) -> tuple[np.uint64, np.uint8]:
    """The byte of the sieve that a number belongs to, and its bit there."""
    place = number >> _TOP
    return place >> _BYTE, np.uint8(_ONE << (place & _BIT))


@kernel
def passes(sieve: Sieve, number: np.uint64) -> int:
    """1 where the sieve lets a number pass, else 0: a number and not a condition, so that nothing is guessed ahead."""
    byte, _ = sieve_bit(number)
    return int((sieve[byte] >> np.uint8((number >> _TOP) & _BIT)) & np.uint8(1))


@kernel
def find_row(slots: Slots, number: np.uint64) -> np.int64:
    """The row of a term, or -1."""
    mask = np.uint64(len(slots) - 1)
    slot = number & mask
    while slots[slot] != _ZERO and (slots[slot] ^ number) > _ROW:
        slot = (slot + _ONE) & mask
    return np.int64(slots[slot] & _ROW) - np.int64(1)


@kernel
def fill_table(slots: Slots, sieve: Sieve, lines: Codes, row: int, kind: np.uint64) -> None:
    """Put terms of a kind, one a line, into the table and its sieve; the first one's row is ``row``."""
    mask = np.uint64(len(slots) - 1)
    start = 0
    for end in range(len(lines)):
        if lines[end] != _LINE_END:
            continue
        number = term_number(lines, start, end, kind)
        slot = number & mask
        while slots[slot] != _ZERO:
            slot = (slot + _ONE) & mask
        row, start = row + 1, end + 1
        slots[slot] = (number & ~_ROW) | np.uint64(row)
        byte, bit = sieve_bit(number)
        sieve[byte] |= bit
