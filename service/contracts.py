"""Contracts: what became of letters that went out alone, and a stricter cut once the misroute contract (误转承诺) is broken.

A letter went astray when what stands is another department than the one proposed. Until somebody decides so it counts as kept: that
can make the watch late by the days a receiver takes to object, never hasty.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from sqlalchemy import ColumnElement, Connection, and_, func, insert, or_, select

from classifier.assess import Assessor
from classifier.contract import BROKEN, EVERYBODY, Cuts, betrayal, safe_cut
from classifier.letter import Access
from service.filing import Case
from service.moments import utc_text
from service.tables import ASSESSMENT, STANDING, TIGHTENING

NEVER = ""  # before every moment
RESTRICTED = Access.RESTRICTED.value
PROPOSED = ASSESSMENT.join(STANDING, STANDING.c.letter_id == ASSESSMENT.c.letter_id)
ASTRAY = or_(STANDING.c.department.is_(None), STANDING.c.department != ASSESSMENT.c.lead)


@dataclass(frozen=True, slots=True)
class Tally:
    """Letters gone out alone since the last tightening, and those of them that went astray."""

    alone: int
    astray: int


@dataclass(frozen=True, slots=True)
class Record:
    """How the contract with one department is kept; without a ``cut`` a person reads each of its letters."""

    department: str
    accepted: float
    cut: float | None
    tally: Tally
    tightened_at: str | None


def cuts_in_force(connection: Connection, model: str, cuts: Cuts) -> dict[str, float | None]:
    """The model's cuts with every tightening since, the newest of each department."""
    rows = connection.execute(select(TIGHTENING).where(TIGHTENING.c.model == model).order_by(TIGHTENING.c.seq))
    return {**cuts, **{row.department: row.cut_after for row in rows}}


def cuts_over_time(connection: Connection, model: str) -> list[Cuts]:
    """What had been tightened for a model at each time: first nothing, then after each tightening."""
    rows = connection.execute(select(TIGHTENING).where(TIGHTENING.c.model == model).order_by(TIGHTENING.c.seq))
    states: list[Cuts] = [{}]
    for row in rows:
        states.append({**states[-1], row.department: row.cut_after})
    return states


def watch(connection: Connection, case: Case, assessor: Assessor, now: datetime) -> bool:
    """After a decision on a letter that went out alone: tighten its department's cut if the contract is broken, and say so."""
    model, cuts, contract = assessor.version, assessor.cuts, assessor.contract
    if case.provenance.model != model:
        return False
    proposed = connection.execute(select(ASSESSMENT).where(ASSESSMENT.c.seq == case.assessment_seq)).one()
    cut = cuts.get(proposed.lead) if proposed.alone and proposed.lead else None
    if cut is None:
        return False
    accepted = contract.accepted(proposed.lead)
    seen = _tally(connection, model, proposed.lead)
    if betrayal(seen.astray, seen.alone, accepted) < BROKEN:
        return False
    row = {
        "at": utc_text(now),
        "model": model,
        "department": proposed.lead,
        "accepted": accepted,
        "alone": seen.alone,
        "astray": seen.astray,
        "cut_before": cut,
        "cut_after": _stricter(connection, model, proposed.lead, cut, accepted),
    }
    connection.execute(insert(TIGHTENING).values(row))
    return True


def records(connection: Connection, assessor: Assessor) -> list[Record]:
    """How the contract with every department that the cuts name is kept."""
    model, cuts, contract = assessor.version, assessor.cuts, assessor.contract
    return [
        Record(
            department,
            contract.accepted(department),
            cuts[department],
            _tally(connection, model, department),
            _tightened_at(connection, model, department) or None,
        )
        for department in sorted(cuts)
        if department != EVERYBODY
    ]


def _tally(connection: Connection, model: str, department: str) -> Tally:
    since = _tightened_at(connection, model, department)
    query = select(func.count(), func.count().filter(ASTRAY)).select_from(PROPOSED)
    alone = and_(_proposed(model, department), ASSESSMENT.c.alone, ASSESSMENT.c.created_at > since)
    return Tally(*connection.execute(query.where(alone)).one())


def _stricter(connection: Connection, model: str, department: str, cut: float, accepted: float) -> float | None:
    """A higher cut that the letters seen so far justify, else None: every letter to a person."""
    query = select(ASSESSMENT.c.confidence, ASTRAY.label("astray")).select_from(PROPOSED)
    seen = or_(STANDING.c.decisions > 0, ASSESSMENT.c.alone)
    rows = connection.execute(query.where(_proposed(model, department), seen)).all()
    right = np.array([not row.astray for row in rows], dtype=np.bool_)
    found = safe_cut(np.array([row.confidence for row in rows], dtype=float), right, accepted)
    return found if found is not None and found > cut else None


def _proposed(model: str, department: str) -> ColumnElement[bool]:
    """What became an accusation is in no statistics: a number that moves would tell of it."""
    return and_(ASSESSMENT.c.model == model, ASSESSMENT.c.lead == department, STANDING.c.access != RESTRICTED)


def _tightened_at(connection: Connection, model: str, department: str) -> str:
    newest = select(func.max(TIGHTENING.c.at)).where(TIGHTENING.c.model == model, TIGHTENING.c.department == department)
    return connection.scalar(newest) or NEVER
