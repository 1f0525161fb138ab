"""One tiny real model, trained once a session on twelve categories of the shipped letters."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

from classifier import registry
from classifier.assess import Assessor, load_assessor
from classifier.card import make_card, make_manifest
from classifier.contract import Outcomes, load_contract, outcomes_state
from classifier.corpus import LabelledLetter, read_labelled
from classifier.taxonomy import load_taxonomy
from classifier.text import SHIPPED_DICTIONARY
from classifier.training import Recipe, train

settings.register_profile("house", deadline=None)  # a first example may wait for machine code or a dictionary
settings.load_profile("house")

REPOSITORY = Path(__file__).parent.parent
TRAINING_DATA = REPOSITORY / "training_data"
TINY = Recipe(max_terms=4_000, folds=2, max_iter=30)
TINY_FILES = ("labor", "land", "demo", "discip", "out_of_scope")


@pytest.fixture(scope="session")
def letters() -> list[LabelledLetter]:
    """Some hundred shipped letters: wages, land, demolition, accusations, and texts that are no petition."""
    chosen = read_labelled([TRAINING_DATA / f"{name}.jsonl" for name in TINY_FILES])
    return chosen[::3]


def flawless(departments: list[str], confidence: float) -> Outcomes:
    """A hundred right letters for each department, all of one confidence: that becomes the cut."""
    letters = [code for code in departments for _ in range(100)]
    return Outcomes(letters, np.full(len(letters), confidence), np.ones(len(letters), bool))


@pytest.fixture(scope="session")
def models_dir(tmp_path_factory: pytest.TempPathFactory, letters: list[LabelledLetter]) -> Path:
    """A models folder with one promoted version."""
    folder = tmp_path_factory.mktemp("models")
    taxonomy = load_taxonomy()
    trained = train(letters, None, TINY)
    state = trained.state | {"outcomes": outcomes_state(flawless(list(taxonomy.departments), confidence=0.6))}
    manifest = make_manifest(trained, letters, taxonomy, TINY, load_contract(taxonomy.departments), day="2026-11-22")
    registry.promote(folder, registry.save(folder, state, SHIPPED_DICTIONARY, manifest, make_card(manifest)))
    return folder


@pytest.fixture(scope="session")
def assessor(models_dir: Path) -> Assessor:
    """The tiny model, ready to assess."""
    return load_assessor(models_dir)
