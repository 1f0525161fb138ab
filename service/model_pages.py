"""Model pages: versions, verdicts, preview, promotion and training for officers, complete without JavaScript."""

from __future__ import annotations

import secrets
from typing import Any

import orjson
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from classifier.drift import FEWEST
from service import model_office
from service.desk import Desk
from service.drifting import drift_of, drift_told
from service.filing import Reply
from service.forms import Form, FormDep, PageCallerDep
from service.jobs import latest_jobs
from service.model_answers import job_told, preview_told
from service.model_api import order_training
from service.reception import DeskDep, ticket_for
from service.rendering import show

MODEL_PAGES = APIRouter(include_in_schema=False)
JOBS_SHOWN = 5
MOVES_SHOWN = 300


@MODEL_PAGES.get("/models")
async def models(request: Request, desk: DeskDep, caller: PageCallerDep) -> Response:
    """Show all versions, the history, the job under way and how letters have drifted."""
    caller.must(*model_office.LOOKERS)
    told = await desk.think(lambda: model_office.list_models(desk))
    found = await desk.read(lambda connection: latest_jobs(connection, JOBS_SHOWN))
    drift = await desk.ponder(lambda: drift_told(drift_of(desk), desk, with_letters=caller.may("review")))
    context: dict[str, Any] = {
        "jobs": [job_told(one) for one in found],
        "drift": drift,
        "fewest": FEWEST,
        "key": secrets.token_hex(16),
    }
    return show(request, "models.html", caller, told=told, taxonomy=desk.taxonomy, **context)


@MODEL_PAGES.get("/models/{version}")
async def model(request: Request, desk: DeskDep, caller: PageCallerDep, version: str) -> Response:
    """Show one version: its verdict and which of last month's letters would move."""
    caller.must(*model_office.LOOKERS)
    told = await desk.think(lambda: model_office.show_model(desk, version))
    moves = None if told["champion"] else await desk.ponder(lambda: _preview(desk, version, with_letters=caller.may("review")))
    context: dict[str, Any] = {"one": told, "preview": moves, "shown": MOVES_SHOWN, "key": secrets.token_hex(16)}
    return show(request, "model.html", caller, answering=desk.assessor.version, taxonomy=desk.taxonomy, **context)


def _preview(desk: Desk, version: str, *, with_letters: bool) -> dict[str, Any]:
    return preview_told(model_office.preview(desk, version), desk.taxonomy, with_letters=with_letters)


@MODEL_PAGES.post("/models/train")
async def train(desk: DeskDep, caller: PageCallerDep, form: FormDep) -> Response:
    """Put a training in line."""
    reason = form.get("reason", "")[:2000]
    ticket = ticket_for(caller, form.get("key") or None, "page POST /models/train", orjson.dumps(reason))
    await desk.write(lambda: order_training(desk, caller, reason, ticket))
    return RedirectResponse("/models", 303)


@MODEL_PAGES.post("/models/rollback")
async def rollback(desk: DeskDep, caller: PageCallerDep, form: FormDep) -> Response:
    """Let the version answer that did before."""
    ticket = ticket_for(caller, form.get("key") or None, "page POST /models/rollback", b"")

    def act() -> Reply:
        reason, seen = _reason(form), form.get("seen") or None
        return model_office.once(desk, ticket, lambda: model_office.rollback(desk, caller, reason=reason, seen=seen))

    await desk.think(act)
    return RedirectResponse("/models", 303)


@MODEL_PAGES.post("/models/{version}/promote")
async def promote(desk: DeskDep, caller: PageCallerDep, form: FormDep, version: str) -> Response:
    """Let a version answer."""
    despite = form.get("despite_verdict") == "yes"

    def act() -> bytes:
        seen = form.get("seen") or None
        return model_office.promote(desk, caller, version, reason=_reason(form), despite_verdict=despite, seen=seen)

    await desk.think(lambda: model_office.once(desk, None, act))
    return RedirectResponse("/models", 303)


def _reason(form: Form) -> str:
    return form.get("reason", "")[:2000]
