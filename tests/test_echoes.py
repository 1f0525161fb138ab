"""Echoes: titles teach as short letters, and only where their own letters teach."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from classifier.corpus import LabelledLetter
from classifier.echoes import Echoes, title_echoes
from classifier.features import LetterTerms
from classifier.model import CalibratedLinear

LABELS = ["LABOR", "LAND"] * 6
ROWS = csr_matrix(np.array([[1.0, 0.3, 0.3], [0.3, 1, 0.3]] * 6) + 0.01 * np.arange(12)[:, None])
ECHOES = Echoes(csr_matrix(np.array([[0.0, 0, 1], [0, 0.2, 0]] * 6)), np.arange(12), 0.6)


def fitted(echoes: Echoes | None, groups: list[str] | None = None) -> CalibratedLinear:
    return CalibratedLinear(folds=3).fit(ROWS, LABELS, groups, echoes=echoes)


@pytest.mark.parametrize("groups", [None, ["a", "b", "c", "d"] * 3])
def test_the_echo_of_a_held_out_letter_is_held_out(groups):
    changed = ECHOES.rows.tolil()
    changed[0] = [-9, 9, 9]
    before, after = fitted(ECHOES, groups), fitted(replace(ECHOES, rows=changed.tocsr()), groups)
    scale = [(m.temperature_, m.caution_) for m in (before, after)]
    odds = [np.log(m.held_out_[0, 0] / m.held_out_[0, 1]) for m in (before, after)]
    back = [(odd - lift) * t / slope for odd, (t, (slope, lift)) in zip(odds, scale, strict=True)]
    assert back[0] == pytest.approx(back[1], abs=0.05)
    assert not np.allclose(before.coef_, after.coef_)


def test_what_only_titles_say_is_learnt():
    assert fitted(None).coef_[0, 2] == pytest.approx(0, abs=0.05)
    assert fitted(ECHOES).predict(csr_matrix([[0.0, 0, 1]])).tolist() == ["LABOR"]


def test_an_echo_counts_less_than_its_letter_and_as_its_letter_does():
    _, codes, weights = ECHOES.beside(ROWS, np.arange(12) % 2, np.linspace(1, 2, 12), np.array([0, 11]))
    assert codes.tolist() == [0, 1, 0, 1]
    assert weights[3] == pytest.approx(2 * weights[2])
    assert weights[2] < weights[0]


def test_short_titles_and_letters_of_one_line_have_no_echo():
    letters = [LabelledLetter(title, text, "A") for title, text in (("求助", "工资"), ("何时发工资", ""), ("何时发工资", "工资"))]
    terms = LetterTerms(min_letters=1).fit([x.document for x in letters])
    echoes = title_echoes(terms, letters, 0.6)
    assert echoes is not None and echoes.owners.tolist() == [2]
    assert title_echoes(terms, letters[:2], 0.6) is None
    assert title_echoes(terms, letters, 0) is None
