"""A year in the life: ``python -m benchmarks.year --real FOLDER`` (half an hour on one core).

Real letters with labels come in as decisions, month by month; after each the model is trained anew and judged as in
``classifier.retraining``. One fold is never learnt: on it each month's model is measured. Models that read real letters here are
thrown away; only numbers and plots are kept. ``docs/learning.md`` says how the year is made.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import orjson

from benchmarks.learning import first_levels
from benchmarks.real_letters import read_stream_of_labels
from benchmarks.run import rounded
from benchmarks.year_page import publish
from classifier.compiled import CompiledModel, load_state
from classifier.contract import EVERYBODY, Contract, choose_cuts
from classifier.corpus import LabelledLetter, read_labelled
from classifier.errors import FenxinError
from classifier.features import LetterTerms
from classifier.judging import Case, Sitting, judge
from classifier.learning_set import CONFIRMED, CORRECTED, UPHELD, Correction, as_labelled, in_exam, load_weights
from classifier.letter import Letter
from classifier.taxonomy import load_taxonomy
from classifier.text import read, segmenter
from classifier.training import Recipe, Trained, train
from classifier.verdict import Answers

ROOT = Path(__file__).resolve().parent.parent
MONTHS = 12
RECIPE = Recipe(folds=2)  # calibrated from halves; the last model of the year as the product is, from fourths
LAST = Recipe()
CONTRACTS = (0.05, 0.137)  # our promise; what a district's staff reached by hand: 86.3 % of orders dispatched right
FLIPPED, TOWARDS = 0.1, "交通运输"
LATE, FROM_MONTH = "交通运输", 6
QUEUE = (300, 1000)
PARTS = ("year", "noise", "noise_everything", "everything", "late", "queue")


@dataclass(frozen=True, slots=True)
class Arrival:
    """One letter of the year: its true label, the one its officer gives it, the month (1 to 12) it is decided in."""

    letter: LabelledLetter
    given: str
    month: int


@dataclass(frozen=True, slots=True)
class Model:
    """A trained model with its cuts under each contract."""

    trained: Trained
    compiled: CompiledModel
    cuts: dict[float, dict[str, float | None]]


@dataclass(frozen=True, slots=True)
class Plan:
    """One way to spend the year: ``careful`` as the product does, else all labels alike and every model promoted."""

    arrivals: Sequence[Arrival]
    start: Sequence[LabelledLetter]
    careful: bool
    months: Sequence[int]


def learn(letters: Sequence[LabelledLetter], recipe: Recipe = RECIPE) -> Model:
    """The product's training under the labels' own scheme; a label stands for its department."""
    trained = train(letters, None, recipe)
    cuts = {rate: choose_cuts(trained.outcomes, Contract({EVERYBODY: rate}, "")) for rate in CONTRACTS}
    return Model(trained, load_state(trained.state), cuts)


@cache
def begin(start: tuple[LabelledLetter, ...]) -> Model:
    """The model before any decision; several plans begin with the same."""
    return learn(start)


def answers(model: Model, letters: Sequence[LabelledLetter], rate: float = CONTRACTS[0]) -> Answers:
    """What the model says of letters, and which it would send alone under the contract."""
    columns, cutter = model.compiled.heads["category"].columns, segmenter()
    readings = [read(x.document) for x in letters]
    p = np.array([model.compiled.read(r, cutter.ends(r.hidden)).probabilities[columns] for r in readings], np.float64)
    classes = model.compiled.heads["category"].classes
    said = [classes[best] for best in p.argmax(axis=1)]
    sure = p.max(axis=1)
    cuts = [model.cuts[rate].get(label) for label in said]
    right = np.array([label == letter.category for label, letter in zip(said, letters, strict=True)])
    alone = np.array([cut is not None and confidence >= cut for cut, confidence in zip(cuts, sure, strict=True)])
    return Answers(said, sure, said, right, right, alone)


def measured(model: Model, letters: Sequence[LabelledLetter]) -> dict[str, float]:
    """Accuracy, and under each contract the share sent alone and how much of that is right."""
    found: dict[str, float] = {"letters": len(letters)}
    for rate in CONTRACTS:
        said = answers(model, letters, rate)
        name = f"{rate:.1%}"
        found["accuracy"] = float(said.right.mean())
        found[f"coverage {name}"] = float(said.alone.mean())
        found[f"right when alone {name}"] = float(said.right[said.alone].mean()) if said.alone.any() else float("nan")
    late = np.array([x.category == LATE for x in letters])
    found["late"] = float(said.right[late].mean()) if late.any() else float("nan")
    return found


def live(plan: Plan, held: Sequence[LabelledLetter], say: Callable[[str], None]) -> list[dict[str, Any]]:
    """The year under one plan: a row for the start and for each month after which a model was trained."""
    champion, decided, reviewed = begin(tuple(plan.start)), [], dict[str, Correction]()
    rows: list[dict[str, Any]] = [{"month": 0, "held": measured(champion, held)}]
    for month in range(1, MONTHS + 1):
        arrived = [a for a in plan.arrivals if a.month == month]
        met, corrected = _meet(champion, arrived)
        decided += _decide(champion, arrived)
        row: dict[str, Any] = {"month": month, "arrived": met, "corrections": corrected}
        if month in plan.months:
            say(f"month {month}: {len(decided)} decisions")
            champion, told = _retrain(champion, plan, [reviewed.get(one.letter.id, one) for one in decided], month)
            reviewed |= _second_look(told.pop("suspects"), plan.arrivals) if plan.careful else {}
            row |= {"held": measured(champion, held), "verdict": told}
        rows.append(row)
    return rows


def _meet(champion: Model, arrived: Sequence[Arrival]) -> tuple[dict[str, float], int]:
    """How the model did on letters before anybody had decided them, and how many an officer had to correct."""
    letters = [a.letter for a in arrived]
    found = measured(champion, letters)
    return found, int((~answers(champion, letters).right).sum())


def _decide(champion: Model, arrived: Sequence[Arrival]) -> list[Correction]:
    said = answers(champion, [a.letter for a in arrived]).category
    return [_correction(a, CONFIRMED if label == a.given else CORRECTED, a.given) for a, label in zip(arrived, said, strict=True)]


def _correction(arrival: Arrival, kind: str, label: str) -> Correction:
    x = arrival.letter
    letter = Letter(x.id, x.text, x.title)
    return Correction(letter, label, None, None, f"2026-{arrival.month:02}-15T08:00:00+00:00", kind)


def _second_look(suspects: Sequence[str], arrivals: Sequence[Arrival]) -> dict[str, Correction]:
    """A careful reader gives each suspect its true label."""
    chosen = set(suspects)
    return {a.letter.id: _correction(a, UPHELD, a.letter.category) for a in arrivals if a.letter.id in chosen}


def _retrain(champion: Model, plan: Plan, decided: Sequence[Correction], month: int) -> tuple[Model, dict[str, Any]]:
    """The model that answers next month, and what was said of the challenger."""
    today = date(2026, month, 28)
    letters, recipe = as_labelled(decided, load_weights(), today), LAST if month == MONTHS else RECIPE
    if not plan.careful:
        plain = [replace(x, weight=1.0, doubtable=False) for x in letters]
        return learn([*plan.start, *plain], recipe), {}
    exam = {one.letter.id for one in decided if in_exam(one)}
    challenger = learn([*plan.start, *(x for x in letters if x.id not in exam)], recipe)
    asked = [x for x in letters if x.id in exam]
    sitting = Sitting(asked, answers(champion, asked), answers(challenger, asked)) if asked else None
    contract = Contract({EVERYBODY: CONTRACTS[0]}, "")
    case = Case(sitting, None, champion.trained.written, challenger.trained.written, contract, load_taxonomy())
    verdict = judge(case, {})
    told = {"accepted": verdict["accepted"], "asked": len(asked), "reasons": verdict["reasons"][1:]}
    suspects = [one.letter_id for one in challenger.trained.suspects]
    wrong = {x.id for x in letters} & {a.letter.id for a in plan.arrivals if a.given != a.letter.category and a.month <= month}
    told |= {"suspected": len(suspects), "rightly": len(wrong & set(suspects)), "slips": len(wrong - exam)}
    return (challenger if verdict["accepted"] else champion), told | {"suspects": suspects}


def by_queue(start: Sequence[LabelledLetter], pool: Sequence[LabelledLetter], held: Sequence[LabelledLetter]) -> dict[str, Any]:
    """Accuracy on the held-out fold after n corrected letters, drawn at random or least sure first."""
    first = begin(tuple(start))
    sure = answers(first, pool).confidence
    orders = {"at random": Random(0).sample(range(len(pool)), len(pool)), "least sure first": np.argsort(sure).tolist()}
    curves: dict[str, Any] = {}
    for name, order in orders.items():
        curves[name] = [{"corrected": 0, **measured(first, held)}]
        for size in QUEUE:
            chosen = [replace(pool[i], origin="decided", matter=pool[i].id) for i in order[:size]]
            curves[name].append({"corrected": size, **measured(learn([*start, *chosen]), held)})
    return curves


def plans(written: Sequence[LabelledLetter], arrivals: Sequence[Arrival], seed: int = 0) -> dict[str, Plan]:
    """The year as it is, with labels that slip, and with a label that nobody knew before its month."""
    every, last = range(1, MONTHS + 1), (MONTHS,)
    chance = Random(seed)
    slipping = [replace(a, given=TOWARDS) if chance.random() < FLIPPED else a for a in arrivals]
    without = [x for x in written if x.category != LATE]
    later = [a for a in arrivals if a.letter.category != LATE or a.month >= FROM_MONTH]
    return {
        "year": Plan(arrivals, written, careful=True, months=every),
        "everything": Plan(arrivals, written, careful=False, months=last),
        "noise": Plan(slipping, written, careful=True, months=(6, MONTHS)),
        "noise_everything": Plan(slipping, written, careful=False, months=last),
        "late": Plan(later, without, careful=True, months=(7, 9, MONTHS)),
    }


def main(argv: Sequence[str] | None = None) -> int:
    """Run the parts asked for and store what they found; parts that were not run keep their figures."""
    parser = argparse.ArgumentParser(description="Take the figures of docs/learning.md.")
    parser.add_argument("--real", type=Path, required=True, help="folder of letters_labelled.jsonl")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--training", type=Path, default=ROOT / "training_data")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "results" / "year.json")
    parser.add_argument("--page", type=Path, default=ROOT / "docs" / "learning.md")
    asked = parser.parse_args(argv)
    LetterTerms._count = cache_of_counts()  # type: ignore[method-assign]
    try:
        stream, held = read_stream_of_labels(asked.real)
        label_of = first_levels({x.category for x in held})
        written = [
            replace(x, category=label_of[x.category], purpose="") for x in read_labelled([asked.training]) if x.category in label_of
        ]
        arrivals = [Arrival(x, x.category, 1 + MONTHS * n // len(stream)) for n, x in enumerate(stream)]
        figures = orjson.loads(asked.out.read_bytes()) if asked.out.is_file() else {}
        for part in asked.only:
            if part == "queue":
                found: Any = by_queue(written, stream, held)
            else:
                found = live(
                    plans(written, arrivals)[part],
                    held,
                    lambda what, part=part: print(f"{part}, {what} …", file=sys.stderr, flush=True),
                )
            figures[part] = rounded(orjson.loads(orjson.dumps(found)))
            asked.out.write_bytes(orjson.dumps(figures, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
        publish(figures, asked.page)
    except FenxinError as fault:
        print(f"year: {fault}", file=sys.stderr)
        return 1
    return 0


def cache_of_counts() -> Callable[..., Any]:
    """Counting a letter's terms once instead of once a training: the same counts, a fraction of the time."""
    plain = LetterTerms._count
    counted = cache(lambda document: plain(LetterTerms(), document))
    return lambda self, document: counted(document)


if __name__ == "__main__":
    sys.exit(main())
