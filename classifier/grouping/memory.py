"""The index in arrays, for a file of letters: profiles side by side, their keys in ``Postings``, old letters dropped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import overload

import numpy as np

from classifier.grouping.index import Shortlist
from classifier.grouping.postings import Postings, grown
from classifier.grouping.profile import Profile
from classifier.grouping.shelf import Shelf, set_row, shelve
from classifier.grouping.terms import Ints, Numbers

TIDY = 20_000  # letters; from so many on, old ones are dropped when an eighth of all lies outside the window
_PER_TERM, _PER_NAME = ("terms", "tf", "idf"), ("name_numbers", "name_idf")
_PER_LETTER = tuple(one.name for one in fields(Shelf) if one.name not in (*_PER_TERM, *_PER_NAME))


class _Names(Sequence[str]):
    """The ids of letters by their numbers, looked up when asked for: most candidates are never named."""

    __slots__ = ("_ids", "_numbers")

    def __init__(self, ids: list[str], numbers: Ints) -> None:
        self._ids, self._numbers = ids, numbers

    def __len__(self) -> int:
        return len(self._numbers)

    @overload
    def __getitem__(self, at: int) -> str: ...

    @overload
    def __getitem__(self, at: slice) -> list[str]: ...

    def __getitem__(self, at: int | slice) -> str | list[str]:
        if isinstance(at, slice):
            return [self._ids[number] for number in self._numbers[at].tolist()]
        return self._ids[int(self._numbers[at])]


class MemoryIndex:
    """Letters must come in order of arrival; those that arrived more than ``keep`` days before the newest are forgotten in time."""

    def __init__(self, keep: float = float("inf")) -> None:
        self._keep = keep
        self._shelf = shelve([])
        self._rows = self._forgotten = 0  # letters on the shelf, and letters that were on it before
        self._terms = self._names = 0
        self.ids: list[str] = []  # of all letters, in the order they came
        self._shelved: dict[str, int] = {}  # the numbers of those on the shelf, by their ids
        self._number_of: dict[str, int] = {}  # of groups with two letters and more
        self._groups = np.zeros(64, np.int64)  # for each row the number of the letter its group is named after
        self._sizes: dict[int, int] = {}
        self._latest: dict[int, float] = {}
        self._postings = Postings()
        self._marks = np.zeros(64, np.int64)
        self._stamp = 0

    def candidates(self, keys: Numbers, since: float) -> Shortlist:
        """See ``MatterIndex``."""
        self._stamp += 1
        rows = self._postings.gather(keys, since, self._shelf.arrived, self._marks, self._stamp)
        same = self._groups[rows]
        return Shortlist(self._shelf, rows, _Names(self.ids, rows + self._forgotten), _Names(self.ids, same), same)

    def size(self, group: str) -> int:
        """See ``MatterIndex``."""
        return self._sizes.get(self._number_of.get(group, -1), 1)

    def latest(self, group: str) -> float:
        """See ``MatterIndex``; a letter that stands alone is known while it is on the shelf."""
        try:
            return self._latest_of(self._numbered(group))
        except KeyError:
            return float("-inf")

    def add(self, profile: Profile, group: str) -> None:
        """See ``MatterIndex``."""
        if self._rows >= TIDY and profile.arrived - self._keep > self._shelf.arrived[self._rows // 8]:
            self._forget(profile.arrived - self._keep)
        number = self._forgotten + self._rows
        self.ids.append(profile.id)
        self._shelved.setdefault(profile.id, number)
        self._put(profile)
        self._postings.enter(profile.keys, self._rows, profile.arrived)
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
            number = self._number_of[group] = self._shelved[group]
        return number

    def _put(self, profile: Profile) -> None:
        shelf, row = self._shelf, self._rows
        terms, names = self._terms, self._names
        self._terms, self._names = terms + len(profile.terms), names + len(profile.name_numbers)
        self._make_room()
        shelf.terms[terms : self._terms], shelf.tf[terms : self._terms] = profile.terms, profile.tf
        shelf.idf[terms : self._terms] = profile.idf
        shelf.name_numbers[names : self._names], shelf.name_idf[names : self._names] = profile.name_numbers, profile.name_idf
        set_row(shelf, row, profile)
        shelf.starts[row], shelf.ends[row] = terms, self._terms
        shelf.name_starts[row], shelf.name_ends[row] = names, self._names

    def _make_room(self) -> None:
        shelf = self._shelf
        for names, size in ((_PER_TERM, self._terms), (_PER_NAME, self._names), (_PER_LETTER, self._rows + 1)):
            if size > len(getattr(shelf, names[0])):
                for name in names:
                    setattr(shelf, name, grown(getattr(shelf, name), size))
        if self._rows >= len(self._groups):
            self._groups, self._marks = grown(self._groups, self._rows + 1), grown(self._marks, self._rows + 1)

    def _forget(self, before: float) -> None:
        """Take down the letters that arrived before a day; the others move up where they are, so that no memory is needed."""
        shelf = self._shelf
        gone = int(np.searchsorted(shelf.arrived[: self._rows], before))
        terms, names = int(shelf.starts[gone]), int(shelf.name_starts[gone])
        kept = ((_PER_TERM, terms, self._terms), (_PER_NAME, names, self._names), (_PER_LETTER, gone, self._rows))
        for which, first, last in kept:
            for name in which:
                getattr(shelf, name)[: last - first] = getattr(shelf, name)[first:last]
        shelf.starts -= terms
        shelf.ends -= terms
        shelf.name_starts -= names
        shelf.name_ends -= names
        self._groups[: self._rows - gone] = self._groups[gone : self._rows]
        self._marks[:] = 0
        self._terms, self._names, self._rows = self._terms - terms, self._names - names, self._rows - gone
        self._forgotten += gone
        self._shelved = {self.ids[number]: number for number in range(len(self.ids) - 1, self._forgotten - 1, -1)}
        self._postings.forget(gone)
