"""What training keeps of letters it held out: how sure, how right, led to which department, and what letters here look like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifier.calibration import ENOUGH
from classifier.contract import STRANGERS, Outcomes
from classifier.corpus import DECIDED, LabelledLetter
from classifier.evaluation import score
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
        rows: list[tuple[str, float, bool]] = []
        for letter, chances in zip(chosen.letters, chosen.p, strict=True):
            led, right = led_to(letter, self.classes[chances.argmax()], leads)
            if led is not None:
                rows.append((led, float(chances.max()), led in right))
        departments, confidence, right_ones = zip(*rows, strict=True) if rows else ((), (), ())
        strangers = STRANGERS if chosen is self else 1.0
        return Outcomes(list(departments), np.array(confidence), np.array(right_ones, bool), strangers)


def led_to(letter: LabelledLetter, category: str, leads: Leads | None) -> tuple[str | None, list[str | None]]:
    """Where a category leads the letter, and the departments that are right: the one a person named, else those of its labels.

    Without ``leads`` a label stands for its department.
    """
    if leads is None:
        return category, list(letter.right)
    led, *right = leads.of(letter, (category, *letter.right))
    return led, [letter.department] if letter.department else right
