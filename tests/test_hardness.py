"""The noises change what they say they change, the same way every time."""

from __future__ import annotations

from random import Random

import pytest

from benchmarks.hardness import NOISES

TEXT = "我们村的征地补偿款，什么时候发？已经拖欠 3 年，欠薪的工资也没有给，请领导管管" * 3


@pytest.mark.parametrize("name", NOISES)
def test_a_noise_changes_the_text_and_is_repeatable(name):
    assert NOISES[name](TEXT, Random(1)) == NOISES[name](TEXT, Random(1)) != TEXT


def test_no_punctuation_keeps_every_word():
    assert NOISES["no punctuation"]("征地，补偿！", Random(0)) == "征地补偿"


def test_signs_between_words_keep_the_words():
    assert NOISES["zero-width characters"](TEXT, Random(0)).translate({0x200B: None, 0x200D: None, 0xFEFF: None}) == TEXT
