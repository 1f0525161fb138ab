"""How likely two letters are about one matter: boosted trees over the parts of the comparison, as plain arrays.

Fitted by ``classifier.grouping.training`` on letters written for this project; every part may pull one way only (more in common
never lowers the score), which is what lets written letters teach about real ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.errors import BadDataFile
from classifier.grouping.background import Background
from classifier.grouping.pair import PARTS
from classifier.grouping.terms import Floats
from classifier.grouping.trees import Forks, forks_of, probabilities
from classifier.tables import SHIPPED

SCORER_FILE, BACKGROUND_FILE = "pair_scorer.npz", "pair_background.npz"
LAYOUT = 1


@dataclass(frozen=True, slots=True)
class PairScorer:
    """Trees laid out node by node; a leaf has feature -1. ``start`` and ``value`` are log odds, calibrated."""

    feature: NDArray[np.int16]
    cut: Floats
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    value: Floats
    roots: NDArray[np.int32]
    start: float
    _forks: Forks = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        forks = forks_of(self.feature, self.cut, self.left, self.right, self.value, self.roots, len(PARTS))
        object.__setattr__(self, "_forks", forks)

    def score(self, parts: Floats) -> Floats:
        """The probability of one matter for each row of parts, (n,)."""
        return probabilities(self._forks, parts, self.start)


_SAVED = tuple(one.name for one in fields(PairScorer) if one.init)


def scorer_state(scorer: PairScorer) -> dict[str, Any]:
    """A scorer as plain containers and arrays, ready to be saved with a model."""
    return {"parts": list(PARTS)} | {name: getattr(scorer, name) for name in _SAVED}


def scorer_from(state: Mapping[str, Any]) -> PairScorer:
    """The scorer of such a state. Raises ValueError where it compares other parts than this program."""
    if tuple(state["parts"]) != PARTS:
        raise ValueError("a pair scorer over other parts")
    return PairScorer(**{name: state[name] for name in _SAVED})


@cache
def load_scorer(folder: Path = SHIPPED) -> PairScorer:
    """The shipped scorer. Raises BadDataFile where the file is missing or of another layout."""
    try:
        with np.load(folder / SCORER_FILE, allow_pickle=False) as saved:
            if int(saved["layout"]) != LAYOUT or tuple(saved["parts"].tolist()) != PARTS:
                raise BadDataFile(SCORER_FILE, None, "was made for another version; run python -m classifier.grouping.training")
            arrays = {name: saved[name] for name in ("feature", "cut", "left", "right", "value", "roots")}
            return PairScorer(**arrays, start=float(saved["start"]))
    except (OSError, KeyError, ValueError) as fault:
        raise BadDataFile(SCORER_FILE, None, f"cannot be read: {fault}") from fault


def load_background(folder: Path = SHIPPED) -> Background:
    """How common terms are in written letters, with no letter seen here yet; a new one at each call, because it grows."""
    try:
        with np.load(folder / BACKGROUND_FILE, allow_pickle=False) as saved:
            return Background(np.cumsum(saved["steps"], dtype=np.uint64), np.exp(-saved["rarity"].astype(np.float32) / 16))
    except (OSError, KeyError, ValueError) as fault:
        raise BadDataFile(BACKGROUND_FILE, None, f"cannot be read: {fault}") from fault
