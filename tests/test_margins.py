"""Margins: for labels with many letters each, one class against the rest."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from sklearn.utils.estimator_checks import parametrize_with_checks

from classifier import training
from classifier.corpus import LabelledLetter
from classifier.margins import by_margins
from classifier.model import CalibratedLinear
from classifier.training import Recipe, train
from tests.test_estimators import known_differences


@parametrize_with_checks([CalibratedLinear(folds=2, margins=True)], expected_failed_checks=known_differences)
def test_the_contract_of_scikit_learn_is_kept(estimator, check):
    check(estimator)


def test_each_class_has_a_row_of_weights_that_finds_its_own_rows():
    rng = np.random.default_rng(0)
    codes = np.repeat([3, 5, 9], 40)
    X = rng.normal(size=(120, 4)) / 5
    X[np.arange(120), np.repeat([0, 1, 2], 40)] += 1
    coef, intercept = by_margins(X, codes, 0)
    assert coef.shape == (3, 4)
    assert (np.array([3, 5, 9])[(X @ coef.T + intercept).argmax(axis=1)] == codes).mean() > 0.95


def test_margins_are_for_labels_with_plenty_of_letters(letters: list[LabelledLetter], monkeypatch):
    seen = []
    head = training._head
    monkeypatch.setattr(training, "_head", lambda *a, margins=False, **k: seen.append(margins) or head(*a, margins=margins, **k))
    two = [replace(x, category=x.category[:4], purpose="") for x in letters if x.category[:4] in {"LABO", "LAND"}]
    few = training.PLENTY * 2 // len(two)
    train(two, None, Recipe(max_terms=200, folds=2, max_iter=5))
    train([replace(x, text=f"{x.text}{i}") for x in two for i in range(few + 1)], None, Recipe(max_terms=200, folds=2, max_iter=5))
    assert seen == [False, True]
