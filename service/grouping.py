"""Grouping: what one installation links letters with; how common words are here is learnt as letters come."""

from __future__ import annotations

import hashlib
import secrets
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import orjson
from sqlalchemy import Connection, func, insert, select, update

from classifier.assess import Assessor
from classifier.errors import GroupingError
from classifier.grouping.background import Background
from classifier.grouping.flags import GroupFlags, load_flags
from classifier.grouping.linkage import Linker, linker_of
from classifier.grouping.profiling import Draft, profile_of
from classifier.grouping.scorer import load_background
from classifier.letter import Access, Letter
from service.database import Database
from service.group_figures import days_of
from service.linking import Entry, enter, lock_linking
from service.matter_index import Particulars
from service.storage import letter_of
from service.tables import ASSESSMENT, GROUPING, LETTER, MEMBER, SENDER, STANDING

SAVE_EVERY = 1_000  # letters; so many are read again after a crash, about a second
SALT_BYTES = 32


@dataclass(slots=True)
class Grouping:
    """The linker, the salt, and how common terms are in the letters seen here (``background``, growing).

    ``seen`` is the number of the last letter that the background has counted, ``saved`` that of the last one in the store;
    ``waiting`` from which moment on letters may wait that were stored before there was an index, None when none does.
    """

    linker: Linker
    flags: GroupFlags
    background: Background
    salt: bytes
    seen: int = 0
    saved: int = 0
    waiting: str | None = None

    @classmethod
    def unlearnt(cls, salt: bytes, county: Path | None = None) -> Grouping:
        """Grouping that has seen no letter yet.

        Raises:
            BadDataFile: a county table is wrong.
        """
        return cls(Linker(), load_flags(county), load_background(), salt)

    def follow(self, assessor: Assessor) -> None:
        """Compare letters as the model that answers now was taught to."""
        self.linker = linker_of(assessor)

    def draft(self, assessor: Assessor, letter: Letter, received: str) -> Draft:
        """Read a letter for comparison; touches no store."""
        sender = sender_number(letter.sender, self.salt)
        return assessor.draft(letter, self.background, arrived=days_of(received), sender=sender)

    def link(self, connection: Connection, draft: Draft, place: str | None, affected: int | None) -> int:
        """Link a letter and enter it, in the caller's transaction; gives its number for ``learn``, once that is committed."""
        lock_linking(connection)  # before the profile is made: it depends on the letters counted so far
        return enter(connection, Entry(profile_of(draft, self.background), Particulars(place, affected)), self.linker)

    def link_stored(self, connection: Connection, assessor: Assessor, letter_id: str) -> tuple[Draft, int]:
        """Link a letter that is stored already; gives what to ``learn`` once that is committed."""
        row = connection.execute(_STORED.where(LETTER.c.id == letter_id).order_by(ASSESSMENT.c.seq.desc()).limit(1)).one()
        draft = self.draft(assessor, letter_of(row), row.received)
        return draft, self.link(connection, draft, row.place, affected_in(row.json))

    def learn(self, draft: Draft, number: int) -> None:
        """Count the terms of a letter that was entered."""
        self.background.add(draft.counted())
        self.seen = max(self.seen, number)

    @property
    def due(self) -> bool:
        """Whether so much was learnt that it should be stored."""
        return self.seen - self.saved >= SAVE_EVERY

    def copy(self) -> tuple[int, int, bytes]:
        """What was learnt until now; taken where letters are entered, so that it is of one moment."""
        return self.seen, self.background.letters, self.background.counters.tobytes()

    def save(self, connection: Connection, seen: int, packed: bytes) -> None:
        """Store what was learnt, as ``pack`` made it."""
        connection.execute(update(GROUPING).values(seen=seen, counters=packed))
        self.saved = seen


_STORED = (
    select(LETTER, SENDER.c.sender, ASSESSMENT.c.json)
    .outerjoin(SENDER, SENDER.c.letter_id == LETTER.c.id)
    .join(ASSESSMENT, ASSESSMENT.c.letter_id == LETTER.c.id)
)


def affected_in(assessment: bytes) -> int | None:
    """How many the letter says are affected (涉及人数), from its assessment's JSON."""
    found = orjson.loads(assessment).get("signals", {}).get("group", {}).get("affected_count")
    return found if isinstance(found, int) else None


def sender_number(sender: str | None, salt: bytes) -> int:
    """A number that only tells equal senders from others, and only in this installation; 0 for an unknown one.

    >>> sender_number(" 张某 ", b"salt") == sender_number("张某", b"salt") != sender_number("张某", b"other")
    True
    """
    written = "".join((sender or "").split())
    return int.from_bytes(hashlib.blake2b(written.encode(), digest_size=8, key=salt).digest(), "little") if written else 0


def pack(letters: int, counters: bytes) -> bytes:
    """Write what was learnt as one value."""
    return letters.to_bytes(8, "little") + zlib.compress(counters, level=1)


def open_grouping(database: Database, assessor: Assessor, county: Path | None) -> Grouping:
    """Take up grouping where it was left, and count again the letters that came after the last saving.

    Raises:
        GroupingError: what is stored was made by another version.
        BadDataFile: a county table is wrong.
        StorageFailed: the store cannot be read or changed.
    """
    with database.writing() as connection:
        lock_linking(connection)  # replicas that start together draw one salt
        row = connection.execute(select(GROUPING)).first()
        if row is None:
            connection.execute(insert(GROUPING).values(id=1, salt=secrets.token_bytes(SALT_BYTES), seen=0))
            row = connection.execute(select(GROUPING)).one()
    grouping = Grouping.unlearnt(row.salt, county)
    grouping.follow(assessor)
    if row.counters is not None:
        _restore(grouping.background, row.counters)
    grouping.seen = grouping.saved = row.seen
    with database.reading() as connection:
        learn_again(connection, grouping, assessor)
        grouping.waiting = "" if _some_wait(connection) else None
    return grouping


def learn_again(connection: Connection, grouping: Grouping, assessor: Assessor) -> None:
    """Count the letters that came after the last saving."""
    newer = _STORED.add_columns(MEMBER.c.seq).join(MEMBER, MEMBER.c.letter_id == LETTER.c.id).where(MEMBER.c.seq > grouping.seen)
    for row in reversed(connection.execute(newer.order_by(MEMBER.c.seq.desc()).limit(4 * SAVE_EVERY)).all()):
        if row.seq > grouping.seen:  # a letter that was assessed twice is counted once
            grouping.learn(grouping.draft(assessor, letter_of(row), row.received), row.seq)


def _some_wait(connection: Connection) -> bool:
    """Whether letters of normal access are not in the index: fewer members than letters."""
    letters = connection.scalar(select(func.count()).where(STANDING.c.access == Access.NORMAL)) or 0
    return letters > (connection.scalar(select(func.count()).select_from(MEMBER)) or 0)


def _restore(background: Background, packed: bytes) -> None:
    counters = np.frombuffer(zlib.decompress(packed[8:]), background.counters.dtype)
    if counters.size != background.counters.size:
        raise GroupingError(f"stored counters: {counters.size} numbers, expected {background.counters.size}")
    background.counters[:] = counters.reshape(background.counters.shape)
    background.letters = int.from_bytes(packed[:8], "little")
