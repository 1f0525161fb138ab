"""How often the shipped model is right on real letters: categories, calibration, the four core matters, what it may do alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.real_letters import CodedLetter, GoldLetter
from classifier.evaluation import Scorecard, calibration_error, score
from classifier.letter import Assessment, Disposition

Probabilities = NDArray[np.floating]
DRAWS = 2000  # made-up outcomes for the calibration error of an honest model
EDGES = (0.0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 1.0)  # of the reliability table: finer where a cut may lie
CORE_MATTERS = {  # 征地, 拆迁, 欠薪, 涉法涉诉; the coded letters say LABOR.WAGE for all wage arrears
    "征地": ("LAND.EXPROP",),
    "拆迁": ("DEMO",),
    "欠薪": ("LABOR.WAGE", "LABOR.MIGRANTWAGE"),
    "涉法涉诉": ("LEGAL",),
}


@dataclass(frozen=True, slots=True)
class Reliability:
    """Letters of a confidence in ``low <= confidence < high`` (the last bin includes 1): what was promised, what came true."""

    low: float
    high: float
    letters: int
    confidence: float
    right: float


@dataclass(frozen=True, slots=True)
class CoreRecall:
    """How many of the letters on one core matter the model files there, with its best category and with one of its best three."""

    matter: str
    letters: int
    at_1: float
    at_3: float


@dataclass(frozen=True, slots=True)
class Alone:
    """What the service would route without a person: share of letters, and how many of those go wrong.

    ``wrong_category``: the category is none that counts as right; ``wrong_lead``: the leading department differs from the
    readers'. Both are shares of the letters routed alone, 0 where there are none. ``doubts`` counts the reasons for all others.
    """

    letters: int
    share: float
    wrong_category: float
    wrong_lead: float
    doubts: dict[str, int]


@dataclass(frozen=True, slots=True)
class Scope:
    """Telling petitions from other texts: the share of real petitions taken for something else, and the area under the ROC curve.

    ``auroc`` is the training run's own figure on texts that were held out, None where the manifest has none.
    """

    letters: int
    petitions_doubted: float
    auroc: float | None


def reliability(p: Probabilities, classes: Sequence[str], gold: Sequence[GoldLetter]) -> list[Reliability]:
    """The reliability table of probabilities (n_letters, n_classes); bins without letters are left out."""
    confidence = p.max(axis=1).astype(float)
    hit = np.array([classes[best] in g.right for best, g in zip(p.argmax(axis=1), gold, strict=True)])
    bins = np.digitize(confidence, EDGES[1:-1])
    table = []
    for low, high, number in zip(EDGES, EDGES[1:], range(len(EDGES) - 1), strict=False):
        inside = bins == number
        if inside.any():
            table.append(Reliability(low, high, int(inside.sum()), float(confidence[inside].mean()), float(hit[inside].mean())))
    return table


def honest_error(p: Probabilities) -> tuple[float, float]:
    """The calibration error of a model whose every confidence is exactly true, on as many letters: mean, and 95th of 100.

    It is not 0: each bin holds few letters, and how many of them come right is chance (Bröcker & Smith 2007). Outcomes are drawn
    from the confidences of ``p`` (n_letters, n_classes), seeded.

    >>> honest_error(np.ones((5, 1)))
    (0.0, 0.0)
    """
    confidence, draw = p.max(axis=1).astype(float), np.random.default_rng(0)
    errors = [calibration_error(confidence, draw.random(len(confidence)) < confidence) for _ in range(DRAWS)]
    return float(np.mean(errors)), float(np.quantile(errors, 0.95))


def by_certainty(p: Probabilities, classes: Sequence[str], gold: Sequence[GoldLetter]) -> dict[str, Scorecard]:
    """Scorecards of all letters and of those the readers were sure of; a subset without letters is left out."""
    sure = np.array([g.sure for g in gold], dtype=bool)
    return {
        name: score(p[chosen], classes, [g.right for g, taken in zip(gold, chosen, strict=True) if taken])
        for name, chosen in (("all", np.ones_like(sure)), ("sure", sure))
        if chosen.any()
    }


def core_recall(p: Probabilities, classes: Sequence[str], letters: Sequence[CodedLetter]) -> list[CoreRecall]:
    """Recall on each core matter; a matter without letters is left out."""
    top = np.asarray(classes)[np.argsort(-p, axis=1, kind="stable")[:, :3]]
    table = []
    for matter, codes in CORE_MATTERS.items():
        rows = [row for row, x in zip(top, letters, strict=True) if any(belongs(code, codes) for code in x.codes)]
        if rows:
            hits = np.array([[belongs(str(label), codes) for label in row] for row in rows])
            table.append(CoreRecall(matter, len(rows), float(hits[:, 0].mean()), float(hits.any(axis=1).mean())))
    return table


def belongs(label: str, codes: Sequence[str]) -> bool:
    """Whether a label is one of the codes or lies in one that is a whole domain.

    >>> belongs("DEMO.COMPENSATION", ["DEMO"]), belongs("DEMO", ["DEMO"]), belongs("LAND.EXPROP", ["LAND.EXPROPX"])
    (True, True, False)
    """
    return any(label == code or label.startswith(f"{code}.") for code in codes)


def alone(assessments: Sequence[Assessment], gold: Sequence[GoldLetter]) -> Alone:
    """What goes out without a person, and how much of that goes astray."""
    pairs = [(a, g) for a, g in zip(assessments, gold, strict=True) if a.disposition is Disposition.AUTO]
    wrong_category = sum(a.matters[0].category not in g.right for a, g in pairs)
    wrong_lead = sum(a.route.lead != g.lead for a, g in pairs)
    return Alone(
        letters=len(pairs),
        share=len(pairs) / len(gold),
        wrong_category=wrong_category / max(len(pairs), 1),
        wrong_lead=wrong_lead / max(len(pairs), 1),
        doubts=dict(Counter(doubt for a in assessments for doubt in a.doubts).most_common()),
    )


def scope(assessments: Sequence[Assessment], manifest_scores: dict[str, float]) -> Scope:
    """How many petitions are doubted to be one, beside what the training run measured on held-out texts of other kinds."""
    doubted = sum("out_of_scope" in a.doubts for a in assessments)
    return Scope(len(assessments), doubted / len(assessments), manifest_scores.get("scope_auroc"))
