"""Training learns what it is given: any label set, purposes and scope only where there is enough to learn from."""

from __future__ import annotations

from dataclasses import replace

import pytest

from classifier.compiled import load_state
from classifier.corpus import LabelledLetter
from classifier.errors import BadTrainingData
from classifier.taxonomy import load_taxonomy
from classifier.training import Recipe, train

SMALL = Recipe(max_terms=400, folds=2, max_iter=10)


def test_another_label_set_has_no_purpose_and_no_scope(letters: list[LabelledLetter]):
    plain = [LabelledLetter("", x.text, "劳动" if x.category.startswith("LABOR") else "国土") for x in letters if x.in_scope]
    model = load_state(train(plain, None, SMALL).state)
    assert model.heads["category"].classes == ("劳动", "国土")
    assert set(model.heads) == {"category"}


def test_scope_is_learnt_only_from_enough_texts_that_are_no_petition(letters: list[LabelledLetter]):
    few = [x for x in letters if x.in_scope] + [x for x in letters if not x.in_scope][:5]
    assert "scope" not in train(few[::2], None, SMALL).state["heads"]
    assert "scope" in train(letters, None, SMALL).state["heads"]


def test_a_category_without_letters_is_learnt_from_the_taxonomys_words(letters: list[LabelledLetter]):
    trained = train(letters[::4], load_taxonomy(), SMALL)
    assert "GOVSVC.CULTURE" in trained.state["heads"]["category"]["classes"]


def test_one_label_only_is_nothing_to_learn(letters: list[LabelledLetter]):
    with pytest.raises(BadTrainingData, match="fewer than two different labels"):
        train([replace(x, category="LAND.EXPROP") for x in letters], None, SMALL)


def test_held_out_scores_are_reported(letters: list[LabelledLetter]):
    scores = train(letters, None, SMALL).scores
    assert scores["letters"] == sum(x.in_scope for x in letters)
    assert 0 < scores["at_1"] <= scores["at_3"] <= 1
