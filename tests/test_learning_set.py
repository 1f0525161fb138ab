"""Decisions become letters to learn from: weighed by data, the newest of each, the exam apart for good."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, strategies

from classifier.corpus import DECIDED
from classifier.errors import BadDataFile, BadTrainingData
from classifier.learning_set import Correction, as_labelled, in_exam, load_weights, newest
from classifier.letter import Letter

ONE = Correction(
    Letter("A-1", "征地补偿没有到位", "征地"), "LAND.EXPROP", "ZRZY", "APPEAL", "2026-11-01T08:00:00+00:00", "corrected"
)


def test_recent_and_checked_labels_weigh_more():
    weights = load_weights()
    assert weights.of("upheld") > weights.of("corrected") > weights.of("confirmed") >= weights.of("written")
    assert weights.of("corrected", months=0) > weights.of("corrected", months=12) > weights.of("corrected", months=600) > 0
    assert weights.of("written", months=600) == weights.of("written")
    assert weights.of("corrected", months=-3) == weights.of("corrected"), "a clock that runs ahead adds nothing"


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("written,1,\n", "no row for confirmed, corrected, upheld"),
        ("written,0,\n", "label_weights.csv:2: weight '0' is no number above 0"),
        ("written,nan,\n", "weight 'nan'"),
        ("written,1,soon\n", "half_life_months 'soon'"),
        ("guessed,1,\n", "unknown kind 'guessed'"),
    ],
)
def test_weights_that_make_no_sense_are_named_by_row(tmp_path: Path, rows: str, message: str):
    (tmp_path / "label_weights.csv").write_text(f"kind,weight,half_life_months\n{rows}", encoding="utf-8")
    with pytest.raises(BadDataFile, match=message):
        load_weights(tmp_path)


def test_the_newest_decision_of_a_letter_counts_in_any_order():
    later = replace(ONE, category="LAND.TENURE", decided_at="2026-11-02T08:00:00+00:00")
    assert newest([ONE, later]) == newest([later, ONE]) == [later]


def test_two_labels_at_the_same_moment_are_refused_by_letter():
    with pytest.raises(BadTrainingData, match=r"letter 'A-1': labelled LAND\.EXPROP and LAND\.TENURE at the same moment"):
        newest([ONE, replace(ONE, category="LAND.TENURE")])


def test_a_moment_is_the_same_in_any_zone():
    there = replace(ONE, category="LAND.TENURE", decided_at="2026-11-01T17:00:00+08:00")
    assert newest([ONE, there])[0].category == "LAND.TENURE"


def test_twins_of_one_matter_stay_on_one_side():
    for matter in map(str, range(40)):
        sides = {in_exam(replace(ONE, matter=matter, letter=Letter(str(n), f"另一封信{n}"))) for n in range(5)}
        assert len(sides) == 1


@given(strategies.text(min_size=1, max_size=30), strategies.sampled_from(["confirmed", "corrected", "upheld"]))
def test_the_exam_depends_on_the_text_alone(text: str, kind: str):
    first = replace(ONE, letter=Letter("1", text))
    other = replace(
        first, letter=Letter("2", f" {text}\n"), category="LAND.TENURE", kind=kind, decided_at="2020-01-01T00:00:00+00:00"
    )
    assert in_exam(first) == in_exam(other)


def test_about_one_matter_in_five_is_kept_for_the_exam():
    kept = sum(in_exam(replace(ONE, matter=str(number))) for number in range(2000))
    assert 330 < kept < 470


def test_an_upheld_label_is_not_doubted_again():
    first, second = as_labelled([ONE, replace(ONE, kind="upheld")], load_weights(), date(2026, 11, 22))
    assert (first.doubtable, second.doubtable) == (True, False)
    assert (first.origin, first.department, first.purpose) == (DECIDED, "ZRZY", "APPEAL")
