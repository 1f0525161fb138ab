"""Fit the pair scorer on written letters: ``python -m classifier.grouping.training training_data``.

Same letters and same seed, same bytes. scikit-learn's histogram boosting with one direction for each part, calibrated on matters
that were held out, then laid out as plain arrays.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from datetime import UTC
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from classifier.assess import Assessor, load_assessor
from classifier.corpus import LabelledLetter, read_labelled
from classifier.grouping.background import Background
from classifier.grouping.exercises import AGAIN, Recipe, WrittenLetter, make_stream, read_matters
from classifier.grouping.memory import MemoryIndex
from classifier.grouping.pair import PARTS, pair_parts
from classifier.grouping.profiling import profile_of
from classifier.grouping.scorer import BACKGROUND_FILE, LAYOUT, SCORER_FILE, PairScorer, load_background, scorer_from
from classifier.grouping.terms import COUNTED, Floats, Ints
from classifier.letter import Letter
from classifier.tables import SHIPPED

LETTERS_FOR_A_TERM = 3  # so that nobody's name becomes one
SEEDS = (0, 1)  # streams made of the same letters, each varied in another way
WINDOW = 400.0
FOLDS = 3
NEAR, ONE_IN = 5, 8  # of candidates about another matter the nearest are all learnt, of others one in eight, counting eight
_PLACE = PARTS.index("place among the candidates")
Rows = tuple[Floats, NDArray[np.bool_], Ints]


def main(arguments: Sequence[str]) -> None:
    """Write background and scorer beside the other data files."""
    training, models = Path(arguments[0]), Path(arguments[1] if len(arguments) > 1 else "models")
    assessor = load_assessor(models)
    letters = read_labelled([training])
    _save(SHIPPED / BACKGROUND_FILE, background_arrays(assessor, [Letter(x.id, x.text, x.title) for x in letters]))
    _save(SHIPPED / SCORER_FILE, scorer_arrays(written_rows(assessor, letters, training)))


def written_rows(assessor: Assessor, letters: Sequence[LabelledLetter], training: Path) -> Rows:
    """The comparisons to learn from: written matters among training letters that stand alone."""
    written = read_matters(training / "matters")
    alone = [
        WrittenLetter(f"n{x.id}", "", "alone", x.title, x.text, written[0].received_at, f"n{x.id}", x.right[0] if x.right else "-")
        for x in letters
    ]
    recipes = [Recipe(seed=seed) for seed in SEEDS]
    streams = [make_stream(written, alone, _name_of(assessor), recipe) for recipe in recipes]
    numbers: dict[str, int] = {}
    return joined([_numbered_alike(pairs(assessor, stream), stream, numbers) for stream in streams])


def _numbered_alike(rows: Rows, stream: Sequence[WrittenLetter], numbers: dict[str, int]) -> Rows:
    """One number for a matter in every stream made of it, so that what is held out was learnt in no other guise."""
    names = dict.fromkeys(x.matter or x.id for x in stream)  # in the order ``pairs`` counts them
    alike = np.array([numbers.setdefault(name.removeprefix(AGAIN), len(numbers)) for name in names], np.int64)
    return rows[0], rows[1], alike[rows[2]]


def background_arrays(assessor: Assessor, letters: Sequence[Letter]) -> dict[str, NDArray[Any]]:
    """Which terms at least three letters use, and how rare each is: ascending numbers as steps, rarity in sixteenths."""
    empty = Background(np.empty(0, np.uint64), np.empty(0, np.float32))
    using: Counter[int] = Counter()
    for letter in letters:
        draft = assessor.draft(letter, empty, arrived=0.0, sender=0)
        using.update(draft.numbers[draft.kinds != COUNTED].tolist())
    numbers = sorted(number for number, n in using.items() if n >= LETTERS_FOR_A_TERM)
    rarity = [min(255, round(-16 * np.log(using[number] / len(letters)))) for number in numbers]
    return {"steps": np.diff(np.array([0, *numbers], np.uint64)), "rarity": np.array(rarity, np.uint8)}


def pairs(assessor: Assessor, stream: Sequence[WrittenLetter]) -> Rows:
    """Every comparison that linking the stream would make: parts, whether it is one matter, and the new letter's matter."""
    background, index = load_background(), MemoryIndex()
    matters: dict[str, str] = {}
    numbers: dict[str, int] = {}
    found: list[Rows] = []
    for x in stream:
        arrived = x.received_at.replace(tzinfo=UTC).timestamp() / 86_400
        draft = assessor.draft(Letter(x.id, x.text, x.title, sender=x.sender), background, arrived=arrived)
        profile = profile_of(draft, background)
        short = index.candidates(profile.keys, arrived - WINDOW)
        order, parts = pair_parts(profile, short.shelf, short.rows)
        same = np.array([bool(x.matter) and matters[short.ids[i]] == x.matter for i in order.tolist()], np.bool_)
        number = numbers.setdefault(x.matter or x.id, len(numbers))
        found.append((parts, same, np.full(len(order), number, np.int64)))
        matters[x.id] = x.matter
        index.add(profile, x.id)
        background.add(draft.counted())
    return joined(found)


def scorer_arrays(rows: Rows) -> dict[str, NDArray[Any]]:
    """Fit, calibrate and lay out the trees."""
    (parts, same, matter), weight = thinned(rows)
    fold = matter % FOLDS
    held_out = np.zeros(len(parts))
    for k in range(FOLDS):
        kept = fold != k
        held_out[~kept] = _fit(parts[kept], same[kept], weight[kept]).decision_function(parts[~kept])
    line = LogisticRegression(C=1e6).fit(held_out[:, None], same, sample_weight=weight)
    return lay_out(_fit(parts, same, weight), float(line.coef_[0, 0]), float(line.intercept_[0]))


def thinned(rows: Rows) -> tuple[Rows, Floats]:
    """Fewer of the many candidates that are far off and about another matter, and how much each comparison left counts."""
    parts, same, matter = rows
    far = ~same & (parts[:, _PLACE] >= NEAR)
    kept = ~far | (np.cumsum(far) % ONE_IN == 0)
    return (parts[kept], same[kept], matter[kept]), np.where(far[kept], ONE_IN, 1).astype(np.float32)


def lay_out(model: HistGradientBoostingClassifier, slope: float, shift: float) -> dict[str, NDArray[Any]]:
    """The trees of a fitted model node by node, with ``slope`` and ``shift`` of the calibration worked in."""
    trees = [stage[0].nodes for stage in model._predictors]
    roots = np.cumsum([0, *map(len, trees)])[:-1].astype(np.int32)
    nodes = np.concatenate(trees)
    first = np.repeat(roots, [len(tree) for tree in trees])
    leaf = nodes["is_leaf"].astype(bool)
    return {
        "layout": np.array(LAYOUT),
        "parts": np.array(PARTS),
        "feature": np.where(leaf, -1, nodes["feature_idx"]).astype(np.int16),
        "cut": np.where(leaf, 0, nodes["num_threshold"]).astype(np.float32),
        "left": (nodes["left"] + first).astype(np.int32),
        "right": (nodes["right"] + first).astype(np.int32),
        "value": np.where(leaf, nodes["value"] * slope, 0).astype(np.float32),
        "roots": roots,
        "start": np.array(float(model._baseline_prediction.ravel()[0]) * slope + shift),
    }


def as_scorer(arrays: dict[str, NDArray[Any]]) -> PairScorer:
    """The scorer of such arrays, without a file."""
    return scorer_from(arrays | {"parts": arrays["parts"].tolist(), "start": float(arrays["start"])})


def directions() -> list[int]:
    """For each part whether more of it speaks for one matter (1), against it (-1), or may do either (0)."""
    against = ("not found", "not shared", "days apart", "place among")
    either = ("characters of",)
    return [-1 if any(w in part for w in against) else 0 if any(w in part for w in either) else 1 for part in PARTS]


def _fit(parts: Floats, same: NDArray[np.bool_], weight: Floats) -> HistGradientBoostingClassifier:
    model = HistGradientBoostingClassifier(
        max_iter=150,
        learning_rate=0.08,
        max_leaf_nodes=10,
        min_samples_leaf=20,
        l2_regularization=5.0,
        max_features=0.4,
        early_stopping=False,
        monotonic_cst=directions(),
        random_state=0,
    )
    return model.fit(parts, same, sample_weight=weight)


def joined(rows: Sequence[Rows]) -> Rows:
    """Several lots of comparisons as one."""
    parts, same, matter = zip(*rows, strict=True)
    return np.concatenate(parts), np.concatenate(same), np.concatenate(matter)


def _name_of(assessor: Assessor) -> Any:  # noqa: ANN401 - a function of title and text
    background = load_background()

    def name_of(title: str, text: str) -> str:
        draft = assessor.draft(Letter("", text, title), background, arrived=0.0)
        often = zip(draft.names, draft.name_times.tolist(), strict=True)
        return max(((n, name) for name, n in often if len(name) > 2), default=(0, ""), key=lambda one: one[0])[1]

    return name_of


def _save(file: Path, arrays: dict[str, NDArray[Any]]) -> None:
    np.savez_compressed(file, **arrays)  # type: ignore[arg-type]  # the arrays' names are no options of it


if __name__ == "__main__":
    main(sys.argv[1:])
