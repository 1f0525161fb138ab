"""Model API: the JSON doors to models, their training, and what they would answer; ``service.model_office`` does the work."""

from __future__ import annotations

from typing import Annotated

import orjson
from fastapi import APIRouter, Path
from sqlalchemy import Connection
from starlette.responses import Response

from classifier.contract import Cuts
from service import model_office
from service.access import Caller
from service.contracts import cuts_over_time
from service.desk import Desk
from service.doors import READING, WRITING, problems_of
from service.drifting import drift_of, drift_told
from service.filing import Case, Reply, Ticket
from service.jobs import Job, order, read_job
from service.model_answers import job_json, preview_json, replay_json
from service.model_schemas import DriftOut, JobOut, ModelOut, ModelsOut, PreviewOut, PromoteIn, ReplayOut, RollbackIn, TrainIn
from service.moments import utc_text
from service.reception import CallerDep, DeskDep, JsonRoute, TicketDep, json_response, reply_response
from service.replaying import replay
from service.storage import answer_once, open_case

VERSION = Annotated[str, Path(max_length=40, description="模型版本，如 2026-11-22-3f9c1a；champion 为在用版本")]
LETTER_ID = Annotated[str, Path(max_length=100, description="信访件编号")]
MISSING = READING | problems_of(404)
MODELS = APIRouter(prefix="/v1", route_class=JsonRoute, tags=["模型"])


@MODELS.get("/models", summary="模型版本", response_model=ModelsOut, responses=READING)
async def models(desk: DeskDep, caller: CallerDep) -> Response:
    """全部版本及其比较结论，在用版本，启用和回退的记录。"""
    caller.must(*model_office.LOOKERS)
    return json_response(orjson.dumps(await desk.think(lambda: model_office.list_models(desk))))


@MODELS.get("/models/{version}", summary="一个模型版本", response_model=ModelOut, responses=MISSING)
async def model(desk: DeskDep, caller: CallerDep, version: VERSION) -> Response:
    """模型清单（manifest）和比较结论。"""
    caller.must(*model_office.LOOKERS)
    return json_response(orjson.dumps(await desk.think(lambda: model_office.show_model(desk, version))))


@MODELS.get("/models/{version}/preview", summary="启用前预览", response_model=PreviewOut, responses=MISSING | problems_of(409))
async def preview(desk: DeskDep, caller: CallerDep, version: VERSION) -> Response:
    """近30天收到的信访件中，换用该版本后哪些会改变分类或责任单位。检举控告类不参加。逐件列出的部分需要复核权限。"""
    caller.must(*model_office.LOOKERS)
    found = await desk.ponder(lambda: model_office.preview(desk, version))
    return json_response(preview_json(found, desk.taxonomy, with_letters=caller.may("review")))


@MODELS.get("/drift", summary="来信的变化", response_model=DriftOut, responses=READING)
async def drift(desk: DeskDep, caller: CallerDep) -> Response:
    """近30天的信访件与在用模型训练时所见的相比：生词、分类构成、把握程度，以及各单位被改正和提出异议的情况。"""
    caller.must(*model_office.LOOKERS)
    told = await desk.ponder(lambda: drift_told(drift_of(desk), desk, with_letters=caller.may("review")))
    return json_response(orjson.dumps(told, option=orjson.OPT_SERIALIZE_NUMPY))


@MODELS.post("/models/train", summary="开始训练", status_code=202, response_model=JobOut, responses=WRITING)
async def train(desk: DeskDep, caller: CallerDep, ticket: TicketDep, body: TrainIn) -> Response:
    """用随附信件和办理意见训练候选模型，并与在用模型比较；在后台单独的进程中进行。已有训练时得到 409 和它的编号。"""
    reply = await desk.write(lambda: order_training(desk, caller, body.reason, ticket))
    return reply_response(reply, {"Location": f"/v1/jobs/{orjson.loads(reply.body)['number']}"})


def order_training(desk: Desk, caller: Caller, reason: str, ticket: Ticket | None) -> Reply:
    """Put a training in line.

    Raises:
        Forbidden: not with these roles.
        Busy: one is under way; names it.
    """
    caller.must("model")
    now = desk.now()

    def store(connection: Connection) -> Reply:
        return Reply(202, job_json(order(connection, officer=caller.officer, reason=reason.strip(), now=now)))

    return answer_once(desk.database, ticket, store, now=utc_text(now))


@MODELS.get("/jobs/{number}", summary="后台任务", response_model=JobOut, responses=MISSING)
async def job(desk: DeskDep, caller: CallerDep, number: int) -> Response:
    """进度和结果；失败时说明原因，在用模型不受影响。"""
    caller.must(*model_office.LOOKERS)
    found: Job = await desk.read(lambda connection: read_job(connection, number))
    return json_response(job_json(found))


@MODELS.post("/models/rollback", summary="回退到上一个版本", response_model=ModelsOut, responses=WRITING)
async def rollback(desk: DeskDep, caller: CallerDep, ticket: TicketDep, body: RollbackIn) -> Response:
    """各进程、各副本在两秒内换用；正在处理的请求不受影响。"""

    def act() -> Reply:
        return model_office.once(desk, ticket, lambda: model_office.rollback(desk, caller, reason=body.reason, seen=body.seen))

    return reply_response(await desk.think(act))


@MODELS.post("/models/{version}/promote", summary="启用一个版本", response_model=ModelsOut, responses=WRITING | problems_of(404))
async def promote(desk: DeskDep, caller: CallerDep, ticket: TicketDep, version: VERSION, body: PromoteIn) -> Response:
    """由具名人员写明理由后启用；比较未通过的版本得到 409 和原因，除非明确给出 despite_verdict，并记录在案。"""

    def act() -> Reply:
        return model_office.once(desk, ticket, lambda: model_office.promote(desk, caller, version, **body.model_dump()))

    return reply_response(await desk.think(act))


@MODELS.get("/letters/{letter_id}/replay", summary="复现研判结果", response_model=ReplayOut, responses=MISSING)
async def replayed(desk: DeskDep, caller: CallerDep, letter_id: LETTER_ID) -> Response:
    """用当时的模型、分类、规则和日期重做一次：字节相同，或指出哪个摘要已不相符。"""
    caller.must("review", "discipline")

    def reading(connection: Connection) -> tuple[Case, list[Cuts]]:
        case = open_case(connection, letter_id, restricted=caller.may("discipline"))
        return case, cuts_over_time(connection, case.provenance.model)

    case, history = await desk.read(reading)
    settings = desk.settings
    return json_response(replay_json(await desk.think(lambda: replay(case, history, settings.models, settings.county))))
