"""API: the JSON doors under ``/v1``; each gathers, calls one use case and sends its bytes."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Path, Query
from sqlalchemy import Connection
from starlette.responses import Response

from classifier.letter import Letter, assessment_json
from service.access import Caller
from service.answers import case_json, contract_json, page_json, taxonomy_json
from service.casework import record_decision, record_objection, take_letter
from service.contracts import records
from service.desk import Desk
from service.doors import READING, TAKING, WRITING, problems_of
from service.filing import Case, Links
from service.group_listing import count_groups
from service.group_windows import each_level
from service.handover import elements_json, handover_json
from service.letter_links import links_of
from service.listing import Wanted, list_letters
from service.meters import MEDIA_TYPE as MEDIA_TYPE_OF_METERS
from service.model_schemas import ContractOut, SimilarOut
from service.moments import day_received, utc_text
from service.objections import Claim
from service.reception import CallerDep, DeskDep, JsonRoute, TicketDep, json_response, reply_response
from service.record_schemas import AssessmentOut
from service.review import Opinion
from service.schemas import (
    Assessments,
    CaseOut,
    DecidedOut,
    DecisionIn,
    ElementsOut,
    ExtractOut,
    LetterIn,
    LettersIn,
    LinesOut,
    ObjectedOut,
    ObjectionIn,
    Receipt,
    ToAssess,
)
from service.similar import similar_json
from service.storage import open_case, pulse
from service.windows import Compartment, Cursor, Limit, insist, window

MATTER = Annotated[int | None, Query(ge=1, description="第几个事项；不填为全件")]
LETTER_ID = Annotated[str, Path(max_length=100, description="信访件编号")]


V1 = APIRouter(prefix="/v1", route_class=JsonRoute)
HEALTH = APIRouter()


@V1.post(
    "/assess",
    tags=["研判"],
    summary="研判一件或多件信访件（不保存）",
    response_model=AssessmentOut | Assessments,
    responses=TAKING,
)
async def assess(desk: DeskDep, caller: CallerDep, body: ToAssess) -> Response:
    """给出内容分类、信访目的、信号、责任单位和法定途径的建议及依据；只研判，不保存。多件时按给定顺序答复。"""
    caller.must("intake", "review", "discipline", "admin")
    return json_response(await desk.think(lambda: _assess(desk, body)))


def _assess(desk: Desk, body: LetterIn | LettersIn) -> bytes:
    assessor = desk.assessor  # one for all letters of a request

    def answer(letter: Letter) -> bytes:
        return assessment_json(assessor.assess(letter, today=day_received(letter.received_at, desk.now())))

    if isinstance(body, LetterIn):
        return answer(body.letter("1"))
    return b'{"assessments":[' + b",".join(answer(one.letter(str(place))) for place, one in enumerate(body.letters, 1)) + b"]}"


@V1.post(
    "/letters",
    tags=["信访件"],
    summary="登记一件信访件",
    status_code=201,
    response_model=Receipt,
    responses=WRITING | {200: {"model": Receipt, "description": "同一件信访件已登记过"}},
)
async def file_letter(desk: DeskDep, caller: CallerDep, ticket: TicketDep, body: LetterIn) -> Response:
    """研判并保存；答复 2xx 时已经落盘。同一编号的另一件信访件得到 409。"""
    return reply_response(await take_letter(desk, caller, body, ticket))


@V1.get("/letters", tags=["信访件"], summary="信访件列表", response_model=LinesOut, responses=READING)
async def letters(
    desk: DeskDep, caller: CallerDep, wanted: Annotated[Wanted, Depends(window)], cursor: Cursor = None, limit: Limit = 50
) -> Response:
    """按收到时间从新到旧；不含正文和来信人。检举控告类只在专门通道列出。"""
    return await _list(desk, caller, wanted, cursor, limit)


@V1.get("/review", tags=["复核"], summary="待复核队列", response_model=LinesOut, responses=READING)
async def review(
    desk: DeskDep, caller: CallerDep, compartment: Compartment = None, cursor: Cursor = None, limit: Limit = 50
) -> Response:
    """等待人工的信访件，按需要排列：先紧急，再看转送期限，再看模型最拿不准的；被提出异议或标签存疑的也在其中。"""
    return await _list(desk, caller, Wanted(queue=True, restricted=compartment is not None), cursor, limit)


async def _list(desk: Desk, caller: Caller, wanted: Wanted, cursor: str | None, limit: int) -> Response:
    insist(caller, restricted=wanted.restricted)
    page = await desk.read(lambda connection: list_letters(connection, wanted, cursor=cursor, limit=limit))
    return json_response(page_json(page, desk.taxonomy, desk.today().isoformat()))


@V1.get("/letters/{letter_id}", tags=["信访件"], summary="一件信访件", response_model=CaseOut, responses=READING | problems_of(404))
async def letter(desk: DeskDep, caller: CallerDep, letter_id: LETTER_ID) -> Response:
    """正文、研判结果及依据、关联信访件、全部办理意见。"""
    caller.must("review", "discipline")

    def reading(connection: Connection) -> tuple[Case, Links]:
        return open_case(connection, letter_id, restricted=caller.may("discipline")), links_of(connection, letter_id)

    case, links = await desk.read(reading)
    return json_response(case_json(case, links, desk.taxonomy, caller, desk.today().isoformat()))


@V1.get(
    "/letters/{letter_id}/similar",
    tags=["信访件"],
    summary="最相近的训练信件",
    response_model=SimilarOut,
    responses=READING | problems_of(404),
)
async def similar(desk: DeskDep, caller: CallerDep, letter_id: LETTER_ID) -> Response:
    """在用模型所学信件中与本件最相近的三件：编号、分类、相近程度和共同的词。有训练数据时附原文；检举控告类的原文只给专办人员。"""
    caller.must("review", "discipline")
    case = await desk.read(lambda connection: open_case(connection, letter_id, restricted=caller.may("discipline")))
    assessor = desk.assessor
    found = await desk.think(lambda: desk.similar(assessor, case.letter, caller))
    return json_response(similar_json(assessor.version, found))


@V1.get(
    "/letters/{letter_id}/extract",
    tags=["信访件"],
    summary="转送摘录（隐去身份）",
    response_model=ExtractOut,
    responses=READING | problems_of(404),
)
async def extract(desk: DeskDep, caller: CallerDep, letter_id: LETTER_ID, matter: MATTER = None) -> Response:
    """承办单位收到的文字：姓名、号码、村或小区以下的住址、健康情况和未成年人已隐去，转送前请通读。一信多事时各有摘录。"""
    caller.must("review", "discipline")
    case = await desk.read(lambda connection: open_case(connection, letter_id, restricted=caller.may("discipline")))
    return json_response(await desk.think(lambda: handover_json(case, matter, desk.persons)))


@V1.get(
    "/letters/{letter_id}/elements",
    tags=["信访件"],
    summary="登记要素",
    response_model=ElementsOut,
    responses=READING | problems_of(404),
)
async def elements(desk: DeskDep, caller: CallerDep, letter_id: LETTER_ID) -> Response:
    """办理登记所需的地点、对方、金额、日期、人数、此前办理及答复，均附原文；是否留有联系方式、是否署名。"""
    caller.must("review", "discipline")
    case = await desk.read(lambda connection: open_case(connection, letter_id, restricted=caller.may("discipline")))
    return json_response(await desk.think(lambda: elements_json(case, desk)))


@V1.post(
    "/letters/{letter_id}/decision",
    tags=["复核"],
    summary="确认或改正研判结果",
    status_code=201,
    response_model=DecidedOut,
    responses=WRITING | problems_of(404),
)
async def decision(desk: DeskDep, caller: CallerDep, ticket: TicketDep, letter_id: LETTER_ID, body: DecisionIn) -> Response:
    """办理意见只增不改，记录经办人、时间和理由，并优先于研判结果。"""
    opinion = Opinion(**body.model_dump())
    reply = await desk.write(lambda: record_decision(desk, caller, letter_id, opinion, ticket))
    return reply_response(reply, {"Location": f"/v1/letters/{quote(letter_id, safe='')}"})


@V1.post(
    "/letters/{letter_id}/objection",
    tags=["复核"],
    summary="承办单位提出异议",
    status_code=201,
    response_model=ObjectedOut,
    responses=WRITING | problems_of(404),
)
async def objection(desk: DeskDep, caller: CallerDep, ticket: TicketDep, letter_id: LETTER_ID, body: ObjectionIn) -> Response:
    """收到转送的单位在五个工作日内说明理由和依据；该件回到复核队列，由其他经办人核实。异议只增不改，采纳后才作为学习依据。"""
    claim = Claim(**body.model_dump())
    reply = await desk.write(lambda: record_objection(desk, caller, letter_id, claim, ticket))
    return reply_response(reply, {"Location": f"/v1/letters/{quote(letter_id, safe='')}"})


@V1.get("/taxonomy", tags=["分类"], summary="内容分类、责任单位和法定途径", responses=problems_of(401))
async def taxonomy(desk: DeskDep, _caller: CallerDep) -> Response:
    """当前使用的分类版本。"""
    return json_response(taxonomy_json(desk.taxonomy))


@V1.get("/contract", tags=["复核"], summary="误转承诺的履行情况", response_model=ContractOut, responses=problems_of(401, 403, 503))
async def contract(desk: DeskDep, caller: CallerDep) -> Response:
    """各单位可接受的误转率、自动分流界限，以及自动分流的信访件中已见分晓和转错的件数。"""
    caller.must("review", "admin")
    assessor = desk.assessor
    kept = await desk.read(lambda connection: records(connection, assessor))
    return json_response(contract_json(kept, assessor))


@HEALTH.get("/healthz", tags=["运行"], summary="进程是否存活")
async def healthz() -> dict[str, str]:
    """只说明进程能够应答。"""
    return {"status": "alive"}


@HEALTH.get("/readyz", tags=["运行"], summary="是否可以办理", responses=problems_of(503, 507))
async def readyz(desk: DeskDep) -> dict[str, str]:
    """模型已装载，数据库可写；否则 503 或 507 并说明原因。"""

    def beat() -> None:
        desk.database.check_room()
        with desk.database.writing() as connection:
            pulse(connection, now=utc_text(desk.now()))

    await desk.write(beat)
    return {"status": "ready", "model": desk.assessor.version, "taxonomy": desk.taxonomy.version}


@HEALTH.get("/metrics", tags=["运行"], summary="运行计数（Prometheus 文本格式）", responses=problems_of(401, 403))
async def metrics(desk: DeskDep, caller: CallerDep) -> Response:
    """件数、复核原因、办理意见、各级群体件数、研判用时；不含信件内容，检举控告类不计入。"""
    caller.must("admin", "review")
    levels = each_level(desk.grouping.flags)
    desk.meters.groups(await desk.read(lambda c: {code: count_groups(c, wanted) for code, wanted in levels.items()}))
    return Response(desk.meters.page(), media_type=MEDIA_TYPE_OF_METERS)
