"""How soon somebody must look (紧急程度): a life in danger now, a danger or cut of today, a statutory clock, an answer overdue.

Some words are a danger to life by themselves (value ``R0``), whatever else the letter says. Others are one unless the learnt alarm
finds the whole letter quiet: those of a ``threat``, and those that mean one only together, close to each other, because they
tell of a danger that is long past as well as of one that is here, and because quiet people do not name what they mean:
a ``peril`` with words of this moment (``now``) or a ``plea``; a mere ``danger`` with a plea; two different signs of a
``farewell``, or one with two of a ``weary`` writer. The learnt alarm (``alarm``) listens too: it goes off by itself where it is
loud, at a lower voice where one such sign stands in the letter, and lower still where words show a danger.
Despair is a request for help, never a threat; anger neither raises nor lowers anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from classifier.letter import UrgencyLevel, UrgencySignal
from classifier.signals.alarm import Loudest
from classifier.signals.terms import Hit, Quote, quotes

BESIDE = 60  # characters between two signs that belong together
TOGETHER = {  # a value, and the values of which another row must stand beside it
    "peril": ({"now", "plea"}, 1),
    "danger": ({"plea"}, 1),
    "farewell": ({"farewell"}, 1),
    "weary": ({"farewell", "weary"}, 2),
}

SIGNS = frozenset({"R0", "threat", "peril", "danger", "farewell"})
CALM = UrgencySignal()
ALONE, BESIDE_A_SIGN, WITH_WORDS = 0.0, -0.5, -1.0  # scores of the alarm, in log odds


def read_urgency(hits: Sequence[Hit], loudest: Loudest, quote: Quote) -> UrgencySignal:
    """The most urgent level that the rows of signal ``urgency`` or the alarm show, with that level's words."""
    if not hits and loudest.score <= ALONE:
        return CALM
    immediate = [hit for hit in hits if hit.value == UrgencyLevel.R0]
    if not immediate and loudest.score > WITH_WORDS:
        immediate = [hit for hit in hits if hit.value == "threat"] or list(_together(hits))
    signs = [hit for hit in hits if hit.value in SIGNS]
    if immediate:
        return UrgencySignal(UrgencyLevel.R0, quotes(quote, immediate))
    if loudest.score > (BESIDE_A_SIGN if signs else ALONE):
        return UrgencySignal(UrgencyLevel.R0, (*quotes(quote, signs), quote(loudest.start, loudest.end)))
    for level in (UrgencyLevel.R1, UrgencyLevel.R2, UrgencyLevel.R3):
        if found := [hit for hit in hits if hit.value == level]:
            return UrgencySignal(level, quotes(quote, found))
    return CALM


def _together(hits: Sequence[Hit]) -> Iterator[Hit]:
    """The signs that stand beside enough others."""
    for hit in hits:
        if hit.value not in TOGETHER:
            continue
        values, wanted = TOGETHER[hit.value]
        beside = [other for other in hits if other.value in values and other.row != hit.row and _near(hit, other)]
        if hit.value == "weary" and not any(other.value == "farewell" for other in beside):
            continue
        if len({other.row for other in beside}) >= wanted:
            yield hit
            yield from beside


def _near(one: Hit, other: Hit) -> bool:
    return one.start - other.end < BESIDE and other.start - one.end < BESIDE
