"""Drift (漂移): last month's letters against what letters looked like when the model in use was made."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from classifier.drift import Measure, Overrides, overrides, vitals, watch
from classifier.errors import ModelError
from classifier.registry import read_manifest
from service.answers import name_of
from service.desk import Desk
from service.moments import utc_text
from service.recent import LOOKED_BACK, handled, recent_letters, unhurried


@dataclass(frozen=True, slots=True)
class Drift:
    """What was watched; ``reference`` letters are the model's own yardstick, 0 where it has none."""

    model: str
    since: str
    reference: int
    letters: int
    measures: tuple[Measure, ...]
    departments: tuple[Overrides, ...]


def drift_of(desk: Desk) -> Drift:
    """Compare; a model without a yardstick (made by ``fenxin train``) measures nothing. The answer may be ten minutes old."""
    return desk.remember(("drift", desk.assessor.version), lambda: _drift(desk))


def _drift(desk: Desk) -> Drift:
    assessor, since = desk.assessor, utc_text(desk.now() - LOOKED_BACK)
    before = _reference(desk, assessor.version)
    with desk.database.reading() as connection:
        letters = recent_letters(connection, since)[1]
        decided = handled(connection, since)
    measures = watch(before, vitals(assessor, (letter for letter, _ in unhurried(letters)))) if before else ()
    departments = overrides(before, decided) if before else ()
    return Drift(assessor.version, since, before.get("letters", 0), len(letters), measures, departments)


def _reference(desk: Desk, version: str) -> dict[str, Any]:
    try:
        found = read_manifest(desk.settings.models / version).get("reference")
    except ModelError:
        return {}
    return found if isinstance(found, dict) else {}


def drift_told(found: Drift, desk: Desk, *, with_letters: bool) -> dict[str, Any]:
    """Drift as it is told; who may not read letters gets no ids, and none of a letter that has become an accusation is told."""
    watched: list[Measure | Overrides] = [*found.measures, *found.departments]
    hidden = desk.restricted(letter_id for one in watched for letter_id in one.letters)

    def told(one: Measure | Overrides) -> dict[str, Any]:
        shown = [letter_id for letter_id in one.letters if letter_id not in hidden] if with_letters else []
        return asdict(one) | {"letters": shown}

    departments = [told(one) | {"name": name_of(one.department, desk.taxonomy.departments)} for one in found.departments]
    return asdict(found) | {"measures": [told(one) for one in found.measures], "departments": departments}
