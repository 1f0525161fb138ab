"""Labels: what officers decided of letters, as a model may learn from it, and what is held back and why.

An objection weighs only by the decision after it: as long as that is missing the letter teaches nothing. Accusations never teach,
also where a letter became one after it was decided.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, func, insert, select, update

from classifier.learning_set import Correction
from classifier.letter import Access, Letter
from classifier.migration import Changes
from classifier.taxonomy import Taxonomy
from service.filing import SUSPECTED
from service.learning_tables import OBJECTION, SUSPICION
from service.moments import utc_text
from service.tables import DECISION, LETTER, MEMBER, STANDING


@dataclass(frozen=True, slots=True)
class Doubted:
    """A label that something speaks against: the category given, the likelier one and how likely that is."""

    letter_id: str
    given: str
    likely: str
    p: float


@dataclass(frozen=True, slots=True)
class Labels:
    """Corrections to learn from, how many letters are held back by reason, and labels that a person should look at again."""

    corrections: tuple[Correction, ...]
    held_back: Mapping[str, int]
    doubted: tuple[Doubted, ...]


def gather(connection: Connection, taxonomy: Taxonomy, changes: Changes) -> Labels:
    """Read the decision that holds for each letter, in the order of deciding.

    ``upheld`` are also labels that a second look confirmed. Held back: ``unknown_code`` (a category this taxonomy does not have),
    ``changed_code`` (one that was split or retired since), ``waiting`` (an objection or a second look is open), ``contradicting``
    (letters of the same words, decided differently). Codes that were renamed or merged are carried over. Senders are not read.
    """
    upheld = _upheld(connection) | _looked_at_again(connection)
    held: Counter[str] = Counter()
    found: list[Correction] = []
    outgrown: list[Doubted] = []
    for row in connection.execute(_newest_decisions()):
        if row.again is not None:
            held["waiting"] += 1
            continue
        code = changes.carried(row.category) if row.category in changes.by_old else row.category
        if code is None:
            held["changed_code"] += 1
            outgrown += [Doubted(row.id, row.category, likely, 1.0) for likely in changes.became(row.category)[:1]]
        elif code not in taxonomy.categories:
            held["unknown_code"] += 1
        else:
            found.append(_correction(row, code, upheld=(row.id, row.decisions - 1) in upheld))
    return _without_contradictions(found, held, outgrown)


def _newest_decisions() -> Any:  # noqa: ANN401  (a statement; its type names every column)
    newest = select(func.max(DECISION.c.seq).label("seq")).group_by(DECISION.c.letter_id).subquery()
    columns = [LETTER.c.id, LETTER.c.title, LETTER.c.text, LETTER.c.received_at, LETTER.c.channel, LETTER.c.place]
    decided = [DECISION.c.category, DECISION.c.department, DECISION.c.purpose, DECISION.c.at, DECISION.c.confirmed]
    return (
        select(*columns, *decided, STANDING.c.again, STANDING.c.decisions, MEMBER.c.matter)
        .join(newest, newest.c.seq == DECISION.c.seq)
        .join(LETTER, LETTER.c.id == DECISION.c.letter_id)
        .join(STANDING, STANDING.c.letter_id == LETTER.c.id)
        .outerjoin(MEMBER, MEMBER.c.letter_id == LETTER.c.id)
        .where(STANDING.c.access == Access.NORMAL)
        .order_by(DECISION.c.seq)
    )


def _upheld(connection: Connection) -> set[tuple[str, int]]:
    """(letter, number of the decision) of decisions that upheld an objection."""
    place = func.row_number().over(partition_by=DECISION.c.letter_id, order_by=DECISION.c.seq) - 1
    after = select(DECISION.c.letter_id, DECISION.c.category, DECISION.c.department, place.label("place")).subquery()
    same = and_(after.c.letter_id == OBJECTION.c.letter_id, after.c.place == OBJECTION.c.decisions)
    query = select(OBJECTION, after.c.category.label("decided"), after.c.department.label("sent_to"), after.c.place)
    rows = connection.execute(query.join(after, same))
    return {(row.letter_id, row.place) for row in rows if _was_right(row)}


def _looked_at_again(connection: Connection) -> set[tuple[str, int]]:
    """(letter, number of the decision) of decisions that gave the doubted label once more: not to be doubted again."""
    place = func.row_number().over(partition_by=DECISION.c.letter_id, order_by=DECISION.c.seq) - 1
    made = select(DECISION.c.letter_id, DECISION.c.category, DECISION.c.at, place.label("place")).subquery()
    same = and_(made.c.letter_id == SUSPICION.c.letter_id, made.c.category == SUSPICION.c.given, made.c.at > SUSPICION.c.at)
    return {(row.letter_id, row.place) for row in connection.execute(select(made.c.letter_id, made.c.place).join(SUSPICION, same))}


def _was_right(row: Row[Any]) -> bool:
    as_asked = row.right_category is not None and row.decided == row.right_category != row.category
    return bool(row.sent_to != row.department or as_asked)


def _correction(row: Row[Any], code: str, *, upheld: bool) -> Correction:
    letter = Letter(row.id, row.text, row.title, row.received_at, None, row.channel, row.place)
    kind = "upheld" if upheld else "confirmed" if row.confirmed else "corrected"
    return Correction(letter, code, row.department, row.purpose, row.at, kind, row.matter)


def _without_contradictions(found: Sequence[Correction], held: Counter[str], outgrown: Sequence[Doubted]) -> Labels:
    """Letters of the very same words that were decided differently: a person looks again, neither is learnt."""
    said: dict[str, list[Correction]] = defaultdict(list)
    for one in found:
        said["".join(f"{one.letter.title}{one.letter.text}".split())].append(one)
    differing = [group for group in said.values() if len({one.category for one in group}) > 1]
    torn = [group for group in differing if any(one.kind != "upheld" for one in group)]  # the others were looked at again
    doubted = tuple(doubt for group in torn for doubt in _against_each_other(group))
    apart = {doubt.letter_id for doubt in doubted}
    held["contradicting"] += len(apart)
    return Labels(tuple(one for one in found if one.letter.id not in apart), dict(+held), (*outgrown, *doubted))


def _against_each_other(group: Sequence[Correction]) -> Iterable[Doubted]:
    counts = Counter(one.category for one in group)
    for one in group:
        other, times = next((code, n) for code, n in counts.most_common() if code != one.category)
        yield Doubted(one.letter.id, one.category, other, round(times / len(group), 4))


def ask_again(connection: Connection, doubted: Iterable[Doubted], *, job: int, now: datetime) -> int:
    """Put letters with doubted labels back into the review queue, and say how many; the same doubt is raised once only."""
    asked = 0
    for one in doubted:
        before = select(SUSPICION.c.seq).where(SUSPICION.c.letter_id == one.letter_id, SUSPICION.c.given == one.given)
        if connection.execute(before.limit(1)).first() is not None:
            continue
        stands = and_(STANDING.c.letter_id == one.letter_id, STANDING.c.category == one.given, STANDING.c.again.is_(None))
        still = and_(stands, STANDING.c.decisions > 0, STANDING.c.access == Access.NORMAL)
        if connection.execute(update(STANDING).where(still).values(again=SUSPECTED, waiting=True)).rowcount == 1:
            row = {"letter_id": one.letter_id, "at": utc_text(now), "job": job}
            connection.execute(insert(SUSPICION).values(row | {"given": one.given, "likely": one.likely, "p": one.p}))
            asked += 1
    return asked


def doubted(connection: Connection, letter_ids: Sequence[str]) -> dict[str, Doubted]:
    """The newest doubt of each letter that waits for a second look."""
    query = (
        select(SUSPICION)
        .join(STANDING, STANDING.c.letter_id == SUSPICION.c.letter_id)
        .where(SUSPICION.c.letter_id.in_(letter_ids), STANDING.c.again == SUSPECTED)
        .order_by(SUSPICION.c.seq)
    )
    return {row.letter_id: Doubted(row.letter_id, row.given, row.likely, row.p) for row in connection.execute(query)}
