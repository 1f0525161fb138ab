"""Group pages: the officers' screens of groups (群体件), Chinese, server-rendered, complete without JavaScript."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, get_args

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from classifier.errors import NotFound
from classifier.grouping.flags import Flag
from service.casework import record_group_decision
from service.curve import Curve, curve_of
from service.forms import FormDep, PageCallerDep, group_opinion_from
from service.group_answers import level_of
from service.group_api import group_number
from service.group_listing import GroupLine, list_groups
from service.group_reading import GroupLetter, read_group
from service.group_windows import GroupWindow, group_window
from service.groups import What
from service.highlight import Piece, beginning, pieces
from service.reception import DeskDep
from service.rendering import show
from service.windows import Cursor

GROUP_PAGES = APIRouter(include_in_schema=False)
LIST_LENGTH = 50
SPARK = (120, 30)  # width and height of the small curve
GROWTH = (640, 200)
SHOWN_TEXT = 220  # characters of a letter on its group's page


@dataclass(frozen=True, slots=True)
class Row:
    """One group in the list."""

    line: GroupLine
    level: Flag | None
    spark: Curve


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A letter with the words that it shares with the others marked."""

    letter: GroupLetter
    title: list[Piece]
    text: list[Piece]


@GROUP_PAGES.get("/groups")
async def groups(
    request: Request,
    desk: DeskDep,
    caller: PageCallerDep,
    window: Annotated[GroupWindow, Depends(group_window)],
    cursor: Cursor = None,
) -> Response:
    """List groups, newest activity first."""
    caller.must("review")
    flags = desk.grouping.flags
    wanted = window.wanted(flags)
    page = await desk.read(lambda connection: list_groups(connection, wanted, cursor=cursor, limit=LIST_LENGTH))
    rows = [Row(line, level_of(line.case, flags), curve_of(line.growth, width=SPARK[0], height=SPARK[1])) for line in page.lines]
    asked = {name: value for name, value in request.query_params.items() if value and name != "cursor"}
    return show(request, "groups.html", caller, rows=rows, next=page.next, asked=asked, flags=flags.flags, taxonomy=desk.taxonomy)


@GROUP_PAGES.get("/groups/{group_id}")
async def group(
    request: Request,
    desk: DeskDep,
    caller: PageCallerDep,
    group_id: str,
    before: Annotated[int | None, Query(ge=0)] = None,
) -> Response:
    """Show one group: its growth, each letter with the evidence, and the forms to decide."""
    caller.must("review")
    number, flags = group_number(group_id), desk.grouping.flags
    sheet = await desk.read(lambda connection: read_group(connection, number, before=before))
    curve = curve_of(sheet.line.growth, width=GROWTH[0], height=GROWTH[1], levels=[flag.senders for flag in flags.flags])
    excerpts = [_excerpt(letter) for letter in sheet.letters]
    level = level_of(sheet.case, flags)
    return show(request, "group.html", caller, sheet=sheet, curve=curve, excerpts=excerpts, level=level, taxonomy=desk.taxonomy)


@GROUP_PAGES.post("/groups/{group_id}/{what}")
async def decide(desk: DeskDep, caller: PageCallerDep, form: FormDep, group_id: str, what: str) -> Response:
    """Record what the officer decided of a group and show it again; who ended it goes back to the list."""
    number, opinion = group_number(group_id), group_opinion_from(form)
    chosen = next((known for known in _WHATS if known == what), None)
    if chosen is None:
        raise NotFound("没有这种办理意见")
    await desk.write(lambda: record_group_decision(desk, caller, number, chosen, opinion, None))
    return RedirectResponse(f"/groups/G-{number}", 303)


_WHATS: tuple[What, ...] = get_args(What)


def _excerpt(letter: GroupLetter) -> Excerpt:
    shared = [word for one in letter.evidence for word in one.link.shared]
    return Excerpt(letter, _marked(letter.title, shared), beginning(_marked(letter.text, shared), SHOWN_TEXT))


def _marked(text: str, words: Sequence[str]) -> list[Piece]:
    """Mark every place where one of the words stands."""
    spans = []
    for word in filter(None, words):
        at = text.find(word)
        while at >= 0:
            spans.append((at, at + len(word)))
            at = text.find(word, at + 1)
    return pieces(text, spans)
