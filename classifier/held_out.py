"""What training keeps of letters it held out: how sure, how right, led to which department, and what letters here look like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifier.calibration import ENOUGH
from classifier.contract import STRANGERS, Outcomes, sure_of
from classifier.corpus import DECIDED, LabelledLetter
from classifier.evaluation import score
from classifier.glance import CANDIDATES
from classifier.leads import Leads


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Letters with the probabilities (n_letters, n_classes) of a model that had not seen them."""

    letters: Sequence[LabelledLetter]
    p: NDArray[np.float64]
    classes: Sequence[str]

    def of(self, chosen: Sequence[bool]) -> HeldOut:
        """Only some of the letters."""
        keep = np.asarray(chosen, bool)
        return HeldOut([x for x, k in zip(self.letters, keep, strict=True) if k], self.p[keep], self.classes)

    def scores(self) -> dict[str, float]:
        """Accuracy, macro-F1 and calibration; empty where nothing was held out."""
        return score(self.p, self.classes, [x.right for x in self.letters]).as_dict() if self.letters else {}

    def like_those_to_come(self) -> HeldOut:
        """The letters that came in here, where there are enough of them; else all, written ones too."""
        decided = [x.origin == DECIDED for x in self.letters]
        return self.of(decided) if sum(decided) >= ENOUGH else self

    def outcomes(self, leads: Leads | None) -> Outcomes:
        """The department each letter would be led to, how surely, and whether a right label leads there too."""
        chosen = self.like_those_to_come()
        every = [led_to(letter, chances, self.classes, leads) for letter, chances in zip(chosen.letters, chosen.p, strict=True)]
        led = [(one.lead, one.sure, one.right) for one in every if one.lead is not None]
        departments, sure, right = zip(*led, strict=True) if led else ((), (), ())
        strangers = STRANGERS if chosen is self else 1.0
        return Outcomes(list(departments), np.array(sure), np.array(right, bool), strangers)


@dataclass(frozen=True, slots=True)
class Led:
    """Where a letter would be led (None: a person names the department), how surely, and whether that is right."""

    lead: str | None
    sure: float
    right: bool


def led_to(letter: LabelledLetter, p: NDArray[np.floating], classes: Sequence[str], leads: Leads | None) -> Led:
    """Where the likeliest category leads the letter, sure as ``contract.sure_of`` has it; ``p`` (n_classes,).

    Right is the department that a person named, else where a label of the letter leads. Without ``leads`` a label stands for its
    department.
    """
    likely = np.argsort(-p, kind="stable")[:CANDIDATES]
    chances = [(classes[number], float(p[number])) for number in likely]
    asked = [*(category for category, _ in chances), *letter.right]
    found = asked if leads is None else leads.of(letter, asked)
    lead, right = found[0], found[len(chances) :]
    sure = sure_of(lead, chances, dict(zip(asked, found, strict=True)).get)
    return Led(lead, sure, lead in ([letter.department] if letter.department and leads is not None else right))
