"""What officers decided of groups teaches the pair scorer (群体件判断): their letters are compared as linking would compare them.

A part of the decided matters is never learnt: the exam. A scorer that joins its pairs worse than the present one does is
refused, and the present one stays.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.assess import Assessor
from classifier.grouping.exercises import WrittenLetter
from classifier.grouping.linkage import JOIN
from classifier.grouping.scorer import PairScorer
from classifier.grouping.training import Rows, as_scorer, joined, pairs, scorer_arrays
from classifier.learning_set import drawn
from classifier.letter import Letter

FEWEST = 20  # decided matters of two letters or more before anything is learnt; as many pairs of either kind in the exam
ONE_IN = 4  # decided matters that make up the exam
EMPHASIS = 4  # how many written pairs a decided one counts for: it is real, and from here
EPOCH = datetime(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class DecidedLetter:
    """A letter whose matter an officer decided; ``matter`` is empty where it was found to belong to no other letter.

    ``arrived`` is days since 1970, ``sender`` a number that only tells equal senders from others (0: unknown).
    """

    letter: Letter
    arrived: float
    sender: int
    matter: str = ""


@dataclass(frozen=True, slots=True)
class Joined:
    """Pairs of the exam that a scorer would join: how many rightly, how many wrongly, how many it would miss."""

    right: int
    wrong: int
    missed: int

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        return 2 * self.right / max(1, 2 * self.right + self.wrong + self.missed)


@dataclass(frozen=True, slots=True)
class Lesson:
    """What came of it: the new scorer (None: the present one stays) and, JSON-ready, why."""

    scorer: PairScorer | None
    verdict: dict[str, Any]


def teach(assessor: Assessor, written: Callable[[], Rows], decided: Sequence[DecidedLetter], present: PairScorer) -> Lesson:
    """Fit the scorer anew on written and decided letters and compare it with the present one on the exam.

    ``written`` compares the written letters (``training.written_rows``); it takes a minute and is asked only when it is needed.
    The same letters give the same scorer. With too few decisions nothing is fitted.
    """
    letters = Counter(one.matter for one in decided if one.matter)
    several = sum(number > 1 for number in letters.values())
    if several < FEWEST:
        return Lesson(None, {"accepted": False, "reasons": [f"已判断的群体件只有 {several} 个，不足 {FEWEST} 个"]})
    rows = pairs(assessor, _stream(decided))
    asked = _asked(decided, rows)
    exam = (rows[0][asked], rows[1][asked], rows[2][asked])
    if min(exam[1].sum(), (~exam[1]).sum()) < FEWEST:
        return Lesson(None, {"accepted": False, "reasons": [f"留作考试的信件对不足 {FEWEST} 对"]})
    own = (rows[0][~asked], rows[1][~asked], rows[2][~asked] + WRITTEN_BEFORE)
    taught = as_scorer(scorer_arrays(joined([written(), *[own] * EMPHASIS])))
    return _verdict(taught, _judge(present, exam), _judge(taught, exam), several)


WRITTEN_BEFORE = 1_000_000  # numbers of decided matters begin here, so that none is held out with a written one


def in_exam(matter: str) -> bool:
    """Whether a matter is kept for the exam: by its name, so that it is the same at every training."""
    return drawn(f"group {matter}", ONE_IN)


def _stream(decided: Sequence[DecidedLetter]) -> list[WrittenLetter]:
    return [
        WrittenLetter(
            id=one.letter.id,
            matter=one.matter,
            kind="same_matter" if one.matter else "alone",
            title=one.letter.title,
            text=one.letter.text,
            received_at=EPOCH + timedelta(days=one.arrived),
            sender=str(one.sender) if one.sender else "",
        )
        for one in sorted(decided, key=lambda one: (one.arrived, one.letter.id))
    ]


def _asked(decided: Sequence[DecidedLetter], rows: Rows) -> NDArray[np.bool_]:
    """Which comparisons belong to the exam: those that a letter of one of its matters began."""
    numbers: dict[str, int] = {}
    for x in _stream(decided):
        numbers.setdefault(x.matter or x.id, len(numbers))
    exam = [number for name, number in numbers.items() if in_exam(name)]
    return np.isin(rows[2], exam)


def _judge(scorer: PairScorer, exam: Rows) -> Joined:
    together = scorer.score(exam[0]) >= JOIN
    same = exam[1]
    return Joined(int((together & same).sum()), int((together & ~same).sum()), int((~together & same).sum()))


def _verdict(taught: PairScorer, before: Joined, after: Joined, matters: int) -> Lesson:
    measures = {
        "matters": matters,
        "exam_pairs": before.right + before.missed,
        "f1_before": round(before.f1, 4),
        "f1_after": round(after.f1, 4),
        "wrong_before": before.wrong,
        "wrong_after": after.wrong,
    }
    if after.f1 < before.f1:
        reason = f"在留作考试的信件对上不如现用的判断（F1 {after.f1:.3f}，现用 {before.f1:.3f}）"
        return Lesson(None, {"accepted": False, "reasons": [reason], "measures": measures})
    return Lesson(taught, {"accepted": True, "reasons": [], "measures": measures})
