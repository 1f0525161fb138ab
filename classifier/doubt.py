"""Reasons to ask a person (人工复核): each a small named rule over what is known of one letter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from classifier.letter import Access, Route, Signals, UrgencyLevel

NARROW_MARGIN = 0.15  # between the two best categories
FEW_KNOWN = 0.25  # known words among all words and marks; half of real letters have more than 0.45, one in a hundred less than 0.29
SHORTEST = 8  # characters that can be read
PRESSING = (UrgencyLevel.R0, UrgencyLevel.R1)
OUT_OF_SCOPE_FROM = 0.5


@dataclass(frozen=True, slots=True)
class Facts:
    """What the doubts look at: the best two categories, being no petition, shares, signals, the route, how many matters."""

    best: float
    second: float
    out_of_scope: float
    known_words: float
    short: bool
    cut: float | None
    signals: Signals
    route: Route
    matters: int = 1


Doubt = Callable[[Facts], bool]

DOUBTS: dict[str, Doubt] = {
    "below_cut": lambda f: f.cut is None or f.best < f.cut,
    "tie": lambda f: f.best - f.second < NARROW_MARGIN,
    "unknown_words": lambda f: f.known_words < FEW_KNOWN,
    "too_short": lambda f: f.short,
    "out_of_scope": lambda f: f.out_of_scope >= OUT_OF_SCOPE_FROM,
    "urgent": lambda f: f.signals.urgency.level in PRESSING,
    "accused_recipient": lambda f: bool(f.route.blocked),
    "restricted": lambda f: f.route.access is Access.RESTRICTED,
    "no_route": lambda f: f.route.lead is None,
    "several_matters": lambda f: f.matters > 1,
}


def doubts(facts: Facts) -> tuple[str, ...]:
    """The names of all rules that hold, in the order above; none means the proposal may go out by itself.

    >>> "tie" in DOUBTS
    True
    """
    return tuple([name for name, holds in DOUBTS.items() if holds(facts)])
