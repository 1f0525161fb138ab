"""Drift is told when letters change by more than chance and by enough to matter, with names and letters."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, strategies

from classifier.assess import Assessor
from classifier.drift import Handled, Vital, index, overrides, reference, vitals, watch
from classifier.letter import Letter


def drawn(seed: int, n: int, mix: tuple[float, ...] = (0.5, 0.3, 0.2), known: float = 0.6, prefix: str = "L") -> list[Vital]:
    rng = np.random.default_rng(seed)
    names = np.array(["LAND.EXPROP", "LABOR.WAGE", "EDU.SCHOOL"])
    return [
        Vital(f"{prefix}{i}", str(rng.choice(names, p=mix)), float(rng.beta(5, 2)), float(rng.normal(known, 0.05)))
        for i in range(n)
    ]


BEFORE = json.loads(json.dumps(reference(drawn(0, 400))))


def test_letters_of_the_same_kind_raise_no_alarm():
    assert [measure.alarm for measure in watch(BEFORE, drawn(1, 200))] == [False] * 3


def test_a_category_that_grows_is_named_with_its_letters():
    found = {measure.name: measure for measure in watch(BEFORE, drawn(2, 200, (0.2, 0.3, 0.5)))}
    assert found["categories"].alarm
    assert "EDU.SCHOOL" in found["categories"].where
    assert 0 < len(found["categories"].letters) <= 9
    assert not found["known"].alarm


def test_unknown_words_name_the_letters_that_have_most():
    recent = drawn(3, 200, known=0.4)
    found = {measure.name: measure for measure in watch(BEFORE, recent)}
    assert found["known"].alarm
    assert found["known"].letters[0] == min(recent, key=lambda one: one.known).letter_id


def test_too_few_letters_say_nothing():
    assert watch(BEFORE, drawn(4, 20, (0.0, 0.0, 1.0))) == ()
    assert watch(reference([]), drawn(4, 200)) == ()


def test_a_department_overridden_more_than_expected_is_named():
    before = reference([], [Handled(str(i), code, i % 10 == 0) for i in range(100) for code in ("RSJ", "ZJJ")])
    now = [Handled(f"a{i}", "RSJ", i % 2 == 0) for i in range(40)] + [Handled(f"b{i}", "ZJJ", i % 10 == 0) for i in range(40)]
    found = {one.department: one for one in overrides(before, now)}
    assert found["RSJ"].alarm
    assert found["RSJ"].letters == ("a0", "a2", "a4")
    assert not found["ZJJ"].alarm


@given(strategies.lists(strategies.integers(0, 500), min_size=2, max_size=12), strategies.integers(1, 5))
def test_the_same_shares_have_no_index_however_many_letters(counts: list[int], times: int):
    before = np.array(counts, float) + 1
    found, limit, _ = index(before, before * times)
    assert found == pytest.approx(0, abs=0.05)
    assert found < limit


def test_vitals_hold_no_text(assessor: Assessor):
    (one,) = vitals(assessor, [Letter("1", "包工头拖欠我们农民工工资半年")])
    assert one.letter_id == "1"
    assert 0 < one.confidence <= 1
    assert 0 <= one.known <= 1
    assert "工资" not in repr(one)
