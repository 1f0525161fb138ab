"""Group reading: one group (群体件) with its letters, the evidence for each, what only it says, and what officers decided."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection, select

from classifier.grouping.wording import only_here
from service.filing import LetterLink
from service.group_figures import GroupCase
from service.group_listing import GroupLine, lines_of
from service.groups import matter_of, open_case
from service.letter_links import SHOWN
from service.tables import GROUP_DECISION, LETTER, LINK, MEMBER, STANDING

MEMBERS_SHOWN = 200  # letters of one page of a group


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why a letter is in the group: another one it is like, and the parts of the comparison."""

    link: LetterLink
    parts: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class GroupLetter:
    """One letter of a group; ``unique`` are the sentences that the letter nearest to it does not have."""

    id: str
    title: str
    text: str
    received: str
    place: str | None
    category: str
    decided: bool
    evidence: tuple[Evidence, ...]
    unique: tuple[str, ...]

    @property
    def kind(self) -> str | None:
        """How it is linked with the letter nearest to it; None where a person put it here."""
        return self.evidence[0].link.kind if self.evidence else None


@dataclass(frozen=True, slots=True)
class GroupDecision:
    """What an officer decided of a group, with how many letters it was about."""

    at: str
    officer: str
    what: str
    reason: str
    other: int | None
    letters: int


@dataclass(frozen=True, slots=True)
class GroupSheet:
    """Everything about one group; ``next`` leads to earlier letters, None at the end."""

    line: GroupLine
    letters: tuple[GroupLetter, ...]
    next: int | None
    decisions: tuple[GroupDecision, ...]

    @property
    def case(self) -> GroupCase:
        """The stored figures."""
        return self.line.case


def read_group(connection: Connection, number: int, *, before: int | None = None, limit: int = MEMBERS_SHOWN) -> GroupSheet:
    """Read one group with its newest letters, or those entered before a number.

    Raises:
        NotFound: no such group.
        Conflict: it went into another one; says which.
    """
    case = open_case(connection, number)
    query = (
        select(LETTER, MEMBER.c.seq, STANDING.c.category, STANDING.c.decisions)
        .join(MEMBER, MEMBER.c.letter_id == LETTER.c.id)
        .join(STANDING, STANDING.c.letter_id == LETTER.c.id)
        .where(MEMBER.c.matter == matter_of(case))
        .order_by(MEMBER.c.seq.desc())
    )
    rows = connection.execute((query.where(MEMBER.c.seq < before) if before is not None else query).limit(limit + 1)).all()
    shown = rows[:limit]
    evidence = _evidence(connection, matter_of(case), [row.id for row in shown])
    near = _texts(connection, {found[0].link.letter_id for found in evidence.values()})
    decided = connection.execute(select(GROUP_DECISION).where(GROUP_DECISION.c.number == number).order_by(GROUP_DECISION.c.seq))
    return GroupSheet(
        line=lines_of(connection, [case])[0],
        letters=tuple(_letter(row, evidence.get(row.id, ()), near) for row in shown),
        next=shown[-1].seq if len(rows) > limit else None,
        decisions=tuple(_decision(row) for row in decided),
    )


def _letter(row: Any, evidence: Sequence[Evidence], texts: Mapping[str, str]) -> GroupLetter:  # noqa: ANN401  (a row)
    nearest = texts.get(evidence[0].link.letter_id) if evidence else None
    return GroupLetter(
        id=row.id,
        title=row.title,
        text=row.text,
        received=row.received,
        place=row.place,
        category=row.category,
        decided=row.decisions > 0,
        evidence=tuple(evidence),
        unique=tuple(only_here(row.text, nearest)) if nearest is not None else (),
    )


def _decision(row: Any) -> GroupDecision:  # noqa: ANN401  (a row)
    return GroupDecision(row.at, row.officer, row.what, row.reason, row.other, len(orjson.loads(row.letters)))


def _evidence(connection: Connection, matter: str, ids: Collection[str]) -> dict[str, list[Evidence]]:
    """The links of these letters with others of the group, whichever came first; the likeliest first."""
    found: defaultdict[str, list[Evidence]] = defaultdict(list)
    for this, other in [(LINK.c.letter_id, LINK.c.other_id), (LINK.c.other_id, LINK.c.letter_id)]:
        query = select(
            this.label("this"), other.label("other"), LETTER.c.title, LINK.c.kind, LINK.c.score, LINK.c.shared, LINK.c.parts
        )
        query = query.join(MEMBER, MEMBER.c.letter_id == other).join(LETTER, LETTER.c.id == other)
        for row in connection.execute(query.where(this.in_(ids), MEMBER.c.matter == matter)):
            link = LetterLink(row.other, row.title, row.kind, row.score, tuple(orjson.loads(row.shared)))
            found[row.this].append(Evidence(link, orjson.loads(row.parts)))
    return {letter: sorted(some, key=lambda one: (-one.link.score, one.link.letter_id))[:SHOWN] for letter, some in found.items()}


def _texts(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    rows = connection.execute(select(LETTER.c.id, LETTER.c.text).where(LETTER.c.id.in_(list(ids))))
    return {letter_id: text for letter_id, text in rows}
