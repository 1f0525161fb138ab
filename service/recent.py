"""Recent letters: those of the last days, on which models are previewed and watched; no accusations, no senders."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from time import monotonic, sleep
from typing import Any, TypeVar

from sqlalchemy import Connection, exists, func, or_, select

from classifier.drift import Handled
from classifier.letter import Access, Letter
from service.learning_tables import OBJECTION
from service.tables import ASSESSMENT, LETTER, STANDING

T = TypeVar("T")
LOOKED_BACK = timedelta(days=30)
MOST = 3_000  # letters, the newest: looking at them takes a quarter of a minute


def recent_letters(connection: Connection, since: str) -> tuple[int, list[tuple[Letter, date]]]:
    """How many normal letters came in since a moment, and the newest of them with the day each was assessed for."""
    wanted = (STANDING.c.received >= since, STANDING.c.access == Access.NORMAL)
    stored = connection.scalar(select(func.count()).select_from(STANDING).where(*wanted)) or 0
    day = select(func.max(ASSESSMENT.c.assessed_on)).where(ASSESSMENT.c.letter_id == LETTER.c.id).scalar_subquery()
    columns = [LETTER.c.id, LETTER.c.text, LETTER.c.title, LETTER.c.received_at, LETTER.c.channel, LETTER.c.place]
    query = select(*columns, day.label("day")).join(STANDING, STANDING.c.letter_id == LETTER.c.id).where(*wanted)
    rows = connection.execute(query.order_by(STANDING.c.received.desc(), LETTER.c.id.desc()).limit(MOST))
    return stored, [(_letter(row), date.fromisoformat(row.day)) for row in rows]


def unhurried(items: Iterable[T]) -> Iterator[T]:
    """Give one after the other and rest after each for as long as it took, so that letters coming in wait half as often."""
    for item in items:
        begun = monotonic()
        yield item
        sleep(monotonic() - begun)


def handled(connection: Connection, since: str) -> list[Handled]:
    """The decided letters since a moment: the department first proposed, and whether an officer or the receiver said otherwise."""
    first = select(func.min(ASSESSMENT.c.seq)).group_by(ASSESSMENT.c.letter_id)
    elsewhere = or_(STANDING.c.department.is_(None), STANDING.c.department != ASSESSMENT.c.lead)
    objected = exists().where(OBJECTION.c.letter_id == STANDING.c.letter_id)
    query = (
        select(STANDING.c.letter_id, ASSESSMENT.c.lead, or_(elsewhere, objected).label("overridden"))
        .join(ASSESSMENT, ASSESSMENT.c.letter_id == STANDING.c.letter_id)
        .where(ASSESSMENT.c.seq.in_(first), ASSESSMENT.c.lead.is_not(None), STANDING.c.decisions > 0)
        .where(STANDING.c.received >= since, STANDING.c.access == Access.NORMAL)
        .order_by(STANDING.c.received.desc(), STANDING.c.letter_id)
    )
    return [Handled(row.letter_id, row.lead, bool(row.overridden)) for row in connection.execute(query)]


def _letter(row: Any) -> Letter:  # noqa: ANN401  (a row of seven columns)
    return Letter(row.id, row.text, row.title, row.received_at, None, row.channel, row.place)
