"""Labels that the held-out model contradicts are doubted; a new category and an upheld label are not."""

from __future__ import annotations

import numpy as np

from classifier.label_noise import FEWEST, suspicious
from classifier.model import CalibratedLinear


def drawn(n: int = 300, slips: int = 30) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    true = np.arange(n) % 3
    X = rng.normal(size=(n, 6)) * 0.5
    X[np.arange(n), true] += 2
    given = true.copy()
    slipped = rng.choice(n, slips, replace=False)
    given[slipped] = (true[slipped] + 1) % 3
    return X, given, np.isin(np.arange(n), slipped)


def test_most_slips_are_found_and_few_others():
    X, given, slipped = drawn()
    model = CalibratedLinear(folds=3).fit(X, given, doubtable=np.ones(len(given), bool))
    assert (model.suspects_ & slipped).sum() >= 0.8 * slipped.sum()
    assert (model.suspects_ & ~slipped).sum() <= 0.1 * slipped.sum() + 2


def test_suspects_teach_nothing():
    X, given, _ = drawn()
    model = CalibratedLinear(folds=3).fit(X, given, doubtable=np.ones(len(given), bool))
    kept = ~model.suspects_
    assert np.allclose(model.coef_, CalibratedLinear(folds=3).fit(X[kept], given[kept]).coef_)


def test_what_may_not_be_doubted_is_not():
    X, given, _ = drawn()
    assert not CalibratedLinear(folds=3).fit(X, given).suspects_.any()
    none = np.zeros(len(given), bool)
    assert not CalibratedLinear(folds=3).fit(X, given, doubtable=none).suspects_.any()


def test_a_new_category_may_begin():
    scores = np.array([[3.0, 0, 0]] * 40 + [[0, 3.0, 0]] * 40 + [[3.0, 0, 0]] * (FEWEST - 1))
    given = np.array([0] * 40 + [1] * 40 + [2] * (FEWEST - 1))
    assert not suspicious(scores, given, np.ones(len(given), bool)).any()


def test_rows_that_nobody_held_out_are_not_doubted():
    assert not suspicious(np.full((50, 2), np.nan), np.zeros(50, int), np.ones(50, bool)).any()
