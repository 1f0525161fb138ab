"""Link schemas: the JSON of what a letter is connected with (关联信访件)."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel


class LinkOut(BaseModel):
    """同一事项的另一件：copy 文字雷同，repeat 同一来信人再次反映，same_matter 同一事项。"""

    letter_id: str
    kind: Literal["copy", "repeat", "same_matter"]
    score: float
    shared: list[str]


class AnsweredOut(BaseModel):
    """同一来信人前一件的办理意见：提示重新查看当时的答复，不是对来信人的评价。"""

    category: str
    department: str | None
    at: str


class ProposalOut(BaseModel):
    """按已确认的群体件建议的牵头单位及理由；不改变研判结果。"""

    department: str
    department_name: str
    because: str


class LinksOut(BaseModel):
    """关联信访件。"""

    group_case: str | None
    same_matter: list[LinkOut]
    repeat_of: str | None
    answered_before: AnsweredOut | None
    proposal: ProposalOut | None
