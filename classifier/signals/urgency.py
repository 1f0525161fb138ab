"""How soon somebody must look (紧急程度): a life in danger now, a danger or cut of today, a statutory clock, an answer overdue.

Some words are a danger to life by themselves (value ``R0``), whatever else a short letter says. Others are one unless the learnt
alarm finds the words around them quiet: those of a ``threat``, and those that mean one only together, close to each other, because
they tell of a danger that is long past as well as of one that is here, and because quiet people do not name what they mean:
a ``peril`` with words of this moment (``now``) or a ``plea``; a mere ``danger`` with a plea; two different signs of a
``farewell``, or one with two of a ``weary`` writer. The learnt alarm (``alarm``) listens too: it goes off by itself where it is
loud, at a lower voice around one such sign, and lower still around words that show a danger.

A long letter tells of many things, so by chance alone it holds more of these words than a short one. In a letter over SHORT
characters every word is therefore asked how loud the alarm finds what stands around it, and more of it the longer the letter is.
Despair is a request for help, never a threat; anger neither raises nor lowers anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import log

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

Voice = Callable[[int, int], float]  # how loud the alarm finds the words between two positions, in log odds


@dataclass(frozen=True, slots=True)
class Cut:
    """What a voice must exceed, in log odds: ``short`` in a letter up to SHORT characters, more with each e-fold of its length."""

    short: float
    growth: float

    def at(self, size: int) -> float:
        """The cut for a letter of ``size`` characters."""
        return self.short + self.growth * log(max(size / SHORT, 1.0))


SHORT = 160  # characters
MOST = 300  # hits that are asked for their voice; a letter with more is no letter, and its R0 rows ring unasked
ALONE = Cut(0.0, 0.25)  # the letter's score; being a soft mean it has most of the length in it already
WORDS = Cut(-1.8, 0.7)  # R0 rows; in a short letter they need no voice
THREAT = Cut(-1.0, 0.7)  # rows of a threat, and signs that stand together
SIGN = Cut(-0.3, 0.6)  # one sign by itself


def read_urgency(hits: Sequence[Hit], loudest: Loudest, quote: Quote, voice: Voice, size: int) -> UrgencySignal:
    """The most urgent level that the rows of signal ``urgency`` or the alarm show, with that level's words.

    ``loudest`` is what the alarm hears in a letter of ``size`` characters, ``voice`` what it hears around some of its words.
    """
    alarmed = loudest.score > ALONE.at(size)
    if not hits and not alarmed:
        return CALM
    if immediate := _immediate(hits, voice, size):
        return UrgencySignal(UrgencyLevel.R0, quotes(quote, immediate))
    signs = [hit for hit in hits[:MOST] if hit.value in SIGNS]
    if loud := _loud([hit for hit in signs if hit.value != "danger"], voice, SIGN.at(size)):
        return UrgencySignal(UrgencyLevel.R0, quotes(quote, loud))
    if alarmed:
        return UrgencySignal(UrgencyLevel.R0, (*quotes(quote, signs), quote(loudest.start, loudest.end)))
    for level in (UrgencyLevel.R1, UrgencyLevel.R2, UrgencyLevel.R3):
        if found := [hit for hit in hits if hit.value == level]:
            return UrgencySignal(level, quotes(quote, found))
    return CALM


def _immediate(hits: Sequence[Hit], voice: Voice, size: int) -> list[Hit]:
    """The words that show a danger to life: by themselves, or as a threat or together where the alarm does not find them quiet."""
    words = [hit for hit in hits if hit.value == UrgencyLevel.R0]
    if size > SHORT and len(hits) <= MOST:
        words = _loud(words, voice, WORDS.at(size))
    if words:
        return words
    hits = hits[:MOST]
    cut = THREAT.at(size)
    if threats := _loud([hit for hit in hits if hit.value == "threat"], voice, cut):
        return threats
    return [hit for signs in _together(hits) if _loud(signs[:1], voice, cut) for hit in signs]


def _loud(hits: Sequence[Hit], voice: Voice, cut: float) -> list[Hit]:
    """The hits whose surroundings the alarm finds louder than ``cut``."""
    return [hit for hit in hits if voice(hit.start, hit.end) > cut]


def _together(hits: Sequence[Hit]) -> Iterator[list[Hit]]:
    """The signs that stand beside enough others, each with those."""
    for hit in hits:
        if hit.value not in TOGETHER:
            continue
        values, wanted = TOGETHER[hit.value]
        beside = [other for other in hits if other.value in values and other.row != hit.row and _near(hit, other)]
        if hit.value == "weary" and not any(other.value == "farewell" for other in beside):
            continue
        if len({other.row for other in beside}) >= wanted:
            yield [hit, *beside]


def _near(one: Hit, other: Hit) -> bool:
    return one.start - other.end < BESIDE and other.start - one.end < BESIDE
