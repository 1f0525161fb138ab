"""The scope head hears the board as loudly as everything that is no petition, looks at no figures, and doubts few petitions."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix, hstack

from classifier.compiled import compile_model, load_state
from classifier.corpus import LabelledLetter, read_labelled
from classifier.features import LetterTerms
from classifier.purpose import cue_reader, load_cues
from classifier.scope import BOARD_ORIGIN, FEWEST_BOARD, ONE_LINERS, WRONGLY_DOUBTED, fit_scope, one_liners, scope_rows, telling
from classifier.text import read, segmenter
from tests.conftest import TRAINING_DATA


@pytest.fixture(scope="module")
def written() -> list[LabelledLetter]:
    every = read_labelled([TRAINING_DATA])
    return [x for i, x in enumerate(every) if x.origin == BOARD_ORIGIN or i % 8 == 0]


@pytest.fixture(scope="module")
def learnt(written: list[LabelledLetter]):
    terms = LetterTerms(max_terms=3000)
    documents = [x.document for x in written]
    rows = terms.fit(documents, [x.category for x in written]).transform(documents)
    return terms, rows, fit_scope(rows, written, terms.terms_, folds=3, rounds=40)


def test_without_the_board_every_letter_is_read_once(written: list[LabelledLetter]) -> None:
    others = [x for x in written if x.origin != BOARD_ORIGIN]
    assert scope_rows(others).tolist() == list(range(len(others)))


def test_titles_join_the_letters_of_the_board_where_there_are_enough(written: list[LabelledLetter]) -> None:
    lines = one_liners(written)
    assert len(lines) == ONE_LINERS
    assert {(x.text, x.origin, x.in_scope) for x in lines} == {("", BOARD_ORIGIN, True)}
    board = [x for x in written if x.origin == BOARD_ORIGIN and x.in_scope]
    assert one_liners([x for x in written if x.origin != BOARD_ORIGIN] + board[: FEWEST_BOARD - 1]) == []
    assert one_liners(board) == []


def test_digits_and_latin_letters_tell_nothing(learnt) -> None:
    terms, _, head = learnt
    silent = telling(terms.terms_) == 0
    assert silent.any()
    assert not head.coef_[:, silent].any()


def test_few_petitions_of_the_board_are_doubted(learnt, written: list[LabelledLetter]) -> None:
    _, rows, head = learnt
    board = np.flatnonzero([x.origin == BOARD_ORIGIN for x in written])
    assert (head.predict_proba(rows[board])[:, 1] >= 0.5).mean() <= WRONGLY_DOUBTED


def test_compiled_scope_gives_the_estimators_numbers(learnt, written: list[LabelledLetter]) -> None:
    terms, rows, head = learnt
    model, cutter = load_state(compile_model(terms, {"scope": head})), segmenter()
    expected = head.predict_proba(rows[:40])
    for letter, right in zip(written[:40], expected, strict=True):
        reading = read(letter.document)
        assert np.allclose(model.read(reading, cutter.ends(reading.hidden)).probabilities, right, atol=1e-5)


def test_compiled_scope_hears_cues_as_the_estimator_does(learnt, written: list[LabelledLetter]) -> None:
    terms, rows, _ = learnt
    reader = cue_reader(load_cues())
    cues = reader.rows(read(x.document) for x in written)
    head = fit_scope(rows, written, terms.terms_, folds=3, rounds=40, cues=cues)
    model, cutter = load_state(compile_model(terms, {"scope": head}, load_cues())), segmenter()
    expected = head.predict_proba(hstack([rows[:40], csr_matrix(cues[:40])], format="csr"))
    for letter, row, right in zip(written[:40], cues[:40], expected, strict=True):
        reading = read(letter.document)
        assert np.allclose(model.read(reading, cutter.ends(reading.hidden), row).probabilities, right, atol=1e-5)


def test_who_asks_for_nothing_sounds_less_like_a_petition(learnt, written: list[LabelledLetter]) -> None:
    terms, rows, _ = learnt
    cues = cue_reader(load_cues()).rows(read(x.document) for x in written)
    head = fit_scope(rows, written, terms.terms_, folds=3, rounds=40, cues=cues)
    asks = list(load_cues()).index("plea") * 3 + 2  # at the end of a letter
    assert head.coef_[1, rows.shape[1] + asks] < 0
