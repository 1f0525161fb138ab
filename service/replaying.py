"""Replaying: makes a stored assessment again with its own model, taxonomy, rules and day; same bytes, or what differs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from classifier.assess import Assessor, load_assessor
from classifier.contract import Cuts
from classifier.errors import ModelError
from classifier.letter import assessment_json
from service.filing import Case
from service.intake import input_digest


@dataclass(frozen=True, slots=True)
class Replay:
    """``differs`` names what is not as it was: input, model, taxonomy, rules, and ``bytes`` when the answer came out otherwise.

    ``json`` is the answer done again, None where the model is gone; ``fault`` says why.
    """

    letter_id: str
    model: str
    differs: tuple[str, ...]
    json: bytes | None
    fault: str = ""

    @property
    def same(self) -> bool:
        """Whether the very same bytes came out."""
        return not self.differs


def replay(case: Case, history: Iterable[Cuts], models: Path, county: Path | None) -> Replay:
    """Do a stored assessment again; ``history`` is what ``contracts.cuts_over_time`` gives for its model."""
    made_by = case.provenance
    differs = ["input"] if input_digest(case.letter) != made_by.input_sha256 else []
    try:
        assessor = load_assessor(models, county, made_by.model)
    except ModelError as fault:
        return Replay(case.letter.id, made_by.model, (*differs, "model"), None, str(fault))
    if assessor.taxonomy.digest != made_by.taxonomy_digest:
        differs.append("taxonomy")
    then = _as_it_was(assessor, history, made_by.rules_digest)
    if then is None:
        differs.append("rules")
    answer = assessment_json((then or assessor).assess(case.letter, today=date.fromisoformat(made_by.assessed_on)))
    if answer != case.json:
        differs.append("bytes")
    return Replay(case.letter.id, made_by.model, tuple(differs), answer)


def _as_it_was(assessor: Assessor, history: Iterable[Cuts], rules_digest: str) -> Assessor | None:
    """The assessor under the cuts of that time, None when no state of its rules has this digest."""
    for tightened in history:
        cuts = {**assessor.cuts, **tightened}
        then = assessor if cuts == assessor.cuts else assessor.with_cuts(cuts)
        if then.rules_digest == rules_digest:
            return then
    return None
