"""Whatever learns is a scikit-learn estimator, by the book: scikit-learn's own contract suite says so."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.utils.estimator_checks import parametrize_with_checks

from classifier.features import LetterTerms
from classifier.model import CalibratedLinear

LETTERS = ["讨薪\n包工头拖欠工资三个月", "\n拖欠工资，老板跑路", "征地\n征地补偿没有到位", "\n村里征地没有公告"]


FOLDED = "the folds that temperature and caution are fitted on differ: a row of weight two is in one fold, two rows may be in two"


def known_differences(estimator):
    """What scikit-learn cannot promise either of an estimator that folds its rows itself (CalibratedClassifierCV)."""
    kinds = ("dense", "sparse") if isinstance(estimator, CalibratedLinear) else ()
    return {f"check_sample_weight_equivalence_on_{kind}_data": FOLDED for kind in kinds}


@parametrize_with_checks(
    [CalibratedLinear(folds=2, max_iter=50), LetterTerms(min_letters=1)], expected_failed_checks=known_differences
)
def test_the_contract_of_scikit_learn_is_kept(estimator, check):
    check(estimator)


@pytest.mark.parametrize("max_terms", [5, 10_000])
def test_terms_are_the_same_on_every_fit_and_clone(max_terms):
    first = LetterTerms(min_letters=1, max_terms=max_terms).fit(LETTERS, [0, 0, 1, 1])
    second = clone(first).fit(LETTERS, [0, 0, 1, 1])
    assert first.terms_ == second.terms_
    assert sum(map(len, first.terms_)) <= max_terms


def test_a_term_of_one_letter_only_is_not_learnt():
    terms = LetterTerms(min_letters=2).fit(["\n苏景行说征地", "\n征地", "\n征地了"])
    assert "征地" in terms.terms_[0]
    assert not [t for block in terms.terms_ for t in block if set(t) & set("苏景行")]


def test_a_title_is_heard_however_long_the_text_is():
    terms = LetterTerms(min_letters=1).fit(LETTERS)
    titled, plain = terms.transform(["征地\n老板拖欠工资", "\n征地，老板拖欠工资"]).toarray()
    column = terms.terms_[0].index("征地")
    assert titled[column] > plain[column]
    assert terms.transform(["征地\n"])[0, column] == terms.transform(["\n征地"])[0, column]


def test_the_writer_it_reads_worst_says_how_sure_the_model_may_be():
    rng = np.random.default_rng(0)
    X, y, writers = rng.normal(size=(1200, 6)), np.repeat(["a", "b"], 600), np.tile(["plain", "hard", "other"], 400)
    X[:, 0] += np.where(y == "a", 2, -2) * np.where(writers == "hard", 0.2, 1)
    alone, beside = (CalibratedLinear(folds=3).fit(X, y, groups) for groups in (None, writers))
    assert beside.predict_proba(X).max(axis=1).mean() < alone.predict_proba(X).max(axis=1).mean()
    assert (beside.predict(X) == beside.classes_[beside.predict_proba(X).argmax(axis=1)]).all()


def test_an_unknown_letter_has_no_terms_and_still_gets_probabilities():
    terms = LetterTerms(min_letters=1).fit(LETTERS)
    rows = terms.transform(LETTERS * 3)
    model = CalibratedLinear(folds=2).fit(rows, ["LABOR", "LABOR", "LAND", "LAND"] * 3)
    p = model.predict_proba(terms.transform(["\n!!!"]))
    assert p.shape == (1, 2)
    assert np.isclose(p.sum(), 1)


@pytest.mark.parametrize("margins", [False, True])
def test_a_weight_of_two_is_a_row_twice_and_of_none_no_row(margins):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(60, 4)), np.repeat([0, 1, 2], 20)
    X[np.arange(60), y] += 1
    weights = np.tile([1.0, 2.0, 0.0], 20)
    plain = CalibratedLinear(folds=1, max_iter=1000, margins=margins)
    weighed = clone(plain).fit(X, y, sample_weight=weights)
    repeated = clone(plain).fit(np.repeat(X, weights.astype(int), axis=0), np.repeat(y, weights.astype(int)))
    assert np.allclose(weighed.coef_, repeated.coef_, atol=0.05)
    assert not np.allclose(weighed.coef_, clone(plain).fit(X, y).coef_, atol=0.05)


def test_a_weight_counts_in_the_choice_of_terms_but_never_makes_a_rare_one_common():
    letters, labels = ["\n工资", "\n工资", "\n征地", "\n征地", "\n噪音", "\n噪音"], [0, 0, 0, 1, 1, 1]
    heavy = LetterTerms(min_letters=2, max_terms=3).fit(letters, labels, sample_weight=[1, 1, 1, 1, 9, 9])
    light = LetterTerms(min_letters=2, max_terms=3).fit(letters, labels, sample_weight=[9, 9, 1, 1, 1, 1])
    assert heavy.terms_ != light.terms_
    rare = LetterTerms(min_letters=2).fit(["\n征地", "\n征地", "\n噪"], [0, 0, 1], sample_weight=[1, 1, 9])
    assert rare.terms_[1] == ["地", "征"]


def test_one_class_cannot_be_learnt():
    with pytest.raises(ValueError, match="one class only"):
        CalibratedLinear().fit(np.eye(3), ["LAND"] * 3)


def test_weights_fit_in_one_byte_and_lose_nothing():
    rows = LetterTerms(min_letters=1).fit_transform(LETTERS * 3)
    model = CalibratedLinear(folds=2).fit(rows, ["a", "b", "c", "a"] * 3)
    step = np.abs(model.coef_).max(axis=0) / 127
    steps = model.coef_ / np.where(step > 0, step, 1)
    assert np.allclose(steps, np.rint(steps), atol=1e-3)
