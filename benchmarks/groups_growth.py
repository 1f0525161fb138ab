"""How the cost of group cases grows with the number of letters: ``python -m benchmarks.groups_growth 10000 100000``.

For each number an archive with planted matters is written and grouped by ``fenxin group`` in a process of its own, and a store
that holds as many letters is filled and linked to (``groups_online``). Figures of numbers not asked for stay as an earlier run
left them.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import orjson

from benchmarks.groups_archive import ROOT
from benchmarks.groups_archive import main as write_archive
from benchmarks.groups_online import measure
from benchmarks.groups_score import judge
from benchmarks.machine import describe, filesystem
from benchmarks.report import fill, table

PAIRS = (("p50_ms", "p99_ms"), ("own_p50_ms", "own_p99_ms"), ("cpu_p50_ms", "cpu_p99_ms"), ("link_p50_ms", "link_p99_ms"))
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")


@dataclass(frozen=True, slots=True)
class Grouped:
    """``fenxin group`` over an archive: wall and processor seconds of both processes, start included; memory of the larger one.

    ``pair_f1`` and ``cubed_f1`` compare its groups with the planted matters.
    """

    letters: int
    seconds: float
    cpu_seconds: float
    memory_mb: float
    pair_f1: float
    cubed_f1: float
    busy: float


def group(letters: int, folder: Path) -> Grouped:
    """Write an archive of so many letters and group it."""
    file, out = folder / "letters.jsonl", folder / "groups.jsonl"
    write_archive([str(letters), str(file)])
    begun = time.perf_counter()
    command = [sys.executable, "-m", "service.cli", "group", str(file), "--out", str(out)]
    running = subprocess.Popen(command, cwd=ROOT, env=os.environ | ONE_THREAD)
    _, status, used = os.wait4(running.pid, 0)
    if status:
        raise SystemExit(f"fenxin group ended with status {status}")
    seconds, load = time.perf_counter() - begun, os.getloadavg()[0]
    score = judge(_found(out), _planted(file.with_suffix(".truth.csv")))
    cpu = used.ru_utime + used.ru_stime
    memory = round(used.ru_maxrss * 1024 / 1e6, 1)
    return Grouped(
        letters, round(seconds, 1), round(cpu, 1), memory, round(score.pair_f1, 4), round(score.cubed_f1, 4), round(load, 1)
    )


def _found(out: Path) -> list[str]:
    with out.open("rb") as file:
        return [orjson.loads(line)["group"] or "" for line in file]


def _planted(truth: Path) -> list[str]:
    with truth.open(encoding="utf-8") as file:
        return [line.rstrip("\n").partition(",")[2] for line in list(file)[1:]]


def texts(figures: dict[str, Any]) -> dict[str, str]:
    """The generated regions of the page."""
    online = [
        [
            f"{x['letters']:,}",
            *(f"{x[a]:.1f} / {x[b]:.1f}" if a in x else "" for a, b in PAIRS),
            f"{x['worst_ms']:.0f}",
            f"{x['memory_mb']:,.0f}",
            f"{x['file_mb']:,.0f}",
            f"{x['fill_seconds']:,.0f}",
            f"{x['busy']:.1f}",
        ]
        for x in _by_size(figures["online"])
    ]
    archive = [
        [
            f"{x['letters']:,}",
            f"{x['seconds']:,.0f}",
            f"{x['cpu_seconds']:,.0f}",
            f"{x['letters'] / x['seconds']:,.0f}",
            f"{1000 * x['cpu_seconds'] / x['letters']:.2f}",
            f"{x['memory_mb']:,.0f}",
            x["pair_f1"],
            x["cubed_f1"],
            f"{x['busy']:.1f}",
        ]
        for x in _by_size(figures["archive"])
    ]
    machine = figures["machine"]
    return {
        "growth machine": f"{machine['cores']} cores, {machine['processor']}, {machine['memory_gb']} GB, {figures['disk']}.",
        "growth online": table(
            ["letters stored", "whole, ms p50 / p99", "without queueing, ms", "processor, ms", "linking alone, ms", "worst, ms",
             "memory, MB", "store, MB", "filled in, s", "load"],
            online,
        ),
        "growth archive": table(
            ["letters", "seconds", "processor seconds", "letters a second", "processor ms a letter", "memory, MB", "pairs F1",
             "B-cubed F1", "load"],
            archive,
        ),
    }  # fmt: skip


def _by_size(rows: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    return [rows[size] for size in sorted(rows, key=int)]


def main(argv: Sequence[str] | None = None) -> int:
    """Measure each number given, print, store, and fill the page."""
    parser = argparse.ArgumentParser(description="Take the figures of growth in docs/group-cases.md.")
    parser.add_argument("letters", type=int, nargs="+")
    parser.add_argument("--only", choices=("archive", "online"), help="one of the two measurements")
    parser.add_argument("--folder", type=Path, help="where stores and archives go; default: the folder for temporary files")
    parser.add_argument("--keep", type=Path, help="a folder where filled stores stay and are found again")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "results" / "groups_growth.json")
    parser.add_argument("--page", type=Path, default=ROOT / "docs" / "group-cases.md")
    asked = parser.parse_args(argv)
    for letters in asked.letters:
        with tempfile.TemporaryDirectory(dir=asked.folder) as place:
            figures = orjson.loads(asked.out.read_bytes()) if asked.out.exists() else {"archive": {}, "online": {}}
            figures |= {"machine": asdict(describe()), "disk": filesystem(Path(place))}
            for name, take in (("archive", group), ("online", partial(measure, keep=asked.keep))):
                if asked.only in (None, name):
                    found = figures[name][str(letters)] = asdict(take(letters, Path(place)))
                    print(orjson.dumps(found).decode(), flush=True)
            asked.out.write_bytes(orjson.dumps(figures, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
            fill(asked.page, texts(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
