"""The arrays that answer give the numbers of the estimators that learnt."""

from __future__ import annotations

import numpy as np
import pytest

from classifier.compiled import compile_model, load_state, probabilities
from classifier.corpus import LabelledLetter
from classifier.features import LetterTerms
from classifier.model import CalibratedLinear
from classifier.text import read, segmenter

ODD = ["\n", "\n！", "征地\n", "a\n", "\n征\r\n地", "标题\n\n正文征地", "\n" + "征地补偿" * 3000, "拖欠工资" * 30 + "\n拖欠工资"]


@pytest.fixture(scope="module")
def learnt(letters: list[LabelledLetter]):
    chosen = [letter for letter in letters if letter.in_scope][::3]
    terms = LetterTerms(max_terms=1500).fit([x.document for x in chosen], [x.category for x in chosen])
    rows = terms.transform([x.document for x in chosen])
    heads = {
        "category": CalibratedLinear(folds=2, max_iter=20).fit(rows, [x.category for x in chosen]),
        "purpose": CalibratedLinear(folds=2, max_iter=20).fit(rows, [x.purpose for x in chosen]),
    }
    return terms, heads, load_state(compile_model(terms, heads)), [x.document for x in chosen[:60]] + ODD


def _found(model, document):
    reading = read(document)
    return reading, model.find(reading, segmenter().cut(reading.masked))


@pytest.mark.parametrize("head", ["category", "purpose"])
def test_compiled_and_learnt_model_give_the_same_probabilities(learnt, head):
    terms, heads, model, documents = learnt
    expected = heads[head].predict_proba(terms.transform(documents))
    for document, right in zip(documents, expected, strict=True):
        answer = probabilities(model.scores(_found(model, document)[1]), model.heads[head])
        assert np.allclose(answer, right, atol=1e-5), document[:20]


def test_the_pull_of_all_characters_adds_up_to_the_score(learnt):
    _, _, model, documents = learnt
    for document in documents:
        reading, found = _found(model, document)
        pull = model.pull(found, 2, len(reading.masked))
        assert pull.sum() + model.intercepts[2] == pytest.approx(model.scores(found)[2], abs=1e-3)


def test_the_same_characters_as_a_word_and_as_a_pair_are_two_terms(learnt):
    terms, _, model, _ = learnt
    both = set(terms.word_terms_) & set(terms.run_terms_)
    assert both
    assert len(set(model.numbers.tolist())) == len(terms.word_terms_) + len(terms.run_terms_) + 1
