"""Model answers: jobs, previews and replays as public JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import orjson

from classifier.preview import Move, Stand
from classifier.taxonomy import Taxonomy
from service.answers import category_name, name_of
from service.jobs import Job
from service.model_office import Previewed
from service.replaying import Replay


def job_json(job: Job) -> bytes:
    """Write a job."""
    return orjson.dumps(job_told(job))


def job_told(job: Job) -> dict[str, Any]:
    """A job as it is told, its outcome read."""
    return asdict(job) | {"outcome": orjson.loads(job.outcome) if job.outcome else None}


def preview_json(found: Previewed, taxonomy: Taxonomy, *, with_letters: bool) -> bytes:
    """Write a preview; who may not read letters gets the numbers only."""
    return orjson.dumps(preview_told(found, taxonomy, with_letters=with_letters))


def preview_told(found: Previewed, taxonomy: Taxonomy, *, with_letters: bool) -> dict[str, Any]:
    """A preview as it is told: numbers by department, and each letter that would move."""
    told = found.preview
    return {
        "before": found.before,
        "after": found.after,
        "since": found.since,
        "stored": found.stored,
        "looked_at": told.letters,
        "moved": len(told.moved),
        "departments": [asdict(one) | {"name": _department(one.department, taxonomy)} for one in told.departments],
        "letters": [_move(one, taxonomy) for one in told.moved] if with_letters else None,
    }


def _department(code: str | None, taxonomy: Taxonomy) -> str:
    return name_of(code, taxonomy.departments) or code or "待定"


def _move(one: Move, taxonomy: Taxonomy) -> dict[str, Any]:
    return {"letter_id": one.letter_id, "before": _place(one.before, taxonomy), "after": _place(one.after, taxonomy)}


def _place(place: Stand, taxonomy: Taxonomy) -> dict[str, Any]:
    names = {"name": category_name(place.category, taxonomy), "department_name": name_of(place.department, taxonomy.departments)}
    return asdict(place) | names


def replay_json(done: Replay) -> bytes:
    """Write a replay with the answer done again."""
    told = {"letter_id": done.letter_id, "model": done.model, "same": done.same, "differs": list(done.differs), "fault": done.fault}
    return orjson.dumps(told | {"assessment": orjson.Fragment(done.json) if done.json is not None else None})
