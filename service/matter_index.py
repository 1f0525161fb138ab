"""Matter index: where the linker finds candidates (事项索引), served by the database inside the transaction it is used in.

Each key of a letter is a row clustered by key and arrival: the newest letters of a key are one short walk, however many are stored.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Connection,
    CursorResult,
    String,
    TextClause,
    bindparam,
    delete,
    func,
    insert,
    select,
    text,
    update,
)

from classifier.grouping.index import COMMON, MOST_CANDIDATES, PER_KEY, Shortlist
from classifier.grouping.profile import Profile
from classifier.grouping.stored import shelve_stored
from classifier.grouping.terms import Numbers
from service.tables import GROUP_CASE, KEPT_KEY, MATTER_KEY, MEMBER, PROFILE

AT_ONCE = 16  # keys whose letters are looked up together: in a large store the first ones lead to enough
KEPT_OPEN = ("confirmed",)  # states of a case in which a person keeps its matter open
GIVEN = {"sqlite": "json_each(:given)", "postgresql": "unnest(:given) AS given(value)"}  # a list of numbers as a table

# How many letters hold each key: of the window, and older ones kept open; counted no further than needed.
HOLDERS = f"""
SELECT given.value,
  (SELECT count(*) FROM (SELECT 1 FROM matter_key m WHERE m.key = given.value AND m.arrived >= :since LIMIT {COMMON + 1}) AS a)
+ (SELECT count(*) FROM (SELECT 1 FROM kept_key m WHERE m.key = given.value AND m.arrived < :since LIMIT {COMMON + 1}) AS b)
FROM %s"""

# The newest holders of each key; letters of the very moment of the last one come too and are left out afterwards. One lower bound
# only: SQLite would seek the window's and put the other question again for each of the letters in it.
NEWEST = f"""
SELECT given.value, m.arrived, m.seq FROM %s JOIN matter_key m ON m.key = given.value AND m.arrived >= coalesce(
  (SELECT n.arrived FROM matter_key n WHERE n.key = given.value AND n.arrived >= :since ORDER BY n.arrived DESC LIMIT 1
   OFFSET {PER_KEY - 1}), :since)
UNION ALL
SELECT given.value, m.arrived, m.seq FROM %s JOIN kept_key m ON m.key = given.value AND m.arrived < :since
 AND m.arrived >= coalesce(
  (SELECT n.arrived FROM kept_key n WHERE n.key = given.value AND n.arrived < :since ORDER BY n.arrived DESC LIMIT 1
   OFFSET {PER_KEY - 1}), -1e300)"""

PROFILES = """
SELECT m.seq, m.letter_id, m.matter, p.content FROM %s JOIN member m ON m.seq = given.value JOIN profile p ON p.seq = m.seq"""


# One statement instead of one for each key; the numbers of the row come as parameters.
ENTER = "INSERT INTO matter_key (key, arrived, seq) SELECT given.value, :arrived, :seq FROM %s"


def statements(sql: str, kind: type[BigInteger] | type[String] = BigInteger) -> dict[str, TextClause]:
    """The statement for each kind of database, with ``%s`` as the table of the given values, which are one parameter."""
    lite = text(sql.replace("%s", GIVEN["sqlite"] + " AS given"))
    post = text(sql.replace("%s", GIVEN["postgresql"])).bindparams(bindparam("given", type_=ARRAY(kind)))
    return {"sqlite": lite, "postgresql": post}


def many(connection: Connection, statement: dict[str, TextClause], values: Sequence[int | str], **more: float) -> Sequence[Any]:
    """The rows of a statement for the given values."""
    return _given(connection, statement, values, **more).all()


def _given(
    connection: Connection, statement: dict[str, TextClause], values: Sequence[int | str], **more: float
) -> CursorResult[Any]:
    dialect = connection.dialect.name
    given = orjson.dumps(values).decode() if dialect == "sqlite" else list(values)
    return connection.execute(statement[dialect], {"given": given} | more)


_WITH_PROFILE = select(MEMBER.c.seq, MEMBER.c.letter_id, MEMBER.c.matter, PROFILE.c.content).join(
    PROFILE, PROFILE.c.seq == MEMBER.c.seq
)
_STATE_OF = select(GROUP_CASE.c.state).where(GROUP_CASE.c.matter == bindparam("matter"))
_NEWEST_OF = select(func.max(MEMBER.c.arrived)).where(MEMBER.c.matter == bindparam("matter"))
_HOLDERS, _NEWEST, _PROFILES = statements(HOLDERS), statements(NEWEST), statements(PROFILES)
_ENTER = statements(ENTER)
_SIZE = select(func.count()).where(MEMBER.c.matter == bindparam("matter"))
_INSERT_MEMBER, _INSERT_PROFILE = insert(MEMBER).returning(MEMBER.c.seq), insert(PROFILE)


@dataclass(frozen=True, slots=True)
class Particulars:
    """What is kept of a letter beside its profile, for its group's figures."""

    place: str | None = None
    affected: int | None = None


class SqlIndex:
    """A ``MatterIndex`` over the tables; whoever uses it holds the lock on linking (``linking.lock_linking``)."""

    def __init__(self, connection: Connection, particulars: Particulars = Particulars()) -> None:
        self._connection, self._particulars = connection, particulars
        self._found: tuple[bytes, float, Shortlist] | None = None
        self._sizes: dict[str, int] = {}
        self.newest = 0  # the number of the letter added last

    def candidates(self, keys: Numbers, since: float) -> Shortlist:
        """As ``MatterIndex.candidates`` says; asked again for the same keys it answers from memory."""
        asked = keys.tobytes()
        if self._found is None or self._found[:2] != (asked, since):
            self._found = (asked, since, self._load(self._near(signed(keys), since)))
        return self._found[2]

    def _near(self, keys: list[int], since: float) -> list[int]:
        """The numbers of the letters to look at, in the order found."""
        unsigned = (1 << 64) - 1
        held = [(n, key & unsigned, key) for key, n in self._ask(_HOLDERS, keys, since=since) if 0 < n <= COMMON]
        telling = [key for _, _, key in sorted(held)]
        found: dict[int, None] = {}
        for first in range(0, len(telling), AT_ONCE):
            some = telling[first : first + AT_ONCE]
            holders: dict[int, list[tuple[float, int]]] = {key: [] for key in some}
            for key, arrived, seq in self._ask(_NEWEST, some, since=since):
                holders[key].append((arrived, seq))
            for key in some:
                for _, seq in sorted(holders[key], reverse=True)[:PER_KEY]:
                    found[seq] = None
                    if len(found) == MOST_CANDIDATES:
                        return list(found)
        return list(found)

    def _load(self, numbers: list[int]) -> Shortlist:
        rows = {row[0]: row for row in self._ask(_PROFILES, numbers)}
        found = [rows[number] for number in numbers]
        groups = [row[2] for row in found]
        number_of = {group: number for number, group in enumerate(dict.fromkeys(groups))}
        return Shortlist(
            shelf=shelve_stored([row[3] for row in found]),
            rows=np.arange(len(found)),
            ids=[row[1] for row in found],
            groups=groups,
            same=np.array([number_of[group] for group in groups], np.int64),
        )

    def _ask(self, statement: dict[str, TextClause], numbers: list[int], **more: float) -> Sequence[Any]:
        return many(self._connection, statement, numbers, **more) if numbers else []

    def size(self, group: str) -> int:
        """How many letters are in a group; the linker asks for the few groups that come into question."""
        if group not in self._sizes:
            self._sizes[group] = self._connection.execute(_SIZE, {"matter": group}).scalar_one()
        return self._sizes[group]

    def latest(self, group: str) -> float:
        """As ``MatterIndex.latest`` says."""
        if self._connection.scalar(_STATE_OF, {"matter": group}) in KEPT_OPEN:
            return float("inf")
        found = self._connection.scalar(_NEWEST_OF, {"matter": group})
        return float("-inf") if found is None else float(found)

    def add(self, profile: Profile, group: str) -> None:
        """Enter a letter into a group."""
        row = member_row(profile, group, self._particulars)
        seq = self.newest = self._connection.execute(_INSERT_MEMBER, row).scalar_one()
        self._connection.execute(_INSERT_PROFILE, {"seq": seq, "content": profile.to_bytes()})
        _given(self._connection, _ENTER, signed(profile.keys), arrived=profile.arrived, seq=seq)
        self._changed()

    def merge(self, group: str, into: str) -> None:
        """All letters of ``group`` are from now on in ``into``."""
        self._connection.execute(update(MEMBER).where(MEMBER.c.matter == group).values(matter=into))
        self._changed()

    def move(self, letters: Collection[str], into: str) -> None:
        """Some letters are from now on in ``into``."""
        self._connection.execute(update(MEMBER).where(MEMBER.c.letter_id.in_(letters)).values(matter=into))
        self._changed()

    def remove(self, letter_id: str) -> str | None:
        """Take a letter out; gives the group it was in, None if it was not here."""
        found = self._connection.execute(_WITH_PROFILE.where(MEMBER.c.letter_id == letter_id)).first()
        if found is None:
            return None
        rows = _rows(Profile.from_bytes(letter_id, found.content), found.seq)
        for table in (MATTER_KEY, KEPT_KEY):
            same = [table.c[name] == bindparam(f"b_{name}") for name in ("key", "arrived", "seq")]
            self._connection.execute(delete(table).where(*same), [{f"b_{k}": v for k, v in row.items()} for row in rows])
        self._connection.execute(delete(PROFILE).where(PROFILE.c.seq == found.seq))
        self._connection.execute(delete(MEMBER).where(MEMBER.c.seq == found.seq))
        return str(found.matter)

    def _changed(self) -> None:
        self._found, self._sizes = None, {}

    def keep_letter(self, letter_id: str) -> None:
        """Let one letter be found however old it is."""
        row = self._connection.execute(_WITH_PROFILE.where(MEMBER.c.letter_id == letter_id)).one()
        self._connection.execute(insert(KEPT_KEY), _rows(Profile.from_bytes(letter_id, row.content), row.seq))

    def keep_open(self, group: str) -> None:
        """Let the letters of a group be found however old they are."""
        self.let_lapse(group)
        for row in self._members(group):
            self._connection.execute(insert(KEPT_KEY), _rows(Profile.from_bytes(row.letter_id, row.content), row.seq))

    def let_lapse(self, group: str) -> None:
        """From now on the letters of a group are found only within the window."""
        for row in self._members(group):
            keys = Profile.from_bytes(row.letter_id, row.content).keys
            self._connection.execute(delete(KEPT_KEY).where(KEPT_KEY.c.seq == row.seq, KEPT_KEY.c.key.in_(signed(keys))))

    def _members(self, group: str) -> Sequence[Any]:
        return self._connection.execute(_WITH_PROFILE.where(MEMBER.c.matter == group)).all()


def member_row(profile: Profile, group: str, particulars: Particulars) -> dict[str, object]:
    """A letter's place in a group, as it is stored."""
    return {
        "letter_id": profile.id,
        "matter": group,
        "arrived": profile.arrived,
        "sender_number": signed_number(profile.sender),
        "digest": signed_number(profile.digest),
        "place": particulars.place,
        "affected": particulars.affected,
    }


def signed(numbers: Numbers) -> list[int]:
    """Unsigned 64-bit numbers as databases keep them."""
    found: list[int] = numbers.astype(np.uint64).view(np.int64).tolist()
    return found


def signed_number(number: int) -> int:
    """One unsigned 64-bit number as databases keep it.

    >>> signed_number(2**64 - 1), signed_number(5)
    (-1, 5)
    """
    return number - (1 << 64) if number >= 1 << 63 else number


def unsigned_number(number: int) -> int:
    """The number that was kept.

    >>> unsigned_number(-1), unsigned_number(5)
    (18446744073709551615, 5)
    """
    return number & ((1 << 64) - 1)


def _rows(profile: Profile, seq: int) -> list[dict[str, object]]:
    return [{"key": key, "arrived": profile.arrived, "seq": seq} for key in signed(profile.keys)]
