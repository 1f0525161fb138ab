"""What learning brings: ``python benchmarks/learning.py --real FOLDER`` (``make bench-learning``, an hour on two cores).

Four parts. *scope*: texts that are no petition, held out by writer and by kind, against real petitions. *labels*: the contenders
learn the labels of real letters, fold by fold. *growth*: the shipped recipe with fewer written letters a category. *corrections*:
from the written letters to n corrected real ones, chosen at random or by the review queue. Models that read real letters here are
thrown away; only numbers and plots are kept.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path
from random import Random
from time import perf_counter
from typing import NamedTuple

import numpy as np
import orjson
from sklearn.metrics import f1_score

from benchmarks import plots, report
from benchmarks.contenders import CONTENDERS, Contender, Ours
from benchmarks.real_letters import read_gold, read_labels
from benchmarks.run import rounded
from benchmarks.scope import scope
from classifier.compiled import CompiledModel, load_state
from classifier.corpus import LabelledLetter, read_labelled
from classifier.errors import FenxinError
from classifier.evaluation import score
from classifier.taxonomy import load_taxonomy
from classifier.text import read, segmenter
from classifier.training import Recipe, train

ROOT = Path(__file__).resolve().parent.parent
CROSSWALK = ROOT / "classifier" / "data" / "crosswalk.csv"
PARTS = ("scope", "labels", "growth", "corrections")
WARM_UP, TIMED = 20, 300  # letters; the latter one by one
SIZES = (10, 20, 40, 60, 80, 0)  # written letters a category; 0: all
CORRECTED = (0, 50, 200, 1000, 0)  # the last: all
QUICK = Recipe(folds=2)  # nothing here is calibrated for use


@dataclass(frozen=True, slots=True)
class Learner:
    """One contender over all folds; times are of its own process, on one core."""

    name: str
    macro_f1: float
    accuracy: float
    letters_a_second: float
    median_ms: float
    memory_mb: float
    model_mb: float
    training_s: float


@dataclass(frozen=True, slots=True)
class Step:
    """One point of a curve: how many letters were learnt, and the scores then."""

    letters: int
    scores: dict[str, float]


def compare(letters: Sequence[LabelledLetter], folds: Sequence[int]) -> list[Learner]:
    """Every contender, each in a fresh process so that its memory is its own.

    Raises:
        FenxinError: fastText's library, which nothing else here needs, is not installed; said before the first contender learns.
    """
    if find_spec("fasttext") is None:
        raise FenxinError("one contender needs fastText: pip install fasttext-community, or leave the part labels out (--only)")
    found = []
    for name in CONTENDERS:
        _say(f"{name} learns labels")
        with ProcessPoolExecutor(1, get_context("spawn")) as process:
            found.append(process.submit(judge_learner, name, list(letters), list(folds)).result())
        _say(f"{name}: macro-F1 {found[-1].macro_f1:.4f}")
    return found


def judge_learner(name: str, letters: list[LabelledLetter], folds: list[int]) -> Learner:
    """Cross-validate one contender by the given folds; times are the first fold's, whose letters nobody has cut into words yet."""
    said, right = np.empty(len(letters), object), np.array([x.category for x in letters])
    pace: Pace | None = None
    for fold in sorted(set(folds)):
        held = np.flatnonzero(np.array(folds) == fold)
        contender, started = CONTENDERS[name](), perf_counter()
        contender.fit([x for x, f in zip(letters, folds, strict=True) if f != fold])
        trained = perf_counter() - started
        texts = [letters[i].document for i in held]
        pace = pace or _pace(contender, texts, trained)
        said[held] = contender.predict(texts)
    assert pace is not None
    return Learner(
        name,
        macro_f1=float(f1_score(right, said.astype(str), average="macro")),
        accuracy=float((said == right).mean()),
        letters_a_second=pace.letters_a_second,
        median_ms=pace.median_ms,
        memory_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        model_mb=contender.size() / 1e6,
        training_s=pace.training_s,
    )


class Pace(NamedTuple):
    """How fast a contender learns and answers."""

    letters_a_second: float
    median_ms: float
    training_s: float


def _pace(contender: Contender, texts: Sequence[str], trained: float) -> Pace:
    """Some letters to warm up, some one by one, the rest together."""
    contender.predict(texts[:WARM_UP])
    single = []
    for text in texts[WARM_UP : WARM_UP + TIMED]:
        started = perf_counter()
        contender.predict([text])
        single.append(perf_counter() - started)
    rest, started = texts[WARM_UP + TIMED :], perf_counter()
    contender.predict(rest)
    return Pace(len(rest) / (perf_counter() - started), 1000 * statistics.median(single), trained)


def growth(written: Sequence[LabelledLetter], real: Path, seed: int = 0) -> list[Step]:
    """The shipped recipe with some written letters a category, drawn at random, against gold."""
    gold, taxonomy, steps = read_gold(real), load_taxonomy(), []
    by_label: defaultdict[str, list[LabelledLetter]] = defaultdict(list)
    for letter in written:
        if letter.in_scope:
            by_label[letter.category].append(replace(letter, purpose=""))
    for size in SIZES:
        _say(f"{size or 'all'} letters a category")
        drawn = [x for ones in by_label.values() for x in (Random(seed).sample(ones, min(size, len(ones))) if size else ones)]
        model = load_state(train(drawn, taxonomy, QUICK).state)
        found = score(_probabilities(model, [g.document for g in gold]), model.heads["category"].classes, [g.right for g in gold])
        mean = round(len(drawn) / len(by_label))
        steps.append(Step(mean, {"at 1": found.at_1, "at 3": found.at_3, "domain": found.domain}))
    return steps


def corrections(
    written: Sequence[LabelledLetter], letters: Sequence[LabelledLetter], folds: Sequence[int], seed: int = 0
) -> dict[str, list[Step]]:
    """From written letters under the labels' own scheme to n corrected real ones: macro-F1 on the first fold, never learnt.

    A category's label is the first level that the public crosswalk gives it most often; categories under other levels are left out.
    """
    pool = [x for x, fold in zip(letters, folds, strict=True) if fold]
    held = [x for x, fold in zip(letters, folds, strict=True) if not fold]
    label_of = first_levels({x.category for x in letters})
    start = [replace(x, category=label_of[x.category], purpose="") for x in written if x.category in label_of]
    first = load_state(train(start, None, QUICK).state)
    surest = _probabilities(first, [x.document for x in pool]).max(axis=1)
    queues = {"at random": Random(seed).sample(range(len(pool)), len(pool)), "review queue": np.argsort(surest).tolist()}
    none = Step(0, _f1(first, held))
    curves = {name: [none] for name in queues}
    for name, queue in queues.items():
        for size in CORRECTED[1:]:
            _say(f"{size or 'all'} corrected letters, {name}")
            if not size and name != "at random":
                curves[name].append(curves["at random"][-1])
                continue
            chosen = [replace(pool[i], origin="corrected") for i in queue[: size or len(pool)]]
            curves[name].append(Step(len(chosen), _f1(load_state(train([*start, *chosen], None, QUICK).state), held)))
    alone = Ours()
    alone.fit(pool)
    return curves | {"corrected letters only": [Step(len(pool), _f1(alone.model, held))]}


def first_levels(known: set[str], file: Path = CROSSWALK) -> dict[str, str]:
    """For each category the known first-level label that most of its crosswalk rows stand under."""
    rows = [line.split(",") for line in file.read_text(encoding="utf-8").splitlines()[1:]]
    votes: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        votes[row[-1]][row[0]] += 1
    best = {category: count.most_common(1)[0][0] for category, count in votes.items()}
    return {category: label for category, label in best.items() if label in known}


def _probabilities(model: CompiledModel, documents: Sequence[str]) -> np.ndarray:
    columns, cutter = model.heads["category"].columns, segmenter()
    return np.array([model.read(r, cutter.ends(r.hidden)).probabilities[columns] for r in map(read, documents)])


def _f1(model: CompiledModel, letters: Sequence[LabelledLetter]) -> dict[str, float]:
    classes = np.array(model.heads["category"].classes)
    said = classes[_probabilities(model, [x.document for x in letters]).argmax(axis=1)]
    return {"macro-F1": float(f1_score([x.category for x in letters], said, average="macro"))}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the parts asked for and store what they found; parts that were not run keep their figures and their date."""
    parser = argparse.ArgumentParser(description="Take the figures about learning in docs/benchmarks.md.")
    parser.add_argument("--real", type=Path, required=True, help="folder of letters_labelled.jsonl and gold.jsonl")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--training", type=Path, default=ROOT / "training_data")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "results" / "learning.json")
    parser.add_argument("--page", type=Path, default=ROOT / "docs" / "benchmarks.md")
    asked = parser.parse_args(argv)
    try:
        figures = orjson.loads(asked.out.read_bytes()) if asked.out.is_file() else {}
        letters, folds = read_labels(asked.real)
        written = read_labelled([asked.training])
        for part in asked.only:
            found = {
                "scope": lambda: scope(written, asked.real, asked.training),
                "labels": lambda: compare(letters, folds),
                "growth": lambda: growth(written, asked.real),
                "corrections": lambda: corrections(written, letters, folds),
            }[part]()
            figures[part] = rounded(orjson.loads(orjson.dumps(found)))
            asked.out.write_bytes(orjson.dumps(figures, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
        publish(figures, asked.page)
    except FenxinError as fault:
        print(f"bench-learning: {fault}", file=sys.stderr)
        return 1
    return 0


def publish(figures: dict[str, object], page: Path) -> None:
    """Write tables into the page and plots beside it."""
    texts = report.learning_tables(figures)
    for name, text in texts.items():
        print(f"\n{name}\n\n{text}")
    for name, drawing in draw(figures).items():
        folder = page.parent / "plots"
        folder.mkdir(exist_ok=True)
        (folder / f"{name}.svg").write_text(drawing, encoding="utf-8")
    report.fill(page, texts)


def draw(figures: dict) -> dict[str, str]:  # type: ignore[type-arg]
    """The curves as SVG, by name of file."""
    drawings = {}
    if steps := figures.get("growth"):
        series = {name: [(s["letters"], s["scores"][name]) for s in steps] for name in steps[0]["scores"]}
        ticks = ([s["letters"] for s in steps], (0.5, 0.6, 0.7, 0.8, 0.9, 1.0))
        drawings["growth"] = plots.lines("Written letters a category", series, ("letters a category", "on gold"), ticks=ticks)
    if curves := figures.get("corrections"):
        series = {name: [(s["letters"], s["scores"]["macro-F1"]) for s in steps] for name, steps in curves.items()}
        ticks = ([s["letters"] for s in curves["at random"]], (0.7, 0.75, 0.8, 0.85, 0.9, 0.95))
        axes = ("corrected letters", "macro-F1, 7 labels")
        drawings["corrections"] = plots.lines("From cold start", series, axes, ticks=ticks, log_x=True)
    return drawings


def _say(what: str) -> None:
    print(f"bench-learning: {what} …", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
