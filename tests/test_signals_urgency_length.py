"""A letter's length is no danger to life: what rings must be loud where it stands, and is still heard in a long letter."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from classifier.letter import UrgencyLevel, document
from classifier.signals.reader import SignalReader, load_reader
from classifier.signals.urgency import ALONE, SHORT, SIGN, THREAT, WORDS
from classifier.taxonomy import load_taxonomy

ROOT = Path(__file__).parent.parent
JOINED = 16  # letters of a long one: about 2,500 characters
QUIET = "楼道里的灯坏了三个月，物业说在等配件，晚上回家要摸着墙走。我们打过两次电话，答复都是登记了。希望有关部门过问一下。"
QUIET_WORDS = "因此建议学校给学生开心理课，防止自杀、自残的事情发生，让孩子健康成长。"  # an R0 row in a suggestion's tone


@pytest.fixture(scope="module")
def reader() -> SignalReader:
    return load_reader(load_taxonomy())


@pytest.fixture(scope="module")
def ordinary() -> list[str]:
    """Written letters of every domain in which nobody is in danger."""
    lines = [line for path in sorted((ROOT / "training_data").glob("*.jsonl")) for line in path.read_bytes().splitlines()]
    records = [record for record in map(orjson.loads, lines) if record.get("urgency", "none") == "none"]
    return [document(record["title"] or "", record["text"]) for record in records]


def rings(reader: SignalReader, letter: str) -> bool:
    return reader.read(letter, purpose="APPEAL").urgency.level == UrgencyLevel.R0


def test_a_long_quiet_letter_rings_no_more_often_than_a_short_one(reader: SignalReader, ordinary: list[str]) -> None:
    size = len(ordinary) // JOINED
    long = ["\n".join(ordinary[start::size][:JOINED]) for start in range(size)]
    short_rate = sum(rings(reader, letter) for letter in ordinary[::4]) / len(ordinary[::4])
    assert sum(rings(reader, letter) for letter in long) / size <= 1.25 * short_rate  # 2.6 times as often without the cuts


def test_small_talk_is_too_little_to_be_loud(reader: SignalReader) -> None:
    assert not any(rings(reader, f"\n{words}") for words in ("今天天气不错", "今天天气真好啊", "在吗在吗", "你好", "谢谢"))
    assert rings(reader, "\n救命，我爸把自己锁在屋里要喝农药")


def test_a_danger_told_amid_a_long_letter_is_still_heard(reader: SignalReader, ordinary: list[str]) -> None:
    lines = (ROOT / "tests" / "data" / "signals" / "urgency.jsonl").read_bytes().splitlines()
    cries = [case["text"] for case in map(orjson.loads, lines) if case["urgency"] == "R0"]
    quiet = [letter for letter in ordinary if len(letter) > 200 and not rings(reader, letter)]
    amid = [f"{quiet[3 * place]}\n{cry}\n{quiet[3 * place + 1]}" for place, cry in enumerate(cries)]
    assert sum(rings(reader, letter) for letter in amid) / len(amid) >= 0.6


def test_plain_words_ring_in_a_short_letter_whatever_the_alarm_hears(reader: SignalReader) -> None:
    assert len(QUIET_WORDS) < SHORT
    assert rings(reader, QUIET_WORDS)


def test_the_same_words_in_passing_ring_no_more_in_a_long_letter(reader: SignalReader) -> None:
    assert not rings(reader, QUIET * 10 + QUIET_WORDS + QUIET * 10)


@pytest.mark.parametrize("before", [0, 1, 10, 40])
def test_a_plain_cry_rings_wherever_it_stands(reader: SignalReader, before: int) -> None:
    cry = "我真的不想活了，药就放在手边，今晚吃下去就一了百了，孩子拜托你们照顾。"
    assert rings(reader, QUIET * before + cry + QUIET * (40 - before))


def test_a_letter_of_any_length_asks_for_more_voice_the_longer_it_is() -> None:
    for cut in (WORDS, THREAT, SIGN, ALONE):
        assert cut.at(0) == cut.at(SHORT) == cut.short
        assert cut.short < cut.at(2 * SHORT) < cut.at(20_000)
    assert WORDS.short < THREAT.short < SIGN.short < ALONE.short
