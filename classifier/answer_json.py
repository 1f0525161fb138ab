"""The public JSON of an assessment: its shape, written down once, keys in the order of the records.

Written out because a general walk over records takes twice as long as everything else that is done with an answer;
``tests/test_assess.py`` holds it to the records.
"""

from __future__ import annotations

from typing import Any

import orjson

from classifier.letter import Assessment, Evidence, Links, Matter, Route, Signals

Shape = dict[str, Any]


def assessment_json(assessment: Assessment) -> bytes:
    """The public JSON of an assessment, keys in the order of the records."""
    return orjson.dumps(
        {
            "letter_id": assessment.letter_id,
            "model": assessment.model,
            "taxonomy": assessment.taxonomy,
            "matters": [_matter(matter) for matter in assessment.matters],
            "purpose": {
                "value": assessment.purpose.value,
                "p": assessment.purpose.p,
                "evidence": _evidence(assessment.purpose.evidence),
            },
            "signals": _signals(assessment.signals),
            "route": _route(assessment.route),
            "lead_confidence": assessment.lead_confidence,
            "disposition": assessment.disposition,
            "doubts": assessment.doubts,
            "links": _links(assessment.links),
        }
    )


def _evidence(evidence: tuple[Evidence, ...]) -> list[Shape]:
    if not evidence:
        return []
    return [{"text": e.text, "start": e.start, "end": e.end, "weight": e.weight, "field": e.field} for e in evidence]


def _matter(matter: Matter) -> Shape:
    return {
        "category": matter.category,
        "name": matter.name,
        "confidence": matter.confidence,
        "domain": matter.domain,
        "domain_confidence": matter.domain_confidence,
        "candidates": [{"category": candidate.category, "p": candidate.p} for candidate in matter.candidates],
        "evidence": _evidence(matter.evidence),
        "span": matter.span,
        "route": None if matter.route is None else _route(matter.route),
    }


def _signals(signals: Signals) -> Shape:
    group, urgency, litigation = signals.group, signals.urgency, signals.litigation
    return {
        "group": {
            "level": group.level,
            "petitioner_count": group.petitioner_count,
            "affected_count": group.affected_count,
            "evidence": _evidence(group.evidence),
        },
        "urgency": {"level": urgency.level, "evidence": _evidence(urgency.evidence)},
        "litigation": {"state": litigation.state, "evidence": _evidence(litigation.evidence)},
        "accused": [
            {"name": party.name, "department": party.department, "evidence": _evidence(party.evidence), "certain": party.certain}
            for party in signals.accused
        ],
        "anonymous": signals.anonymous,
    }


def _route(route: Route) -> Shape:
    return {
        "lead": route.lead,
        "lead_name": route.lead_name,
        "co": route.co,
        "place": route.place,
        "pathways": route.pathways,
        "rule": route.rule,
        "deadlines": route.deadlines,
        "access": route.access,
        "blocked": route.blocked,
    }


def _links(links: Links) -> Shape:
    return {"group_case": links.group_case, "same_matter": links.same_matter, "repeat_of": links.repeat_of}
