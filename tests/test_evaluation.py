"""Scores mean what they say."""

from __future__ import annotations

import numpy as np
import pytest

from classifier.evaluation import calibration_error, score

CLASSES = ["LABOR.WAGE", "LABOR.INJURY", "LAND.EXPROP", "EDU.FEE"]


def test_an_alternative_label_counts_as_right():
    p = np.array([[0.1, 0.6, 0.2, 0.1]])
    assert score(p, CLASSES, [("LABOR.WAGE", "LABOR.INJURY")]).at_1 == 1
    assert score(p, CLASSES, [("LABOR.WAGE",)]).at_1 == 0


def test_the_third_candidate_counts_at_three_and_a_sister_category_for_the_domain():
    p = np.array([[0.1, 0.6, 0.2, 0.05]])
    card = score(p, CLASSES, [("LABOR.WAGE",)])
    assert (card.at_1, card.at_3, card.domain) == (0, 1, 1)


def test_macro_f1_leaves_out_categories_with_fewer_than_five_letters():
    p = np.eye(4)[[0] * 5 + [3]]
    assert score(p, CLASSES, [("LABOR.WAGE",)] * 5 + [("LAND.EXPROP",)]).macro_f1 == 1


def test_calibration_error_is_the_gap_between_said_and_true():
    assert calibration_error(np.full(10, 0.95), np.array([True] * 5 + [False] * 5)) == pytest.approx(0.45)
