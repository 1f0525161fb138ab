"""Trains the alarm (险情模型) from written cases; for whoever renews ``alarm.npz``, never used while answering.

``python -m classifier.signals.alarm_training training_data`` renews the shipped one; the same data give the same weights.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import orjson
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from classifier.errors import BadTrainingData
from classifier.letter import document
from classifier.signals.alarm import ALARM_FILE, STEP, STRETCH, Alarm, Keys, build_alarm, keys_of, slots_of
from classifier.tables import SHIPPED

HEAVIER = 15.0  # a missed life weighs as much as this many needless calls
FEWEST = 3  # stretches a key must stand in to count
BACKGROUND = 16_000  # stretches of ordinary letters
REPEATED = 4  # how often each calm case counts: it was written because it sounds alarming
CUT = 0.45  # log odds; chosen so that words and alarm together ring for about 10 letters in 1,000 of an ordinary board
SHORT = STRETCH * 4 // 3  # characters; a case up to here is one stretch


@dataclass(frozen=True, slots=True)
class AlarmWeights:
    """What a training found: one weight and one rarity (inverse document frequency) for each key."""

    keys: Keys
    weights: NDArray[np.float16]
    rarity: NDArray[np.float16]
    bias: float

    def alarm(self) -> Alarm:
        """Ready to listen."""
        return build_alarm(self.keys, self.weights, self.rarity, self.bias)

    def save(self, folder: Path) -> Path:
        """Write ``alarm.npz`` into the folder and say where."""
        path = folder / ALARM_FILE
        np.savez_compressed(path, keys=self.keys, weights=self.weights, rarity=self.rarity, bias=self.bias)
        return path


def train_alarm(alarming: Sequence[str], calm: Sequence[str], *, cut: float = 0.0, strength: float = 0.3) -> AlarmWeights:
    """Weights that tell the stretches of ``alarming`` cases from those of ``calm`` ones.

    ``cut`` is the score in log odds that an alarm must exceed; ``strength`` is scikit-learn's C.

    Raises:
        BadTrainingData: one of the two is empty.
    """
    stretches = [part for text in alarming for part in cut_up(text)[:2]]
    background = [part for text in calm for part in cut_up(text)]
    if not stretches or not background:
        raise BadTrainingData("urgency cases", None, "needs alarming and calm cases")
    keys, counts = _counts([*stretches, *background])
    stood_in = np.asarray((counts > 0).sum(axis=0)).ravel()
    rarity = (np.log((1 + counts.shape[0]) / (1 + stood_in)) + 1).astype(np.float16)
    labels = np.r_[np.ones(len(stretches)), np.zeros(len(background))]
    learner = LogisticRegression(C=strength, class_weight={1: HEAVIER, 0: 1.0}, solver="liblinear", tol=1e-3, random_state=0)
    model = learner.fit(_scaled(counts, rarity), labels)
    kept = _one_a_slot(keys, np.abs(model.coef_[0] * rarity) * stood_in)
    return AlarmWeights(keys[kept], model.coef_[0][kept].astype(np.float16), rarity[kept], float(model.intercept_[0]) - cut)


def _one_a_slot(keys: Keys, matters: NDArray[np.floating]) -> NDArray[np.intp]:
    """The keys to keep: all single characters, and of the pairs that share a slot the one that matters most."""
    single = np.flatnonzero(keys < 1 << 16)
    pairs = np.flatnonzero(keys >= 1 << 16)
    pairs = pairs[np.argsort(-matters[pairs], kind="stable")]
    _, first = np.unique(slots_of(keys[pairs]), return_index=True)
    kept: NDArray[np.intp] = np.sort(np.concatenate([single, pairs[first]]))
    return kept


def train_shipped(folder: Path) -> AlarmWeights:
    """Train from ``urgency/cases.jsonl`` in the folder, with stretches of its letters as the ordinary background."""
    cases = _records(folder / "urgency" / "cases.jsonl")
    letters = [record for path in sorted(folder.glob("*.jsonl")) for record in _records(path)]
    alarming = [text for urgency, text in cases if urgency == "R0"]
    alarming += [text for urgency, text in letters if urgency == "R0" and len(text) < 2 * STRETCH]
    calm = [text for urgency, text in cases if urgency != "R0"]
    ordinary = [part for urgency, text in letters if urgency != "R0" for part in cut_up(text)]
    chance = np.random.default_rng(0)
    background = [ordinary[number] for number in chance.permutation(len(ordinary))[:BACKGROUND]]
    alarming += [amid(text, background, chance) for text in alarming]
    return train_alarm(alarming, [*(calm * REPEATED), *(amid(text, background, chance) for text in calm), *background], cut=CUT)


def amid(text: str, background: Sequence[str], chance: np.random.Generator) -> str:
    """The text as a stretch of a longer letter shows it: with ordinary words before and after, where a stretch has room."""
    room = max(0, STRETCH - len(text))
    before = int(chance.integers(room + 1))
    left, right = (background[int(chance.integers(len(background)))] for _ in range(2))
    return left[len(left) - min(before, len(left)) :] + text + right[: room - before]


def cut_up(text: str) -> list[str]:
    """The text in overlapping stretches; a short one stays whole."""
    if len(text) <= SHORT:
        return [text]
    return [text[start : start + STRETCH] for start in range(0, len(text) - STEP, STRETCH // 2)]


def _counts(texts: Sequence[str]) -> tuple[Keys, csr_matrix]:
    """The keys that stand in enough texts, the most frequent first, and how often each stands in each text."""
    found = [np.concatenate([part.astype(np.uint32) for part in keys_of(text)]) for text in texts]
    rows = np.repeat(np.arange(len(found)), [len(keys) for keys in found])
    keys, columns = np.unique(np.concatenate(found), return_inverse=True)
    counts = csr_matrix((np.ones(len(rows), np.float32), (rows, columns)), shape=(len(found), len(keys)))
    stood_in = np.asarray((counts > 0).sum(axis=0)).ravel()
    order = np.argsort(-stood_in, kind="stable")
    order = order[stood_in[order] >= FEWEST]
    return keys[order], csr_matrix(counts[:, order])


def _scaled(counts: csr_matrix, rarity: NDArray[np.float16]) -> csr_matrix:
    """Counts times rarity, each row of length one in the sense of ``Alarm.loudest``."""
    rare = rarity.astype(np.float32)
    lengths = np.sqrt(np.maximum(counts @ (rare**2), 1.0))
    return csr_matrix(counts.multiply(rare[np.newaxis, :]).multiply(1 / lengths[:, np.newaxis]))


def _records(path: Path) -> list[tuple[str, str]]:
    """Urgency and document of every line."""
    records = [orjson.loads(line) for line in path.read_bytes().splitlines()]
    return [(str(record.get("urgency", "none")), document(record.get("title") or "", record["text"]).strip()) for record in records]


if __name__ == "__main__":
    sys.stdout.write(f"{train_shipped(Path(sys.argv[1])).save(SHIPPED)}\n")
