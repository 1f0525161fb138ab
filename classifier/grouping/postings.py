"""Which letters of an archive hold a key, how many within the window, newest first: what ``MemoryIndex`` finds candidates with.

Each key owns one slot of an open-addressing table: the key, how many letters of the window hold it, and its newest entry; each
entry leads to the one before it. While letters come in order of arrival, what leaves the window is taken off the counts once, so
that a key that thousands hold costs no more than a rare one. Asked for an earlier window, or with letters out of order, all
entries of a key are walked instead.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.grouping.index import COMMON, MOST_CANDIDATES, PER_KEY
from classifier.grouping.terms import Ints, Numbers
from classifier.kernels import kernel

Small = NDArray[np.int32]
Days = NDArray[np.float64]
FIRST = 1 << 12  # slots of an empty table


@kernel
def _slot_of(key: np.uint64, keys: Numbers, heads: Small) -> int:
    """The slot of a key, or the empty one where it belongs."""
    mask = np.uint64(len(keys) - 1)
    slot = np.int64((key ^ (key >> np.uint64(31))) & mask)
    while heads[slot] >= 0 and keys[slot] != key:
        slot = np.int64(np.uint64(slot + 1) & mask)
    return int(slot)


@kernel
def _enter(
    new: Numbers, row: int, keys: Numbers, counts: Small, heads: Small, rows: Small, earlier: Small, slots: Small, size: int
) -> int:
    """Enter a letter's keys as entries from ``size`` on; gives how many of them are new to the table."""
    fresh = 0
    for key in new:
        slot = _slot_of(key, keys, heads)
        fresh += heads[slot] < 0
        keys[slot] = key
        rows[size], earlier[size], slots[size] = row, heads[slot], slot
        counts[slot] += 1
        heads[slot] = size
        size += 1
    return fresh


@kernel
def _expire(since: float, arrived: Days, counts: Small, rows: Small, slots: Small, first: int, size: int) -> int:
    """Take the entries of letters that arrived before ``since`` off the counts; gives the first entry that stays."""
    while first < size and arrived[rows[first]] < since:
        counts[slots[first]] -= 1
        first += 1
    return first


@kernel
def _count(entry: int, since: float, arrived: Days, rows: Small, earlier: Small, common: int) -> int:
    number = 0
    while entry >= 0 and number <= common:
        number += arrived[rows[entry]] >= since
        entry = earlier[entry]
    return number


@kernel
def _gather(
    asked: Numbers, since: float, counted: bool, arrived: Days, keys: Numbers, counts: Small, heads: Small, rows: Small,
    earlier: Small, marks: Ints, stamp: int, per_key: int, most: int, common: int,
) -> Ints:  # fmt: skip
    numbers, entries = np.zeros(len(asked), np.int64), np.full(len(asked), -1, np.int64)
    for at in range(len(asked)):
        slot = _slot_of(asked[at], keys, heads)
        entries[at] = heads[slot]
        if entries[at] >= 0:
            numbers[at] = counts[slot] if counted else _count(entries[at], since, arrived, rows, earlier, common)
    found = np.empty(most, np.int64)
    size = 0
    for at in np.argsort(numbers, kind="mergesort"):
        entry, left = entries[at], min(numbers[at], per_key) if numbers[at] <= common else 0
        while left > 0 and size < most:
            row = rows[entry]
            if arrived[row] >= since:
                left -= 1
                if marks[row] != stamp:
                    marks[row] = stamp
                    found[size] = row
                    size += 1
            entry = earlier[entry]
    return found[:size]


@kernel
def _move(
    entered: Numbers, rows: Small, first: int, size: int, gone: int, live: int,
    new_keys: Numbers, new_counts: Small, new_heads: Small, new_rows: Small, new_earlier: Small, new_slots: Small,
) -> int:  # fmt: skip
    """Enter the entries from ``first`` on into an empty table, rows renumbered; those before ``live`` are not counted.

    ``entered`` are their keys. The new entries may be the old arrays: each entry moves forward or stays.
    """
    fresh = 0
    for entry in range(first, size):
        kept = entry - first
        slot = _slot_of(entered[kept], new_keys, new_heads)
        fresh += new_heads[slot] < 0
        new_keys[slot] = entered[kept]
        new_rows[kept], new_earlier[kept], new_slots[kept] = rows[entry] - gone, new_heads[slot], slot
        new_counts[slot] += entry >= live
        new_heads[slot] = kept
    return fresh


class Postings:
    """The keys of rows that are entered one after another; ``arrived`` and ``marks`` are the caller's, a number a row."""

    def __init__(self) -> None:
        self._table = _empty_table(FIRST)
        self._entries: tuple[Small, Small, Small] = (np.zeros(1024, np.int32), np.zeros(1024, np.int32), np.zeros(1024, np.int32))
        self._size = self._distinct = 0
        self._live, self._since = 0, float("-inf")  # the first entry within the window that was asked for last
        self._last, self._ordered = float("-inf"), True

    def enter(self, keys: Numbers, row: int, arrived: float) -> None:
        """Enter the next row."""
        self._ordered = self._ordered and arrived >= max(self._last, self._since)
        self._last = arrived
        if 3 * (self._distinct + len(keys)) > 2 * len(self._table[0]):
            self._rebuild(2 * len(self._table[0]), 0, 0)
        self._entries = tuple(grown(array, self._size + len(keys)) for array in self._entries)  # type: ignore[assignment]
        self._distinct += _enter(keys, row, *self._table, *self._entries, self._size)
        self._size += len(keys)

    def gather(self, keys: Numbers, since: float, arrived: Days, marks: Ints, stamp: int) -> Ints:
        """The rows that ``MatterIndex.candidates`` names; ``stamp`` is a number that no call before had."""
        rows, earlier, slots = self._entries
        counted = self._ordered and since >= self._since
        if counted:
            self._live = _expire(since, arrived, self._table[1], rows, slots, self._live, self._size)
            self._since = since
        limits = (PER_KEY, MOST_CANDIDATES, COMMON)
        found: Ints = _gather(keys, since, counted, arrived, *self._table, rows, earlier, marks, stamp, *limits)
        return found

    def forget(self, gone: int) -> None:
        """Forget the first ``gone`` rows; the others are numbered from 0 again."""
        first = int(np.searchsorted(self._entries[0][: self._size], gone))
        left = int(np.count_nonzero(self._table[2] >= first))  # keys whose newest entry stays
        self._rebuild(max(FIRST, 1 << (3 * left // 2).bit_length()), first, gone)

    def _rebuild(self, slots: int, first: int, gone: int) -> None:
        rows, _, places = self._entries
        left = self._size - first
        entered = self._table[0][places[first : self._size]]
        self._table = _empty_table(1)  # the old one goes before the new one comes: they are the largest arrays of all
        self._table = _empty_table(slots)
        self._distinct = _move(entered, rows, first, self._size, gone, self._live, *self._table, *self._entries)
        self._size, self._live = left, max(0, self._live - first)


def _empty_table(slots: int) -> tuple[Numbers, Small, Small]:
    return np.zeros(slots, np.uint64), np.zeros(slots, np.int32), np.full(slots, -1, np.int32)


def grown(array: NDArray[Any], size: int) -> NDArray[Any]:
    """The array, or a copy with room to spare where it is shorter than ``size``."""
    if size <= len(array):
        return array
    larger = np.zeros((max(size, 64, len(array) * 3 // 2), *array.shape[1:]), array.dtype)
    larger[: len(array)] = array
    return larger
