"""The index in arrays, for a file of letters: postings in chained buckets, profiles side by side, old letters dropped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from classifier.grouping.index import COMMON, MOST_CANDIDATES, PER_KEY, Shortlist
from classifier.grouping.profile import Profile
from classifier.grouping.shelf import Shelf, set_row, shelve
from classifier.grouping.terms import Ints, Numbers
from classifier.kernels import kernel

BUCKETS = 1 << 20
TIDY = 20_000  # letters; from so many on, old ones are dropped when a quarter of all lies outside the window
_PER_TERM, _PER_NAME = ("terms", "tf", "idf"), ("name_numbers", "name_idf")
_PER_LETTER = tuple(one.name for one in fields(Shelf) if one.name not in (*_PER_TERM, *_PER_NAME))


@kernel
def _enter(
    keys: Numbers, row: int, heads: Ints, entry_keys: Numbers, entry_rows: NDArray[np.int32], entry_next: Ints, size: int
) -> int:
    mask = np.uint64(len(heads) - 1)
    for key in keys:
        bucket = np.int64((key ^ (key >> np.uint64(31))) & mask)
        entry_keys[size], entry_rows[size], entry_next[size] = key, row, heads[bucket]
        heads[bucket] = size
        size += 1
    return size


@kernel
def _gather(
    keys: Numbers,
    since: float,
    heads: Ints,
    entry_keys: Numbers,
    entry_rows: NDArray[np.int32],
    entry_next: Ints,
    arrived: NDArray[np.float64],
    marks: Ints,
    stamp: int,
    per_key: int,
    most: int,
    common: int,
) -> Ints:
    mask = np.uint64(len(heads) - 1)
    numbers = np.zeros(len(keys), np.int64)
    for at in range(len(keys)):
        entry = heads[np.int64((keys[at] ^ (keys[at] >> np.uint64(31))) & mask)]
        while entry >= 0 and numbers[at] <= common:
            if entry_keys[entry] == keys[at] and arrived[entry_rows[entry]] >= since:
                numbers[at] += 1
            entry = entry_next[entry]
    found = np.empty(most, np.int64)
    size = 0
    for at in np.argsort(numbers, kind="mergesort"):
        if numbers[at] == 0 or numbers[at] > common:
            continue
        taken = 0
        entry = heads[np.int64((keys[at] ^ (keys[at] >> np.uint64(31))) & mask)]
        while entry >= 0 and taken < per_key and size < most:
            row = entry_rows[entry]
            if entry_keys[entry] == keys[at] and arrived[row] >= since:
                taken += 1
                if marks[row] != stamp:
                    marks[row] = stamp
                    found[size] = row
                    size += 1
            entry = entry_next[entry]
        if size >= most:
            break
    return found[:size]


@kernel
def _keep_entries(gone: int, heads: Ints, entry_keys: Numbers, entry_rows: NDArray[np.int32], entry_next: Ints, size: int) -> int:
    """Keep the entries of rows from ``gone`` on, renumbered, in their order."""
    mask, kept = np.uint64(len(heads) - 1), 0
    for at in range(size):
        if entry_rows[at] >= gone:
            key = entry_keys[at]
            bucket = np.int64((key ^ (key >> np.uint64(31))) & mask)
            entry_keys[kept], entry_rows[kept], entry_next[kept] = key, entry_rows[at] - gone, heads[bucket]
            heads[bucket] = kept
            kept += 1
    return kept


class _Names(Sequence[str]):
    """Names looked up only where they are asked for."""

    def __init__(self, names: Sequence[str], rows: Ints) -> None:
        self._names, self._rows = names, rows

    @overload
    def __getitem__(self, at: int) -> str: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[str]: ...

    def __getitem__(self, at: int | slice) -> str | Sequence[str]:
        return [self._names[row] for row in self._rows[at]] if isinstance(at, slice) else self._names[self._rows[at]]

    def __len__(self) -> int:
        return len(self._rows)


class MemoryIndex:
    """Letters must come in order of arrival; those that arrived more than ``keep`` days before the newest are forgotten in time."""

    def __init__(self, keep: float = float("inf")) -> None:
        self._keep = keep
        self._shelf = shelve([])
        self._rows = self._forgotten = 0  # letters on the shelf, and letters that were on it before
        self._terms = self._names = self._entered = 0
        self._ids: list[str] = []  # of all letters, by the number they came in
        self._number_of: dict[str, int] = {}  # of groups with two letters and more
        self._groups = np.zeros(64, np.int64)  # for each row the number of the letter its group is named after
        self._sizes: dict[int, int] = {}
        self._latest: dict[int, float] = {}
        self._heads = np.full(BUCKETS, -1, np.int64)
        self._entries: _Entries = (np.zeros(1024, np.uint64), np.zeros(1024, np.int32), np.zeros(1024, np.int64))
        self._marks = np.zeros(64, np.int64)
        self._stamp = 0

    def candidates(self, keys: Numbers, since: float) -> Shortlist:
        """See ``MatterIndex``."""
        self._stamp += 1
        limits = (PER_KEY, MOST_CANDIDATES, COMMON)
        rows = _gather(keys, since, self._heads, *self._entries, self._shelf.arrived, self._marks, self._stamp, *limits)
        return Shortlist(self._shelf, rows, _Names(self._ids, rows + self._forgotten), _Names(self._ids, self._groups[rows]))

    def size(self, group: str) -> int:
        """See ``MatterIndex``."""
        return self._sizes.get(self._number_of.get(group, -1), 1)

    def latest(self, group: str) -> float:
        """See ``MatterIndex``; a letter that stands alone is known while it is on the shelf."""
        try:
            return self._latest_of(self._numbered(group))
        except ValueError:
            return float("-inf")

    def add(self, profile: Profile, group: str) -> None:
        """See ``MatterIndex``."""
        if self._rows >= TIDY and profile.arrived - self._keep > self._shelf.arrived[self._rows // 4]:
            self._forget(profile.arrived - self._keep)
        number = self._forgotten + self._rows
        self._ids.append(profile.id)
        self._put(profile)
        self._entries = tuple(_grown(array, self._entered + len(profile.keys)) for array in self._entries)  # type: ignore[assignment]
        self._entered = _enter(profile.keys, self._rows, self._heads, *self._entries, self._entered)
        self._groups = _grown(self._groups, self._rows + 1)
        self._groups[self._rows] = number if group == profile.id else self._join(group, profile.arrived)
        self._rows += 1

    def merge(self, group: str, into: str) -> None:
        """See ``MatterIndex``."""
        old, new = self._numbered(group), self._numbered(into)
        self._groups[: self._rows][self._groups[: self._rows] == old] = new
        self._sizes[new] = self._sizes.get(new, 1) + self._sizes.pop(old, 1)
        self._latest[new] = max(self._latest_of(new), self._latest_of(old))
        self._latest.pop(old, None)

    def _join(self, group: str, arrived: float) -> int:
        number = self._numbered(group)
        self._latest[number] = max(self._latest_of(number), arrived)
        self._sizes[number] = self._sizes.get(number, 1) + 1
        return number

    def _latest_of(self, number: int) -> float:
        """A group not noted is a letter alone, on the shelf under its own number."""
        row = number - self._forgotten
        return self._latest[number] if number in self._latest else float(self._shelf.arrived[row]) if row >= 0 else float("-inf")

    def _numbered(self, group: str) -> int:
        number = self._number_of.get(group)
        if number is None:  # named after a letter that stood alone until now, which is therefore still on the shelf
            number = self._number_of[group] = self._forgotten + self._ids[self._forgotten :].index(group)
        return number

    def _put(self, profile: Profile) -> None:
        shelf, row, terms, names = self._shelf, self._rows, self._terms, self._names
        for name in _PER_TERM:
            _append(shelf, name, terms, getattr(profile, name))
        for name in _PER_NAME:
            _append(shelf, name, names, getattr(profile, name))
        if row >= len(shelf.starts):
            for name in _PER_LETTER:
                setattr(shelf, name, _grown(getattr(shelf, name), row + 1))
        self._terms, self._names = terms + len(profile.terms), names + len(profile.name_numbers)
        set_row(shelf, row, profile)
        shelf.starts[row], shelf.ends[row] = terms, self._terms
        shelf.name_starts[row], shelf.name_ends[row] = names, self._names
        self._marks = _grown(self._marks, row + 1)

    def _forget(self, before: float) -> None:
        """Take down the letters that arrived before a day."""
        shelf = self._shelf
        gone = int(np.searchsorted(shelf.arrived[: self._rows], before))
        terms, names = int(shelf.starts[gone]), int(shelf.name_starts[gone])
        kept = ((_PER_TERM, terms, self._terms), (_PER_NAME, names, self._names), (_PER_LETTER, gone, self._rows))
        for which, first, last in kept:
            for name in which:
                setattr(shelf, name, getattr(shelf, name)[first:last].copy())
        shelf.starts -= terms
        shelf.ends -= terms
        shelf.name_starts -= names
        shelf.name_ends -= names
        self._groups, self._marks = self._groups[gone : self._rows].copy(), np.zeros(self._rows - gone, np.int64)
        self._terms, self._names, self._rows = self._terms - terms, self._names - names, self._rows - gone
        self._forgotten += gone
        self._heads[:] = -1
        self._entered = _keep_entries(gone, self._heads, *self._entries, self._entered)


_Entries = tuple[NDArray[np.uint64], NDArray[np.int32], NDArray[np.int64]]


def _append(shelf: Shelf, name: str, used: int, new: NDArray[Any]) -> None:
    whole = _grown(getattr(shelf, name), used + len(new))
    whole[used : used + len(new)] = new
    setattr(shelf, name, whole)


def _grown(array: NDArray[Any], size: int) -> NDArray[Any]:
    if size <= len(array):
        return array
    larger = np.zeros((max(size, 64, len(array) * 3 // 2), *array.shape[1:]), array.dtype)
    larger[: len(array)] = array
    return larger
