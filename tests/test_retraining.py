"""Retraining learns what officers decided, judges itself, and changes nothing that answers."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import orjson
import pytest
from conftest import TINY, TINY_FILES, TRAINING_DATA

from classifier import registry
from classifier.corpus import LabelledLetter, read_labelled
from classifier.errors import BadTrainingData, ModelError, ModelMissing
from classifier.learning_set import Correction, in_exam
from classifier.letter import Letter
from classifier.retraining import Progress, Retrained, retrain

TODAY = date(2026, 12, 1)


@pytest.fixture(scope="session")
def fresh() -> list[LabelledLetter]:
    """Shipped letters that the tiny model has not read."""
    every = read_labelled([TRAINING_DATA / f"{name}.jsonl" for name in TINY_FILES])
    return [x for number, x in enumerate(every) if number % 3 == 1 and x.in_scope and not x.category.startswith("DISCIP")]


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory, letters: list[LabelledLetter]) -> Path:
    """The tiny model's own training letters as a file."""
    folder = tmp_path_factory.mktemp("shipped")
    for name, chosen in (("in", [x for x in letters if x.in_scope]), ("out_of_scope", [x for x in letters if not x.in_scope])):
        rows = [{"id": x.id, "title": x.title, "text": x.text, "category": x.category, "origin": x.origin} for x in chosen]
        (folder / f"{name}.jsonl").write_bytes(b"\n".join(orjson.dumps(row) for row in rows))
    return folder


@pytest.fixture
def models(models_dir: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(models_dir, tmp_path / "models"))


@dataclass
class Run:
    """One retraining with everything around it."""

    models: Path
    before: dict[Path, bytes]
    chosen: list[Correction]
    told: list[tuple[str, float]]
    done: Retrained


@pytest.fixture(scope="module")
def once(models_dir: Path, shipped: Path, fresh: list[LabelledLetter], tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Decisions with a category of two letters, learnt once for several tests."""
    models = Path(shutil.copytree(models_dir, tmp_path_factory.mktemp("once") / "models"))
    before = {file: file.read_bytes() for file in models.rglob("*") if file.is_file()}
    chosen, told = with_a_rare_category(decisions(fresh)), []
    return Run(models, before, chosen, told, run(models, shipped, chosen, lambda *seen: told.append(seen)))


def decision(given: LabelledLetter, number: int, **changes: object) -> Correction:
    when = f"2026-11-{1 + number % 28:02}T08:{number % 60:02}:00+00:00"
    one = Correction(Letter(f"D-{number}", given.text, given.title), given.category, None, None, when, "corrected")
    return replace(one, **changes)  # type: ignore[arg-type]


def decisions(fresh: list[LabelledLetter], most: int = 120) -> list[Correction]:
    return [decision(letter, number) for number, letter in enumerate(fresh[:: max(len(fresh) // most, 1)])]


def run(models: Path, shipped: Path, corrections: list[Correction], progress: Progress = lambda *_: None) -> Retrained:
    return retrain(models, shipped, corrections, county=None, today=TODAY, progress=progress, recipe=TINY)


def with_a_rare_category(chosen: list[Correction]) -> list[Correction]:
    two = [one.letter.id for one in chosen if not in_exam(one)][:2]
    return [replace(one, category="GOVSVC.CULTURE") if one.letter.id in two else one for one in chosen]


def test_a_challenger_is_saved_with_its_verdict_and_promotes_nothing(once: Run):
    assert {file: file.read_bytes() for file in once.before} == once.before
    manifest = registry.load(once.models, once.done.version).manifest
    assert manifest["verdict"] == json.loads(json.dumps(once.done.verdict, ensure_ascii=False))
    assert manifest["champion"] == registry.champion(once.models) != once.done.version
    assert once.done.verdict["measures"]["decisions"]["learnt"] > 80
    assert once.done.verdict["measures"]["newest"]["letters"] >= 30
    assert manifest["reference"]["letters"] == once.done.verdict["measures"]["exam"]["letters"]


def test_progress_only_grows_and_ends(once: Run):
    assert [share for _, share in once.told] == sorted(share for _, share in once.told)
    assert once.told[-1][1] == 1.0


def test_the_same_decisions_give_the_same_bytes(once: Run, models: Path, shipped: Path):
    version = run(models, shipped, once.chosen[::-1]).version
    for file in (once.models / once.done.version).iterdir():
        assert file.read_bytes() == (models / version / file.name).read_bytes(), file.name


def test_the_exam_is_never_learnt(once: Run):
    learnt = set(registry.load(once.models, once.done.version).neighbours.ids)
    assert learnt >= {one.letter.id for one in once.chosen if not in_exam(one)}
    assert not learnt & {one.letter.id for one in once.chosen if in_exam(one)}


def test_a_category_with_two_letters_is_learnt_without_a_fault(once: Run):
    assert "GOVSVC.CULTURE" in registry.load(once.models, once.done.version).model.heads["category"].classes


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"category": "LAND.NOWHERE"}, "letter 'D-0': unknown category 'LAND.NOWHERE'"),
        ({"category": ""}, "letter 'D-0': the label is empty"),
        ({"department": "XXX"}, "letter 'D-0': unknown department 'XXX'"),
        ({"purpose": "WISH"}, "letter 'D-0': unknown purpose 'WISH'"),
        ({"kind": "guessed"}, "letter 'D-0': unknown kind 'guessed'"),
        ({"decided_at": "yesterday"}, "letter 'D-0': decided_at 'yesterday'"),
        ({"letter": Letter("D-0", " ")}, "letter 'D-0': the text is empty"),
    ],
)
def test_a_decision_that_cannot_be_learnt_names_the_letter(models, shipped, fresh, changes, message):
    before = sorted(models.rglob("*"))
    with pytest.raises(BadTrainingData, match=message):
        run(models, shipped, [decision(fresh[0], 0, **changes)])
    assert sorted(models.rglob("*")) == before


def test_a_champion_by_a_newer_version_and_none_are_refused(
    models: Path, tmp_path: Path, shipped: Path, fresh: list[LabelledLetter]
):
    manifest = models / str(registry.champion(models)) / registry.MANIFEST_FILE
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"layout": 99}))
    with pytest.raises(ModelError, match="layout 99"):
        run(models, shipped, decisions(fresh))
    with pytest.raises(ModelMissing):
        run(tmp_path, shipped, decisions(fresh))


def test_accusations_are_neither_learnt_nor_asked(models: Path, shipped: Path, fresh: list[LabelledLetter]):
    accused = [decision(x, n, purpose="ACCUSE") for n, x in enumerate(fresh[:4])]
    with pytest.raises(BadTrainingData, match="no decision to learn from"):
        run(models, shipped, [*accused, decision(fresh[5], 5, category="DISCIP.CORRUPT")])


def test_a_poisoned_challenger_is_refused(models: Path, shipped: Path, fresh: list[LabelledLetter]):
    """All that may be learnt is mislabelled, the exam is right: worse, and told so in Chinese."""
    wrong = [one if in_exam(one) else replace(one, category="LAND.TENURE", kind="upheld") for one in decisions(fresh)]
    done = run(models, shipped, wrong)
    assert not done.verdict["accepted"]
    assert done.verdict["reasons"][0].startswith("候选模型不予启用")
    assert any("总体变差" in reason for reason in done.verdict["reasons"])
