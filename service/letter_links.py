"""Letter links (关联信访件): other letters on one letter's matter, its group, an earlier letter of the same sender."""

from __future__ import annotations

from typing import Any

import orjson
from sqlalchemy import Connection, Select, bindparam, select

from service.filing import Decision, LetterLink, Links
from service.group_figures import GroupCase
from service.tables import DECISION, GROUP_CASE, LETTER, LINK, MEMBER

SHOWN = 5
SILENT = ("dismissed",)  # a person said that these letters are not on one matter
_CASE = select(GROUP_CASE).join(MEMBER, MEMBER.c.matter == GROUP_CASE.c.matter).where(MEMBER.c.letter_id == bindparam("letter_id"))


def _same_matter(*, earlier: bool) -> Select[Any]:
    """Links to earlier letters, or of later ones to this; only to letters that are still in its group."""
    this, other = (LINK.c.letter_id, LINK.c.other_id) if earlier else (LINK.c.other_id, LINK.c.letter_id)
    query = select(other.label("id"), LETTER.c.title, LINK.c.kind, LINK.c.score, LINK.c.shared)
    query = query.join(MEMBER, MEMBER.c.letter_id == other).join(LETTER, LETTER.c.id == other)
    query = query.where(this == bindparam("letter_id"), MEMBER.c.matter == bindparam("matter"))
    return query.order_by(LINK.c.score.desc(), other).limit(SHOWN)


_EARLIER, _LATER = _same_matter(earlier=True), _same_matter(earlier=False)
_NEWEST_DECISION = select(DECISION).where(DECISION.c.letter_id == bindparam("letter_id")).order_by(DECISION.c.seq.desc()).limit(1)


def links_of(connection: Connection, letter_id: str) -> Links:
    """What a letter is connected with now; nothing for an accusation, which is in no index."""
    row = connection.execute(_CASE, {"letter_id": letter_id}).first()
    if row is None or row.state in SILENT:
        return Links()
    matter, case = row.matter, GroupCase(**row._mapping)
    asked = {"letter_id": letter_id, "matter": matter}
    later = [_link(row) for row in connection.execute(_LATER, asked)]
    earlier = [_link(row) for row in connection.execute(_EARLIER, asked)]
    repeat = next((link.letter_id for link in earlier if link.kind == "repeat"), None)
    return Links(
        number=case.number if case.letters > 1 else None,
        state=case.state,
        same_matter=tuple(sorted([*earlier, *later], key=lambda link: (-link.score, link.letter_id))[:SHOWN]),
        repeat_of=repeat,
        answered=_answer_to(connection, repeat) if repeat else None,
        department=case.department if case.state == "confirmed" else None,
    )


def _link(row: Any) -> LetterLink:  # noqa: ANN401  (a row)
    return LetterLink(row.id, row.title, row.kind, row.score, tuple(orjson.loads(row.shared)))


def _answer_to(connection: Connection, letter_id: str) -> Decision | None:
    row = connection.execute(_NEWEST_DECISION, {"letter_id": letter_id}).first()
    return Decision(**{name: getattr(row, name) for name in Decision.__dataclass_fields__}) if row else None
