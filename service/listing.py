"""Listing: pages of letters by opaque cursor, newest first, and the review queue (人工复核), most urgent and then oldest first."""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import astuple, dataclass

import orjson
from sqlalchemy import ColumnElement, Connection, Select, and_, func, select, tuple_

from classifier.errors import BadInput
from service.filing import Line
from service.storage import standing_of
from service.tables import LETTER, STANDING

S = STANDING.c
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

    @property
    def digest(self) -> str:
        """Name this choice briefly, so that a cursor is not used with another one."""
        return hashlib.sha256(orjson.dumps(astuple(self))).hexdigest()[:12]


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
        query = query.where(_after(wanted, read_cursor(cursor, wanted)))
    rows = connection.execute(query).all()
    lines = tuple(Line(row.letter_id, row.title, row.received, standing_of(row)) for row in rows[:limit])
    more = len(rows) > limit
    return Page(lines, make_cursor(lines[-1], wanted) if more else None)


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
    place = [wanted.digest, last.standing.urgency, last.received, last.id]
    return base64.urlsafe_b64encode(orjson.dumps(place)).rstrip(b"=").decode("ascii")


def read_cursor(cursor: str, wanted: Wanted) -> tuple[int, str, str]:
    """Read where a page ended: urgency, received, id.

    Raises:
        BadInput: it was not made by this service, or for another choice.
    """
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        digest, urgency, received, letter_id = orjson.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (UnicodeEncodeError, binascii.Error, orjson.JSONDecodeError, TypeError, ValueError):
        raise BadInput("无法识别的游标；请从第一页重新开始", field="cursor") from None
    if not (type(urgency) is int and abs(urgency) < 100 and isinstance(received, str) and isinstance(letter_id, str)):
        raise BadInput("无法识别的游标；请从第一页重新开始", field="cursor")
    if digest != wanted.digest:
        raise BadInput("游标属于另一组筛选条件；请从第一页重新开始", field="cursor")
    return urgency, received, letter_id


def _ordered(wanted: Wanted) -> Select[tuple[object, ...]]:
    query = select(STANDING, LETTER.c.title).join(LETTER, LETTER.c.id == S.letter_id)
    if wanted.queue:
        return query.order_by(S.urgency, S.received, S.letter_id)
    return query.order_by(S.received.desc(), S.letter_id.desc())


def _after(wanted: Wanted, place: tuple[int, str, str]) -> ColumnElement[bool]:
    if wanted.queue:
        return tuple_(S.urgency, S.received, S.letter_id) > place
    return tuple_(S.received, S.letter_id) < place[1:]


def _in_category(code: str) -> ColumnElement[bool]:
    return S.category == code if "." in code else (S.category == code) | S.category.startswith(f"{code}.", autoescape=True)


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    asked: list[tuple[object, ColumnElement[bool]]] = [
        (wanted.category, _in_category(wanted.category or "")),
        (wanted.department, S.department == wanted.department),
        (wanted.disposition, S.disposition == wanted.disposition),
        (wanted.since, S.received >= (wanted.since or "")),
        (wanted.before, S.received < (wanted.before or "")),
        (wanted.state == "open", S.decisions == 0),
        (wanted.state == "decided", S.decisions > 0),
        (wanted.queue, and_(S.disposition == "review", S.decisions == 0)),
    ]
    compartment = S.access == "restricted" if wanted.restricted else S.access != "restricted"
    return [compartment, *(condition for present, condition in asked if present)]
