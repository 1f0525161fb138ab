"""Retraining: officers' decisions in, a challenger (候选模型) with its verdict out; nothing is promoted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from classifier import drift, registry
from classifier.assess import Assessor, build_assessor
from classifier.card import make_card, make_manifest
from classifier.compiled import load_state
from classifier.contract import load_contract, load_outcomes
from classifier.corpus import LabelledLetter, check_labels, read_labelled
from classifier.errors import BadTrainingData
from classifier.grouping.scorer import PairScorer, load_scorer, scorer_state
from classifier.grouping.teaching import DecidedLetter, teach
from classifier.grouping.training import written_rows
from classifier.judging import Case, Sitting, judge
from classifier.label_noise import Suspect
from classifier.leads import Leads, load_leads
from classifier.learning_set import SOURCE, WRITTEN, Correction, LabelWeights, as_labelled, check, in_exam, load_weights, newest
from classifier.letter import Access, Letter, Purpose
from classifier.migration import Changes, load_changes
from classifier.neighbours import load_neighbours
from classifier.registry import SavedModel
from classifier.taxonomy import Taxonomy, load_taxonomy
from classifier.text import SHIPPED_DICTIONARY, segmenter
from classifier.training import Recipe, Trained, train
from classifier.twins import has_twin, term_rows
from classifier.verdict import answers

__all__ = ["Retrained", "Suspect", "retrain"]

FEWEST_NEWEST = 30  # decisions since the champion's training before a time split says anything
NEWEST_SHARE = 0.5  # of them: what the rehearsal does not learn
Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Retrained:
    """A saved challenger: ``verdict`` as in its manifest, JSON-ready; ``suspects`` are labels to look at again, not learnt."""

    version: str
    verdict: dict[str, Any]
    suspects: tuple[Suspect, ...]


@dataclass(frozen=True, slots=True)
class Ground:
    """What all steps share: the tables, the champion, the written letters."""

    taxonomy: Taxonomy
    ours: Taxonomy | None
    leads: Leads | None
    county: Path | None
    champion: SavedModel
    written: Sequence[LabelledLetter]
    weights: LabelWeights
    today: date


@dataclass(frozen=True, slots=True)
class Decided:
    """Decisions to learn and decisions to ask; ``left_out`` counts those that are neither, by reason."""

    learnt: Sequence[Correction]
    exam: Sequence[Correction]
    left_out: dict[str, int]


def retrain(
    models: Path,
    training_data: Path,
    corrections: Sequence[Correction],
    *,
    county: Path | None,
    today: date,
    progress: Progress,
    seed: int = 0,
    recipe: Recipe | None = None,
    groups: Sequence[DecidedLetter] = (),
) -> Retrained:
    """Train a challenger on the shipped letters and the decisions, judge it against the champion, save it with its verdict.

    ``groups`` are letters whose group officers decided: they teach the pair scorer, which goes with the model.

    The same inputs, seed and day give the same bytes. Raises ModelError (no champion, or one by a newer version) and
    BadTrainingData (a decision that cannot be learnt, by letter); then nothing was written.
    """
    progress("读取在用模型和训练信件", 0.0)
    recipe = replace(recipe or Recipe(), seed=seed)
    ground = _ground(models, training_data, county, today)
    decided = _decided(corrections, ground)
    learnt = [*ground.written, *as_labelled(decided.learnt, ground.weights, today)]
    progress("学习", 0.05)
    trained = train(learnt, ground.ours, recipe, ground.leads)
    manifest = make_manifest(
        trained, learnt, ground.ours, recipe, load_contract(ground.taxonomy.departments, county), day=today.isoformat()
    )
    progress("考试：与在用模型比较", 0.6)
    challenger = _assessor(trained, manifest, county)
    champion = build_assessor(ground.champion, county)
    exam = _sitting(ground, decided.learnt, decided.exam, champion, challenger)
    progress("演习：用较早的办理结果预测最近的", 0.7)
    recent = _rehearse(ground, decided, champion, recipe)
    case = Case(exam, recent, _written_scores(ground.champion.manifest), trained.written, champion.contract, ground.taxonomy)
    verdict = judge(case, _measures(ground, decided, trained, manifest), seed)
    progress("从群体件的办理意见学习", 0.85)
    present = ground.champion.pair_scorer or load_scorer()
    lesson = teach(challenger, lambda: written_rows(challenger, ground.written, training_data), groups, present)
    progress("保存候选模型", 0.95)
    manifest |= {"champion": ground.champion.version, "verdict": verdict, "written": trained.written}
    manifest |= {"reference": _reference(challenger, exam), "groups": lesson.verdict}
    state = _with_scorer(trained, lesson.scorer or ground.champion.pair_scorer)
    version = registry.save(models, state, SHIPPED_DICTIONARY, manifest, make_card(manifest))
    progress("完成", 1.0)
    return Retrained(version, verdict, trained.suspects)


def _with_scorer(trained: Trained, scorer: PairScorer | None) -> dict[str, Any]:
    """The state to save; what decisions taught the pair scorer is never lost, also where this time taught it nothing."""
    return trained.state | ({"pair_scorer": scorer_state(scorer)} if scorer else {})


def _ground(models: Path, training_data: Path, county: Path | None, today: date) -> Ground:
    champion = registry.load(models)
    taxonomy, weights = load_taxonomy(county), load_weights(county)
    written = [replace(x, weight=weights.of(WRITTEN)) for x in read_labelled([training_data])]
    ours = taxonomy if check_labels(written, taxonomy.categories) else None
    leads = load_leads(taxonomy, county) if ours else None
    return Ground(taxonomy, ours, leads, county, champion, written, weights, today)


def _decided(corrections: Sequence[Correction], ground: Ground) -> Decided:
    """Check all, keep the newest of each letter, part exam from learning; accusations are neither (条例 Art. 30)."""
    codes = ground.taxonomy.categories if ground.ours else {x.category for x in ground.written}
    carried = carry_over(corrections, load_changes(codes, ground.county))
    check(carried, codes, ground.taxonomy.departments)
    latest = newest(carried)
    open_ones = [one for one in latest if not _restricted(one, ground.taxonomy)]
    known = set(ground.champion.neighbours.ids)  # a matter may have been joined after its letter was learnt: no longer fit to ask
    exam = [one for one in open_ones if in_exam(one) and one.letter.id not in known]
    learnt = [one for one in open_ones if not in_exam(one)]
    if not learnt:
        raise BadTrainingData(
            SOURCE, None, "no decision to learn from: all are kept for the exam or restricted; decide more letters"
        )
    left_out = {
        "changed_code": len(corrections) - len(carried),
        "restricted": len(latest) - len(open_ones),
        "learnt_before": len(open_ones) - len(exam) - len(learnt),
    }
    return Decided(learnt, exam, left_out)


def carry_over(corrections: Sequence[Correction], changes: Changes) -> list[Correction]:
    """Decisions under the codes of today; one under a code that was split or retired needs a person first and is left out."""
    found = []
    for one in corrections:
        code = changes.carried(one.category) if one.category in changes.by_old else one.category
        if code is not None:
            found.append(one if code == one.category else replace(one, category=code))
    return found


def _restricted(one: Correction, taxonomy: Taxonomy) -> bool:
    category = taxonomy.categories.get(one.category)
    return one.purpose == Purpose.ACCUSE or (category is not None and category.access is Access.RESTRICTED)


def _assessor(trained: Trained, manifest: dict[str, Any], county: Path | None) -> Assessor:
    """The challenger as it would answer, before it is saved."""
    state = trained.state
    outcomes = load_outcomes(state["outcomes"])
    saved = SavedModel("challenger", manifest, SHIPPED_DICTIONARY, load_state(state), outcomes, load_neighbours(state))
    return build_assessor(saved, county)


def _sitting(
    ground: Ground, learnt: Sequence[Correction], asked: Sequence[Correction], before: Assessor, after: Assessor
) -> Sitting | None:
    """What both say of the letters asked; one with a twin among the learnt ones (same matter, near-equal text) is not asked."""
    matters = {one.matter for one in learnt if one.matter}
    apart = [one for one in asked if not one.matter or one.matter not in matters]
    letters = as_labelled(apart, ground.weights, ground.today)
    if letters:
        learnt_texts = [x.document for x in as_labelled(learnt, ground.weights, ground.today)]
        model, cutter = after.model, segmenter(SHIPPED_DICTIONARY)
        rows = (term_rows(model, cutter, texts) for texts in ([x.document for x in letters], learnt_texts))
        letters = [x for x, twin in zip(letters, has_twin(*rows), strict=True) if not twin]
    if not letters:
        return None
    return Sitting(letters, answers(before, letters, ground.leads), answers(after, letters, ground.leads))


def _rehearse(ground: Ground, decided: Decided, champion: Assessor, recipe: Recipe) -> Sitting | None:
    """The time split: a model that learnt all but the newest decisions, against the champion on those; neither has seen them."""
    known = set(ground.champion.neighbours.ids)
    fresh = [one for one in decided.learnt if one.letter.id not in known]
    recent = fresh[len(fresh) - int(len(fresh) * NEWEST_SHARE) :]
    if len(recent) < FEWEST_NEWEST:
        return None
    asked = {one.letter.id for one in recent}
    older = [one for one in decided.learnt if one.letter.id not in asked]
    letters = [*ground.written, *as_labelled(older, ground.weights, ground.today)]
    categories_only = [replace(x, purpose="") for x in letters if x.in_scope]
    trained = train(categories_only, ground.ours, replace(recipe, folds=1), ground.leads)
    return _sitting(ground, older, recent, champion, _assessor(trained, {}, ground.county))


def _reference(challenger: Assessor, exam: Sitting | None) -> dict[str, Any]:
    """What later letters are compared with for drift: the exam's, which the model has not read."""
    if exam is None:
        return drift.reference([])
    seen = drift.vitals(challenger, (Letter(x.id, x.text, x.title) for x in exam.letters))
    told = zip(exam.letters, exam.after.lead, exam.after.right_lead, strict=True)
    return drift.reference(seen, [drift.Handled(x.id, lead, not right) for x, lead, right in told if lead])


def _written_scores(manifest: dict[str, Any]) -> dict[str, float]:
    scores: dict[str, float] = manifest.get("written") or manifest.get("held_out") or {}
    return scores


def _measures(ground: Ground, decided: Decided, trained: Trained, manifest: dict[str, Any]) -> dict[str, Any]:
    """Size and counts; times are left out, so that the same decisions give the same bytes."""
    return {
        "decisions": {"learnt": len(decided.learnt), "exam": len(decided.exam), **decided.left_out},
        "suspects": len(trained.suspects),
        "terms": {"before": ground.champion.manifest.get("terms"), "after": manifest["terms"]},
        "weights_mb": {
            "before": round(ground.champion.model.steps.nbytes / 1e6, 2),
            "after": round(sum(np.asarray(head["steps"]).nbytes for head in trained.state["heads"].values()) / 1e6, 2),
        },
    }
