"""The nearest training letters are found from the model alone, which keeps their numbers and no text."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from classifier import registry
from classifier.assess import Assessor
from classifier.corpus import LabelledLetter
from classifier.errors import ModelError
from classifier.letter import Letter
from classifier.neighbours import KEPT, MOST_SHARED, NEAREST, load_neighbours, neighbours_state
from classifier.text import read
from classifier.training import Recipe, train

SMALL = Recipe(max_terms=400, folds=2, max_iter=10)


def _letter(labelled: LabelledLetter) -> Letter:
    return Letter("1", labelled.text, labelled.title)


@pytest.fixture(scope="module")
def state(letters: list[LabelledLetter]):
    return train(letters[::2], None, SMALL).state


def test_a_training_letter_is_nearest_to_itself(assessor: Assessor, letters: list[LabelledLetter]):
    chosen = letters[::20]
    nearest = [assessor.similar(_letter(x))[0] for x in chosen]
    same = [(near.id, near.category) == (x.id, x.category) for near, x in zip(nearest, chosen, strict=True)]
    assert np.mean(same) > 0.95  # two texts may share all their heaviest terms
    assert min(near.score for near, it_is in zip(nearest, same, strict=True) if it_is) > 0.5


def test_there_are_three_nearest_first_and_their_shared_terms_stand_in_the_letter(assessor: Assessor):
    letter = Letter("1", "包工头拖欠我们农民工工资半年，请求劳动监察大队处理。", "拖欠农民工工资")
    found = assessor.similar(letter)
    assert len(found) == NEAREST
    assert [near.score for near in found] == sorted((near.score for near in found), reverse=True)
    assert all(0 < near.score <= 1 and 0 < len(near.shared) <= MOST_SHARED for near in found)
    text = read(f"{letter.title}\n{letter.text}").masked
    assert all(term in text for near in found for term in near.shared)


def test_a_letter_without_a_known_term_has_no_neighbour(assessor: Assessor):
    assert assessor.similar(Letter("1", "！？")) == ()


def test_texts_that_are_no_petition_are_neighbours_too(assessor: Assessor, letters: list[LabelledLetter]):
    stranger = next(x for x in letters if not x.in_scope)
    assert assessor.similar(_letter(stranger))[0].category == ""


def test_the_kept_terms_are_the_heaviest_and_give_the_cosine(letters: list[LabelledLetter]):
    from scipy.sparse import csr_matrix

    rows = np.zeros((3, 40), np.float32)
    rows[0, :30] = np.linspace(1, 0.1, 30)
    rows[1, 35:] = 0.5
    coef = np.tile(np.arange(1, 41, dtype=float), (2, 1))
    saved = neighbours_state(letters[:3], csr_matrix(rows), coef)
    terms = {"terms": [[f"w{n}" for n in range(40)], [], [], []]}
    found = load_neighbours(terms | {"neighbours": saved})
    weighed = rows * found.emphasis
    kept = set(np.argsort(-weighed[0])[:KEPT].tolist())
    assert set(found.rows[0][found.weights[0] > 0].tolist()) == kept
    assert found.weights[2].sum() == 0  # an empty letter is near to nothing
    query = rows[0].nonzero()[0]
    near = found.nearest(query, rows[0][query])
    cut = np.where(np.isin(np.arange(40), [*kept]), weighed[0], 0)
    expected = cut @ weighed[0] / np.linalg.norm(cut) / np.linalg.norm(weighed[0])
    assert [one.id for one in near] == [letters[0].id]
    assert near[0].score == pytest.approx(expected, abs=0.005)


def test_pairs_of_characters_are_named_only_where_no_word_is_shared(letters: list[LabelledLetter]):
    from scipy.sparse import csr_matrix

    rows = csr_matrix(np.array([[0.5, 0, 0.9], [0, 0.5, 0.9]], np.float32))
    state = {"terms": [["工资", "征地"], [], ["资征"], []], "neighbours": neighbours_state(letters[:2], rows, np.ones((2, 3)))}
    near = load_neighbours(state).nearest(np.array([0, 2]), np.array([0.5, 0.5], np.float32))
    assert {one.id: one.shared for one in near} == {letters[0].id: ("工资",), letters[1].id: ("资征",)}


def test_the_state_keeps_ids_labels_and_numbers_but_no_text(state, letters: list[LabelledLetter]):
    saved = state["neighbours"]
    assert sorted(saved["ids"]) == sorted(x.id for x in letters[::2])
    assert set(saved["labels"]) == {x.category for x in letters[::2]}
    rest = {name: value for name, value in saved.items() if name not in ("ids", "labels")}
    assert all(isinstance(value, np.ndarray) and value.dtype.kind in "uf" for value in rest.values())


def test_a_training_letter_costs_less_than_a_hundred_bytes(state):
    saved = state["neighbours"]
    assert sum(saved[name].nbytes for name in ("terms", "weights", "categories")) < 100 * len(saved["ids"])


def test_a_model_without_its_letters_is_not_loaded(tmp_path: Path, state, models_dir: Path):
    manifest = registry.load(models_dir).manifest
    bare = {key: value for key, value in state.items() if key != "neighbours"} | {"outcomes": {}}
    dictionary = registry.load(models_dir).dictionary
    version = registry.save(tmp_path, bare, dictionary, {"day": "2026-11-22", "data": manifest["data"]}, "card")
    with pytest.raises(ModelError, match="train it anew"):
        registry.load(tmp_path, version)
