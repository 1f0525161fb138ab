"""Windows: how a list of letters is narrowed, by the API's and the pages' address lines alike."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Literal

from fastapi import Query
from pydantic import BeforeValidator, Field

from classifier.errors import BadInput
from service.access import Caller
from service.listing import Wanted
from service.moments import day_start


def _blank_is_none(value: object) -> object:
    return None if value == "" else value


Blank = BeforeValidator(_blank_is_none)  # a form sends every field, also the empty ones
Code = Annotated[str, Field(max_length=100)]
Category = Annotated[Code | None, Blank, Query(description="内容分类代码；只写一级（如 LAND）则含其下各类")]
Department = Annotated[Code | None, Blank, Query(description="责任单位代码")]
Disposition = Annotated[Literal["auto", "review"] | None, Blank, Query(description="auto 建议按此分流，review 待人工复核")]
State = Annotated[Literal["open", "decided"] | None, Blank, Query(description="open 尚无办理意见，decided 已有")]
Since = Annotated[date | None, Blank, Query(description="收到日期不早于（北京时间）")]
Until = Annotated[date | None, Blank, Query(description="收到日期不晚于（北京时间）")]
Compartment = Annotated[Literal["restricted"] | None, Blank, Query(description="restricted：检举控告专门通道，需专办权限")]
Cursor = Annotated[Annotated[str, Field(max_length=1000)] | None, Blank, Query(description="上一页答复中的 next")]
Limit = Annotated[int, Query(ge=1, le=200, description="每页件数")]


async def window(
    category: Category = None,
    department: Department = None,
    disposition: Disposition = None,
    state: State = None,
    since: Since = None,
    until: Until = None,
    compartment: Compartment = None,
) -> Wanted:
    """Gather the filters of a list; whether the caller may see the compartment is ``insist``'s business."""
    return Wanted(
        category=category,
        department=department,
        disposition=disposition,
        state=state,
        since=_day(since, "since"),
        before=_day(until, "until", after=1),
        restricted=compartment is not None,
    )


def insist(caller: Caller, *, restricted: bool) -> None:
    """Insist that the caller may read this compartment.

    Raises:
        Forbidden: not with these roles.
    """
    if restricted:
        caller.must("discipline")
    else:
        caller.must("review", "discipline")


def _day(day: date | None, field: str, *, after: int = 0) -> str | None:
    try:
        return day_start(day + timedelta(days=after)) if day else None
    except OverflowError:
        raise BadInput("日期超出范围", field=field) from None
