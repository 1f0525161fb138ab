"""Group API: the JSON doors to groups (群体件) under ``/v1/groups``."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query
from starlette.responses import Response

from classifier.errors import NotFound
from service.access import Caller
from service.casework import record_group_decision
from service.desk import Desk
from service.doors import READING, WRITING, problems_of
from service.filing import Ticket
from service.group_answers import group_json, groups_json
from service.group_listing import list_groups
from service.group_reading import read_group
from service.group_schemas import ConfirmIn, EndIn, GroupLinesOut, GroupOut, MergeIn, SplitIn
from service.group_windows import GroupWindow, group_window
from service.groups import GroupOpinion, What
from service.reception import CallerDep, DeskDep, JsonRoute, TicketDep, json_response, reply_response
from service.windows import Cursor, Limit

GROUP = Annotated[str, Path(max_length=20, description="群体件编号，如 G-12")]
DECIDING = WRITING | problems_of(404)
GROUPS = APIRouter(prefix="/v1/groups", route_class=JsonRoute, tags=["群体件"])


def group_number(group_id: str) -> int:
    """Read a group's public id.

    Raises:
        NotFound: it is none.
    """
    number = group_id.removeprefix("G-")
    if not (group_id.startswith("G-") and number.isascii() and number.isdecimal() and len(number) < 19):
        raise NotFound("没有这个群体件")
    return int(number)


@GROUPS.get("", summary="群体件列表", response_model=GroupLinesOut, responses=READING)
async def groups(
    desk: DeskDep,
    caller: CallerDep,
    window: Annotated[GroupWindow, Depends(group_window)],
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response:
    """按最近收到时间从新到旧；不另行筛选时列出三名以上不同来信人的，不含已否定的。检举控告类不参加关联。"""
    caller.must("review")
    wanted = window.wanted(desk.grouping.flags)
    page = await desk.read(lambda connection: list_groups(connection, wanted, cursor=cursor, limit=limit))
    return json_response(groups_json(page, desk.grouping.flags, desk.taxonomy))


@GROUPS.get("/{group_id}", summary="一个群体件", response_model=GroupOut, responses=READING | problems_of(404, 409))
async def group(
    desk: DeskDep,
    caller: CallerDep,
    group_id: GROUP,
    before: Annotated[int | None, Query(ge=0, description="上一页答复中的 next")] = None,
    limit: Limit = 200,
) -> Response:
    """各件信访件及归入的依据、各件独有的内容、增长曲线、办理意见。"""
    caller.must("review")
    number = group_number(group_id)
    sheet = await desk.read(lambda connection: read_group(connection, number, before=before, limit=limit))
    return json_response(group_json(sheet, desk.grouping.flags, desk.taxonomy))


async def _decide(desk: Desk, caller: Caller, group_id: str, what: What, opinion: GroupOpinion, ticket: Ticket | None) -> Response:
    number = group_number(group_id)
    reply = await desk.write(lambda: record_group_decision(desk, caller, number, what, opinion, ticket))
    return reply_response(reply, {"Location": f"/v1/groups/G-{number}"})


@GROUPS.post("/{group_id}/confirm", summary="确认群体件", status_code=201, response_model=GroupOut, responses=DECIDING)
async def confirm(desk: DeskDep, caller: CallerDep, ticket: TicketDep, group_id: GROUP, body: ConfirmIn) -> Response:
    """确认后机器不再合并或改名；牵头单位作为建议提示给新来的同一事项信件。对已否定或已办结的，确认即恢复。"""
    opinion = GroupOpinion(reason=body.reason, department=body.department, seen=body.seen)
    return await _decide(desk, caller, group_id, "confirm", opinion, ticket)


@GROUPS.post("/{group_id}/split", summary="分出信访件", status_code=201, response_model=GroupOut, responses=DECIDING)
async def split(desk: DeskDep, caller: CallerDep, ticket: TicketDep, group_id: GROUP, body: SplitIn) -> Response:
    """所选信访件另成一个群体件，此后机器不会把两者合并。"""
    opinion = GroupOpinion(reason=body.reason, letters=tuple(body.letters), seen=body.seen)
    return await _decide(desk, caller, group_id, "split", opinion, ticket)


@GROUPS.post("/{group_id}/merge", summary="并入另一群体件", status_code=201, response_model=GroupOut, responses=DECIDING)
async def merge(desk: DeskDep, caller: CallerDep, ticket: TicketDep, group_id: GROUP, body: MergeIn) -> Response:
    """另一群体件的各件归入本件，其编号不再使用。"""
    opinion = GroupOpinion(reason=body.reason, other=group_number(body.other), seen=body.seen)
    return await _decide(desk, caller, group_id, "merge", opinion, ticket)


async def _end(
    what: Literal["dismiss", "close"], desk: Desk, caller: Caller, ticket: Ticket | None, group_id: str, body: EndIn
) -> Response:
    return await _decide(desk, caller, group_id, what, GroupOpinion(reason=body.reason, seen=body.seen), ticket)


@GROUPS.post("/{group_id}/dismiss", summary="否定群体件", status_code=201, response_model=GroupOut, responses=DECIDING)
async def dismiss(desk: DeskDep, caller: CallerDep, ticket: TicketDep, group_id: GROUP, body: EndIn) -> Response:
    """各件不是同一事项：各自办理，此后机器不再把新来信归入。信访件本身不受影响。"""
    return await _end("dismiss", desk, caller, ticket, group_id, body)


@GROUPS.post("/{group_id}/close", summary="办结群体件", status_code=201, response_model=GroupOut, responses=DECIDING)
async def close(desk: DeskDep, caller: CallerDep, ticket: TicketDep, group_id: GROUP, body: EndIn) -> Response:
    """事项已办结：此后只在规定时段内关联新来信。各件信访件仍分别答复。"""
    return await _end("close", desk, caller, ticket, group_id, body)
