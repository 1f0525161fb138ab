"""Similar letters are named for whoever may read the letter; what accuses somebody is read only by who handles accusations."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import TRAINING_DATA
from fastapi.testclient import TestClient

from classifier.assess import Assessor
from classifier.corpus import LabelledLetter
from classifier.neighbours import Neighbour
from classifier.taxonomy import load_taxonomy
from service.access import Caller, new_key
from service.app import build_app
from service.settings import Settings
from service.similar import TrainingTexts, accuses, similar_letters

WAGES = {"id": "w1", "title": "拖欠工资", "text": "我们38名工人在工地干活，包工头拖欠工资三十余万元，请求帮助讨要。"}
REVIEWER, SPECIAL = Caller("a", frozenset({"review"})), Caller("b", frozenset({"discipline"}))
ACCUSATION = Neighbour("DISCIP.CORRUPT-001", "DISCIP.CORRUPT", 0.5, ("村支书",))


@pytest.fixture
def office(tmp_path: Path, assessor: Assessor) -> Iterator[dict[str, TestClient]]:
    keys = {role: new_key(role, frozenset({role})) for role in ("intake", "review")}
    rows = "\n".join(row for _, row in keys.values())
    (tmp_path / "keys.csv").write_text(f"prefix,sha256,officer,roles\n{rows}\n", "utf-8")
    store, keys_file = f"sqlite:///{tmp_path / 'fenxin.db'}", tmp_path / "keys.csv"
    app = build_app(Settings(database_url=store, api_keys_file=keys_file, training_data=TRAINING_DATA), assessor=assessor)
    with TestClient(app):
        yield {role: TestClient(app, headers={"X-API-Key": key}) for role, (key, _) in keys.items()}


def test_the_door_names_three_training_letters_with_their_words(office: dict[str, TestClient], assessor: Assessor) -> None:
    assert office["intake"].post("/v1/letters", json=WAGES).status_code == 201
    answer = office["review"].get("/v1/letters/w1/similar").json()
    assert answer["model"] == assessor.version
    assert len(answer["letters"]) == 3
    alike = [one for one in answer["letters"] if one["name"] == "拖欠农民工工资"]
    assert alike and all("工资" in one["text"] for one in alike)


def test_only_who_reads_letters_asks_for_similar_ones(office: dict[str, TestClient]) -> None:
    office["intake"].post("/v1/letters", json=WAGES)
    assert office["intake"].get("/v1/letters/w1/similar").status_code == 403
    assert office["review"].get("/v1/letters/none/similar").status_code == 404


def test_the_words_of_an_accusation_are_for_those_who_handle_accusations() -> None:
    texts, taxonomy = TrainingTexts(TRAINING_DATA), load_taxonomy()
    hidden, shown = (similar_letters([ACCUSATION], texts, taxonomy, caller)[0] for caller in (REVIEWER, SPECIAL))
    assert (hidden.title, hidden.text) == (None, None)
    assert hidden.name == shown.name == taxonomy.categories["DISCIP.CORRUPT"].name
    assert shown.text


@pytest.mark.parametrize("field", ["category", "alternative", "second", "purpose"])
def test_a_letter_accuses_by_any_of_its_labels(field: str) -> None:
    plain = {"title": "", "text": "征地", "category": "LAND.EXPROP"}
    label = "ACCUSE" if field == "purpose" else "DISCIP.CORRUPT"
    assert not accuses(LabelledLetter(**plain), load_taxonomy())
    assert accuses(LabelledLetter(**(plain | {field: label})), load_taxonomy())


def test_another_letter_under_the_same_id_is_not_shown_for_it() -> None:
    other = Neighbour(ACCUSATION.id, "LAND.EXPROP", 0.5, ())
    assert similar_letters([other], TrainingTexts(TRAINING_DATA), load_taxonomy(), SPECIAL)[0].text is None


def test_a_text_that_is_no_petition_is_named_so() -> None:
    found = similar_letters([Neighbour("x", "", 0.5, ())], TrainingTexts(TRAINING_DATA), load_taxonomy(), SPECIAL)
    assert found[0].name == "非信访内容"


@pytest.mark.parametrize("content", [None, "{oops", '{"text": "征地"}'])
def test_without_readable_training_letters_only_their_ids_are_shown(tmp_path: Path, content: str | None) -> None:
    folder = tmp_path / "letters"
    if content is not None:
        folder.mkdir()
        (folder / "own.jsonl").write_text(content, encoding="utf-8")
    found = similar_letters([ACCUSATION], TrainingTexts(folder), load_taxonomy(), SPECIAL)
    assert (found[0].id, found[0].text) == (ACCUSATION.id, None)
