"""How often the purpose and the signals of real letters are read as careful readers read them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson

from benchmarks.real_letters import GoldLetter, written
from benchmarks.speed import DAY
from classifier.assess import Assessor
from classifier.letter import Assessment, LitigationState, Purpose

Reads = Callable[[Assessment], bool]
Says = Callable[[GoldLetter], bool]


@dataclass(frozen=True, slots=True)
class Found:
    """One thing to find: how many letters show it, how many the service said do, and how many of those are the same.

    ``precision`` is ``both / said``, ``recall`` ``both / letters``; None where nothing was said or there was nothing to find.
    """

    what: str
    letters: int
    said: int
    both: int

    @property
    def precision(self) -> float | None:
        """Share of what the service said that is so."""
        return self.both / self.said if self.said else None

    @property
    def recall(self) -> float | None:
        """Share of what is so that the service said."""
        return self.both / self.letters if self.letters else None


JUDGED = frozenset({Purpose.APPEAL, Purpose.CONSULT, Purpose.SUGGEST, Purpose.ACCUSE})
SIGNALS: dict[str, tuple[Reads, Says]] = {
    "group likely": (lambda a: a.signals.group.level == "likely", lambda g: g.group == "likely"),
    "group likely or possible": (lambda a: a.signals.group.level != "none", lambda g: g.group != "none"),
    "urgency R1 or above": (lambda a: a.signals.urgency.level in {"R0", "R1"}, lambda g: g.urgency in {"R0", "R1"}),
    "litigation": (lambda a: a.signals.litigation.state is not LitigationState.NONE, lambda g: g.litigation),
}


def purpose_accuracy(assessments: Sequence[Assessment], gold: Sequence[GoldLetter]) -> float:
    """Share of letters whose purpose is the readers'."""
    return sum(a.purpose.value == g.purpose for a, g in zip(assessments, gold, strict=True)) / len(gold)


def purposes(assessments: Sequence[Assessment], gold: Sequence[GoldLetter]) -> list[Found]:
    """Each purpose that a reader or the service named, the most frequent first."""
    names = {g.purpose for g in gold} | {a.purpose.value for a in assessments}
    found = [_purpose(name, assessments, gold) for name in names]
    return sorted(found, key=lambda f: (-f.letters, f.what))


def macro_f1(found: Sequence[Found]) -> float:
    """The mean F1 of the purposes that are judged: all but OTHER, of which there are too few."""
    f1 = [2 * f.both / (f.letters + f.said) for f in found if f.what in JUDGED and f.letters]
    return sum(f1) / len(f1) if f1 else 0.0


def further_matters(assessments: Sequence[Assessment], gold: Sequence[GoldLetter], what: str) -> Found:
    """Second matters: a further matter is right where it is one of the pair that the readers named."""
    pairs = [({m.category for m in a.matters[1:]}, g) for a, g in zip(assessments, gold, strict=True)]
    return Found(
        what,
        letters=sum(bool(g.second) for _, g in pairs),
        said=sum(len(said) for said, _ in pairs),
        both=sum(bool(g.second) and bool(said & {g.second, *g.right}) for said, g in pairs),
    )


def written_set(assessor: Assessor, file: Path) -> tuple[list[Assessment], list[GoldLetter]]:
    """The letters of one of the written test sets, assessed and as they were written."""
    letters = [written(record, str(number)) for number, record in enumerate(map(orjson.loads, file.read_bytes().splitlines()))]
    return [assessor.assess(letter.letter, today=DAY) for letter in letters], letters


def signals(assessments: Sequence[Assessment], gold: Sequence[GoldLetter]) -> list[Found]:
    """Each signal; a number of people touched must be exactly the readers'."""
    found = [_found(name, assessments, gold, reads, says) for name, (reads, says) in SIGNALS.items()]
    return [*found, _affected(assessments, gold)]


def _purpose(name: str, assessments: Sequence[Assessment], gold: Sequence[GoldLetter]) -> Found:
    return _found(name, assessments, gold, lambda a: a.purpose.value == name, lambda g: g.purpose == name)


def _found(what: str, assessments: Sequence[Assessment], gold: Sequence[GoldLetter], reads: Reads, says: Says) -> Found:
    pairs = [(reads(a), says(g)) for a, g in zip(assessments, gold, strict=True)]
    return Found(
        what,
        letters=sum(is_so for _, is_so in pairs),
        said=sum(said for said, _ in pairs),
        both=sum(said and is_so for said, is_so in pairs),
    )


def _affected(assessments: Sequence[Assessment], gold: Sequence[GoldLetter]) -> Found:
    counts = [(a.signals.group.affected_count, g.affected) for a, g in zip(assessments, gold, strict=True)]
    return Found(
        "affected count, exact",
        letters=sum(stated is not None for _, stated in counts),
        said=sum(said is not None for said, _ in counts),
        both=sum(said is not None and said == stated for said, stated in counts),
    )
