"""Groups (群体件): an officer confirms, splits, merges, dismisses or closes; every decision is kept, the machine abides by it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import orjson
from sqlalchemy import Connection, insert, update

from classifier.errors import BadInput, Conflict, NotFound
from classifier.taxonomy import Taxonomy
from service.bonds import bind, follow, keep_apart, loosen
from service.group_figures import GroupCase, case_numbered, count_again, fold_case, letters_of, rename
from service.linking import lock_linking
from service.matter_index import SqlIndex
from service.moments import utc_text
from service.review import UnknownCode, near_codes
from service.tables import GROUP_CASE, GROUP_DECISION
from service.wording import GROUP_STATE

What = Literal["confirm", "split", "merge", "dismiss", "close"]
OPEN = ("candidate", "confirmed")


@dataclass(frozen=True, slots=True)
class GroupOpinion:
    """What an officer says of a group; ``seen`` is the group's version when it was opened, None: not checked.

    ``letters`` are split off, ``other`` is the number of the group that comes in, ``department`` leads a confirmed group.
    """

    reason: str = ""
    department: str | None = None
    letters: tuple[str, ...] = ()
    other: int | None = None
    seen: int | None = None


def decide_group(
    connection: Connection, number: int, what: What, opinion: GroupOpinion, *, officer: str, taxonomy: Taxonomy, now: datetime
) -> int:
    """Carry out what an officer decided; gives the number of the group to show then.

    Raises:
        NotFound: no such group.
        BadInput: no reason, an unknown department, or letters that are not in the group.
        Conflict: the group changed after the officer opened it, or its state does not allow this.
    """
    lock_linking(connection)
    case = open_case(connection, number)
    if opinion.seen is not None and opinion.seen != case.version:
        raise Conflict("在此期间该群体件已有变化；请重新打开后再决定")
    if what != "confirm" and not opinion.reason.strip():
        raise BadInput("必须写明理由", field="reason")
    letters = letters_of(connection, matter_of(case))
    other: int | None = None
    if what == "confirm":
        _confirm(connection, case, letters, opinion, taxonomy)
    elif what == "split":
        chosen = _chosen(letters, opinion.letters)
        other, letters = _split(connection, case, letters, chosen), chosen
    elif what == "merge":
        other, letters = _merge(connection, case, opinion.other)
    else:
        _end(connection, case, letters, dismissed=what == "dismiss")
    row = {"at": utc_text(now), "officer": officer, "what": what, "reason": opinion.reason.strip(), "other": other}
    connection.execute(insert(GROUP_DECISION).values(row | {"number": number, "letters": orjson.dumps(letters)}))
    return number


def open_case(connection: Connection, number: int) -> GroupCase:
    """Read a group that has letters.

    Raises:
        NotFound: no such group, or nothing is in it.
        Conflict: it went into another one; says which.
    """
    case = case_numbered(connection, number)
    if case is not None and case.merged_into is not None:
        raise Conflict(f"该群体件已并入 G-{case.merged_into}")
    if case is None or case.matter is None:
        raise NotFound("没有这个群体件")
    return case


def matter_of(case: GroupCase) -> str:
    """The name under which the linker knows an open case."""
    assert case.matter is not None  # open_case has seen to it
    return case.matter


def _confirm(connection: Connection, case: GroupCase, letters: list[str], opinion: GroupOpinion, taxonomy: Taxonomy) -> None:
    department = opinion.department
    if department is not None and department not in taxonomy.departments:
        raise UnknownCode("department", department, near_codes(department, taxonomy.departments))
    bind(connection, case.number, letters)
    SqlIndex(connection).keep_open(matter_of(case))
    _set(connection, case, state="confirmed", department=department or case.department)


def _split(connection: Connection, case: GroupCase, letters: list[str], chosen: list[str]) -> int:
    """The chosen letters become a group of their own. A group is named after a letter of it: the name goes where that goes."""
    index, matter = SqlIndex(connection), matter_of(case)
    moved = [one for one in letters if one not in chosen] if matter in chosen else chosen
    index.move(moved, into=moved[0])
    left, split_off = (moved[0], matter) if matter in chosen else (matter, moved[0])
    rename(connection, matter, left)
    index.let_lapse(split_off)
    new = count_again(connection, split_off, alone=True)
    assert new is not None  # it has letters
    keep_apart(connection, case.number, new, chosen)
    count_again(connection, left, changed=True)
    return new


def _merge(connection: Connection, case: GroupCase, number: int | None) -> tuple[int, list[str]]:
    if number is None or number == case.number:
        raise BadInput("请填写要并入的另一个群体件编号", field="other")
    other = open_case(connection, number)
    if case.state not in OPEN or other.state not in OPEN:
        raise Conflict(f"{GROUP_STATE[other.state if case.state in OPEN else case.state]}的群体件不能合并；请先重新确认")
    index, letters = SqlIndex(connection), letters_of(connection, matter_of(other))
    index.merge(matter_of(other), matter_of(case))
    fold_case(connection, other.number, case.number)
    follow(connection, other.number, case.number)
    bind(connection, case.number, letters)
    if "confirmed" in (case.state, other.state):
        index.keep_open(matter_of(case))
        _set(connection, case, state="confirmed", department=case.department or other.department)
    count_again(connection, matter_of(case), changed=True)
    return other.number, letters


def _end(connection: Connection, case: GroupCase, letters: list[str], *, dismissed: bool) -> None:
    if case.state not in OPEN:
        raise Conflict(f"该群体件{GROUP_STATE[case.state]}；如需更改请先重新确认")
    if dismissed:
        loosen(connection, letters)
    SqlIndex(connection).let_lapse(matter_of(case))
    _set(connection, case, state="dismissed" if dismissed else "closed")


def _set(connection: Connection, case: GroupCase, **values: str | None) -> None:
    row = update(GROUP_CASE).where(GROUP_CASE.c.number == case.number)
    connection.execute(row.values(**values, version=GROUP_CASE.c.version + 1))


def _chosen(letters: Collection[str], asked: tuple[str, ...]) -> list[str]:
    chosen = [one for one in letters if one in set(asked)]
    if len(chosen) != len(set(asked)) or not chosen:
        raise BadInput("只能分出本群体件中的信访件，至少一件", field="letters")
    if len(chosen) == len(letters):
        raise BadInput("不能分出全部信访件；如不是同一事项请否定该群体件", field="letters")
    return chosen
