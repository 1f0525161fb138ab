"""What naive Bayes adds to a regression."""

import numpy as np
from scipy.sparse import csr_matrix

from classifier.likeness import likeness
from classifier.model import CalibratedLinear

ROWS = csr_matrix(np.array([[3, 1, 0, 0], [3, 0, 0, 0], [3, 0, 0, 1], [0, 0, 3, 1], [0, 1, 3, 1], [0, 0, 3, 0]] * 4, np.float32))
LABELS = np.array(["LABOR", "LABOR", "LABOR", "LAND", "LAND", "LAND"] * 4)
CODES = (LABELS == "LAND").astype(np.int64)
PULL = np.array([[1.0, 0.0, -1.0, 0.0], [-1.0, 0.0, 1.0, 0.0]])


def test_a_term_speaks_for_the_class_that_uses_it() -> None:
    labor, land = likeness(ROWS, CODES, None, PULL)
    assert labor[0] > 0 > labor[2]
    assert land[2] > 0 > land[0]


def test_a_likeness_weighs_as_much_as_the_regression_beside_it() -> None:
    for scale in (0.1, 1.0, 30.0):
        spoken = likeness(ROWS, CODES, None, scale * PULL)
        assert np.isclose(np.std(ROWS @ spoken.T), np.std(ROWS @ (scale * PULL).T))


def test_a_letter_that_counts_three_times_counts_as_three() -> None:
    thrice = np.where(np.arange(len(CODES)) == 1, 3.0, 1.0)
    order = [*range(len(CODES)), 1, 1]
    once, again = likeness(ROWS, CODES, thrice, PULL), likeness(ROWS[order], CODES[order], None, PULL)
    assert np.allclose(once / np.abs(once).max(), again / np.abs(again).max())


def test_terms_that_nobody_uses_change_nothing() -> None:
    assert not likeness(csr_matrix((4, 3)), np.array([0, 0, 1, 1]), None, np.ones((2, 3))).any()


def test_a_model_with_likeness_hears_the_term_that_regression_found_superfluous() -> None:
    """The second term goes with LABOR wherever the first does: regression shares its weight out, naive Bayes hears each in full."""
    rows = csr_matrix(np.array([[1, 1, 0], [1, 1, 0], [1, 0.2, 0], [0, 0, 1], [0, 0, 1], [0, 0, 1]] * 4, np.float32))
    plain, beside = (CalibratedLinear(C=10, folds=2, likeness=share).fit(rows, LABELS) for share in (0.0, 0.8))
    told = [model.coef_[0][1] / model.coef_[0][0] for model in (plain, beside)]
    assert told[1] > told[0]
