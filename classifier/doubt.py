"""Reasons to ask a person (人工复核): each a small named rule over what is known of one letter."""

from __future__ import annotations

from itertools import compress

from classifier.letter import Access, Route, Signals, UrgencyLevel

NARROW_MARGIN = 0.15  # between the two best categories
FEW_KNOWN = 0.25  # known words among all words and marks; half of real letters have more than 0.45, one in a hundred less than 0.29
SHORTEST = 8  # characters that can be read
PRESSING = (UrgencyLevel.R0, UrgencyLevel.R1)
OUT_OF_SCOPE_FROM = 0.5


DOUBTS = (
    *("below_cut", "tie", "unknown_words", "too_short", "out_of_scope"),
    *("urgent", "accused_recipient", "restricted", "no_route", "several_matters"),
)


def doubts(
    *,
    lead: float,
    best: float,
    second: float,
    out_of_scope: float,
    known_words: float,
    short: bool,
    cut: float | None,
    signals: Signals,
    route: Route,
    matters: int = 1,
) -> tuple[str, ...]:
    """The names of all doubts that hold; none means the proposal may go out by itself.

    They look at how likely the lead is right, the best two categories' probabilities, that of being no petition, the share of known
    words, whether there is hardly anything to read, the lead's cut, the signals, the route, and how many matters there are.

    >>> facts = dict(best=0.5, out_of_scope=0.0, known_words=0.8, short=False, cut=0.8, signals=Signals(), route=Route("RSJ"))
    >>> doubts(lead=0.95, second=0.05, **facts), doubts(lead=0.95, second=0.45, **facts)
    ((), ('tie',))
    """
    hold = (
        cut is None or lead < cut,
        best - second < NARROW_MARGIN,
        known_words < FEW_KNOWN,
        short,
        out_of_scope >= OUT_OF_SCOPE_FROM,
        signals.urgency.level in PRESSING,
        bool(route.blocked),
        route.access is Access.RESTRICTED,
        route.lead is None,
        matters > 1,
    )
    return tuple(compress(DOUBTS, hold))
