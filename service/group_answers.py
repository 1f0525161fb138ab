"""Group answers: groups (群体件) as public JSON; senders are counted, never named, numbered or ordered."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import orjson

from classifier.grouping.flags import Flag, GroupCount, GroupFlags
from classifier.taxonomy import Taxonomy
from service.answers import category_name, group_id, link_json, name_of
from service.group_figures import GroupCase
from service.group_listing import GroupLine, GroupPage
from service.group_reading import Evidence, GroupLetter, GroupSheet


def level_of(case: GroupCase, flags: GroupFlags) -> Flag | None:
    """The flag that a group's count of different senders reaches, None below the first."""
    return flags.highest(GroupCount(letters=case.letters, senders=case.senders, distinct=case.counted))


def groups_json(page: GroupPage, flags: GroupFlags, taxonomy: Taxonomy) -> bytes:
    """Write one page of groups."""
    return orjson.dumps({"items": [line_json(line, flags, taxonomy) for line in page.lines], "next": page.next})


def group_json(sheet: GroupSheet, flags: GroupFlags, taxonomy: Taxonomy) -> bytes:
    """Write one group with all that is known of it."""
    line = line_json(sheet.line, flags, taxonomy)
    return orjson.dumps(
        line
        | {
            "growth": [asdict(day) for day in sheet.line.growth],
            "members": [_member(letter, taxonomy) for letter in sheet.letters],
            "next": None if sheet.next is None else str(sheet.next),
            "decisions": [asdict(one) | {"other": None if one.other is None else group_id(one.other)} for one in sheet.decisions],
        }
    )


def line_json(line: GroupLine, flags: GroupFlags, taxonomy: Taxonomy) -> dict[str, Any]:
    """Write one line of a list of groups."""
    case = line.case
    level = level_of(case, flags)
    return {
        "id": group_id(case.number),
        "state": case.state,
        "version": case.version,
        "level": level and {"code": level.code, "from_senders": level.senders, "name": level.name, "advice": level.advice},
        "letters": case.letters,
        "letters_counted": case.counted,
        "senders": case.senders,
        "affected": {"largest": case.affected_most, "sum": case.affected_sum},
        "period": {"from": case.opened, "until": case.newest},
        "place": case.place,
        "shared_names": list(line.names),
        "category": case.category,
        "category_name": category_name(case.category, taxonomy),
        "demand": line.demand,
        "department": case.department,
        "department_name": name_of(case.department, taxonomy.departments),
    }


def _member(letter: GroupLetter, taxonomy: Taxonomy) -> dict[str, Any]:
    return {
        "letter_id": letter.id,
        "title": letter.title,
        "received_at": letter.received,
        "place": letter.place,
        "category": letter.category,
        "category_name": category_name(letter.category, taxonomy),
        "state": "decided" if letter.decided else "open",
        "kind": letter.kind,
        "evidence": [_evidence(one) for one in letter.evidence],
        "unique": list(letter.unique),
    }


def _evidence(one: Evidence) -> dict[str, Any]:
    return link_json(one.link) | {"parts": dict(one.parts)}
