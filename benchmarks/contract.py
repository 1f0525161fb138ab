"""The misroute contract on real letters: promised and kept, and the curve of risk over coverage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.real_letters import GoldLetter
from classifier.assess import Assessor
from classifier.contract import EVERYBODY
from classifier.corpus import LabelledLetter
from classifier.leads import Leads
from classifier.letter import Assessment, Disposition

COVERAGES = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)


@dataclass(frozen=True, slots=True)
class Risk:
    """The surest letters up to ``coverage`` of all: how sure the last one is of its department, the share led to a wrong one."""

    coverage: float
    confidence: float
    misrouted: float


@dataclass(frozen=True, slots=True)
class Kept:
    """What the contract promises and what came true; shares of all letters, ``misrouted`` of those above the cut.

    ``covered``: above their department's cut. ``alone``: no other doubt either, so that the service routes them alone.
    ``without_cut`` are the departments about which too little is known.
    """

    letters: int
    accepted: float
    covered: float
    misrouted: float
    alone: float
    alone_misrouted: float
    departments: int
    without_cut: list[str]


def rightly_led(assessments: Sequence[Assessment], gold: Sequence[GoldLetter], leads: Leads) -> NDArray[np.bool_]:
    """Whether each letter is led where the readers want it or where a category that counts as right leads, (n_letters,)."""
    right = []
    for a, g in zip(assessments, gold, strict=True):
        letter = LabelledLetter(g.letter.title, g.letter.text, g.right[0], purpose=str(a.purpose.value))
        right.append(a.route.lead in {g.lead, *leads.of(letter, g.right)} - {None, ""})
    return np.array(right)


def kept(assessor: Assessor, assessments: Sequence[Assessment], right: NDArray[np.bool_]) -> Kept:
    """Whether the contract was kept on these letters."""
    cuts = assessor.cuts
    covered = np.array(["below_cut" not in a.doubts for a in assessments])
    alone = np.array([a.disposition is Disposition.AUTO for a in assessments])
    return Kept(
        letters=len(right),
        accepted=assessor.contract.accepted(EVERYBODY),
        covered=float(covered.mean()),
        misrouted=_share(~right[covered]),
        alone=float(alone.mean()),
        alone_misrouted=_share(~right[alone]),
        departments=len(cuts) - 1,
        without_cut=[name for name, cut in cuts.items() if cut is None],
    )


def risk_curve(assessments: Sequence[Assessment], right: NDArray[np.bool_]) -> list[Risk]:
    """The share led astray among the surest letters, for growing coverage."""
    confidence = np.array([a.lead_confidence for a in assessments])
    order = np.argsort(-confidence, kind="stable")
    sizes = [(c, max(1, round(c * len(order)))) for c in COVERAGES]
    return [Risk(c, float(confidence[order[size - 1]]), _share(~right[order[:size]])) for c, size in sizes]


def _share(hits: NDArray[np.bool_]) -> float:
    return float(hits.mean()) if len(hits) else 0.0
