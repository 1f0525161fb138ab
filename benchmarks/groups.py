"""Measure group cases on real letters in order of arrival: ``python -m benchmarks.groups --real FOLDER``."""

from __future__ import annotations

import argparse
import csv
import random
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import orjson

from benchmarks.groups_peers import peers
from benchmarks.groups_score import judge, judge_flags
from benchmarks.machine import describe
from benchmarks.report import fill, table
from benchmarks.run import rounded
from classifier.assess import Assessor, load_assessor
from classifier.batch import parse_letter
from classifier.grouping.archive import Archive, arrival, new_archive
from classifier.grouping.linkage import Linker
from classifier.grouping.profile import Profile
from classifier.grouping.profiling import Draft, profile_of
from classifier.grouping.scorer import load_background
from classifier.letter import Letter, document

ROOT = Path(__file__).resolve().parent.parent
WINDOWS = (90, 180, 365)
JITTER = 2.0  # days by which arrival is disturbed to see what the order of arrival changes


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print, store, and fill the page."""
    parser = argparse.ArgumentParser(description="Take the figures of docs/group-cases.md.")
    parser.add_argument("--real", type=Path, required=True, help="folder of stream.jsonl and stream_matters.csv")
    parser.add_argument("--models", type=Path, default=ROOT / "models")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "results" / "groups.json")
    parser.add_argument("--page", type=Path, default=ROOT / "docs" / "group-cases.md")
    parser.add_argument("--quick", action="store_true", help="only the shipped linker; store nothing")
    asked = parser.parse_args(argv)
    figures = take(asked.real, load_assessor(asked.models), quick=asked.quick)
    for name, text in texts(figures).items():
        print(f"\n{name}\n\n{text}")
    if not asked.quick:
        asked.out.write_bytes(
            orjson.dumps(
                rounded(orjson.loads(orjson.dumps(figures, option=orjson.OPT_NON_STR_KEYS))),
                option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE,
            )
        )
        fill(asked.page, texts(figures))
    return 0


def take(real: Path, assessor: Assessor, *, quick: bool) -> dict[str, Any]:
    """All figures as plain values."""
    lines = (real / "stream.jsonl").read_bytes().splitlines()
    letters = [parse_letter(line, number) for number, line in enumerate(lines, start=1)]
    with (real / "stream_matters.csv").open(encoding="utf-8") as file:
        matters = {row["id"]: row["matter"] for row in csv.DictReader(file)}
    true, senders = [matters[x.id] for x in letters], [x.sender or x.id for x in letters]
    background = load_background()
    drafts = [assessor.draft(x, background, arrived=arrival(x, 0) or 0.0) for x in letters]
    began = time.perf_counter()
    last, snapshots = _link(drafts, Linker())
    pace = 1000 * (time.perf_counter() - began) / len(drafts)
    figures: dict[str, Any] = {
        "machine": asdict(describe()),
        "letters": len(letters),
        "ours": asdict(judge(last, true)),
        "flags": [asdict(judge_flags(snapshots, true, senders, least)) for least in (3, 5)],
        "milliseconds": pace,
    }
    if quick:
        return figures
    windows = {days: asdict(judge(_link(drafts, Linker(window=days))[0], true)) for days in WINDOWS}
    return figures | {
        "windows": windows,
        "order": _orders(drafts, last),
        "peers": {name: asdict(scores) for name, scores in peers(_documents(letters), _profiles(drafts), true)},
    }


def _link(drafts: Sequence[Draft], linker: Linker) -> tuple[list[str], list[list[str]]]:
    """The groups at last, and after each letter."""
    archive = new_archive(linker)
    snapshots = []
    for line, draft in enumerate(drafts):
        archive.link(line, draft)
        snapshots.append([archive.group(at, drafts[at].id) for at in range(line + 1)] if _moved(archive, line) else [])
    return [archive.group(at, draft.id) for at, draft in enumerate(drafts)], _filled(snapshots, drafts)


def _moved(archive: Archive, line: int) -> bool:
    return line in archive.decided


def _filled(snapshots: list[list[str]], drafts: Sequence[Draft]) -> list[list[str]]:
    """A letter that stood alone changed nothing but added itself."""
    for at, one in enumerate(snapshots):
        if not one:
            snapshots[at] = [*(snapshots[at - 1] if at else []), drafts[at].id]
    return snapshots


def _orders(drafts: Sequence[Draft], last: Sequence[str]) -> dict[str, float]:
    """B-cubed between the groups of this order and those of others: neighbours swapped, half of the archive told backwards."""
    ids = [draft.id for draft in drafts]
    rng = random.Random(0)
    swapped = sorted(drafts, key=lambda d: d.arrived + rng.uniform(-JITTER, JITTER))
    shuffled = random.Random(1).sample(list(drafts), len(drafts))
    agreement = {}
    for name, order in (("within two days", swapped), ("wholly at random", shuffled)):
        found = dict(zip([d.id for d in order], _groups(order), strict=True))
        agreement[name] = judge([found[id] for id in ids], last).cubed_f1
    return agreement


def _groups(drafts: Sequence[Draft]) -> list[str]:
    archive = new_archive(Linker())
    for line, draft in enumerate(drafts):
        archive.link(line, draft)
    return [archive.group(at, draft.id) for at, draft in enumerate(drafts)]


def _documents(letters: Sequence[Letter]) -> list[str]:
    return [document(x.title, x.text) for x in letters]


def _profiles(drafts: Sequence[Draft]) -> list[Profile]:
    background = load_background()
    return [profile_of(draft, background) for draft in drafts]


def texts(figures: dict[str, Any]) -> dict[str, str]:
    """The generated regions of the page."""
    header = ["", "pairs: precision", "recall", "F1", "B-cubed: precision", "recall", "F1"]
    rows = [["**Fenxin, online, in order of arrival**", *figures["ours"].values()]]
    rows += [[name, *scores.values()] for name, scores in figures.get("peers", {}).items()]
    flags = [[f"{x['senders']} senders", *list(x.values())[1:]] for x in figures["flags"]]
    found = {
        "groups": table(header, rows),
        "flags": table(["flag at", "matters with five senders", "letters after the second", "missed", "false per 1,000"], flags),
    }
    if "windows" in figures:
        windows = [[str(days), *scores.values()] for days, scores in figures["windows"].items()]
        found["windows"] = table(["days without a letter", *header[1:]], windows)
        found["order"] = table(
            ["order of arrival changed", "B-cubed with the groups of the true order"], list(figures["order"].items())
        )
    return found


if __name__ == "__main__":
    sys.exit(main())
