"""Officers' decisions on groups teach the pair scorer: judged on matters it has not learnt, refused where it does worse."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from classifier.assess import load_assessor
from classifier.grouping.exercises import WrittenLetter, read_matters
from classifier.grouping.linkage import linker_of
from classifier.grouping.scorer import load_scorer, scorer_from, scorer_state
from classifier.grouping.teaching import FEWEST, DecidedLetter, Joined, _verdict, in_exam, teach
from classifier.grouping.training import Rows, pairs
from classifier.letter import Letter

ROOT = Path(__file__).parent.parent
ASSESSOR = load_assessor(ROOT / "models")
SHIPPED = load_scorer()


@cache
def written() -> list[WrittenLetter]:
    return read_matters(ROOT / "training_data" / "matters")


@cache
def few_written_rows() -> Rows:
    return pairs(ASSESSOR, sorted(written()[-300:], key=lambda x: x.received_at))


def decided(letters: int) -> list[DecidedLetter]:
    return [
        DecidedLetter(Letter(x.id, x.text, x.title), (x.received_at - datetime(1970, 1, 1)).total_seconds() / 86_400, 0, x.matter)
        for x in written()[:letters]
    ]


def test_too_few_decided_groups_teach_nothing_and_say_so() -> None:
    lesson = teach(ASSESSOR, few_written_rows, decided(20), SHIPPED)
    assert lesson.scorer is None
    assert f"不足 {FEWEST} 个" in lesson.verdict["reasons"][0]


def test_decided_groups_are_learnt_and_judged_on_others() -> None:
    lesson = teach(ASSESSOR, few_written_rows, decided(600), SHIPPED)
    measures = lesson.verdict["measures"]
    assert measures["exam_pairs"] >= FEWEST
    assert lesson.verdict["accepted"] == (measures["f1_after"] >= measures["f1_before"]) == (lesson.scorer is not None)


def test_the_exam_is_the_same_at_every_training() -> None:
    kept = [name for name in map("G-{}".format, range(1000)) if in_exam(name)]
    assert 200 < len(kept) < 300
    assert kept[:3] == [name for name in map("G-{}".format, range(40)) if in_exam(name)][:3]


@pytest.mark.parametrize(("after", "accepted"), [(Joined(9, 1, 1), True), (Joined(8, 1, 1), False)])
def test_a_scorer_that_joins_worse_is_refused(after: Joined, accepted: bool) -> None:
    lesson = _verdict(SHIPPED, Joined(9, 1, 1), after, 30)
    assert (lesson.verdict["accepted"], lesson.scorer is not None) == (accepted, accepted)
    assert bool(lesson.verdict["reasons"]) != accepted


def test_a_scorer_comes_back_from_a_model_as_it_went_in() -> None:
    again = scorer_from(scorer_state(SHIPPED))
    parts = np.random.default_rng(0).uniform(0, 5, (50, len(scorer_state(SHIPPED)["parts"]))).astype(np.float32)
    assert (again.score(parts) == SHIPPED.score(parts)).all()
    with pytest.raises(ValueError, match="other parts"):
        scorer_from(scorer_state(SHIPPED) | {"parts": ["one"]})


def test_letters_are_linked_with_the_scorer_that_came_with_the_model() -> None:
    taught = scorer_from(scorer_state(SHIPPED))
    taught_assessor = load_assessor(ROOT / "models")
    taught_assessor.pair_scorer = taught
    assert linker_of(taught_assessor).scorer is taught
    assert linker_of(ASSESSOR).scorer is SHIPPED
