"""Whether letters have changed since the model was made (漂移): words it does not know, mix of categories, confidence, overrides.

The yardstick is the population stability index between letters the model had not read when it was made and those of late. Its
usual limits (0.1, 0.25) say nothing about how many letters were looked at; without any change it follows ``(1/n + 1/m)`` times a
chi-squared law (Yurdakul and Naranjo 2020, "Statistical properties of the population stability index"), so an alarm needs both:
beyond that law's noise, and large enough to matter.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.assess import Assessor
from classifier.letter import Letter

BINS = 10
MATTERS = 0.1  # a smaller index is no news, however certain
CHANCE = 0.01  # how often one measure may alarm without a change
FEWEST = 50  # letters on either side before anything is said
RARE = 5  # letters of a category, both sides together, below which it is counted with the other rare ones
EXAMPLES = 3
OTHERS = "*"


@dataclass(frozen=True, slots=True)
class Vital:
    """What is watched of one letter: best category, its probability, and the share of known words among its words and marks."""

    letter_id: str
    category: str
    confidence: float
    known: float


@dataclass(frozen=True, slots=True)
class Handled:
    """A decided letter: the department proposed, and whether an officer overrode it or the receiver objected."""

    letter_id: str
    department: str
    overridden: bool


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing watched: the index, the limit it would have to pass, and where it moved most, with typical letters' ids."""

    name: str
    index: float
    limit: float
    alarm: bool
    where: tuple[str, ...]
    letters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Overrides:
    """One department: letters decided, of them overridden or objected to, the rate expected, and whether that is beyond chance."""

    department: str
    decided: int
    overridden: int
    expected: float
    alarm: bool
    letters: tuple[str, ...]


def vitals(assessor: Assessor, letters: Iterable[Letter]) -> list[Vital]:
    """Read letters for watching; nothing of their text is kept."""
    return [Vital(letter.id, *assessor.vital(letter)) for letter in letters]


def reference(seen: Sequence[Vital], handled: Sequence[Handled] = ()) -> dict[str, Any]:
    """What letters look like that the model had not read when it was made, JSON-ready, for its manifest."""
    sent = Counter(one.department for one in handled)
    wrong = Counter(one.department for one in handled if one.overridden)
    return {
        "letters": len(seen),
        "categories": dict(sorted(Counter(one.category for one in seen).items())),
        "confidence": _spread(np.array([one.confidence for one in seen])),
        "known": _spread(np.array([one.known for one in seen])),
        "departments": {code: [sent[code], wrong[code]] for code in sorted(sent)},
    }


def watch(before: Mapping[str, Any], recent: Sequence[Vital]) -> tuple[Measure, ...]:
    """The three indices of letters of late against the model's own reference; empty where either side has too few letters."""
    if before.get("letters", 0) < FEWEST or len(recent) < FEWEST:
        return ()
    unknown = sorted(recent, key=lambda one: (one.known, one.letter_id))
    unsure = sorted(recent, key=lambda one: (one.confidence, one.letter_id))
    return (
        _categories(before["categories"], recent),
        _measure("known", before["known"], np.array([one.known for one in recent]), unknown),
        _measure("confidence", before["confidence"], np.array([one.confidence for one in recent]), unsure),
    )


def overrides(before: Mapping[str, Any], handled: Sequence[Handled]) -> tuple[Overrides, ...]:
    """Each department's overrides and objections against the rate of the reference (exact binomial, level shared among them)."""
    own: defaultdict[str, list[Handled]] = defaultdict(list)
    for one in handled:
        own[one.department].append(one)
    return tuple(_overrides(before, code, own[code], CHANCE / len(own)) for code in sorted(own))


def index(before: NDArray[np.float64], after: NDArray[np.float64]) -> tuple[float, float, NDArray[np.float64]]:
    """The population stability index of two rows of counts (n_bins,), its limit, and each bin's part; half a letter added to each.

    >>> same, limit, _ = index(np.full(10, 100.0), np.full(10, 100.0))
    >>> round(same, 3) < limit
    True
    """
    from scipy.special import chdtri

    p, q = ((counts + 0.5) / (counts + 0.5).sum() for counts in (before, after))
    parts = (q - p) * np.log(q / p)
    noise = (1 / before.sum() + 1 / after.sum()) * float(chdtri(max(len(p) - 1, 1), CHANCE))
    return float(parts.sum()), max(MATTERS, noise), parts


def _spread(values: NDArray[np.float64]) -> dict[str, list[float]]:
    """Edges that part the values into tenths, and how many lie in each: counts need not be equal where values repeat."""
    if not len(values):
        return {"edges": [], "counts": []}
    edges = np.unique(np.round(np.quantile(values, np.linspace(0, 1, BINS + 1)[1:-1]), 6))
    return {"edges": edges.tolist(), "counts": _counts(edges, values).tolist()}


def _counts(edges: NDArray[np.float64], values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.bincount(np.searchsorted(edges, values, side="right"), minlength=len(edges) + 1).astype(np.float64)


def _measure(name: str, before: Mapping[str, Any], values: NDArray[np.float64], worst: Sequence[Vital]) -> Measure:
    found, limit, parts = index(np.array(before["counts"]), _counts(np.array(before["edges"]), values))
    alarm = found > limit
    where = (f"bin {int(parts.argmax()) + 1} of {len(parts)}",) if alarm else ()
    return Measure(name, round(found, 4), round(limit, 4), alarm, where, _ids(worst) if alarm else ())


def _categories(before: Mapping[str, int], recent: Sequence[Vital]) -> Measure:
    after = Counter(one.category for one in recent)
    codes = sorted(before.keys() | after.keys())
    common = [code for code in codes if before.get(code, 0) + after[code] >= RARE]
    rare = [code for code in codes if code not in common]
    names = [*common, OTHERS] if rare else common
    rows = [
        [counts.get(c, 0) for c in common] + ([sum(counts.get(c, 0) for c in rare)] if rare else []) for counts in (before, after)
    ]
    found, limit, parts = index(np.array(rows[0], float), np.array(rows[1], float))
    alarm = found > limit
    moved = [names[i] for i in np.argsort(-parts, kind="stable")[:EXAMPLES] if names[i] != OTHERS] if alarm else []
    typical = [one for code in moved for one in _surest([x for x in recent if x.category == code])]
    return Measure("categories", round(found, 4), round(limit, 4), alarm, tuple(moved), _ids(typical, len(typical)))


def _surest(own: Sequence[Vital]) -> list[Vital]:
    return sorted(own, key=lambda one: (-one.confidence, one.letter_id))[:EXAMPLES]


def _ids(seen: Sequence[Vital], most: int = EXAMPLES) -> tuple[str, ...]:
    return tuple(one.letter_id for one in seen[:most])


def _overrides(before: Mapping[str, Any], code: str, own: Sequence[Handled], level: float) -> Overrides:
    from scipy.special import bdtrc

    sent, wrong_then = before.get("departments", {}).get(code, (0, 0))
    expected = (wrong_then + 1) / (sent + 2)  # Laplace's rule: a department never seen is expected to err half the time
    wrong = [one.letter_id for one in own if one.overridden]
    alarm = bool(wrong) and float(bdtrc(len(wrong) - 1, len(own), expected)) <= level
    return Overrides(code, len(own), len(wrong), round(expected, 4), alarm, tuple(wrong[:EXAMPLES]) if alarm else ())
