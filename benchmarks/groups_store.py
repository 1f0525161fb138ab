"""A SQLite store that holds very many letters, filled fast: the rows that linking at intake would have written.

Letters are linked one by one in order of arrival by the same linker over the index in memory, which finds what the index in the
database finds (``tests/test_matter_index.py``; ``tests/test_groups_store.py`` holds both stores together, row by row). A second
process writes and reads the letters meanwhile. Rows go in by thousands and the keys at the end, sorted, so that their pages are
fuller than after a million single letters. Three things are simpler than in a real store: every letter is linked, accusations too;
the assessments are those of the first ``BORROWED`` letters in turn; groups that became one leave no closed case behind.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import islice
from multiprocessing import get_context
from multiprocessing.queues import Queue
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Table

from benchmarks.groups_archive import ROOT, archive
from classifier.assess import Assessor, load_assessor
from classifier.grouping.archive import Archive
from classifier.grouping.linkage import Decision
from classifier.grouping.memory import MemoryIndex
from classifier.grouping.packed import Packed, pack, unpack
from classifier.grouping.profile import Profile
from classifier.grouping.profiling import Draft
from classifier.letter import Letter
from service.database import open_database
from service.filing import Filing
from service.group_figures import count_again
from service.grouping import Grouping, open_grouping
from service.grouping import pack as packed_counts
from service.intake import prepare
from service.linking import link_rows
from service.matter_index import Particulars, member_row
from service.moments import parse_moment, utc_text
from service.storage import letter_rows
from service.tables import LINK, MATTER_KEY, MEMBER, METADATA, PROFILE

BORROWED = 300  # assessments made; the other letters take theirs in turn
TOGETHER = 512  # letters handed over, and stored, at a time
AHEAD = 8  # such parcels that may wait
FAST = ("journal_mode = OFF", "synchronous = OFF", "foreign_keys = OFF", "cache_size = -200000")


@dataclass(slots=True)
class _Rows:
    """Rows waiting to be written, by table; keys wait until the end."""

    waiting: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    keys: list[NDArray[np.uint64]] = field(default_factory=list)
    arrived: list[float] = field(default_factory=list)

    def add(self, table: str, *rows: dict[str, Any]) -> None:
        self.waiting.setdefault(table, []).extend(rows)

    def write(self, connection: sqlite3.Connection) -> None:
        for name, rows in self.waiting.items():
            columns = list(rows[0])
            connection.executemany(_insert(METADATA.tables[name], columns), [tuple(row.values()) for row in rows])
        self.waiting = {}

    def write_keys(self, connection: sqlite3.Connection) -> None:
        lengths = [len(keys) for keys in self.keys]
        seq = np.repeat(np.arange(1, len(lengths) + 1), lengths)
        keys = np.concatenate(self.keys).view(np.int64)
        self.keys = []
        arrived = np.array(self.arrived)
        order = np.lexsort((seq, arrived[seq - 1], keys))
        statement = _insert(MATTER_KEY, ["key", "arrived", "seq"])
        for part in range(0, len(order), 100_000):
            some = order[part : part + 100_000]
            rows = zip(keys[some].tolist(), arrived[seq[some] - 1].tolist(), seq[some].tolist(), strict=True)
            connection.executemany(statement, rows)


def _insert(table: Table, columns: list[str]) -> str:
    return f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"


def fill(folder: Path, letters: int, more: int = 0) -> list[str]:
    """Fill ``folder / "fenxin.db"`` with the first of ``letters + more`` written letters; gives the group of each.

    A letter that stands alone is a group named like itself.
    """
    assessor = load_assessor(ROOT / "models")
    database = open_database(f"sqlite:///{folder / 'fenxin.db'}")
    try:
        grouping = open_grouping(database, assessor, None)
        lent = _lent(assessor, grouping)
        linked = Archive(grouping.linker, grouping.background, MemoryIndex(keep=grouping.linker.window))
        database.close()  # the journal is only changed while nobody else is there; it opens again by itself
        connection = sqlite3.connect(folder / "fenxin.db", isolation_level=None)
        for pragma in FAST:
            connection.execute(f"PRAGMA {pragma}")
        ids = _fill(connection, linked, lent, _read_ahead(letters, more, grouping.salt))
        for old in linked.into:
            connection.execute("UPDATE member SET matter = ? WHERE matter = ?", (linked.group(-1, old), old))
        connection.close()
        groups = [linked.group(line, id) for line, id in enumerate(ids)]
        with database.writing() as writing:
            for group in dict.fromkeys(groups[line] for line in sorted(linked.decided)):
                count_again(writing, group)
            grouping.save(writing, letters, packed_counts(grouping.background.letters, grouping.background.counters.tobytes()))
        return groups
    finally:
        database.close()


def _fill(
    connection: sqlite3.Connection, linked: Archive, lent: list[Filing], parcels: Iterator[tuple[list[dict[str, str]], Packed]]
) -> list[str]:
    rows, ids = _Rows(), list[str]()
    for records, packed in parcels:
        for record, draft in zip(records, unpack(packed, Draft), strict=True):
            profile, decision = linked.link(len(ids), draft)
            _gather(rows, len(ids) + 1, replace(lent[len(ids) % len(lent)], **_own(record)), profile, decision)
            ids.append(draft.id)
        connection.execute("BEGIN")
        rows.write(connection)
        connection.execute("COMMIT")
        print(f"\r{len(ids)} letters", end="", flush=True)
    print()
    connection.execute("BEGIN")
    rows.write_keys(connection)
    connection.execute("COMMIT")
    return ids


def _gather(rows: _Rows, seq: int, filing: Filing, profile: Profile, decision: Decision) -> None:
    for table, row in letter_rows(filing).items():
        rows.add(table, row)
    rows.add(MEMBER.name, {"seq": seq} | member_row(profile, decision.group, Particulars(None, filing.affected)))
    rows.add(PROFILE.name, {"seq": seq, "content": profile.to_bytes()})
    rows.add(LINK.name, *link_rows(decision, profile.id)) if decision.links else None
    rows.keys.append(profile.keys)
    rows.arrived.append(profile.arrived)


def _own(record: dict[str, str]) -> dict[str, Any]:
    letter = Letter(**record)
    return {"letter": letter, "received": utc_text(parse_moment(record["received_at"], field="received_at"))}


def _lent(assessor: Assessor, grouping: Grouping) -> list[Filing]:
    now = datetime.now(UTC)
    some = islice(archive(10 * BORROWED, ROOT / "training_data"), BORROWED)
    filings = [prepare(Letter(**record), assessor, grouping, now) for record, _ in some]
    return [replace(one, draft=None) for one in filings if one.draft is not None]


def _read_ahead(letters: int, more: int, salt: bytes) -> Iterator[tuple[list[dict[str, str]], Packed]]:
    """Letters written and read by another process, which is never more than a few parcels ahead."""
    context = get_context("spawn")
    parcels: Queue[tuple[list[dict[str, str]], Packed] | None] = context.Queue(AHEAD)
    reader = context.Process(target=_read, args=(letters, more, salt, parcels), daemon=True)
    reader.start()
    while (parcel := parcels.get()) is not None:
        yield parcel
    reader.join()


def _read(letters: int, more: int, salt: bytes, parcels: Queue[tuple[list[dict[str, str]], Packed] | None]) -> None:
    assessor, grouping = load_assessor(ROOT / "models"), Grouping.unlearnt(salt)
    source = islice((record for record, _ in archive(letters + more, ROOT / "training_data")), letters)
    while records := list(islice(source, TOGETHER)):
        drafts = [grouping.draft(assessor, one["letter"], one["received"]) for one in map(_own, records)]
        parcels.put((records, pack(drafts)))
    parcels.put(None)
