"""The signals on the written sets of ``tests/data/signals``, and how often ordinary letters would ring.

The sets hold what real letters seldom show: lives in danger in quiet words, accusations under aliases, procedures, traps. What was
read of them while the rules were made is said in the README beside them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import orjson

from benchmarks.signals import Found
from benchmarks.speed import DAY
from classifier.assess import Assessor
from classifier.errors import BadTrainingData
from classifier.letter import Letter, Signals, UrgencyLevel, document
from classifier.signals.reader import SignalReader, load_reader
from classifier.taxonomy import Taxonomy

FOLDER = Path(__file__).resolve().parent.parent / "tests" / "data" / "signals"

Case = dict[str, Any]
Sees = Callable[[Signals], object]
Holds = Callable[[Case], object]

# what, the set, what the service read, what is so: equal and not empty is found
WRITTEN: tuple[tuple[str, str, Sees, Holds], ...] = (
    ("group likely", "group_signals", lambda s: s.group.level == "likely", lambda c: c["group"] == "likely"),
    ("group, level exact", "group_signals", lambda s: s.group.level.value, lambda c: c["group"]),
    ("petitioner count, exact", "group_signals", lambda s: s.group.petitioner_count, lambda c: c["petitioner_count"]),
    ("affected count, exact", "group_signals", lambda s: s.group.affected_count, lambda c: c["affected_count"]),
    ("life in danger (R0)", "urgency", lambda s: s.urgency.level == UrgencyLevel.R0, lambda c: c["urgency"] == UrgencyLevel.R0),
    ("procedure", "litigation", lambda s: s.litigation.state != "none", lambda c: c["state"] != "none"),
    ("procedure, state exact", "litigation", lambda s: s.litigation.state.value, lambda c: c["state"]),
    ("accused party", "accusation", lambda s: bool(s.accused), lambda c: bool(c["accused"])),
)


def written(taxonomy: Taxonomy, folder: Path = FOLDER) -> list[Found]:
    """Each signal on its written set; raises BadTrainingData where a set is missing."""
    reader = load_reader(taxonomy)
    sets = {name: _cases(folder / f"{name}.jsonl") for name in dict.fromkeys(name for _, name, _, _ in WRITTEN)}
    read = {name: [_read(reader, case) for case in cases] for name, cases in sets.items()}
    return [_found(what, read[name], sets[name], sees, holds) for what, name, sees, holds in WRITTEN]


def urgencies(assessor: Assessor, letters: Sequence[Letter]) -> dict[str, int]:
    """How many of these letters get each level of urgency, the most urgent first."""
    counts = Counter(assessor.assess(letter, today=DAY).signals.urgency.level for letter in letters)
    return {level.value: counts[level] for level in UrgencyLevel}


def _found(what: str, read: Sequence[Signals], cases: Sequence[Case], sees: Sees, holds: Holds) -> Found:
    pairs = [(sees(signals), holds(case)) for signals, case in zip(read, cases, strict=True)]
    nothing = (None, False, "none")
    return Found(
        what,
        letters=sum(so not in nothing for _, so in pairs),
        said=sum(seen not in nothing for seen, _ in pairs),
        both=sum(seen not in nothing and seen == so for seen, so in pairs),
    )


def _read(reader: SignalReader, case: Case) -> Signals:
    return reader.read(document(case["title"], case["text"]), purpose=case.get("purpose", "APPEAL"))


def _cases(file: Path) -> list[Case]:
    try:
        return [orjson.loads(line) for line in file.read_bytes().splitlines()]
    except OSError as fault:
        raise BadTrainingData(str(file), None, str(fault.strerror)) from fault
