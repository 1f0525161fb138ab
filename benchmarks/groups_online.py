"""Linking at intake: how long one letter's linking and its commit take in a SQLite store that holds very many letters.

The store is filled by ``groups_store``; then a fresh process opens it as the service does, and the letters that follow come one by
one, each in a transaction of its own: letter, assessment, profile, keys, group, links, commit with the disk flushed. Reading and
assessing, which happens outside the transaction, is not part of the time.
"""

from __future__ import annotations

import os
import resource
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

import numpy as np
from sqlalchemy import func, select

from benchmarks.groups_archive import ROOT, archive
from benchmarks.groups_store import fill
from classifier.assess import load_assessor
from classifier.letter import Letter
from service.database import Database, open_database
from service.filing import Filing
from service.grouping import Grouping, open_grouping
from service.intake import enter_filing, prepare, rehearse
from service.storage import add_letter
from service.tables import GROUP_CASE, MATTER_KEY

MEASURED = 2_000  # letters measured, those after the stored ones
MS = 1_000
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Linking:
    """One store of ``letters``: milliseconds a letter from begin of the transaction to disk, and of that linking.

    ``cpu`` is the processor's time alone; ``own`` is the whole without the time in which the thread could have gone on and another
    program, or another thread of this one, had the core: processor and disk together. ``file_mb`` is the store without its
    log, ``memory_mb`` the most the process held that opened it and linked (both in 10^6 bytes); ``busy`` is the load meanwhile.
    """

    letters: int
    p50_ms: float
    p99_ms: float
    worst_ms: float
    cpu_p50_ms: float
    cpu_p99_ms: float
    own_p50_ms: float
    own_p99_ms: float
    link_p50_ms: float
    link_p99_ms: float
    groups: int
    keys: int
    fill_seconds: float
    file_mb: float
    memory_mb: float
    busy: float


def measure(letters: int, folder: Path, keep: Path | None = None) -> Linking:
    """Fill a store with so many letters and link the ones after them singly.

    With ``keep`` the filled store stays in that folder, and one that an earlier run left there is copied instead of filled again.
    """
    kept, note = _kept(keep, letters)
    if note.exists():
        filled = float(note.read_text(encoding="utf-8"))
    else:
        place = kept or folder
        for old in place.glob("fenxin.db*"):  # half filled
            old.unlink()
        begun = time.perf_counter()
        _apart(fill, place, letters, MEASURED)
        filled = round(time.perf_counter() - begun, 1)
        if kept:
            note.write_text(str(filled), encoding="utf-8")
    if kept:
        shutil.copy(kept / "fenxin.db", folder / "fenxin.db")
    return _apart(link_more, folder, letters, filled)


def _kept(keep: Path | None, letters: int) -> tuple[Path | None, Path]:
    """The folder of a kept store, and the file that says how many seconds filling it took, once it is full."""
    if keep is None:
        return None, Path(os.devnull) / "none"
    kept = keep / str(letters)
    kept.mkdir(parents=True, exist_ok=True)
    return kept, kept / "filled"


def _apart(work: Callable[..., T], *arguments: object) -> T:
    """Do it in a process of its own, whose memory nothing else has used."""
    with ProcessPoolExecutor(1, get_context("spawn")) as apart:
        return apart.submit(work, *arguments).result()


def link_more(folder: Path, letters: int, filled: float = 0.0) -> Linking:
    """Link the letters that follow in a store that is filled."""
    assessor = load_assessor(ROOT / "models")
    database = open_database(f"sqlite:///{folder / 'fenxin.db'}")
    grouping, now = open_grouping(database, assessor, None), datetime.now(UTC)
    rehearse(assessor, database, grouping, now)
    following = islice(archive(letters + MEASURED, ROOT / "training_data"), letters, None)
    filings = (prepare(Letter(**record), assessor, grouping, now) for record, _ in following)
    os.sync()  # what filling left in memory would be written to the disk that the letters wait for
    whole, linking, busy, own = _one_by_one(database, grouping, filings)
    load = os.getloadavg()[0]
    with database.reading() as connection:
        groups = connection.scalar(select(func.count()).select_from(GROUP_CASE)) or 0
        keys = connection.scalar(select(func.count()).select_from(MATTER_KEY)) or 0
    database.close()
    return Linking(
        letters=letters,
        p50_ms=_percentile(whole, 50),
        p99_ms=_percentile(whole, 99),
        worst_ms=_percentile(whole, 100),
        cpu_p50_ms=_percentile(busy, 50),
        cpu_p99_ms=_percentile(busy, 99),
        own_p50_ms=_percentile(own, 50),
        own_p99_ms=_percentile(own, 99),
        link_p50_ms=_percentile(linking, 50),
        link_p99_ms=_percentile(linking, 99),
        groups=groups,
        keys=keys,
        fill_seconds=filled,
        file_mb=round((folder / "fenxin.db").stat().st_size / 1e6, 1),
        memory_mb=round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6, 1),
        busy=round(load, 1),
    )


def _one_by_one(database: Database, grouping: Grouping, filings: Iterator[Filing]) -> tuple[list[float], ...]:
    """Seconds of each letter: whole, linking, processor, whole without queueing for a core."""
    whole, linking, busy, own = list[float](), list[float](), list[float](), list[float]()
    for filing in filings:
        queued, begun, idle = _queued(), time.perf_counter(), time.thread_time()
        with database.writing() as connection:
            add_letter(connection, filing)
            linked = time.perf_counter()
            entered = enter_filing(connection, filing, grouping)
            linking.append(time.perf_counter() - linked)
        whole.append(time.perf_counter() - begun)
        busy.append(time.thread_time() - idle)
        own.append(whole[-1] - (_queued() - queued))
        if filing.draft is not None:
            grouping.learn(filing.draft, entered)
    return whole, linking, busy, own


SCHEDULER = Path("/proc/thread-self/schedstat")  # Linux: nanoseconds on a core, nanoseconds queueing for one, turns


def _queued() -> float:
    """Seconds in which this thread could have run and had no core; 0 where the system does not tell."""
    return int(SCHEDULER.read_bytes().split()[1]) / 1e9 if SCHEDULER.exists() else 0.0


def _percentile(seconds: Sequence[float], percent: float) -> float:
    return round(float(np.percentile(seconds, percent)) * MS, 2)
