"""The misroute contract (误转承诺): what share of letters sent alone may go to the wrong department, and the cuts that keep it.

A department states the rate it accepts (``contracts.csv``). A letter is as sure of its department as all categories that lead there
come to (``sure_of``). From letters whose right department is known, the lowest such confidence is chosen from which on the rate is
kept with a finite-sample bound: Clopper-Pearson on each tail, from the most confident down, stopping at the first that fails
(fixed-sequence testing, Angelopoulos et al. 2021, "Learn then Test"; selective risk as in Geifman and El-Yaniv 2017). Too little
evidence means that a person reads every letter. Decisions that come later are watched by a test that may be looked at after every
letter (``betrayal``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from math import exp, lgamma
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.tables import Table, open_table

EVERYBODY = "*"
DOUBT = 0.1  # how likely a bound may be wrong
FIRST_TAIL = 6  # errors that the accepted rate would allow the first tail: with them one letter may be wrong
BROKEN = float(np.log(20))  # winnings that a kept contract yields once in twenty times at most
STEPS = 60  # tails looked at
FAINT = 0.01  # below this a further category says nothing of a department
STRANGERS = 2.0  # real mail goes astray about that many times as often as held-out written letters (docs/benchmarks.md)

Cuts = Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Contract:
    """The accepted misroute rate by department code; ``EVERYBODY`` holds for all others."""

    rates: Mapping[str, float]
    digest: str

    def accepted(self, department: str) -> float:
        """The misroute rate this department accepts."""
        return self.rates.get(department, self.rates[EVERYBODY])


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Letters whose right department is known: the one proposed, the confidence in it, whether it was right; (n_letters,) each.

    ``strangers``: how many times as often letters to come go astray; 1 for letters that came in here, as those will.
    """

    department: Sequence[str]
    confidence: NDArray[np.floating]
    right: NDArray[np.bool_]
    strangers: float = STRANGERS


def outcomes_state(outcomes: Outcomes) -> dict[str, Any]:
    """The outcomes as plain containers and arrays, ready to be saved with a model."""
    names, numbers = np.unique(np.array(outcomes.department, dtype=str), return_inverse=True)
    return {
        "departments": names.tolist(),
        "department": numbers.astype(np.int16),
        "lead_confidence": outcomes.confidence.astype(np.float32),
        "right": outcomes.right,
        "strangers": outcomes.strangers,
    }


def load_outcomes(state: Mapping[str, Any]) -> Outcomes:
    """The outcomes from a saved state; none from one that kept the confidence in the category, which says less."""
    if "lead_confidence" not in state:
        return Outcomes([], np.empty(0), np.empty(0, np.bool_))
    names = state["departments"]
    departments = [names[number] for number in state["department"]]
    return Outcomes(departments, state["lead_confidence"], state["right"], state["strangers"])


def sure_of(lead: str | None, chances: Iterable[tuple[str, float]], lead_of: Callable[[str], str | None]) -> float:
    """How likely the department of the best category is right: what the likeliest categories that lead there come to.

    ``chances`` are categories and their probabilities, best first; ``lead`` is where the best one leads.

    >>> sure_of("RSJ", [("LABOR.WAGE", 0.5), ("LABOR.INJURY", 0.4), ("LEGAL.COURT", 0.1)], {"LABOR.INJURY": "RSJ"}.get)
    0.9
    """
    (_, best), *others = chances
    further = (p for category, p in others if p >= FAINT and lead_of(category) == lead)
    return round(min(best + sum(further), 1.0), 4)


def safe_cut(confidence: NDArray[np.floating], right: NDArray[np.bool_], accepted: float, doubt: float = DOUBT) -> float | None:
    """The lowest confidence from which on at most ``accepted`` of letters go astray, with probability ``1 - doubt``; or None.

    >>> safe_cut(np.full(30, 0.9), np.ones(30, bool), accepted=0.05) is None  # thirty letters cannot show it
    True
    >>> safe_cut(np.full(60, 0.9), np.ones(60, bool), accepted=0.05)
    0.9
    """
    order = np.argsort(-confidence, kind="stable")
    sure, wrong = confidence[order], np.cumsum(~right[order], dtype=np.int64)
    ends = _tail_ends(sure, _fewest(len(sure), accepted, doubt))
    kept = takewhile(lambda end: _keeps(int(wrong[end - 1]), end, accepted, doubt), ends.tolist())
    last = max(kept, default=0)
    return float(sure[last - 1]) if last else None


def choose_cuts(outcomes: Outcomes, contract: Contract) -> dict[str, float | None]:
    """Each department's cut, under ``EVERYBODY`` that of all letters together; None sends all its letters to a person.

    A department's cut is what its own letters ask for, and never below what all letters ask for when ``outcomes.strangers`` times
    as many of them go astray: the letters that come will not be by those who wrote the training letters.
    """
    names = np.asarray(outcomes.department)
    floor = safe_cut(outcomes.confidence, outcomes.right, contract.accepted(EVERYBODY) / outcomes.strangers)
    cuts: dict[str, float | None] = {EVERYBODY: floor}
    for name in sorted(set(outcomes.department)):
        own = names == name
        cut = safe_cut(outcomes.confidence[own], outcomes.right[own], contract.accepted(name))
        cuts[name] = None if cut is None or floor is None else max(cut, floor)
    return cuts


def betrayal(wrong: int, decided: int, accepted: float) -> float:
    """How strongly later decisions speak against the accepted rate, as a natural logarithm; from ``BROKEN`` on it is broken.

    The winnings of one who bets evenly on all higher rates. Under the accepted rate or a lower one they are a supermartingale, so
    one may look after every decision (Ville's inequality; Ramdas et al. 2023, "Game-theoretic statistics").

    >>> betrayal(0, 100, 0.05) < 0 < BROKEN < betrayal(12, 60, 0.05)
    True
    """
    right = decided - wrong
    beta = lgamma(wrong + 1) + lgamma(right + 1) - lgamma(decided + 2)
    higher = beta + at_most(wrong, decided + 1, accepted) - np.log1p(-accepted)
    return float(higher - wrong * np.log(accepted) - right * np.log1p(-accepted))


def load_contract(departments: Mapping[str, object], county: Path | None = None) -> Contract:
    """Read ``contracts.csv``, the shipped or the county's.

    Raises:
        BadDataFile: names row and fault.

    >>> load_contract({}).accepted("RSJ")
    0.05
    """
    table = open_table("contracts.csv", county, columns=("department", "accepted"), key=("department",))
    rates = {}
    for number, row in table:
        if row["department"] != EVERYBODY:
            table.require_known(number, row["department"], departments, "department")
        rates[row["department"]] = _rate(table, number, row["accepted"])
    if EVERYBODY not in rates:
        raise table.fault(None, f"no row for {EVERYBODY}, the rate of all departments not named")
    return Contract(rates, table.digest)


def _rate(table: Table, number: int, cell: str) -> float:
    try:
        rate = float(cell)
    except ValueError:
        rate = -1.0
    if not 0 < rate < 1:
        raise table.fault(number, f"accepted {cell!r} is no share between 0 and 1, such as 0.05")
    return rate


def _fewest(letters: int, accepted: float, doubt: float) -> int:
    """Size of the first tail: a comfortable one; of few letters their surest third, enough to show the rate if all are right."""
    comfortable = int(np.ceil(FIRST_TAIL / accepted))
    smallest = int(np.ceil(np.log(doubt) / np.log1p(-accepted)))
    return max(smallest, min(comfortable, letters // 3))


def _tail_ends(sure: NDArray[np.floating], fewest: int) -> NDArray[np.int64]:
    """Sizes of the tails to look at; letters of equal confidence stay together."""
    if len(sure) < fewest:
        return np.empty(0, np.int64)
    sizes = np.unique(np.linspace(fewest, len(sure), STEPS).astype(np.int64))
    return np.unique(np.searchsorted(-sure, -sure[sizes - 1], side="right"))


def _keeps(wrong: int, seen: int, accepted: float, doubt: float) -> bool:
    """Clopper-Pearson: whether so few errors would be seen with at most probability ``doubt`` were the rate exceeded."""
    return wrong < seen and exp(at_most(wrong, seen, accepted)) <= doubt


def at_most(errors: int, letters: int, rate: float) -> float:
    """The logarithm of the chance of so few errors or fewer (binomial); written out, since scipy takes longer to open than to ask.

    >>> round(exp(at_most(1, 20, 0.05)), 4)
    0.7358
    """
    n = np.arange(1, errors + 1)
    steps = np.log((letters - n + 1) / n) + np.log(rate) - np.log1p(-rate)
    chances = np.concatenate([[0.0], np.cumsum(steps)]) + letters * np.log1p(-rate)
    return float(np.logaddexp.reduce(chances))
