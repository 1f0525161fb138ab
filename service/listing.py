"""Listing: pages of letters by opaque cursor, newest first, and the review queue (人工复核) by need.

Need: urgency, then the last day to forward, then how little the model knows which of two categories it is: that is where a
decision teaches most. A letter whose last day has passed counts as R3 (``Standing.urgency_on``); the last day orders those without
other urgency, so they stand first among them, right behind the letters whose own words say R3.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, Select, func, not_, or_, select, tuple_

from service.cursors import place_of, write_cursor
from service.filing import OBJECTED, Line
from service.storage import standing_of
from service.tables import ASSESSMENT, LETTER, STANDING

S = STANDING.c
BY_NEED = (S.urgency, S.forward_by, S.margin, S.received, S.letter_id)
PLACE = (int, str, int | float, str, str)  # their values in a cursor
_OPEN = or_(S.decisions == 0, func.coalesce(S.again, "") == OBJECTED)
IN_DANGER = (S.disposition == "review", S.decisions == 0, S.urgency == 0)  # R0 ranks first


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which letters to list; ``since`` and ``before`` are moments, the second excluded. There is no filter on senders."""

    category: str | None = None
    department: str | None = None
    disposition: str | None = None
    state: str | None = None  # open or decided
    since: str | None = None
    before: str | None = None
    restricted: bool = False
    queue: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """One page and the cursor of the next, None at the end."""

    lines: tuple[Line, ...]
    next: str | None


def list_letters(connection: Connection, wanted: Wanted, *, cursor: str | None, limit: int) -> Page:
    """Read one page.

    Raises:
        BadInput: the cursor was not made by this service for this choice.
    """
    query = _ordered(wanted).where(*_conditions(wanted)).limit(limit + 1)
    if cursor:
        query = query.where(_after(wanted, place_of(cursor, wanted, PLACE)))
    rows = connection.execute(query).all()
    told = _doubts(connection, [row.letter_id for row in rows[:limit]]) if wanted.queue else {}
    lines = tuple(
        Line(row.letter_id, row.title, row.received, standing_of(row), told.get(row.letter_id, ())) for row in rows[:limit]
    )
    more = len(rows) > limit
    return Page(lines, make_cursor(lines[-1], wanted) if more else None)


def _doubts(connection: Connection, letters: list[str]) -> dict[str, tuple[str, ...]]:
    """The doubts of each letter's newest assessment."""
    newest = select(func.max(ASSESSMENT.c.seq)).where(ASSESSMENT.c.letter_id.in_(letters)).group_by(ASSESSMENT.c.letter_id)
    rows = connection.execute(select(ASSESSMENT.c.letter_id, ASSESSMENT.c.json).where(ASSESSMENT.c.seq.in_(newest)))
    return {row.letter_id: tuple(orjson.loads(row.json).get("doubts", ())) for row in rows}


@dataclass(frozen=True, slots=True)
class Danger:
    """How many undecided letters show a life in danger (R0), in the open and in the restricted compartment."""

    normal: int = 0
    restricted: int = 0


def count_danger(connection: Connection) -> Danger:
    """Count the letters that somebody must look at this minute."""
    rows = connection.execute(select(S.access, func.count()).where(*IN_DANGER).group_by(S.access)).all()
    counts = {str(access): int(count) for access, count in rows}
    restricted = counts.pop("restricted", 0)
    return Danger(sum(counts.values()), restricted)


def letters_in_danger(connection: Connection, *, since: str) -> list[str | None]:
    """The undecided letters stored since a moment that show a life in danger; None for one in the restricted compartment."""
    found = select(S.letter_id, S.access).join(LETTER, LETTER.c.id == S.letter_id).where(*IN_DANGER, LETTER.c.stored_at >= since)
    rows = connection.execute(found.order_by(LETTER.c.stored_at)).all()
    return [None if row.access == "restricted" else str(row.letter_id) for row in rows]


def make_cursor(last: Line, wanted: Wanted) -> str:
    """Write where a page ended as opaque text."""
    stands = last.standing
    return write_cursor(wanted, [stands.urgency, stands.forward_by, stands.margin, last.received, last.id])


def _ordered(wanted: Wanted) -> Select[tuple[object, ...]]:
    query = select(STANDING, LETTER.c.title).join(LETTER, LETTER.c.id == S.letter_id)
    if wanted.queue:
        return query.order_by(*BY_NEED)
    return query.order_by(S.received.desc(), S.letter_id.desc())


def _after(wanted: Wanted, place: tuple[Any, ...]) -> ColumnElement[bool]:
    if wanted.queue:
        return tuple_(*BY_NEED) > place
    return tuple_(S.received, S.letter_id) < place[3:]


def _in_category(code: str) -> ColumnElement[bool]:
    return S.category == code if "." in code else (S.category == code) | S.category.startswith(f"{code}.", autoescape=True)


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    asked: list[tuple[object, ColumnElement[bool]]] = [
        (wanted.category, _in_category(wanted.category or "")),
        (wanted.department, S.department == wanted.department),
        (wanted.disposition, S.disposition == wanted.disposition),
        (wanted.since, S.received >= (wanted.since or "")),
        (wanted.before, S.received < (wanted.before or "")),
        (wanted.state == "open", _OPEN),
        (wanted.state == "decided", not_(_OPEN)),
        (wanted.queue, S.waiting.is_(True)),
    ]
    compartment = S.access == "restricted" if wanted.restricted else S.access != "restricted"
    return [compartment, *(condition for present, condition in asked if present)]
