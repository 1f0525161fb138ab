"""Backlog: letters that were stored before there was an index, linked little by little while the service is open."""

from __future__ import annotations

from sqlalchemy import exists, select

from classifier.assess import Assessor
from classifier.letter import Access
from service.database import Database
from service.grouping import Grouping
from service.tables import MEMBER, STANDING

TOGETHER = 25  # letters of one step; new letters are taken in between steps


def catch_up(database: Database, grouping: Grouping, assessor: Assessor) -> None:
    """Link the next letters that wait, the earliest first; ``grouping.waiting`` is None when there are no more."""
    entered = exists().where(MEMBER.c.letter_id == STANDING.c.letter_id)
    waiting = (
        select(STANDING.c.letter_id, STANDING.c.received)
        .where(STANDING.c.access == Access.NORMAL, STANDING.c.received >= (grouping.waiting or ""), ~entered)
        .order_by(STANDING.c.received, STANDING.c.letter_id)
        .limit(TOGETHER)
    )
    with database.reading() as connection:
        rows = connection.execute(waiting).all()
    for row in rows:
        with database.writing() as connection:
            if connection.scalar(select(MEMBER.c.seq).where(MEMBER.c.letter_id == row.letter_id)) is not None:
                continue  # another replica was quicker
            draft, number = grouping.link_stored(connection, assessor, row.letter_id)
        grouping.learn(draft, number)
    grouping.waiting = rows[-1].received if len(rows) == TOGETHER else None
