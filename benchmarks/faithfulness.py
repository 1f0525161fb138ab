"""Whether the reasons are the reasons: a letter without its quoted words, with nothing else, and with as much deleted at random.

Comprehensiveness and sufficiency as in DeYoung et al. 2020 (ERASER): how far the probability of the best category falls when the
quoted words are deleted, and when only they are kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from benchmarks.real_letters import GoldLetter
from benchmarks.speed import DAY
from classifier.assess import Assessor
from classifier.letter import Evidence, Letter, document

DRAWS = 10
SEED = 0
GAP = "，"  # stands where words were taken out, so that what stood around them does not become a new word

Marks = NDArray[np.bool_]  # one per character of "title\ntext"
Random = np.random.Generator


@dataclass(frozen=True, slots=True)
class Change:
    """What an edit does: how far the probability of the best category falls on average, how often another one is best.

    None where no letter was edited.
    """

    what: str
    fall: float | None
    other: float | None


@dataclass(frozen=True, slots=True)
class Similar:
    """How often the nearest training letter, the three nearest (share of them) and any of the three have a right category."""

    first: float
    share: float
    any: float


@dataclass(frozen=True, slots=True)
class Reasons:
    """Figures about reasons on ``letters`` letters; ``quoted`` is the mean share of their characters that is quoted.

    ``against`` counts the letters with words that pulled away; ``changes_against`` are about these letters only.
    """

    letters: int
    quoted: float
    changes: list[Change]
    against: int
    changes_against: list[Change]
    similar: Similar


def reasons(assessor: Assessor, gold: Sequence[GoldLetter], *, draws: int = DRAWS, seed: int = SEED) -> Reasons:
    """Judge quotations and neighbours; beside each deletion stand ``draws`` random ones."""
    letters, chance = [g.letter for g in gold], np.random.default_rng(seed)
    evidence = [assessor.assess(letter, today=DAY).matters[0].evidence for letter in letters]
    towards = [marks(x, [e for e in found if (e.weight or 0) > 0]) for x, found in zip(letters, evidence, strict=True)]
    away = [marks(x, [e for e in found if (e.weight or 0) < 0]) for x, found in zip(letters, evidence, strict=True)]
    stretches = [[stretches_like(m, x, chance) for m, x in zip(towards, letters, strict=True)] for _ in range(draws)]
    scattered = [[scattered_like(m, x, chance) for m, x in zip(towards, letters, strict=True)] for _ in range(draws)]
    elsewhere = [[stretches_like(m, x, chance) for m, x in zip(away, letters, strict=True)] for _ in range(draws)]
    doubted = np.array([m.any() for m in away])
    effect = _Effect(assessor, letters)
    return Reasons(
        letters=len(letters),
        quoted=float(np.mean([m.mean() for m in towards])),
        changes=[
            effect.of("quoted words deleted", [towards]),
            effect.of("as many stretches of the same lengths deleted at random", stretches),
            effect.of("as many single characters deleted at random", scattered),
            effect.of("only the quoted words kept", [[~m for m in towards]]),
            effect.of("only random stretches of the same lengths kept", [[~m for m in draw] for draw in stretches]),
        ],
        against=int(doubted.sum()),
        changes_against=[
            effect.of("words that pulled away deleted", [away], doubted),
            effect.of("as many stretches of the same lengths deleted at random", elsewhere, doubted),
        ],
        similar=similar(assessor, gold),
    )


def similar(assessor: Assessor, gold: Sequence[GoldLetter]) -> Similar:
    """Judge the nearest training letters by their categories."""
    found = [[near.category in g.right for near in assessor.similar(g.letter)] for g in gold]
    return Similar(
        first=float(np.mean([hits[:1] == [True] for hits in found])),
        share=sum(map(sum, found)) / max(sum(map(len, found)), 1),
        any=float(np.mean([any(hits) for hits in found])),
    )


@dataclass(frozen=True, slots=True)
class _Effect:
    """The letters as they are, and what becomes of their best category when they are edited."""

    assessor: Assessor
    letters: Sequence[Letter]

    def of(self, what: str, draws: Sequence[Sequence[Marks]], counted: Marks | None = None) -> Change:
        """Take the marked characters out of each letter, draw by draw, and look at the ``counted`` letters."""
        chosen = np.arange(len(self.letters)) if counted is None else counted.nonzero()[0]
        if not len(chosen):
            return Change(what, None, None)
        whole = self.assessor.probabilities([self.letters[at] for at in chosen])
        best, rows = whole.argmax(axis=1), np.arange(len(chosen))
        falls, others = [], []
        for draw in draws:
            p = self.assessor.probabilities([without(self.letters[at], draw[at]) for at in chosen])
            falls.append(whole[rows, best] - p[rows, best])
            others.append(p.argmax(axis=1) != best)
        return Change(what, float(np.mean(falls)), float(np.mean(others)))


def marks(letter: Letter, quoted: Sequence[Evidence]) -> Marks:
    """Which characters of "title\\ntext" are quoted."""
    found = np.zeros(len(letter.title) + 1 + len(letter.text), bool)
    for one in quoted:
        start = one.start if one.field == "title" else one.start + len(letter.title) + 1
        found[start : start + one.end - one.start] = True
    return found


def without(letter: Letter, taken: Marks) -> Letter:
    """The letter with each marked stretch of characters made a comma.

    >>> without(Letter("1", "拖欠工资", "讨薪"), np.array([1, 1, 0, 1, 1, 0, 0], bool))
    Letter(id='1', text='，工资', title='，', received_at=None, sender=None, channel=None, place=None)
    """
    title = len(letter.title)
    return replace(letter, title=_gapped(letter.title, taken[:title]), text=_gapped(letter.text, taken[title + 1 :]))


def _gapped(text: str, taken: Marks) -> str:
    gone = taken.tolist()
    first = [now and not before for before, now in zip([False, *gone], gone, strict=False)]
    return "".join(GAP if begins else "" if out else one for one, out, begins in zip(text, gone, first, strict=True))


def stretches_like(like: Marks, letter: Letter, chance: Random) -> Marks:
    """As many stretches of the same lengths anywhere in the letter, of readable characters where there is room for them."""
    readable = _readable(letter)
    taken = np.zeros_like(like)
    edges = np.flatnonzero(np.diff(like.astype(np.int8), prepend=0, append=0))
    for length in sorted((edges[1::2] - edges[::2]).tolist(), reverse=True):
        for free in (readable & ~taken, ~taken):
            room = np.lib.stride_tricks.sliding_window_view(free, length).all(axis=1).nonzero()[0]
            if len(room):
                start = chance.choice(room)
                taken[start : start + length] = True
                break
    return taken


def scattered_like(like: Marks, letter: Letter, chance: Random) -> Marks:
    """As many readable characters, anywhere in the letter."""
    taken = np.zeros_like(like)
    readable = _readable(letter).nonzero()[0]
    taken[chance.choice(readable, min(int(like.sum()), len(readable)), replace=False)] = True
    return taken


def _readable(letter: Letter) -> Marks:
    return np.array([one.isalnum() for one in document(letter.title, letter.text)])
