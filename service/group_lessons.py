"""Group lessons: the letters whose group an officer decided, as the pair scorer may learn from them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson
from sqlalchemy import Connection, Select, select

from classifier.grouping.teaching import DecidedLetter
from classifier.letter import Access, Letter
from service.matter_index import unsigned_number
from service.tables import GROUP_BOND, GROUP_CASE, GROUP_DECISION, LETTER, MEMBER, STANDING


def decided_letters(connection: Connection) -> list[DecidedLetter]:
    """Letters that a person put into a group that still holds, and those of groups that were dismissed; never an accusation.

    Whoever was linked by the machine alone is no lesson. Of senders only the salted number is read.
    """
    matters = dict.fromkeys(_dismissed(connection), "")
    put = select(GROUP_BOND.c.letter_id, GROUP_BOND.c.number).where(GROUP_BOND.c.kind == "must").order_by(GROUP_BOND.c.seq)
    matters |= {row.letter_id: f"G-{row.number}" for row in connection.execute(put)}
    rows = connection.execute(_letters())
    return [_decided(row, matters[row.id]) for row in rows if row.id in matters]


def _dismissed(connection: Connection) -> Iterable[str]:
    """The letters that were in a group when it was found to be none."""
    decided = select(GROUP_DECISION.c.letters).join(GROUP_CASE, GROUP_CASE.c.number == GROUP_DECISION.c.number)
    for row in connection.execute(decided.where(GROUP_DECISION.c.what == "dismiss", GROUP_CASE.c.state == "dismissed")):
        yield from orjson.loads(row.letters)


def _letters() -> Select[Any]:
    columns = [LETTER.c.id, LETTER.c.title, LETTER.c.text, MEMBER.c.arrived, MEMBER.c.sender_number]
    query = select(*columns).join(MEMBER, MEMBER.c.letter_id == LETTER.c.id).join(STANDING, STANDING.c.letter_id == LETTER.c.id)
    return query.where(STANDING.c.access == Access.NORMAL).order_by(MEMBER.c.arrived, LETTER.c.id)


def _decided(row: Any, matter: str) -> DecidedLetter:  # noqa: ANN401  (a row)
    return DecidedLetter(Letter(row.id, row.text, row.title), row.arrived, unsigned_number(row.sender_number), matter)
