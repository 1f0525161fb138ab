"""The learnt alarm: it learns from cases, quotes the loudest stretch, and refuses a broken file."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.errors import BadDataFile, BadTrainingData
from classifier.signals.alarm import STRETCH, Alarm, load_alarm
from classifier.signals.alarm_training import amid, cut_up, train_alarm

ALARMING = [f"{place}有人掉进水里了，快来救人" for place in ("桥下", "塘边", "井里", "河边", "坝上", "沟里")]
CALM = [f"{place}的路灯坏了，请派人来修" for place in ("桥头", "塘边", "井旁", "河边", "坝上", "沟旁")]


@pytest.fixture(scope="module")
def alarm() -> Alarm:
    return train_alarm(ALARMING, CALM).alarm()


def test_it_learns_what_it_was_shown(alarm: Alarm) -> None:
    assert alarm.loudest("码头有人掉进水里，快救人").score > alarm.loudest("码头的路灯坏了，请来修").score


def test_it_quotes_the_loudest_stretch_of_a_long_letter(alarm: Alarm) -> None:
    letter = "路灯坏了请来修。" * 40 + "有人掉进水里了，快来救人。" + "路灯坏了请来修。" * 40
    loudest = alarm.loudest(letter)
    assert "掉进水里" in letter[loudest.start : loudest.end]
    assert loudest.end - loudest.start <= STRETCH


def test_a_loud_stretch_counts_for_less_among_many_quiet_ones(alarm: Alarm) -> None:
    cry, quiet = "有人掉进水里了，快来救人。", "路灯坏了请来修。"
    scores = [alarm.loudest(quiet * times + cry + quiet * times).score for times in (0, 20, 200)]
    assert scores == sorted(scores, reverse=True)
    assert alarm.loudest(cry * 20).score > scores[1]


def test_a_case_amid_a_letter_fills_one_stretch() -> None:
    chance = np.random.default_rng(0)
    amidst = amid("有人落水", ["路灯不亮" * 30], chance)
    assert len(amidst) == STRETCH
    assert "有人落水" in amidst
    assert amid("水" * 90, ["路灯"], chance) == "水" * 90


def test_it_is_the_same_after_saving_and_loading(tmp_path: Path, alarm: Alarm) -> None:
    train_alarm(ALARMING, CALM).save(tmp_path)
    assert load_alarm(tmp_path).loudest(ALARMING[0]) == alarm.loudest(ALARMING[0])


def test_silence_is_no_alarm(alarm: Alarm) -> None:
    assert alarm.loudest("").score == float("-inf")


@given(st.text(max_size=300))
def test_it_listens_to_any_text_and_stays_inside_it(document: str) -> None:
    loudest = SHIPPED_ALARM.loudest(document)
    assert 0 <= loudest.start <= loudest.end <= len(document)


SHIPPED_ALARM = load_alarm()


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadDataFile, match=r"alarm\.npz"):
        load_alarm(tmp_path)


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04broken"])
def test_a_broken_table_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "alarm.npz").write_bytes(content)
    with pytest.raises(BadDataFile, match=r"alarm\.npz"):
        load_alarm(tmp_path)


def test_arrays_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "alarm.npz", keys=np.zeros(3, np.uint32), weights=np.zeros(2), rarity=np.zeros(3), bias=0.0)
    with pytest.raises(BadDataFile, match="do not fit together"):
        load_alarm(tmp_path)


def test_nothing_to_learn_from_is_said() -> None:
    with pytest.raises(BadTrainingData):
        train_alarm([], CALM)


def test_a_long_case_is_cut_into_overlapping_stretches() -> None:
    parts = cut_up("".join(map(str, range(100))))
    assert parts[0][STRETCH // 2 :] == parts[1][: STRETCH // 2]
    assert cut_up("短") == ["短"]
