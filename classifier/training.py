"""Labelled letters in, a trained model out: one seeded function for the command line, the Makefile and the service."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import vstack
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import roc_auc_score

from classifier.compiled import compile_model
from classifier.contract import Outcomes, outcomes_state
from classifier.corpus import LabelledLetter
from classifier.errors import BadTrainingData
from classifier.evaluation import score
from classifier.features import LetterTerms
from classifier.leads import Leads
from classifier.model import CalibratedLinear
from classifier.neighbours import neighbours_state
from classifier.scope import fit_scope, scope_rows
from classifier.taxonomy import Taxonomy

TAXONOMY_ORIGIN = "taxonomy"
PLENTY = 300  # letters a label, on average, from which on margins do better than regression, and twice the terms
FEWEST_OUT_OF_SCOPE = 20  # texts that are no petition needed before the model can tell them apart


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that decides the result besides the letters; goes into the manifest."""

    seed: int = 0
    min_letters: int = 3
    max_terms: int = 30_000
    title_weight: float = 1.0
    strength: float = 10.0
    folds: int = 4
    max_iter: int = 100

    def as_dict(self) -> dict[str, float]:
        """For the manifest."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Trained:
    """A model's state, ready to be saved, and how it did on letters held out writer by writer."""

    state: dict[str, Any]
    scores: dict[str, float]
    outcomes: Outcomes


def train(
    letters: Sequence[LabelledLetter],
    taxonomy: Taxonomy | None = None,
    recipe: Recipe | None = None,
    leads: Leads | None = None,
) -> Trained:
    """Fit terms and heads on labelled letters; with a taxonomy, its own words are read as letters too.

    Heads: ``category``; ``purpose`` where letters name one; ``scope`` where enough texts are no petition. Letters whose
    ``origin`` is known are held out origin by origin for calibration; with ``leads`` their outcomes tell how often the model leads
    to the wrong department, without it the label stands for the department. Raises BadTrainingData when there is nothing to tell
    apart.
    """
    recipe = recipe or Recipe()
    petitions = [letter for letter in letters if letter.in_scope]
    if len({letter.category for letter in petitions}) < 2:
        raise BadTrainingData("(all letters)", None, "fewer than two different labels: there is nothing to tell apart")
    learnt = petitions + (_taxonomy_letters(taxonomy) if taxonomy else [])
    strangers = [letter for letter in letters if not letter.in_scope]
    plenty = len(petitions) >= PLENTY * len({letter.category for letter in petitions})
    terms = LetterTerms(recipe.min_letters, recipe.max_terms * (1 + plenty), recipe.title_weight)
    documents = [x.document for x in learnt + strangers]
    every_row = terms.fit(documents, [x.category for x in learnt + strangers]).transform(documents)
    rows, both = every_row[: len(learnt)], petitions + strangers
    rows_of_both = vstack([rows[: len(petitions)], every_row[len(learnt) :]], format="csr")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # stopping early is part of the recipe
        heads = {"category": _head(recipe, rows, [x.category for x in learnt], learnt, margins=plenty)}
        if purposed := [i for i, x in enumerate(learnt) if x.purpose]:
            chosen = [learnt[i] for i in purposed]
            if len({x.purpose for x in chosen}) > 1:
                heads["purpose"] = _head(recipe, rows[purposed], [x.purpose for x in chosen], chosen)
        if len(strangers) >= FEWEST_OUT_OF_SCOPE:
            heads["scope"] = fit_scope(rows_of_both, both, terms.terms_, recipe.folds, recipe.max_iter)
    scores, outcomes = _held_out_scores(heads["category"], learnt, leads)
    if "scope" in heads:
        scores["scope_auroc"] = round(_scope_separation(heads["scope"], [both[i] for i in scope_rows(both)]), 4)
    kept = {"outcomes": outcomes_state(outcomes), "neighbours": neighbours_state(both, rows_of_both, heads["category"].coef_)}
    return Trained(compile_model(terms, heads) | kept, scores, outcomes)


def _taxonomy_letters(taxonomy: Taxonomy) -> list[LabelledLetter]:
    """A category's name with its scope, and each of its typical wordings, as letters: the cold start of a new category."""
    texts = [
        (category.code, text)
        for category in taxonomy.categories.values()
        for text in (f"{category.name}。{category.scope}", *category.typical_wording)
    ]
    return [LabelledLetter(title="", text=text, category=code, origin=TAXONOMY_ORIGIN) for code, text in texts]


def _head(
    recipe: Recipe,
    rows: Any,  # noqa: ANN401
    labels: list[str],
    letters: Sequence[LabelledLetter],
    *,
    margins: bool = False,
) -> CalibratedLinear:
    head = CalibratedLinear(recipe.strength, recipe.folds, recipe.max_iter, recipe.seed, margins)
    return head.fit(rows, labels, _writers(letters))


def _writers(letters: Sequence[LabelledLetter]) -> list[str] | None:
    """Who wrote each letter, where at least two writers are known."""
    origins = [letter.origin for letter in letters]
    return origins if len({o for o in origins if o and o != TAXONOMY_ORIGIN}) > 1 else None


def _held_out_scores(
    head: CalibratedLinear, letters: Sequence[LabelledLetter], leads: Leads | None
) -> tuple[dict[str, float], Outcomes]:
    """Scores on held-out letters, and how their routes came out."""
    known = np.isfinite(head.held_out_).all(axis=1) & np.array([x.origin != TAXONOMY_ORIGIN for x in letters])
    if not known.any():
        return {}, Outcomes([], np.empty(0), np.empty(0, bool))
    p: NDArray[np.float64] = head.held_out_[known]
    held = [x for x, k in zip(letters, known, strict=True) if k]
    classes = [str(c) for c in head.classes_]
    return score(p, classes, [x.right for x in held]).as_dict(), _outcomes(p, classes, held, leads)


def _outcomes(p: NDArray[np.float64], classes: Sequence[str], letters: Sequence[LabelledLetter], leads: Leads | None) -> Outcomes:
    """The department each held-out letter would be led to, how surely, and whether a right label leads there too."""
    rows: list[tuple[str, float, bool]] = []
    for letter, chances in zip(letters, p, strict=True):
        best = classes[chances.argmax()]
        led, *right = leads.of(letter, (best, *letter.right)) if leads else (best, *letter.right)
        if led is not None:
            rows.append((led, float(chances.max()), led in right))
    departments, confidence, right_ones = zip(*rows, strict=True) if rows else ((), (), ())
    return Outcomes(list(departments), np.array(confidence), np.array(right_ones, bool))


def _scope_separation(head: CalibratedLinear, letters: Sequence[LabelledLetter]) -> float:
    """How often a held-out text that is no petition looks stranger than a held-out petition (area under the ROC curve)."""
    known = np.isfinite(head.held_out_).all(axis=1)
    outside = np.array([not x.in_scope for x in letters])
    return float(roc_auc_score(outside[known], head.held_out_[known][:, list(head.classes_).index("out")]))
