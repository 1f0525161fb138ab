"""What a letter wants (信访目的), seen in how it speaks: questions, wishes, complaints, officials beside misconduct.

Topic words tell little of the purpose: people ask, suggest and complain about the same bus. A cue is a list of words; what counts
is whether they stand in the title, how often in the text and whether near its end, where people say what they want. Officials count
together with words of gain, kinship or abuse in one sentence, since a firm's misdeeds are no accusation (《信访工作条例》 Art. 30).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from classifier.errors import BadDataFile
from classifier.letter import Purpose
from classifier.text import Codes, Positions, Reading, WordList, codes_of, word_list

SHIPPED_CUES = Path(__file__).parent / "data" / "purpose_cues.txt"
ACCUSE = Purpose.ACCUSE.value
ACCUSE_FROM = 0.27  # a probability: missing an accusation costs more than keeping one letter from all but a few eyes
LEAN = 0.3  # what the probability of misconduct as the matter adds: quiet accusations speak like appeals
FAINTEST = 0.04  # below this no matter makes an accusation of what asks for redress: thanks, withdrawals, a brand named 保护伞
MISCONDUCT = frozenset({"DISCIP.CORRUPT", "DISCIP.DUTY", "DISCIP.PERSONNEL"})
ENDING = 60  # characters at the end of a letter, where people say what they want
MOST = 3  # occurrences of a cue that count
MOST_QUOTED = 3
MOST_WEIGHED = 8  # of the strongest cues, from which those are quoted that tell something
LEAST_QUOTED = 0.2  # of the strongest cue's part
WRONGS = ("gain", "kin", "abuse", "crime")
WHO = ("office", "organ", "firm", "complain")
TOGETHER = (*((who, wrong) for who in WHO for wrong in WRONGS), ("complain", "office"), ("complain", "organ"))
PAIRS, SILENT, UNQUOTED = "together", "silent", "unquoted"  # rows that are no cues: what is counted together, words that only hide
_NO_CUES = frozenset({PAIRS, SILENT, UNQUOTED})  # others, words that are no reason to show
_SENTENCE_ENDS, _ASKING = codes_of("。!！?？;；\n"), codes_of("?？")

Cues = Mapping[str, Sequence[str]]
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class CueReader:
    """Finds the words of all cues in one pass; ``owners`` is the cue of each word."""

    cues: int
    words: WordList
    owners: Positions
    pairs: Positions
    unquoted: frozenset[str]
    cue_row: Callable[..., tuple[Floats, Positions]]

    @property
    def width(self) -> int:
        """How many numbers a reading becomes."""
        return 3 * self.cues + 3 + 2 * len(self.pairs)

    @property
    def tables(self) -> tuple[Positions, int, int, int, Codes, Codes, Positions]:
        """What ``cue_row`` asks for."""
        return self.owners, self.cues, ENDING, MOST, _SENTENCE_ENDS, _ASKING, self.pairs

    def row(self, reading: Reading, hits: Positions | None = None) -> tuple[Floats, Positions]:
        """Numbers from 0 to 1, (width,), and where each cue stands last, (n_cues, 2), -1 where it does not.

        Of each cue: whether it stands in the title, how often in the text, whether at its end; then questions, then for each pair
        how often both stand in one sentence of the text and whether they do in the title.
        ``hits`` are the places of the words, where they are known already.
        """
        hits = self.words.places(reading.codes) if hits is None else hits
        return self.cue_row(reading.codes, reading.title_length, hits, *self.tables)

    def rows(self, readings: Iterable[Reading]) -> Floats:
        """The numbers of several readings, (n_readings, width)."""
        return np.array([self.row(reading)[0] for reading in readings], np.float32).reshape(-1, self.width)


def cue_reader(cues: Cues) -> CueReader:
    """A reader for cues and their words.

    >>> from classifier.text import read
    >>> numbers, places = cue_reader({"ask": ["请问"], "when": ["何时"]}).row(read("请问公交何时通\\n"))
    >>> numbers[:6].tolist(), places.tolist()
    ([1.0, 0.0, 0.0, 1.0, 0.0, 0.0], [[0, 2], [4, 6]])
    """
    from classifier.kernels.cues import cue_row

    order = {name: number for number, name in enumerate(name for name in cues if name not in _NO_CUES)}
    owners = dict.fromkeys(cues.get(SILENT, ()), -1)
    for name, number in order.items():
        for word in cues[name]:
            owners.setdefault(word, number)
    together = [pair.split("+") for pair in cues[PAIRS]] if PAIRS in cues else TOGETHER  # a model from before had these
    pairs = [(order[some], order[other]) for some, other in together if some in order and other in order]
    return CueReader(
        len(order),
        word_list(list(owners)),
        np.array([*owners.values()], np.int64),
        np.array(pairs, np.int64).reshape(-1, 2),
        frozenset(cues.get(UNQUOTED, ())),
        cue_row,
    )


def load_cues(path: Path = SHIPPED_CUES) -> dict[str, list[str]]:
    """The shipped cues: a line each, the name and its words.

    Raises:
        BadDataFile: a cue has no words or is named twice, or one is missing that officials and wrongs are told by.
    """
    cues: dict[str, list[str]] = {}
    for row, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if line.strip() and not line.startswith("#"):
            name, *words = line.split()
            if not words or name in cues:
                raise BadDataFile(path.name, row, f"cue {name} has no words or is named twice")
            cues[name] = words
    if missing := {*WHO, *WRONGS} - set(cues):
        raise BadDataFile(path.name, None, f"cue missing: {', '.join(sorted(missing))}")
    known = set(cues) - _NO_CUES
    if strange := sorted(
        pair for pair in cues.get(PAIRS, ()) if len(pair.split("+")) != 2 or not known.issuperset(pair.split("+"))
    ):
        raise BadDataFile(path.name, None, f"{PAIRS}: {', '.join(strange)} is not two cues of this file joined by +")
    return cues


def decide(classes: Sequence[str], p: Sequence[float], category: str, misconduct: float = 0.0) -> tuple[str, float]:
    """The purpose and its probability, from those of all ``classes`` and the letter's main category.

    An accusation is taken for one long before it is likelier than all else; ``misconduct``, the probability that misconduct in
    office is the matter, counts towards it. What is about misconduct and asks for redress is an accusation by definition
    (《信访工作条例》 Art. 22(2), 30), unless the words have nothing of one.

    >>> decide(["ACCUSE", "APPEAL"], [0.35, 0.65], "URBAN.PLAN"), decide(["ACCUSE", "APPEAL"], [0.1, 0.9], "DISCIP.DUTY")
    (('ACCUSE', 0.35), ('ACCUSE', 0.9))
    """
    chance = max(p)
    best = classes[p.index(chance)]
    accused = p[classes.index(ACCUSE)] if ACCUSE in classes else None
    if accused is not None and accused + LEAN * misconduct >= ACCUSE_FROM:
        return ACCUSE, max(accused, misconduct)
    if category in MISCONDUCT and best == Purpose.APPEAL and (accused is None or accused >= FAINTEST):
        return ACCUSE, chance
    return best, chance


def quoted(
    reader: CueReader, weights: Floats, row: Floats, places: Positions, text: str, ends: Positions
) -> list[tuple[int, int, float]]:
    """The cues that pulled most towards a purpose of these ``weights`` (width,): where each stands last, its part, rounded.

    What two cues pulled together counts half for each. Only whole words of the ``text``, which end at ``ends``, are quoted.
    """
    found, parts = _pulling_cues()(weights, row, places, MOST_WEIGHED, reader.pairs, ends)
    return telling(reader, [(*place, part) for place, part in zip(found.tolist(), parts.tolist(), strict=True)], text)


def telling(reader: CueReader, strongest: list[tuple[int, int, float]], text: str) -> list[tuple[int, int, float]]:
    """Of the strongest cues those to quote: few, none that is faint beside the first or says nothing by itself (我们, 公司)."""
    told = [one for one in strongest if text[one[0] : one[1]] not in reader.unquoted]
    return [one for one in told[:MOST_QUOTED] if one[2] >= LEAST_QUOTED * told[0][2]]


@cache
def _pulling_cues() -> Callable[..., tuple[Positions, NDArray[np.float64]]]:
    from classifier.kernels.cues import pulling_cues

    return pulling_cues
