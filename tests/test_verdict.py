"""A challenger is refused for what cannot be chance, and for being worse overall; every refusal says why."""

from __future__ import annotations

import json
from itertools import product

import numpy as np
import pytest

from classifier.contract import EVERYBODY, Contract
from classifier.corpus import LabelledLetter
from classifier.judging import FEWEST_ASKED, Case, Sitting, judge
from classifier.taxonomy import load_taxonomy
from classifier.verdict import Answers, Loss, beyond_noise, broken_contracts, by_category, worse_by_chance

CONTRACT = Contract({EVERYBODY: 0.05}, "")
WRITTEN = {"letters": 1000, "at_1": 0.9}


def said(right: list[bool], alone: bool = False) -> Answers:
    hit = np.array(right)
    n = len(right)
    return Answers(["LAND.EXPROP"] * n, np.full(n, 0.8), ["ZRZY"] * n, hit, hit, np.full(n, alone))


def letters(*counts: tuple[str, int]) -> list[LabelledLetter]:
    return [LabelledLetter("", "x", code) for code, n in counts for _ in range(n)]


def verdict(asked: list[LabelledLetter], before: list[bool], after: list[bool], **changes: object) -> dict:
    alone = bool(changes.pop("alone", False))
    sitting = Sitting(asked, said(before), said(after, alone)) if asked else None
    case = {"newest": None, "written_before": WRITTEN, "written_after": WRITTEN, "contract": CONTRACT} | changes
    return judge(Case(exam=sitting, taxonomy=load_taxonomy(), **case), {})  # type: ignore[arg-type]


def test_a_better_challenger_is_accepted_and_the_figures_are_told():
    found = verdict(letters(("LAND.EXPROP", 100)), [True] * 80 + [False] * 20, [True] * 90 + [False] * 10)
    assert found["accepted"]
    assert found["reasons"][0] == "候选模型可以启用。"
    assert found["measures"]["exam"]["interval"][0] > 0
    assert json.loads(json.dumps(found, ensure_ascii=False)) == found


def test_one_letter_fewer_right_is_worse_overall():
    found = verdict(letters(("LAND.EXPROP", 100)), [True] * 80 + [False] * 20, [True] * 79 + [False] * 21)
    assert not found["accepted"]
    assert any(reason.startswith("总体变差") for reason in found["reasons"])


def test_a_category_given_up_for_another_is_refused_by_name():
    asked = letters(("LAND.EXPROP", 80), ("LABOR.WAGE", 20))
    before, after = [False] * 20 + [True] * 80, [True] * 80 + [False] * 20
    found = verdict(asked, before, after)
    assert not found["accepted"]
    assert [r for r in found["reasons"] if load_taxonomy().category("LABOR.WAGE").name in r]


def test_a_broken_contract_is_refused_with_the_department():
    hit = [True] * 80 + [False] * 20
    found = verdict(letters(("LAND.EXPROP", 100)), hit, hit, alone=True)
    assert not found["accepted"]
    assert any("违反误转承诺" in reason and "自然资源局" in reason for reason in found["reasons"])


def test_too_few_exam_letters_ask_the_written_ones_too():
    asked, hit = letters(("LAND.EXPROP", FEWEST_ASKED - 1)), [True] * (FEWEST_ASKED - 1)
    assert verdict(asked, hit, hit)["accepted"]
    assert not verdict(asked, hit, hit, written_after={"letters": 1000, "at_1": 0.85})["accepted"]
    assert not verdict([], [], [], written_before={})["accepted"]
    assert any("不足以单独作出判断" in reason for reason in verdict(asked, hit, hit)["reasons"])


def test_the_exact_test_counts_every_outcome():
    for worse, better in product(range(6), range(6)):
        n = worse + better
        outcomes = [sum(flips) >= worse for flips in product((0, 1), repeat=n)]
        assert worse_by_chance(worse, better) == pytest.approx(sum(outcomes) / len(outcomes))


def test_categories_that_could_show_nothing_do_not_blunt_the_others():
    lost = Loss("A", 10, 6, 0, worse_by_chance(6, 0))
    hopeless = [Loss(f"B{n}", 10, 1, 0, worse_by_chance(1, 0)) for n in range(70)]
    assert beyond_noise([lost, *hopeless]) == [lost]
    many = [Loss(f"C{n}", 10, 5, 0, worse_by_chance(5, 0)) for n in range(70)]
    assert beyond_noise(many) == []


def test_equal_models_are_rarely_refused_for_a_category():
    rng, refused = np.random.default_rng(0), 0
    asked = letters(*((f"C{n}", 12) for n in range(20)))
    for _ in range(200):
        before, after = said((rng.random(240) < 0.8).tolist()), said((rng.random(240) < 0.8).tolist())
        refused += bool(beyond_noise(by_category(before, after, asked)))
    assert refused <= 20


def test_letters_that_a_person_sends_break_no_contract():
    assert broken_contracts(said([False] * 50, alone=False), CONTRACT) == []
