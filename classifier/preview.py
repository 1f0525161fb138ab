"""Preview (预览): the letters that two models answer differently, and a table by department."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from classifier.assess import Assessor
from classifier.letter import Assessment, Letter


@dataclass(frozen=True, slots=True)
class Stand:
    """Where one model would put a letter; ``department`` is None where a person names it."""

    category: str
    department: str | None
    disposition: str


@dataclass(frozen=True, slots=True)
class Move:
    """A letter that two models answer differently."""

    letter_id: str
    before: Stand
    after: Stand


@dataclass(frozen=True, slots=True)
class Shift:
    """One department's letters: how many it would get, of them alone (``auto``), before and after; gained and lost."""

    department: str | None
    before: int
    after: int
    auto_before: int
    auto_after: int
    gained: int
    lost: int


@dataclass(frozen=True, slots=True)
class Preview:
    """All letters looked at; ``moved`` in their order, ``departments`` those that change most first."""

    letters: int
    moved: tuple[Move, ...]
    departments: tuple[Shift, ...]


def moves(before: Assessor, after: Assessor, letters: Iterable[tuple[Letter, date]]) -> Preview:
    """Assess every letter, each with the day it was registered, with both models."""
    pairs = [
        (letter.id, _stand(before.assess(letter, today=day)), _stand(after.assess(letter, today=day))) for letter, day in letters
    ]
    moved = tuple(Move(*pair) for pair in pairs if pair[1] != pair[2])
    return Preview(len(pairs), moved, _shifts([(a, b) for _, a, b in pairs]))


def _stand(assessment: Assessment) -> Stand:
    return Stand(assessment.matters[0].category, assessment.route.lead, assessment.disposition.value)


def _shifts(pairs: list[tuple[Stand, Stand]]) -> tuple[Shift, ...]:
    before, after = Counter(a.department for a, _ in pairs), Counter(b.department for _, b in pairs)
    alone_before = Counter(a.department for a, _ in pairs if a.disposition == "auto")
    alone_after = Counter(b.department for _, b in pairs if b.disposition == "auto")
    gained = Counter(b.department for a, b in pairs if a.department != b.department)
    lost = Counter(a.department for a, b in pairs if a.department != b.department)
    found = [
        Shift(code, before[code], after[code], alone_before[code], alone_after[code], gained[code], lost[code])
        for code in before.keys() | after.keys()
    ]
    return tuple(sorted(found, key=lambda one: (-one.gained - one.lost, one.department or "")))
