"""Labelled letters in, a trained model out: one seeded function for the command line, the Makefile and the service."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags_array, hstack, vstack
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_selection import chi2
from sklearn.metrics import roc_auc_score

from classifier.calibration import ENOUGH, held_out
from classifier.compiled import compile_model
from classifier.contract import Outcomes, outcomes_state
from classifier.corpus import DECIDED, LabelledLetter
from classifier.echoes import Echoes, title_echoes
from classifier.errors import BadTrainingData
from classifier.features import LetterTerms
from classifier.held_out import HeldOut
from classifier.label_noise import Suspect
from classifier.leads import Leads
from classifier.model import CalibratedLinear
from classifier.neighbours import neighbours_state
from classifier.purpose import cue_reader, load_cues
from classifier.scope import fit_scope, one_liners, scope_rows
from classifier.taxonomy import Taxonomy
from classifier.text import read

TAXONOMY_ORIGIN = "taxonomy"
PLENTY = 300  # letters a label, on average, from which on margins do better than regression, and twice the terms
PURPOSE_TERMS = 4_000  # terms that may speak for a purpose: those that tell most of it, since topic words mislead
PURPOSE_STRENGTH = 2.0
FEWEST_OUT_OF_SCOPE = 20  # texts that are no petition needed before the model can tell them apart


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that decides the result besides the letters; goes into the manifest."""

    seed: int = 0
    min_letters: int = 3
    max_terms: int = 30_000
    title_weight: float = 1.0
    title_echo: float = 0.6  # what a title counts as a letter of its own, beside its letter
    strength: float = 10.0
    likeness: float = 0.2  # what naive Bayes counts beside the regression
    folds: int = 4
    max_iter: int = 100

    def as_dict(self) -> dict[str, float]:
        """For the manifest."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Trained:
    """A model's state, ready to be saved, and how it did on letters held out writer by writer.

    ``suspects`` are letters whose label it doubted and did not learn, ``written`` the scores on held-out written letters alone.
    """

    state: dict[str, Any]
    scores: dict[str, float]
    outcomes: Outcomes
    suspects: tuple[Suspect, ...] = ()
    written: dict[str, float] = field(default_factory=dict)


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
    every_row = terms.fit(documents, [x.category for x in learnt + strangers], _weights(learnt + strangers)).transform(documents)
    rows, both = every_row[: len(learnt)], petitions + strangers
    rows_of_both = vstack([rows[: len(petitions)], every_row[len(learnt) :]], format="csr")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # stopping early is part of the recipe
        echoes = None if plenty else title_echoes(terms, learnt, recipe.title_echo)
        heads = {"category": _head(recipe, rows, [x.category for x in learnt], learnt, margins=plenty, doubt=True, echoes=echoes)}
        if purposed := [i for i, x in enumerate(learnt) if x.purpose]:
            chosen = [learnt[i] for i in purposed]
            if len({x.purpose for x in chosen}) > 1:
                heads["purpose"] = _purpose_head(recipe, rows[purposed], chosen)
        if len(strangers) >= FEWEST_OUT_OF_SCOPE:
            told, told_rows = _with_one_liners(terms, both, rows_of_both)
            cues = cue_reader(load_cues()).rows(read(x.document) for x in told)
            heads["scope"] = fit_scope(told_rows, told, terms.terms_, recipe.folds, recipe.max_iter, cues)
    seen = _held_out(heads["category"], learnt)
    scores, outcomes = seen.scores(), seen.outcomes(leads)
    if "scope" in heads and held_out(heads["scope"].held_out_).any():
        scores["scope_auroc"] = round(_scope_separation(heads["scope"], [told[i] for i in scope_rows(told)]), 4)
    kept = {"outcomes": outcomes_state(outcomes), "neighbours": neighbours_state(both, rows_of_both, heads["category"].coef_)}
    written = seen.of([x.origin != DECIDED for x in seen.letters]).scores()
    state = compile_model(terms, heads, load_cues()) | kept
    return Trained(state, scores, outcomes, _suspects(heads["category"], learnt), written)


def _with_one_liners(
    terms: LetterTerms, letters: list[LabelledLetter], rows: csr_matrix
) -> tuple[list[LabelledLetter], csr_matrix]:
    """The letters and the titles that the scope head learns as letters, with their rows."""
    lines = one_liners(letters)
    return letters + lines, vstack([rows, terms.transform([x.document for x in lines])], format="csr") if lines else rows


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
    doubt: bool = False,
    echoes: Echoes | None = None,
) -> CalibratedLinear:
    head = CalibratedLinear(recipe.strength, recipe.folds, recipe.max_iter, recipe.seed, margins, recipe.likeness)
    decided = np.array([x.origin == DECIDED for x in letters])
    asked = decided if decided.sum() >= ENOUGH else None
    doubtable = np.array([x.doubtable for x in letters]) if doubt else None
    return head.fit(rows, labels, _writers(letters), _weights(letters), asked, doubtable, echoes)


def _weights(letters: Sequence[LabelledLetter]) -> NDArray[np.float64] | None:
    """What each letter counts; None where all count alike."""
    weights = np.array([letter.weight for letter in letters])
    return None if (weights == 1).all() else weights


def _purpose_head(recipe: Recipe, rows: csr_matrix, letters: Sequence[LabelledLetter]) -> CalibratedLinear:
    """The head for purposes: the terms that tell most of them, then what the cues come to (``classifier.purpose``)."""
    purposes = [letter.purpose for letter in letters]
    scores = np.nan_to_num(chi2(rows, purposes)[0])
    telling = np.zeros(len(scores), np.float32)
    telling[np.argsort(-scores, kind="stable")[:PURPOSE_TERMS]] = 1
    cues = cue_reader(load_cues()).rows(read(letter.document) for letter in letters)
    both = hstack([rows @ diags_array(telling), csr_matrix(cues)], format="csr")
    return _head(replace(recipe, strength=PURPOSE_STRENGTH, likeness=0), both, purposes, letters)


def _writers(letters: Sequence[LabelledLetter]) -> list[str] | None:
    """Who wrote each letter, where at least two writers are known; each matter decided here is by a writer of its own."""
    origins = {x.origin for x in letters} - {"", TAXONOMY_ORIGIN, DECIDED}
    if len(origins) < 2 and not any(x.matter for x in letters if x.origin == DECIDED):
        return None
    return [_writer(number, letter, known=bool(origins)) for number, letter in enumerate(letters)]


def _writer(number: int, letter: LabelledLetter, *, known: bool) -> str:
    if letter.origin == DECIDED:
        return f"{DECIDED} {letter.matter or number}"
    return letter.origin if known or letter.origin == TAXONOMY_ORIGIN else f"letter {number}"


def _held_out(head: CalibratedLinear, letters: Sequence[LabelledLetter]) -> HeldOut:
    every = HeldOut(letters, head.held_out_, [str(c) for c in head.classes_])
    return every.of(held_out(head.held_out_) & np.array([x.origin != TAXONOMY_ORIGIN for x in letters]))


def _suspects(head: CalibratedLinear, letters: Sequence[LabelledLetter]) -> tuple[Suspect, ...]:
    """The letters whose label the held-out probabilities contradict, surest contradiction first."""
    found = []
    for row in np.flatnonzero(head.suspects_).tolist():
        likely = int(head.held_out_[row].argmax())
        p = round(float(head.held_out_[row, likely]), 4)
        found.append(Suspect(letters[row].id, letters[row].category, str(head.classes_[likely]), p))
    return tuple(sorted(found, key=lambda suspect: (-suspect.p, suspect.letter_id)))


def _scope_separation(head: CalibratedLinear, letters: Sequence[LabelledLetter]) -> float:
    """How often a held-out text that is no petition looks stranger than a held-out petition (area under the ROC curve)."""
    known = held_out(head.held_out_)
    outside = np.array([not x.in_scope for x in letters])
    return float(roc_auc_score(outside[known], head.held_out_[known][:, list(head.classes_).index("out")]))
