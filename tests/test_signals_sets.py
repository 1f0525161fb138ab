"""The written sets of ``tests/data/signals``: each floor lies a little below what was measured (2026-11), never above."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from classifier.letter import Signals, document
from classifier.signals.reader import SignalReader, load_reader
from classifier.taxonomy import load_taxonomy

FOLDER = Path(__file__).parent / "data" / "signals"

Case = dict[str, Any]


@pytest.fixture(scope="module")
def reader() -> SignalReader:
    return load_reader(load_taxonomy())


def cases(name: str) -> list[Case]:
    return [orjson.loads(line) for line in (FOLDER / f"{name}.jsonl").read_bytes().splitlines()]


def read(reader: SignalReader, case: Case) -> Signals:
    return reader.read(document(case["title"], case["text"]), purpose=case.get("purpose", "APPEAL"))


def precision_recall(
    reader: SignalReader, name: str, truth: Callable[[Case], bool], answer: Callable[[Signals], bool]
) -> tuple[float, float]:
    pairs = [(truth(case), answer(read(reader, case))) for case in cases(name)]
    right = sum(wanted and said for wanted, said in pairs)
    return right / sum(said for _, said in pairs), right / sum(wanted for wanted, _ in pairs)


def share(reader: SignalReader, name: str, right: Callable[[Case, Signals], bool]) -> float:
    answers = [right(case, read(reader, case)) for case in cases(name)]
    return sum(answers) / len(answers)


def test_floor_of_group_levels_and_counts(reader: SignalReader) -> None:
    assert share(reader, "group_signals", lambda case, signals: signals.group.level == case["group"]) >= 0.95
    assert share(reader, "group_signals", lambda case, signals: signals.group.petitioner_count == case["petitioner_count"]) >= 0.95
    assert share(reader, "group_signals", lambda case, signals: signals.group.affected_count == case["affected_count"]) >= 0.95


def test_floor_of_litigation(reader: SignalReader) -> None:
    precision, recall = precision_recall(
        reader, "litigation", lambda case: case["state"] != "none", lambda signals: signals.litigation.state != "none"
    )
    assert precision >= 0.97
    assert recall >= 0.94
    assert share(reader, "litigation", lambda case, signals: signals.litigation.state == case["state"]) >= 0.95


def test_floor_of_accusations(reader: SignalReader) -> None:
    precision, recall = precision_recall(
        reader, "accusation", lambda case: bool(case["accused"]), lambda signals: bool(signals.accused)
    )
    assert precision >= 0.95
    assert recall >= 0.94
    accusing = [case for case in cases("accusation") if case["accused"]]
    found = [case["accused_department"] in {party.department for party in read(reader, case).accused} for case in accusing]
    assert sum(found) / len(found) >= 0.94


@pytest.mark.parametrize(("name", "precision_floor", "recall_floor"), [("urgency", 0.92, 0.92), ("urgency_own", 0.95, 0.95)])
def test_floor_of_lives_in_danger(reader: SignalReader, name: str, precision_floor: float, recall_floor: float) -> None:
    precision, recall = precision_recall(
        reader, name, lambda case: case["urgency"] == "R0", lambda signals: signals.urgency.level == "R0"
    )
    assert precision >= precision_floor
    assert recall >= recall_floor
