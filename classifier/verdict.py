"""How a challenger does against the champion (候选模型比较): both answer the same human-labelled letters that neither has learnt.

Paired tests are exact (McNemar 1947; its one-sided binomial form); over many categories the level is shared among those that could
show anything at all (Tarone 1990, "A Modified Bonferroni Method for Discrete Data"). ``classifier.judging`` decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtrc

from classifier.assess import Assessor
from classifier.contract import EVERYBODY, Contract
from classifier.corpus import LabelledLetter
from classifier.evaluation import calibration_error
from classifier.held_out import led_to
from classifier.leads import Leads
from classifier.letter import Letter

LEVEL = 0.05  # how often a challenger that is no worse may be refused by one test
RESAMPLES = 2_000
INTERVAL = (2.5, 97.5)  # per cent


@dataclass(frozen=True, slots=True)
class Answers:
    """What one model says of letters, (n_letters,) each: category, confidence, lead (None: a person's), and whether right."""

    category: Sequence[str]
    confidence: NDArray[np.float64]
    lead: Sequence[str | None]
    right: NDArray[np.bool_]
    right_lead: NDArray[np.bool_]
    alone: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Loss:
    """One category or department where the challenger does worse: how many letters of how many, and how likely by chance."""

    code: str
    letters: int
    worse: int
    better: int
    p: float


def answers(assessor: Assessor, letters: Sequence[LabelledLetter], leads: Leads | None) -> Answers:
    """What the model would say and where it would send each letter; ``alone``: surer than that department's cut."""
    p = np.asarray(assessor.probabilities(Letter(x.id, x.text, x.title) for x in letters), np.float64)
    said = [assessor.classes[best] for best in p.argmax(axis=1)]
    routes = [led_to(letter, chances, assessor.classes, leads) for letter, chances in zip(letters, p, strict=True)]
    cuts = [None if one.lead is None else assessor.cuts.get(one.lead) for one in routes]
    return Answers(
        category=said,
        confidence=p.max(axis=1),
        lead=[one.lead for one in routes],
        right=np.array([category in letter.right for category, letter in zip(said, letters, strict=True)]),
        right_lead=np.array([one.right for one in routes]),
        alone=np.array([cut is not None and one.sure >= cut for one, cut in zip(routes, cuts, strict=True)]),
    )


def worse_by_chance(worse: int, better: int) -> float:
    """How likely ``worse`` or more of the letters on which two equal models differ go against the second (exact McNemar).

    >>> worse_by_chance(5, 0), worse_by_chance(0, 0)
    (0.03125, 1.0)
    """
    return float(bdtrc(worse - 1, worse + better, 0.5)) if worse else 1.0


def beyond_noise(losses: Sequence[Loss], level: float = LEVEL) -> list[Loss]:
    """The losses that stand when all are looked at together; those with too few letters to show anything do not count (Tarone)."""
    least = [0.5 ** (one.worse + one.better) for one in losses]
    shared = next((k for k in range(1, len(losses) + 1) if sum(x <= level / k for x in least) <= k), 1)
    return [one for one in losses if one.p <= level / shared]


def compare(before: Answers, after: Answers, letters: Sequence[LabelledLetter], seed: int = 0) -> dict[str, Any]:
    """Both models on the same letters, JSON-ready: accuracies, the difference with its paired bootstrap interval, the test."""
    gained, lost = int((after.right & ~before.right).sum()), int((before.right & ~after.right).sum())
    n = len(letters)
    draws = np.random.default_rng(seed).multinomial(n, [lost / n, gained / n, 1 - (lost + gained) / n], RESAMPLES)
    low, high = np.percentile((draws[:, 1] - draws[:, 0]) / n, INTERVAL)
    return {
        "letters": n,
        "right_before": int(before.right.sum()),
        "right_after": int(after.right.sum()),
        "gained": gained,
        "lost": lost,
        "difference": round((gained - lost) / n, 4),
        "interval": [round(float(low), 4), round(float(high), 4)],
        "p_worse": round(worse_by_chance(lost, gained), 6),
        "calibration_before": round(calibration_error(before.confidence, before.right), 4),
        "calibration_after": round(calibration_error(after.confidence, after.right), 4),
        "alone_before": round(float(before.alone.mean()), 4),
        "alone_after": round(float(after.alone.mean()), 4),
    }


def by_category(before: Answers, after: Answers, letters: Sequence[LabelledLetter]) -> list[Loss]:
    """Every category of the letters, by code, with the letters that the challenger loses and gains."""
    given = np.array([letter.category for letter in letters])
    found = []
    for code in sorted(set(given.tolist())):
        own = given == code
        worse, better = int((before.right & ~after.right & own).sum()), int((after.right & ~before.right & own).sum())
        found.append(Loss(code, int(own.sum()), worse, better, worse_by_chance(worse, better)))
    return found


def broken_contracts(after: Answers, contract: Contract) -> list[Loss]:
    """The departments whose accepted misroute rate the letters sent alone contradict beyond the noise (exact binomial, one-sided).

    ``worse`` are letters sent to the wrong department, ``letters`` all sent there alone; ``EVERYBODY`` looks at all of them.
    """
    sent = [lead if alone else None for lead, alone in zip(after.lead, after.alone, strict=True)]
    groups: Mapping[str, list[bool]] = {
        code: [lead == code or (code == EVERYBODY and lead is not None) for lead in sent]
        for code in [EVERYBODY, *sorted({lead for lead in sent if lead})]
    }
    found = [_breach(code, after.right_lead[np.array(own)], contract.accepted(code)) for code, own in groups.items() if any(own)]
    return [one for one in found if one.p <= LEVEL / len(found)]


def _breach(code: str, right: NDArray[np.bool_], accepted: float) -> Loss:
    wrong = int((~right).sum())
    p = float(bdtrc(wrong - 1, len(right), accepted)) if wrong else 1.0
    return Loss(code, len(right), wrong, len(right) - wrong, p)
