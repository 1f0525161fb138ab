"""A model folder is whole or not there, checked before it is opened, and can be taken back."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path

import joblib
import pytest

from classifier import registry
from classifier.corpus import LabelledLetter
from classifier.errors import ModelError, ModelMissing, ModelTampered
from classifier.grouping.scorer import load_scorer, scorer_state
from classifier.text import SHIPPED_DICTIONARY
from classifier.training import Recipe, train

SMALL = Recipe(max_terms=300, folds=2, max_iter=10)


@pytest.fixture
def models(models_dir: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(models_dir, tmp_path / "models"))


def _version_folder(models: Path) -> Path:
    return models / str(registry.champion(models))


def test_a_changed_file_is_refused_before_it_is_opened(models: Path):
    file = _version_folder(models) / registry.MODEL_FILE
    file.write_bytes(b"cos\nsystem\n(S'touch owned'\ntR." + file.read_bytes())
    with pytest.raises(ModelTampered, match="not the file its manifest describes"):
        registry.load(models)


@pytest.mark.parametrize("name", [registry.MODEL_FILE, registry.DICTIONARY_FILE])
def test_a_missing_file_is_named(models: Path, name: str):
    (_version_folder(models) / name).unlink()
    with pytest.raises(ModelMissing, match=name):
        registry.load(models)


def test_no_champion_and_a_strange_version_are_told(tmp_path: Path, models: Path):
    with pytest.raises(ModelMissing, match="no champion"):
        registry.load(tmp_path)
    with pytest.raises(ModelMissing, match="is no model version"):
        registry.load(models, "../../etc")
    with pytest.raises(ModelMissing, match="no model 2020-01-01-abcdef"):
        registry.load(models, "2020-01-01-abcdef")


def test_two_versions_of_one_day_stand_in_the_order_they_were_written(models: Path):
    first = _version_folder(models)
    for name, seconds in (("ffffff", 1_000), ("000000", 2_000)):
        copy = Path(shutil.copytree(first, models / f"{first.name[:11]}{name}"))
        manifest = copy / registry.MANIFEST_FILE
        manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"version": copy.name}))
        os.utime(manifest, (seconds, seconds))
    assert [one["version"][11:] for one in registry.versions(models)] == ["ffffff", "000000", first.name[11:]]


def test_a_newer_layout_is_refused(models: Path):
    file = _version_folder(models) / registry.MANIFEST_FILE
    file.write_text(json.dumps(json.loads(file.read_text()) | {"layout": 99}))
    with pytest.raises(ModelError, match="layout 99"):
        registry.load(models)


def test_a_file_of_another_shape_and_a_garbled_pointer_are_told(models: Path):
    folder = _version_folder(models)
    file = folder / registry.MODEL_FILE
    joblib.dump(["no", "model"], file)
    manifest = json.loads((folder / registry.MANIFEST_FILE).read_text())
    manifest["sha256"][registry.MODEL_FILE] = hashlib.sha256(file.read_bytes()).hexdigest()
    (folder / registry.MANIFEST_FILE).write_text(json.dumps(manifest))
    with pytest.raises(ModelError, match="not a model of this program"):
        registry.load(models)
    (models / "champion").write_bytes(b"\xff\xfe")
    with pytest.raises(ModelMissing, match="is no model version"):
        registry.load(models)


def test_promotion_can_be_taken_back_and_forth(models: Path, letters: list[LabelledLetter]):
    first = registry.champion(models)
    second = registry.save(
        models, train(letters[::5], None, SMALL).state, SHIPPED_DICTIONARY, {"day": "2026-11-23"}, "card {version}"
    )
    assert registry.champion(models) == first
    registry.promote(models, second)
    assert registry.champion(models) == second
    assert registry.rollback(models) == first
    assert registry.rollback(models) == second


def test_a_broken_version_is_not_promoted(models: Path):
    folder = _version_folder(models)
    broken = Path(shutil.copytree(folder, models / "2026-11-24-abcdef"))
    (broken / registry.MODEL_FILE).write_bytes(b"")
    with pytest.raises(ModelTampered):
        registry.promote(models, broken.name)
    assert registry.champion(models) == folder.name


def test_the_same_letters_and_seed_give_the_same_bytes(tmp_path: Path, letters: list[LabelledLetter]):
    manifest = {"day": "2026-11-22"}
    versions = {
        registry.save(tmp_path / name, train(letters[::5], None, SMALL).state, SHIPPED_DICTIONARY, manifest, "card")
        for name in "ab"
    }
    assert len(versions) == 1
    (version,) = versions
    for file in sorted((tmp_path / "a" / version).iterdir()):
        assert file.read_bytes() == (tmp_path / "b" / version / file.name).read_bytes()


def test_a_folder_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path, letters: list[LabelledLetter]):
    blocked = tmp_path / "models"
    blocked.write_text("a file where the folder should be")
    with pytest.raises(ModelError, match="cannot save a model"):
        registry.save(blocked, train(letters[::5], None, SMALL).state, SHIPPED_DICTIONARY, {"day": "2026-11-22"}, "card")
    assert blocked.read_text() == "a file where the folder should be"


def test_a_pair_scorer_over_other_parts_gives_way_to_the_shipped_one():
    saved = scorer_state(load_scorer())
    assert registry._pair_scorer({"pair_scorer": saved}) is not None
    assert registry._pair_scorer({"pair_scorer": saved | {"parts": ["same sender"]}}) is None
    assert registry._pair_scorer({}) is None
