"""An alarm learnt from written cases (险情模型): how much a stretch of a letter sounds like a life in danger now.

Quiet people and strange accidents use none of the words that a list can hold. So a linear model over single characters and pairs
of neighbours, trained on cases written for this project (``alarm_training``), listens to every stretch of STRETCH characters
and quotes the loudest. The letter's score is a soft mean of all: one loud stretch among many may be chance, several of middling
voice are not.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final
from zipfile import BadZipFile

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from classifier.errors import BadDataFile
from classifier.tables import SHIPPED
from classifier.text import Codes, codes_of

ALARM_FILE: Final = "alarm.npz"
STRETCH: Final = 64  # characters listened to at once: about two sentences
STEP: Final = 32  # characters from one stretch to the next
CHANCE: Final = 0.9  # log odds: one loud stretch among n counts CHANCE ln n less; chosen on held-out cases
LONGEST: Final = 20_000  # characters; what follows in a longer letter is not listened to

SLOTS: Final = 1 << 15  # small enough to stay in a processor's cache beside everything else
_SHIFT: Final = np.uint32(17)  # 32 - 15 bits
_SPREAD: Final = np.uint32(2_654_435_761)  # Knuth's multiplicative hash
_HALF: Final = np.uint32(16)
_BEYOND: Final = re.compile("[^\x00-\ud7ff\ue000-\uffff]")  # takes two code units in UTF-16

Keys = NDArray[np.uint32]
Values = NDArray[np.complex64]


class Loudest(Struct, frozen=True, gc=False):
    """The loudest stretch ``start:end`` of a document, and the document's score in log odds; above 0 an alarm may go off."""

    score: float
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Alarm:
    """For every character, and for every slot of the pairs: weight times rarity (real part), rarity squared (imaginary part)."""

    singles: Values
    owners: Keys
    pairs: Values
    bias: float

    @property
    def tables(self) -> tuple[Values, Keys, Values, int, int, int, float]:
        """What the kernel asks for."""
        return self.singles, self.owners, self.pairs, LONGEST, STRETCH, STEP, CHANCE

    def loudest(self, document: str, codes: Codes | None = None) -> Loudest:
        """How much the document sounds like a life in danger, and where most; ``codes`` are the document's code points."""
        if not document:
            return Loudest(float("-inf"), 0, 0)
        heard = codes_of(document) if codes is None else codes
        score, start, end = _listener()(heard, *self.tables)
        return Loudest(score + self.bias, start, end)

    def near(self, document: str, start: int, end: int) -> float:
        """How loud it is around the words ``start:end``: the score of them and half a stretch on either side, in log odds."""
        return self.loudest(document[max(0, start - STEP) : end + STEP]).score


@cache
def _listener() -> Callable[..., tuple[float, int, int]]:
    from classifier.kernels.alarm import loudest_stretch

    return loudest_stretch


def keys_of(document: str) -> tuple[NDArray[np.uint16], Keys]:
    """The document's characters and the keys of its pairs of neighbours; Latin letters and digits count as one character."""
    codes = _codes(document)
    wide = codes.astype(np.uint32)
    return codes, (wide[:-1] << _HALF) | wide[1:]


def _codes(document: str) -> NDArray[np.uint16]:
    plain = _BEYOND.sub("\ufffd", document[:LONGEST])
    codes: NDArray[np.uint16] = _SAME[np.frombuffer(plain.encode("utf-16-le"), dtype=np.uint16)]
    return codes


def build_alarm(keys: Keys, weights: NDArray[np.floating], rarity: NDArray[np.floating], bias: float) -> Alarm:
    """The alarm for these keys (a character's key is its code); where two pairs share a slot the earlier one has it."""
    rare = rarity.astype(np.float32)
    values = (weights.astype(np.float32) * rare + 1j * rare * rare).astype(np.complex64)
    single = keys < 1 << 16
    singles, owners, pairs = np.zeros(1 << 16, np.complex64), np.zeros(SLOTS, np.uint32), np.zeros(SLOTS, np.complex64)
    singles[keys[single]] = values[single]
    slots = slots_of(keys[~single])[::-1]
    owners[slots], pairs[slots] = keys[~single][::-1], values[~single][::-1]
    return Alarm(singles, owners, pairs, bias)


def slots_of(pairs: Keys) -> Keys:
    """Where each pair's key has its place."""
    slots: Keys = (pairs * _SPREAD) >> _SHIFT
    return slots


def load_alarm(folder: Path = SHIPPED) -> Alarm:
    """The alarm in ``folder``; never unpickles anything.

    Raises:
        BadDataFile: missing, or not three arrays of one length.
    """
    try:
        with np.load(folder / ALARM_FILE, allow_pickle=False) as stored:
            keys, weights, rarity, bias = stored["keys"], stored["weights"], stored["rarity"], float(stored["bias"])
    except (OSError, ValueError, KeyError, TypeError, EOFError, BadZipFile) as error:
        raise BadDataFile(ALARM_FILE, None, f"cannot be read: {error}") from error
    if keys.ndim != 1 or not keys.shape == weights.shape == rarity.shape or keys.dtype != np.uint32:
        raise BadDataFile(ALARM_FILE, None, "its keys, weights and rarity do not fit together")
    return build_alarm(keys, weights, rarity, bias)


def _same() -> NDArray[np.uint16]:
    codes = np.arange(1 << 16, dtype=np.uint16)
    codes[: ord(" ")] = ord("。")  # a line's end is a sentence's end, so that a letter without a title is no special case
    codes[ord("0") : ord("z") + 1] = ord("0")
    return codes


_SAME: Final = _same()
