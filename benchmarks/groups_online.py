"""Linking at intake: how long one letter's linking and its commit take in a SQLite store that holds very many letters.

    .venv/bin/python benchmarks/groups_online.py 10000 100000

The store is filled with the letters of ``groups_archive``, each read as the service does it and entered into the matter it was
made for, a thousand in one transaction. Then new letters come one by one, each in a transaction of its own:
letter, assessment, profile, keys, group, links, commit with the disk flushed.
Reading and assessing, which happens outside the transaction, is not part of the time.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import numpy as np
from sqlalchemy import func, select

from benchmarks.groups_archive import ROOT, archive
from classifier.assess import load_assessor
from classifier.grouping.profiling import profile_of
from classifier.letter import Letter
from service.database import Database, open_database
from service.filing import Filing
from service.grouping import Grouping, open_grouping
from service.intake import enter_filing, prepare
from service.matter_index import SqlIndex
from service.storage import add_letter
from service.tables import GROUP_CASE

MEASURED = 2_000  # letters measured, the last ones
TOGETHER = 1_000  # letters of one transaction while the store is filled
MS = 1_000


@dataclass(frozen=True, slots=True)
class Linking:
    """One store of ``letters``: milliseconds a letter from begin of the transaction to disk, and of that linking.

    ``cpu`` is the processor's time alone, without waiting for the disk or for other programs.
    ``file_mb`` is the store without its log, ``memory_mb`` the most the process ever held (both in 10^6 bytes).
    """

    letters: int
    p50_ms: float
    p99_ms: float
    worst_ms: float
    cpu_p50_ms: float
    cpu_p99_ms: float
    link_p50_ms: float
    link_p99_ms: float
    groups: int
    fill_seconds: float
    file_mb: float
    memory_mb: float


def measure(letters: int, folder: Path) -> Linking:
    """Fill a store with so many letters and link the last ones singly."""
    assessor = load_assessor(Path("models"))
    database = open_database(f"sqlite:///{folder / 'fenxin.db'}")
    grouping = open_grouping(database, assessor, None)
    now = datetime.now(UTC)

    def filings(some: Iterator[tuple[dict[str, str], str]]) -> Iterator[tuple[Filing, str]]:
        for record, matter in some:
            yield prepare(Letter(**record), assessor, grouping, now), matter

    source = archive(letters + MEASURED, ROOT / "training_data")
    begun = time.perf_counter()
    _fill(database, grouping, filings(islice(source, letters)))
    filled = time.perf_counter() - begun
    whole, linking, busy = _one_by_one(database, grouping, filings(source))
    with database.reading() as connection:
        groups = connection.scalar(select(func.count()).select_from(GROUP_CASE)) or 0
    database.close()
    return Linking(
        letters=letters,
        p50_ms=_percentile(whole, 50),
        p99_ms=_percentile(whole, 99),
        worst_ms=_percentile(whole, 100),
        cpu_p50_ms=_percentile(busy, 50),
        cpu_p99_ms=_percentile(busy, 99),
        link_p50_ms=_percentile(linking, 50),
        link_p99_ms=_percentile(linking, 99),
        groups=groups,
        fill_seconds=round(filled, 1),
        file_mb=round((folder / "fenxin.db").stat().st_size / 1e6, 1),
        memory_mb=round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6, 1),
    )


def _fill(database: Database, grouping: Grouping, filings: Iterator[tuple[Filing, str]]) -> None:
    done, first = 0, dict[str, str]()
    while some := list(islice(filings, TOGETHER)):
        with database.writing() as connection:
            index = SqlIndex(connection)
            for filing, matter in some:
                add_letter(connection, filing)
                if filing.draft is not None:
                    group = first.setdefault(matter, filing.letter.id) if matter else filing.letter.id
                    index.add(profile_of(filing.draft, grouping.background), group)
                    grouping.learn(filing.draft, index.newest)
        done += len(some)
        print(f"\r{done} letters", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)


def _one_by_one(
    database: Database, grouping: Grouping, filings: Iterator[tuple[Filing, str]]
) -> tuple[list[float], list[float], list[float]]:
    whole, linking, busy = [], [], []
    for filing, _ in filings:
        begun, idle = time.perf_counter(), time.thread_time()
        with database.writing() as connection:
            add_letter(connection, filing)
            linked = time.perf_counter()
            entered = enter_filing(connection, filing, grouping)
            linking.append(time.perf_counter() - linked)
        whole.append(time.perf_counter() - begun)
        busy.append(time.thread_time() - idle)
        if filing.draft is not None:
            grouping.learn(filing.draft, entered)
    return whole, linking, busy


def _percentile(seconds: Sequence[float], percent: float) -> float:
    return round(float(np.percentile(seconds, percent)) * MS, 2)


def main() -> None:
    """Measure each size given."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("letters", type=int, nargs="+")
    parser.add_argument("--folder", type=Path, help="where the stores go; default: a temporary folder")
    chosen = parser.parse_args()
    for letters in chosen.letters:
        with tempfile.TemporaryDirectory(dir=chosen.folder) as folder:
            print(measure(letters, Path(folder)), flush=True)


if __name__ == "__main__":
    main()
