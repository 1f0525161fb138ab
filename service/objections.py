"""Objections (退回异议): a receiver says within five working days why a letter is not its business; a person decides about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from classifier.deadlines import Calendar
from classifier.errors import BadInput, Conflict
from classifier.letter import Disposition
from classifier.taxonomy import Taxonomy
from service.filing import Case, Objection
from service.moments import china_day, utc_text
from service.review import UnknownCode, blocked_departments, near_codes

OBJECT_BY = "object_by"  # a row of deadlines.csv


@dataclass(frozen=True, slots=True)
class Claim:
    """What a receiver says: which department speaks, why, by which article, and what it thinks right."""

    department: str
    reason: str
    article: str
    right_category: str | None = None
    right_department: str | None = None


def object_to(case: Case, claim: Claim, *, officer: str, taxonomy: Taxonomy, calendar: Calendar, now: datetime) -> Objection:
    """Work out the objection as it will be kept; writes nothing.

    Raises:
        BadInput: unknown code, no reason or article, or a department the letter accuses.
        Conflict: the letter is not with this department, the clock has run out, or it was objected to before.
    """
    _check(case, claim, taxonomy)
    sent = _sent_on(case)
    if sent is None or case.standing.department != claim.department:
        raise Conflict("该件目前未转送该单位，不能由其提出异议")
    if case.pending:
        raise Conflict("已有一条异议等待核实；请等分流经办人作出办理意见")
    if any(one.department == claim.department and one.outcome(case.decisions) == "rejected" for one in case.objections):
        raise Conflict("该单位就本件提出的异议已经核实、未予采纳；仍有不同意见请与分流经办人联系")
    last = calendar.due_dates(sent, (), forwarded_on=sent).get(OBJECT_BY)
    if last is not None and china_day(now).isoformat() > last:
        raise Conflict(f"异议应在收到转送之日起五个工作日内提出，已于 {last} 届满；确属转错的，请联系分流经办人另作办理意见")
    return Objection(
        officer=officer,
        at=utc_text(now),
        department=claim.department,
        category=case.standing.category,
        right_category=claim.right_category,
        right_department=claim.right_department,
        reason=claim.reason.strip(),
        article=claim.article.strip(),
        last_day=last,
        decisions=len(case.decisions),
    )


def _check(case: Case, claim: Claim, taxonomy: Taxonomy) -> None:
    for field, text in (("reason", claim.reason), ("article", claim.article)):
        if not text.strip():
            raise BadInput("必须写明" + ("理由" if field == "reason" else "所依据的条款"), field=field)
    for field, code in (("department", claim.department), ("right_department", claim.right_department)):
        if code is not None and code not in taxonomy.departments:
            raise UnknownCode(field, code, near_codes(code, taxonomy.departments))
    if claim.right_category is not None and claim.right_category not in taxonomy.categories:
        raise UnknownCode("right_category", claim.right_category, near_codes(claim.right_category, taxonomy.categories))
    if claim.right_department in blocked_departments(case):
        raise BadInput("被检举控告的单位不能作为承办单位（《信访工作条例》第三十条）", field="right_department")


def _sent_on(case: Case) -> date | None:
    """The day it was sent to who has it now: by the newest decision, or at once; None while a person still has it."""
    if case.decisions:
        return china_day(datetime.fromisoformat(case.decisions[-1].at))
    return china_day(datetime.fromisoformat(case.stored_at)) if case.standing.disposition == Disposition.AUTO else None
