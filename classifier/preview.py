"""Which letters another model would move; minimal, to be replaced."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from classifier.assess import Assessor
from classifier.letter import Letter


@dataclass(frozen=True, slots=True)
class Place:
    """Where a model puts a letter."""

    category: str
    department: str | None
    disposition: str


@dataclass(frozen=True, slots=True)
class Move:
    """A letter that would go elsewhere."""

    letter_id: str
    before: Place
    after: Place


@dataclass(frozen=True, slots=True)
class Preview:
    """Letters looked at, those moved, and per department how many it has before and after."""

    letters: int
    moved: tuple[Move, ...]
    departments: dict[str, tuple[int, int]]


def moves(before: Assessor, after: Assessor, letters: Iterable[tuple[Letter, date]]) -> Preview:
    """Assess each letter with both."""
    moved, count = [], 0
    was: Counter[str] = Counter()
    will: Counter[str] = Counter()
    for letter, day in letters:
        old, new = (_place(one, letter, day) for one in (before, after))
        count += 1
        was[old.department or ""] += 1
        will[new.department or ""] += 1
        if old != new:
            moved.append(Move(letter.id, old, new))
    return Preview(count, tuple(moved), {code: (was[code], will[code]) for code in sorted(was | will)})


def _place(assessor: Assessor, letter: Letter, day: date) -> Place:
    found = assessor.assess(letter, today=day)
    return Place(found.matters[0].category, found.route.lead, found.disposition)
