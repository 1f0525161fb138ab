"""How good a model is: accuracy of the best and the best three categories, of the domain, macro-F1, calibration error."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import f1_score

from classifier.taxonomy import domain_of

Probabilities = NDArray[np.floating]
Answers = tuple[str, ...]
ENOUGH_FOR_F1 = 5  # letters a category needs before its F1 says anything
BINS = 10


@dataclass(frozen=True, slots=True)
class Scorecard:
    """Scores of one model on one set of labelled letters, all between 0 and 1."""

    letters: int
    at_1: float
    at_3: float
    domain: float
    macro_f1: float
    calibration_error: float

    def as_dict(self) -> dict[str, float]:
        """Rounded for a manifest."""
        return {key: value if key == "letters" else round(value, 4) for key, value in asdict(self).items()}


def score(p: Probabilities, classes: Sequence[str], right: Sequence[Answers]) -> Scorecard:
    """Judge probabilities (n_letters, n_classes) against the labels that count as right for each letter, best one first.

    >>> score(np.array([[0.9, 0.1]]), ["LABOR.WAGE", "LAND.EXPROP"], [("LABOR.WAGE",)]).at_1
    1.0
    """
    names = np.asarray(classes)
    order = np.argsort(-p, axis=1, kind="stable")
    top = names[order[:, :3]]
    hit = np.array([label in answers for label, answers in zip(top[:, 0], right, strict=True)])
    return Scorecard(
        letters=len(right),
        at_1=float(hit.mean()),
        at_3=float(np.mean([not set(answers).isdisjoint(row) for row, answers in zip(top, right, strict=True)])),
        domain=_domain_accuracy(p, names, right),
        macro_f1=_macro_f1(top[:, 0], right),
        calibration_error=calibration_error(p.max(axis=1), hit),
    )


def _domain_accuracy(p: Probabilities, names: NDArray[np.str_], right: Sequence[Answers]) -> float:
    """Of the best category's domain, which is what a clerk is shown."""
    best = [domain_of(str(c)) for c in names[p.argmax(axis=1)]]
    return float(np.mean([d in {domain_of(a) for a in answers} for d, answers in zip(best, right, strict=True)]))


def _macro_f1(predicted: NDArray[np.str_], right: Sequence[Answers]) -> float:
    """Mean F1 over labels with enough letters; a defensible prediction counts as the letter's best label."""
    truth = [answers[0] for answers in right]
    guess = [answers[0] if label in answers else str(label) for label, answers in zip(predicted, right, strict=True)]
    common = sorted(label for label, number in Counter(truth).items() if number >= ENOUGH_FOR_F1)
    return float(f1_score(truth, guess, labels=common, average="macro", zero_division=0)) if common else 0.0


def calibration_error(confidence: NDArray[np.floating], hit: NDArray[np.bool_]) -> float:
    """Expected calibration error over ten bins of confidence (Naeini et al. 2015)."""
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    gaps = [abs(hit[bins == b].mean() - confidence[bins == b].mean()) * (bins == b).mean() for b in np.unique(bins)]
    return float(sum(gaps))
