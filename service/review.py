"""Review (人工复核): an officer's decision overrides the assessment, carries a reason and is never changed, only followed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import get_close_matches
from typing import Any

import orjson

from classifier.errors import BadInput, Conflict
from classifier.letter import Access, Purpose
from classifier.taxonomy import Taxonomy
from service.filing import Case, Decision, Filing, Standing
from service.moments import utc_text


@dataclass(frozen=True, slots=True)
class Opinion:
    """What an officer says of a letter; ``seen`` is how many decisions there were when it was opened, None: not checked."""

    category: str
    department: str | None = None
    purpose: str | None = None
    reason: str = ""
    confirm: bool = False
    seen: int | None = None
    not_accused: bool = False  # the officer has made sure that a unit that only may be accused is not


class UnknownCode(BadInput):
    """A code is not in the taxonomy; ``near`` lists (code, name) that may have been meant."""

    def __init__(self, field: str, code: str, near: list[tuple[str, str]]) -> None:
        self.near = near
        meant = "、".join(f"{code} {name}" for code, name in near)
        super().__init__(f"没有代码“{code[:60]}”" + (f"；相近的有：{meant}" if meant else ""), field=field)


def decide(
    case: Case, opinion: Opinion, *, officer: str, taxonomy: Taxonomy, now: datetime, accused: Collection[str] = ()
) -> tuple[Decision, Standing]:
    """Work out the decision and what then stands; writes nothing.

    ``accused`` are the departments that the letter must not reach if it is an accusation: the assessment does not name them
    where it took the letter for something else.

    Raises:
        BadInput: unknown code, no reason, or a department the accusation is about.
        Conflict: the letter was decided after the officer opened it.
    """
    if opinion.seen is not None and opinion.seen != len(case.decisions):
        raise Conflict("在此期间另有办理意见；请重新打开后再决定")
    purpose = opinion.purpose or case.standing.purpose
    access = _access(case, opinion, purpose, taxonomy)
    blocked = _blocked(case, opinion, accused if access == Access.RESTRICTED else ())
    _check(case, opinion, taxonomy, blocked)
    department = opinion.department or _inherited(case, opinion, access, blocked)
    decision = Decision(
        officer=officer,
        at=utc_text(now),
        category=opinion.category,
        department=department,
        purpose=purpose,
        reason=opinion.reason.strip(),
        confirmed=opinion.confirm,
    )
    standing = replace(case.standing, category=opinion.category, department=department, purpose=purpose, access=access, again=None)
    return decision, standing


def _inherited(case: Case, opinion: Opinion, access: str, blocked: Collection[str]) -> str | None:
    """The department that stays because the officer named none; what becomes an accusation stays with nobody but by name."""
    standing = case.standing
    became_one = access == Access.RESTRICTED and standing.access != Access.RESTRICTED
    if opinion.category != standing.category or became_one or standing.department in blocked:
        return None
    return standing.department


def _check(case: Case, opinion: Opinion, taxonomy: Taxonomy, blocked: Collection[str]) -> None:
    proposed = case.standing.category
    if opinion.category not in taxonomy.categories and opinion.category != proposed:
        raise UnknownCode("category", opinion.category, near_codes(opinion.category, taxonomy.categories))
    if opinion.confirm and opinion.category != proposed:
        raise BadInput(f"confirm 为 true 时应与现有分类 {proposed} 相同；改正分类请把 confirm 设为 false", field="category")
    if opinion.department and opinion.department not in taxonomy.departments:
        raise UnknownCode("department", opinion.department, near_codes(opinion.department, taxonomy.departments))
    if opinion.department and opinion.department in blocked:
        told = "被检举控告的单位不能作为承办单位（《信访工作条例》第三十条）"
        if opinion.department in suspected_departments(case):
            told += "；该单位只是可能被反映，已核实不是的，请注明 not_accused 并写明理由"
        raise BadInput(told, field="department")
    if opinion.purpose and opinion.purpose not in set(Purpose):
        raise UnknownCode("purpose", opinion.purpose, [(purpose.value, "") for purpose in Purpose])
    if not (opinion.confirm and not opinion.not_accused) and not opinion.reason.strip():
        raise BadInput("改正时必须写明理由", field="reason")


def blocked_departments(case: Case | Filing) -> tuple[str, ...]:
    """Name the departments that the letter accuses: it must never reach them."""
    assessment = orjson.loads(case.json)
    accused = [party.get("department") for party in assessment["signals"]["accused"]]
    return tuple(dict.fromkeys(code for code in [*assessment["route"]["blocked"], *accused] if code))


def suspected_departments(case: Case | Filing) -> tuple[str, ...]:
    """Name the departments that only may be accused, where nobody certainly is: a person can tell."""
    parties = orjson.loads(case.json)["signals"]["accused"]
    return () if any(party.get("certain", True) for party in parties) else blocked_departments(case)


def _blocked(case: Case, opinion: Opinion, accused: Collection[str]) -> frozenset[str]:
    """The departments this decision may not name; one that only may be accused is free once the officer vouches for it."""
    cleared = suspected_departments(case) if opinion.not_accused and not accused else ()
    return frozenset([*blocked_departments(case), *accused]) - frozenset(cleared)


def _access(case: Case, opinion: Opinion, purpose: str, taxonomy: Taxonomy) -> str:
    """An accusation stays in its compartment until somebody says expressly, by purpose and category, that it is none."""
    category = taxonomy.categories.get(opinion.category)
    access = str(category.access) if category else str(Access.NORMAL)
    if purpose == Purpose.ACCUSE:
        return str(Access.RESTRICTED)
    if case.standing.access == Access.RESTRICTED and opinion.purpose is None:
        return str(Access.RESTRICTED)
    return access


def near_codes(asked: str, table: Any, *, count: int = 5) -> list[tuple[str, str]]:  # noqa: ANN401  (categories or departments)
    """List up to ``count`` (code, name) that may have been meant: by the letters of the code or a part of the name."""
    by_name = [code for code, entry in table.items() if asked and (asked in entry.name or entry.name in asked)]
    by_code = get_close_matches(asked.upper()[:60], list(table), n=count, cutoff=0.5)
    return [(code, table[code].name) for code in list(dict.fromkeys([*by_name, *by_code]))[:count]]
