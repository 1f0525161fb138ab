"""Group listing: groups (群体件) with newest activity first, by opaque cursor, with what their letters share."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, func, select, tuple_

from service.cursors import place_of, write_cursor
from service.group_figures import EPOCH, GroupCase, counted
from service.moments import CHINA
from service.tables import GROUP_CASE, LETTER, LINK, MEMBER

G = GROUP_CASE.c
PLACE = (str, int)  # when the last group of a page had its newest letter, and its number
NAMES_SHOWN = 5  # shared places and firms named for a group


@dataclass(frozen=True, slots=True)
class WantedGroups:
    """Which groups to list, by how many different senders wrote; there is no filter on who they are."""

    state: str | None = None
    category: str | None = None
    at_least: int = 0
    below: int | None = None


@dataclass(frozen=True, slots=True)
class Day:
    """How many letters and different senders there were by the end of a day (China's)."""

    date: str
    letters: int
    senders: int


@dataclass(frozen=True, slots=True)
class GroupLine:
    """One group in a list; ``central`` is the letter that most others are like, ``demand`` its title."""

    case: GroupCase
    central: str
    demand: str
    names: tuple[str, ...]
    growth: tuple[Day, ...]


@dataclass(frozen=True, slots=True)
class GroupPage:
    """One page and the cursor of the next, None at the end."""

    lines: tuple[GroupLine, ...]
    next: str | None


@dataclass(slots=True)
class _Found:
    """What a group's letters and links say of it."""

    members: list[Any] = field(default_factory=list)
    likeness: Counter[str] = field(default_factory=Counter)
    names: Counter[str] = field(default_factory=Counter)


def list_groups(connection: Connection, wanted: WantedGroups, *, cursor: str | None, limit: int) -> GroupPage:
    """Read one page, newest activity first.

    Raises:
        BadInput: the cursor was not made by this service for this choice.
    """
    query = select(GROUP_CASE).where(*_conditions(wanted)).order_by(G.newest.desc(), G.number.desc()).limit(limit + 1)
    if cursor:
        query = query.where(tuple_(G.newest, G.number) < place_of(cursor, wanted, PLACE))
    rows = connection.execute(query).all()
    cases = [GroupCase(**row._mapping) for row in rows[:limit]]
    more = len(rows) > limit
    return GroupPage(
        tuple(lines_of(connection, cases)), write_cursor(wanted, [cases[-1].newest, cases[-1].number]) if more else None
    )


def count_groups(connection: Connection, wanted: WantedGroups) -> int:
    """How many groups there are of a choice."""
    return connection.scalar(select(func.count()).where(*_conditions(wanted))) or 0


def lines_of(connection: Connection, cases: Sequence[GroupCase]) -> list[GroupLine]:
    """Tell of each group what its letters have in common and how it grew."""
    found = _look(connection, [case.matter for case in cases if case.matter])
    central = {matter: _central(one) for matter, one in found.items()}
    titles = _titles(connection, central.values())
    lines = []
    for case in cases:
        one = found[case.matter or ""]
        most_like = central.get(case.matter or "", "")
        lines.append(GroupLine(case, most_like, titles.get(most_like, ""), telling_names(one.names), growth_of(one.members)))
    return lines


def telling_names(counts: Counter[str]) -> tuple[str, ...]:
    """The names to show of a group, commonest first: those half as many links share as the commonest, each at full length.

    >>> telling_names(Counter({"澜悦": 4, "澜悦江湾": 3, "大大的烟道": 1}))
    ('澜悦江湾',)
    """
    often = [name for name, links in counts.items() if 2 * links >= max(counts.values())]
    whole = [name for name in often if not any(name in other for other in often if other != name)]
    return tuple(sorted(whole, key=lambda name: (-counts[name], name))[:NAMES_SHOWN])


def _look(connection: Connection, matters: Collection[str]) -> defaultdict[str, _Found]:
    found: defaultdict[str, _Found] = defaultdict(_Found)
    for member in connection.execute(select(MEMBER).where(MEMBER.c.matter.in_(matters)).order_by(MEMBER.c.arrived, MEMBER.c.seq)):
        found[member.matter].members.append(member)
    other = MEMBER.alias()
    links = (
        select(MEMBER.c.matter, LINK.c.other_id, LINK.c.score, LINK.c.shared)
        .join(LINK, LINK.c.letter_id == MEMBER.c.letter_id)
        .join(other, other.c.letter_id == LINK.c.other_id)
        .where(MEMBER.c.matter.in_(matters), other.c.matter == MEMBER.c.matter)
    )
    for matter, other_id, score, shared in connection.execute(links):
        found[matter].likeness[other_id] += score
        found[matter].names.update(orjson.loads(shared))
    return found


def _central(found: _Found) -> str:
    """The letter that the others are most like; before anybody compared them, any."""
    if found.likeness:
        return min(found.likeness.items(), key=lambda one: (-one[1], one[0]))[0]
    return min((str(member.letter_id) for member in found.members), default="")


def _titles(connection: Connection, ids: Collection[str]) -> dict[str, str]:
    rows = connection.execute(select(LETTER.c.id, LETTER.c.title, LETTER.c.text).where(LETTER.c.id.in_(list(ids))))
    return {letter_id: title or text.strip().split("\n")[0][:40] for letter_id, title, text in rows}


def growth_of(members: Sequence[Any]) -> tuple[Day, ...]:
    """The growth curve: member rows in order of arrival, counted to the end of each day with a letter."""
    days: dict[str, int] = {}
    for place, member in enumerate(members, 1):
        days[(EPOCH + timedelta(days=member.arrived)).astimezone(CHINA).date().isoformat()] = place
    return tuple(Day(day, until, counted(members[:until]).senders) for day, until in days.items())


def _conditions(wanted: WantedGroups) -> list[ColumnElement[bool]]:
    code = wanted.category or ""
    asked: list[tuple[object, ColumnElement[bool]]] = [
        (True, G.matter.is_not(None)),
        (wanted.state, G.state == wanted.state),
        (wanted.state is None, G.state.in_(("candidate", "confirmed", "closed"))),
        (code, G.category == code if "." in code else (G.category == code) | G.category.startswith(f"{code}.", autoescape=True)),
        (wanted.at_least, G.senders >= wanted.at_least),
        (wanted.below is not None, G.senders < (wanted.below or 0)),
    ]
    return [condition for present, condition in asked if present]
