"""Group figures: what a group case (群体件) shows in lists, counted again whenever a letter comes or goes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from classifier.grouping.flags import GroupCount, Member, count_group
from service.matter_index import unsigned_number
from service.moments import utc_text
from service.tables import GROUP_CASE, MEMBER, STANDING

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY_SECONDS = 86_400.0
_BY_MATTER = select(GROUP_CASE).where(GROUP_CASE.c.matter == bindparam("matter"))
_OPEN_CASE = insert(GROUP_CASE).returning(GROUP_CASE.c.number)
_CHANGE_CASE = update(GROUP_CASE).where(GROUP_CASE.c.number == bindparam("this"))
_LETTERS = (
    select(MEMBER.c.sender_number, MEMBER.c.arrived, MEMBER.c.digest, MEMBER.c.place, MEMBER.c.affected, STANDING.c.category)
    .join(STANDING, STANDING.c.letter_id == MEMBER.c.letter_id)
    .where(MEMBER.c.matter == bindparam("matter"))
)


@dataclass(frozen=True, slots=True)
class GroupCase:
    """One group as it is stored; ``matter`` is None once it is empty or was folded into ``merged_into``."""

    number: int
    matter: str | None
    state: str
    version: int
    opened: str
    newest: str
    letters: int
    counted: int
    senders: int
    affected_sum: int | None
    affected_most: int | None
    category: str
    place: str | None
    department: str | None
    merged_into: int | None


def case_of(connection: Connection, matter: str) -> GroupCase | None:
    """The group of this name, None for a letter alone."""
    return _case(connection.execute(_BY_MATTER, {"matter": matter}).first())


def case_numbered(connection: Connection, number: int) -> GroupCase | None:
    """The group of this number."""
    return _case(connection.execute(select(GROUP_CASE).where(GROUP_CASE.c.number == number)).first())


def _case(row: Any) -> GroupCase | None:  # noqa: ANN401  (a row or None)
    return None if row is None else GroupCase(**row._mapping)


def letters_of(connection: Connection, matter: str) -> list[str]:
    """The letters of a group, in order of entry."""
    return list(connection.scalars(select(MEMBER.c.letter_id).where(MEMBER.c.matter == matter).order_by(MEMBER.c.seq)))


def count_again(connection: Connection, matter: str, *, changed: bool = False, alone: bool = False) -> int | None:
    """Count a group and store its figures, as a new case if it is none yet; gives its number, None for a letter alone.

    Args:
        changed: letters left or groups came together, so whoever has it open should look again.
        alone: open a case even for a single letter (a person split it off).
    """
    rows = connection.execute(_LETTERS, {"matter": matter}).all()
    case = case_of(connection, matter)
    if case is None:
        if len(rows) < 2 and not alone:
            return None
        made = {"matter": matter, "state": "candidate", "version": 0} | _figures(rows)
        number: int = connection.execute(_OPEN_CASE, made).scalar_one()
        return number
    figures = _figures(rows) if rows else {"matter": None, "letters": 0, "counted": 0, "senders": 0}
    new = figures | {"version": case.version + changed}
    connection.execute(_CHANGE_CASE, new | {"this": case.number})
    return case.number


def _figures(rows: Sequence[Any]) -> dict[str, Any]:
    count = counted(rows)
    arrived = [row.arrived for row in rows]
    said = {row.digest: row.affected for row in rows if row.affected is not None}  # copies say the same: once
    places = [row.place for row in rows if row.place]
    return {
        "opened": moment_of(min(arrived)),
        "newest": moment_of(max(arrived)),
        "letters": len(rows),
        "counted": count.distinct,
        "senders": count.senders,
        "affected_sum": sum(said.values()) if said else None,
        "affected_most": max(said.values(), default=None),
        "category": most_common(row.category for row in rows),
        "place": most_common(places) if places else None,
    }


def counted(rows: Iterable[Any]) -> GroupCount:
    """Count member rows: letters, different senders, letters without what is identical within an hour."""
    return count_group(
        Member(unsigned_number(row.sender_number), row.arrived * DAY_SECONDS, unsigned_number(row.digest)) for row in rows
    )


def most_common(values: Iterable[str]) -> str:
    """The value that occurs most often, the first by its characters among equals."""
    return min(Counter(values).items(), key=lambda one: (-one[1], one[0]))[0]


def moment_of(days: float) -> str:
    """Write days since 1970 as a stored moment.

    >>> moment_of(20779.0)
    '2026-11-22T00:00:00.000000Z'
    """
    return utc_text(EPOCH + timedelta(days=days))


def days_of(moment: str) -> float:
    """Read a stored moment as days since 1970.

    >>> days_of("2026-11-22T12:00:00.000000Z")
    20779.5
    """
    return (datetime.fromisoformat(moment) - EPOCH) / timedelta(days=1)


def rename(connection: Connection, matter: str, name: str | None) -> None:
    """Let a case go on under another name."""
    connection.execute(update(GROUP_CASE).where(GROUP_CASE.c.matter == matter).values(matter=name))


def fold_case(connection: Connection, number: int, into: int) -> None:
    """Close a case that went into another one; its decisions stay with it."""
    row = GROUP_CASE.update().where(GROUP_CASE.c.number == number)
    connection.execute(row.values(matter=None, state="merged", merged_into=into, version=GROUP_CASE.c.version + 1, letters=0))
