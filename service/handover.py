"""Handover: the elements for the register and the extract for a receiving unit, read when somebody asks for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson
from msgspec.json import encode

from classifier.elements import Elements, read_elements
from classifier.errors import NotFound
from classifier.letter import Evidence, GroupSignal, Matter, Signals
from classifier.persons import Persons
from service.desk import Desk
from service.filing import Case

if TYPE_CHECKING:
    from classifier.extract import Extract


@dataclass(frozen=True, slots=True)
class Handover:
    """What one matter's receiving unit gets; ``matter`` counts from 1, None stands for the whole letter."""

    matter: int | None
    category: str
    lead: str | None
    extract: Extract


def handovers(case: Case, persons: Persons) -> list[Handover]:
    """One extract for each matter of a stored letter: its own words, with the title for the first; ``persons`` finds names."""
    from classifier.extract import extract  # its many patterns are read when somebody asks

    matters = _matters(case)
    found = [
        Handover(1, *_standing(case), extract(case.letter, matters[0][0], others=[one for one, _ in matters[1:]], persons=persons))
    ]
    for number, (one, lead) in enumerate(matters[1:], start=2):
        found.append(Handover(number, one.category, lead, extract(case.letter, one, first=False, persons=persons)))
    return found


def handover(case: Case, number: int | None, persons: Persons) -> Handover:
    """The extract of one matter, or of the whole letter.

    Raises:
        NotFound: the letter has no such matter.
    """
    from classifier.extract import extract

    if number is None:
        return Handover(None, *_standing(case), extract(case.letter, _matters(case)[0][0], persons=persons))
    found = handovers(case, persons)
    if not 1 <= number <= len(found):
        raise NotFound(f"本件只有 {len(found)} 个事项，没有第 {number} 个")
    return found[number - 1]


def handover_json(case: Case, number: int | None, persons: Persons) -> bytes:
    """Write the extract of one matter, or of the whole letter."""
    one = handover(case, number, persons)
    shape = {"letter_id": case.letter.id, "matter": one.matter, "category": one.category, "lead": one.lead}
    return orjson.dumps(shape | {"title": one.extract.title, "text": one.extract.text, "hidden": one.extract.hidden})


def _standing(case: Case) -> tuple[str, str | None]:
    return case.standing.category, case.standing.department


def _matters(case: Case) -> list[tuple[Matter, str | None]]:
    """The matters as assessed, the first with the category that stands; further ones with their own lead."""
    found: list[tuple[Matter, str | None]] = []
    for one in orjson.loads(case.json)["matters"]:
        category = one["category"] if found else case.standing.category
        span = (int(one["span"][0]), int(one["span"][1]))
        matter = Matter(category, one["name"], one["confidence"], one["domain"], one["domain_confidence"], (), (), span)
        found.append((matter, (one.get("route") or {}).get("lead")))
    return found


def elements_of(case: Case, desk: Desk) -> Elements:
    """The elements of a stored letter; head counts are those of its assessment."""
    seen = orjson.loads(case.json)["signals"]
    group = seen["group"] | {"evidence": tuple(Evidence(**one) for one in seen["group"]["evidence"])}
    signals = Signals(group=GroupSignal(**group), anonymous=seen["anonymous"])
    return read_elements(case.letter, signals, desk.grouping.draft(desk.assessor, case.letter, case.received).names, desk.naming)


def elements_json(case: Case, desk: Desk) -> bytes:
    """Write the elements of a stored letter."""
    found: dict[str, Any] = {"letter_id": case.letter.id, "elements": elements_of(case, desk)}
    return encode(found)
