"""Training anew from shipped letters and corrections; minimal, to be replaced."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from classifier import registry
from classifier.card import make_card, make_manifest
from classifier.contract import load_contract
from classifier.corpus import LabelledLetter, read_labelled
from classifier.learning_set import Correction
from classifier.taxonomy import load_taxonomy
from classifier.text import SHIPPED_DICTIONARY
from classifier.training import Recipe, train


@dataclass(frozen=True, slots=True)
class Suspect:
    """A label that the model speaks against."""

    letter_id: str
    given: str
    likely: str
    p: float


@dataclass(frozen=True, slots=True)
class Retrained:
    """A challenger with its verdict."""

    version: str
    verdict: dict[str, Any]
    suspects: tuple[Suspect, ...]


def retrain(
    models: Path,
    training_data: Path,
    corrections: Sequence[Correction],
    *,
    county: Path | None,
    today: date,
    progress: Callable[[str, float], None],
    seed: int = 0,
) -> Retrained:
    """Train, compare, save; promotes nothing."""
    progress("reading", 0.0)
    letters = read_labelled([training_data])
    taxonomy = load_taxonomy(county)
    letters += [LabelledLetter(one.letter.title, one.letter.text, one.category, id=one.letter.id) for one in corrections]
    recipe = Recipe(seed=seed, max_terms=4000, folds=2, max_iter=20)
    progress("training", 0.2)
    trained = train(letters, None, recipe)
    progress("judging", 0.8)
    verdict = {"accepted": True, "reasons": [], "measures": {}}
    manifest = make_manifest(trained, letters, taxonomy, recipe, load_contract(taxonomy.departments, county), day=today.isoformat())
    version = registry.save(models, trained.state, SHIPPED_DICTIONARY, manifest | {"verdict": verdict}, make_card(manifest))
    progress("saved", 1.0)
    return Retrained(version, verdict, ())
