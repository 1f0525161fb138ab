"""Answers: stored records as public JSON; an assessment's stored bytes go out unchanged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import orjson

from classifier.assess import Assessor
from classifier.contract import EVERYBODY
from classifier.letter import Access, UrgencyLevel
from classifier.taxonomy import Taxonomy
from service.access import Caller
from service.contracts import Record
from service.filing import NO_DAY, Case, Filing, LetterLink, Line, Links, Standing
from service.listing import Page
from service.review import blocked_departments

URGENCY = tuple(level.value for level in UrgencyLevel)


def receipt_json(case: Case | Filing, links: Links, taxonomy: Taxonomy, caller: Caller) -> bytes:
    """Answer a sender; about an accusation only those who handle accusations learn more than that it is here."""
    hidden = case.standing.access == Access.RESTRICTED and not caller.may("discipline")
    return orjson.dumps(
        {
            "id": case.letter.id,
            "stored_at": case.stored_at,
            "access": case.standing.access,
            "assessment": None if hidden else orjson.Fragment(case.json),
            "links": links_json(links, case, taxonomy),
        }
    )


def case_json(case: Case, links: Links, taxonomy: Taxonomy, caller: Caller, today: str) -> bytes:
    """Write one letter with all that is known of it on a day."""
    letter = case.letter
    return orjson.dumps(
        {
            "id": letter.id,
            "title": letter.title,
            "text": letter.text,
            "received_at": letter.received_at or case.received,
            "channel": letter.channel,
            "place": letter.place,
            "sender": letter.sender if may_see_sender(case, caller) else None,
            "stored_at": case.stored_at,
            "standing": standing_json(case.standing, taxonomy, today),
            "assessment": orjson.Fragment(case.json),
            "links": links_json(links, case, taxonomy),
            "provenance": asdict(case.provenance),
            "decisions": _decisions(case, taxonomy),
            "objections": _objections(case),
        }
    )


def group_id(number: int) -> str:
    """The public id of a group.

    >>> group_id(12)
    'G-12'
    """
    return f"G-{number}"


def links_json(links: Links, case: Case | Filing, taxonomy: Taxonomy) -> dict[str, Any]:
    """Write what a letter is connected with; a confirmed group's lead is proposed with its reason, never to an accused unit."""
    answered = links.answered
    return {
        "group_case": None if links.number is None else group_id(links.number),
        "same_matter": [link_json(link) for link in links.same_matter],
        "repeat_of": links.repeat_of,
        "answered_before": answered and {"category": answered.category, "department": answered.department, "at": answered.at},
        "proposal": proposal_json(links, case, taxonomy),
    }


def proposal_json(links: Links, case: Case | Filing, taxonomy: Taxonomy) -> dict[str, str] | None:
    """The lead of the confirmed group, for a letter that nobody decided yet and that does not accuse it."""
    department = links.department
    if department is None or links.number is None or case.standing.decisions or department in blocked_departments(case):
        return None
    name = name_of(department, taxonomy.departments) or department
    because = f"同一事项的群体件 {group_id(links.number)} 已由经办人确认由{name}牵头"
    return {"department": department, "department_name": name, "because": because}


def link_json(link: LetterLink) -> dict[str, Any]:
    """Write one link."""
    return {"letter_id": link.letter_id, "kind": link.kind, "score": link.score, "shared": list(link.shared)}


def decided_json(case: Case, taxonomy: Taxonomy, today: str) -> bytes:
    """Answer a decision: what now holds and all decisions; without the letter, since replies are kept for their keys."""
    standing = standing_json(case.standing, taxonomy, today)
    return orjson.dumps({"id": case.letter.id, "standing": standing, "decisions": _decisions(case, taxonomy)})


def objected_json(case: Case, taxonomy: Taxonomy, today: str) -> bytes:
    """Answer an objection: what stands, what was decided and objected; the receiver learns nothing else of the letter."""
    standing = standing_json(case.standing, taxonomy, today)
    told = {"id": case.letter.id, "standing": standing, "decisions": _decisions(case, taxonomy), "objections": _objections(case)}
    return orjson.dumps(told)


def _objections(case: Case) -> list[dict[str, Any]]:
    return [asdict(one) | {"outcome": one.outcome(case.decisions)} for one in case.objections]


def _decisions(case: Case, taxonomy: Taxonomy) -> list[dict[str, Any]]:
    return [asdict(one) | {"name": category_name(one.category, taxonomy)} for one in case.decisions]


def may_see_sender(case: Case, caller: Caller) -> bool:
    """Say whether the caller needs the sender to answer: always for plain letters, else only who handles accusations."""
    return case.standing.access == Access.NORMAL or caller.may("discipline")


def page_json(page: Page, taxonomy: Taxonomy, today: str) -> bytes:
    """Write one page of a list."""
    return orjson.dumps({"items": [line_json(line, taxonomy, today) for line in page.lines], "next": page.next})


def line_json(line: Line, taxonomy: Taxonomy, today: str) -> dict[str, Any]:
    """Write one line of a list."""
    told = {"id": line.id, "title": line.title, "received_at": line.received, "doubts": list(line.doubts)}
    return told | standing_json(line.standing, taxonomy, today)


def standing_json(standing: Standing, taxonomy: Taxonomy, today: str) -> dict[str, Any]:
    """Write what holds on a day (ISO), with names beside codes."""
    return {
        "category": standing.category,
        "name": category_name(standing.category, taxonomy),
        "department": standing.department,
        "department_name": name_of(standing.department, taxonomy.departments),
        "purpose": standing.purpose,
        "urgency": URGENCY[standing.urgency_on(today)],
        "confidence": standing.confidence,
        "disposition": standing.disposition,
        "access": standing.access,
        "state": "open" if standing.open else "decided",
        "again": standing.again,
        "forward_by": None if standing.forward_by == NO_DAY else standing.forward_by,
        "margin": standing.margin,
    }


def contract_json(kept: Sequence[Record], assessor: Assessor) -> bytes:
    """Write how the misroute contract with each department is kept."""
    departments = assessor.taxonomy.departments
    return orjson.dumps(
        {
            "model": assessor.version,
            "default_accepted": assessor.contract.accepted(EVERYBODY),
            "departments": [asdict(one) | {"name": name_of(one.department, departments)} for one in kept],
        }
    )


def taxonomy_json(taxonomy: Taxonomy) -> bytes:
    """Write the taxonomy as data: domains with their categories, departments, pathways."""
    return orjson.dumps(
        {
            "version": taxonomy.version,
            "digest": taxonomy.digest,
            "domains": [{"code": one.code, "name": one.name} for one in taxonomy.domains.values()],
            "categories": [
                {
                    "code": one.code,
                    "domain": one.domain,
                    "name": one.name,
                    "scope": one.scope,
                    "access": str(one.access),
                    "pathways": list(one.pathways),
                    "typical_wording": list(one.typical_wording),
                }
                for one in taxonomy.categories.values()
            ],
            "departments": [{"code": one.code, "name": one.name} for one in taxonomy.departments.values()],
            "pathways": [
                {"code": one.code, "name": one.name, "basis": one.basis, "guidance": one.guidance, "limit": one.limit}
                for one in taxonomy.pathways.values()
            ],
        }
    )


def category_name(code: str, taxonomy: Taxonomy) -> str:
    """Name a category; a label from another label set is its own name."""
    return name_of(code, taxonomy.categories) or code


def name_of(code: str | None, table: Mapping[str, Any]) -> str:
    """Name a code, empty when there is none."""
    entry = table.get(code) if code else None
    return str(entry.name) if entry else ""
