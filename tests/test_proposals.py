"""Letters that fit nowhere and lie together are proposed as a category, named by their own words."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from classifier.assess import Assessor
from classifier.letter import Letter
from classifier.proposals import FEWEST, UNSURE, homeless, propose
from service.cli import fenxin

TODAY = date(2026, 11, 22)

DRONES = [
    "楼顶无人机每天夜里飞来飞去，偷拍住户窗户",
    "无人机在小区上空低飞，偷拍阳台，请管一管",
    "有人用无人机偷拍我家窗户，夜里也飞",
    "无人机夜里在楼顶低飞，住户担心被偷拍",
    "小区上空无人机不断，偷拍住户，请查处",
    "无人机飞到窗户边偷拍，住户很害怕",
]
OTHERS = ["电梯坏了三个月没人修", "孩子上学的校车改了路线", "医院挂号排队太久"]


def named(texts: list[str]) -> list[Letter]:
    return [Letter(f"L{number}", text) for number, text in enumerate(texts)]


def test_letters_that_lie_together_are_named_by_their_own_words(assessor: Assessor):
    first, *_ = propose(assessor, named(OTHERS + DRONES))
    assert {"无人机", "偷拍"} & set(first.words)
    assert set(first.letters) == {f"L{number}" for number in range(3, 9)}
    assert first.size == 6
    assert set(first.examples) < set(first.letters)


def test_too_few_letters_propose_nothing(assessor: Assessor):
    assert propose(assessor, named(DRONES[: FEWEST - 1])) == ()
    assert propose(assessor, []) == ()


def test_a_letter_without_a_known_word_does_no_harm(assessor: Assessor):
    assert propose(assessor, named(["!!!!"] * 6)) == ()


def test_no_name_is_made_of_a_phone_number(assessor: Assessor):
    letters = named([f"{text}，电话13800000000" for text in DRONES])
    assert not any("138" in word for one in propose(assessor, letters) for word in one.words)


def test_only_petitions_without_a_likely_category_are_looked_at(assessor: Assessor):
    letters = named(["包工头拖欠我们三个月工资，请帮忙讨要", DRONES[0], "我要举报县人社局局长受贿三十万元，请纪委查处"])
    sure = {letter.id for letter in letters if assessor.assess(letter, today=TODAY).matters[0].confidence >= UNSURE}
    assert "L0" in sure
    assert {letter.id for letter in homeless(assessor, letters, today=TODAY)} == {"L1"} - sure


def test_the_command_names_groups_and_typical_letters(tmp_path: Path, models_dir: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("FENXIN_MODELS", str(models_dir))
    (tmp_path / "in.jsonl").write_text("\n".join(f'{{"text": "{text}"}}' for text in DRONES), encoding="utf-8")
    done = CliRunner().invoke(fenxin, ["taxonomy", "propose", str(tmp_path / "in.jsonl")])
    assert done.exit_code == 0, done.output
    assert "of 6 letters fit into no category" in done.stderr
