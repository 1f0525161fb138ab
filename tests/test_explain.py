"""Reasons are quoted from the score's own parts: what pulled towards first, then what pulled away, each word once."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.assess import Assessor
from classifier.compiled import leading
from classifier.explain import LONGEST, MOST_AGAINST, MOST_TOWARDS, spans
from classifier.text import codes_of, read


def quoted(*words: tuple[str, float]) -> list[tuple[str, float]]:
    """The words that would be quoted of a text of words with these parts."""
    text = "".join(word for word, _ in words)
    ends = np.cumsum([len(word) for word, _ in words])
    found = spans(np.array([part for _, part in words], float), ends, codes_of(text))
    return [(text[start:end], round(part, 3)) for start, end, part in found]


def test_what_pulled_away_stands_after_what_pulled_towards():
    assert quoted(("房子", -3.0), ("的", 0.0), ("工资", 2.0), ("，", 0.0), ("拖欠", 4.0)) == [
        ("拖欠", 4.0),
        ("工资", 2.0),
        ("房子", -3.0),
    ]


def test_neighbouring_words_are_one_quotation_only_where_they_pulled_the_same_way():
    assert quoted(("拖欠", 2.0), ("工资", 2.0), ("房子", -2.0), ("漏水", -1.0)) == [("拖欠工资", 4.0), ("房子漏水", -3.0)]


def test_no_quotation_is_longer_than_a_reader_takes_in():
    many = [(chr(0x4E00 + n), 1.0) for n in range(2 * LONGEST)]
    assert [len(text) for text, _ in quoted(*many)] == [LONGEST, LONGEST]


def test_the_same_words_are_quoted_once_where_they_pulled_most():
    assert quoted(("工资", 1.0), ("，", 0.0), ("工资", 3.0), ("，", 0.0), ("工资", -2.0)) == [("工资", 3.0)]


def test_weak_words_are_no_reason():
    assert quoted(("工资", 10.0), ("，", 0.0), ("村", 2.0), ("，", 0.0), ("房子", -0.9)) == [("工资", 10.0)]


@settings(max_examples=60)
@given(st.lists(st.tuples(st.sampled_from(["工资", "征地", "房", "，"]), st.integers(-5, 5)), max_size=60))
def test_quotations_are_few_apart_and_in_order(words: list[tuple[str, int]]):
    text, parts = "".join(word for word, _ in words), np.array([part for _, part in words], float)
    found = spans(parts, np.cumsum([len(word) for word, _ in words], dtype=np.int64), codes_of(text))
    weights = [part for *_, part in found]
    towards, against = [w for w in weights if w > 0], [w for w in weights if w < 0]
    assert weights == sorted(towards, reverse=True) + sorted(against)
    assert len(towards) <= MOST_TOWARDS
    assert len(against) <= MOST_AGAINST
    places = sorted((start, end) for start, end, _ in found)
    assert all(before[1] <= after[0] for before, after in pairwise(places))
    assert len({text[start:end] for start, end in places}) == len(places)


def test_parts_of_a_quotation_add_up_to_its_weight(assessor: Assessor):
    reading = read("包工头拖欠工资\n包工头拖欠我们农民工工资，房子也被强拆了，补偿款没有到位，村里说不管。")
    ends = assessor._cutter.ends(reading.hidden)
    parts = assessor.model.read(reading, ends).parts
    starts = np.concatenate([[0], ends[:-1]])
    for start, end, weight in spans(parts, ends, reading.hidden):
        assert weight == pytest.approx(parts[(starts >= start) & (ends <= end)].sum(), abs=5e-4)


@given(st.lists(st.floats(0, 1, width=32), min_size=2, max_size=9), st.integers(1, 5))
def test_candidates_are_the_likeliest_classes_said_to_four_places(p, most):
    domains = np.array([one % 3 for one in range(len(p))], np.int64)
    order, shares = leading()(np.array(p, np.float32), domains, most)
    assert [p[one] for one in order] == sorted(p, reverse=True)[:most]
    assert shares.tolist()[:-1] == [round(p[one], 4) for one in order]
    assert shares[-1] == round(sum(x for one, x in enumerate(p) if one % 3 == order[0] % 3), 4)
