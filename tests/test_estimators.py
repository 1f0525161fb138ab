"""Whatever learns is a scikit-learn estimator, by the book: scikit-learn's own contract suite says so."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.utils.estimator_checks import parametrize_with_checks

from classifier.features import LetterTerms
from classifier.model import CalibratedLinear

LETTERS = ["讨薪\n包工头拖欠工资三个月", "\n拖欠工资，老板跑路", "征地\n征地补偿没有到位", "\n村里征地没有公告"]


@parametrize_with_checks([CalibratedLinear(folds=2, max_iter=50), LetterTerms(min_letters=1)])
def test_the_contract_of_scikit_learn_is_kept(estimator, check):
    check(estimator)


@pytest.mark.parametrize("max_terms", [5, 10_000])
def test_terms_are_the_same_on_every_fit_and_clone(max_terms):
    first = LetterTerms(min_letters=1, max_terms=max_terms).fit(LETTERS, [0, 0, 1, 1])
    second = clone(first).fit(LETTERS, [0, 0, 1, 1])
    assert first.word_terms_ == second.word_terms_
    assert first.run_terms_ == second.run_terms_
    assert len(first.word_terms_) + len(first.run_terms_) <= max_terms


def test_a_term_of_one_letter_only_is_not_learnt():
    terms = LetterTerms(min_letters=2).fit(["\n苏景行说征地", "\n征地", "\n征地了"])
    assert "征地" in terms.word_terms_
    assert not [t for t in [*terms.word_terms_, *terms.run_terms_] if set(t) & set("苏景行")]


def test_a_title_counts_more_than_the_text():
    terms = LetterTerms(min_letters=1).fit(LETTERS)
    titled, plain = terms.transform(["征地\n老板", "老板\n征地"]).toarray()
    column = terms.word_terms_["征地"]
    assert titled[column] > plain[column]


def test_an_unknown_letter_has_no_terms_and_still_gets_probabilities():
    terms = LetterTerms(min_letters=1).fit(LETTERS)
    rows = terms.transform(LETTERS * 3)
    model = CalibratedLinear(folds=2).fit(rows, ["LABOR", "LABOR", "LAND", "LAND"] * 3)
    p = model.predict_proba(terms.transform(["\n!!!"]))
    assert p.shape == (1, 2)
    assert np.isclose(p.sum(), 1)


def test_one_class_cannot_be_learnt():
    with pytest.raises(ValueError, match="one class only"):
        CalibratedLinear().fit(np.eye(3), ["LAND"] * 3)


def test_weights_fit_in_one_byte_and_lose_nothing():
    rows = LetterTerms(min_letters=1).fit_transform(LETTERS * 3)
    model = CalibratedLinear(folds=2).fit(rows, ["a", "b", "c", "a"] * 3)
    step = np.abs(model.coef_).max(axis=0) / 127
    steps = model.coef_ / np.where(step > 0, step, 1)
    assert np.allclose(steps, np.rint(steps), atol=1e-3)
