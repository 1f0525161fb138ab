"""Group schemas: the JSON of groups (群体件) that callers send and get."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from service.link_schemas import LinkOut
from service.schemas import Strict, storable

Reason = Annotated[str, Field(max_length=2000), AfterValidator(storable)]
Seen = Annotated[int | None, Field(ge=0, description="打开时的 version；不符则 409，防止互相覆盖")]
GroupId = Annotated[str, Field(pattern=r"^G-[1-9][0-9]{0,17}$")]


class ConfirmIn(Strict):
    """确认群体件。"""

    model_config = ConfigDict(json_schema_extra={"examples": [{"department": "ZJJ", "reason": "同一楼盘同一诉求", "seen": 0}]})

    department: Annotated[str, Field(min_length=1, max_length=100), AfterValidator(storable)] | None = Field(
        default=None, description="牵头单位代码；确定后向新来的同一事项信件提出建议"
    )
    reason: Reason = Field(default="", description="理由")
    seen: Seen = None


class SplitIn(Strict):
    """把几件信访件分出为另一个群体件。"""

    model_config = ConfigDict(json_schema_extra={"examples": [{"letters": ["2026-1122-0001"], "reason": "另一楼盘", "seen": 0}]})

    letters: list[Annotated[str, Field(min_length=1, max_length=100), AfterValidator(storable)]] = Field(
        min_length=1, max_length=1000, description="要分出的信访件编号"
    )
    reason: Reason = Field(description="理由")
    seen: Seen = None


class MergeIn(Strict):
    """把另一个群体件并入本件。"""

    model_config = ConfigDict(json_schema_extra={"examples": [{"other": "G-2", "reason": "同一事项", "seen": 0}]})

    other: GroupId = Field(description="要并入的群体件编号")
    reason: Reason = Field(description="理由")
    seen: Seen = None


class EndIn(Strict):
    """否定或办结群体件。"""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "不是同一事项", "seen": 0}]})

    reason: Reason = Field(description="理由")
    seen: Seen = None


class LevelOut(BaseModel):
    """群体件级别，按不同来信人数；from_senders 为该级别的起点。"""

    code: str
    from_senders: int
    name: str
    advice: str


class AffectedOut(BaseModel):
    """来信所称的涉及人数：最大的一个数，以及不同文本所称之和；都未经核实。"""

    largest: int | None
    sum: int | None


class PeriodOut(BaseModel):
    """最早一件和最近一件的收到时间。"""

    model_config = ConfigDict(populate_by_name=True)

    begin: str = Field(alias="from")
    until: str


class GroupLineOut(BaseModel):
    """一个群体件；demand 是与其他件最相近的一件的标题。"""

    id: str
    state: Literal["candidate", "confirmed", "dismissed", "closed"]
    version: int
    level: LevelOut | None
    letters: int
    letters_counted: int = Field(description="一小时内完全相同的文本只计一件")
    senders: int = Field(description="不同来信人数")
    affected: AffectedOut
    period: PeriodOut
    place: str | None
    shared_names: list[str]
    category: str
    category_name: str
    demand: str
    department: str | None
    department_name: str


class GroupLinesOut(BaseModel):
    """一页群体件；next 为下一页的游标，没有则为 null。"""

    items: list[GroupLineOut]
    next: str | None


class DayOut(BaseModel):
    """到某日为止的累计件数和不同来信人数。"""

    date: str
    letters: int
    senders: int


class EvidenceOut(LinkOut):
    """归入群体件的依据；parts 是比较的各个分项。"""

    parts: dict[str, float]


class GroupLetterOut(BaseModel):
    """群体件中的一件；unique 是与它最相近的一件所没有的句子。"""

    letter_id: str
    title: str
    received_at: str
    place: str | None
    category: str
    category_name: str
    state: Literal["open", "decided"]
    kind: Literal["copy", "repeat", "same_matter"] | None
    evidence: list[EvidenceOut]
    unique: list[str]


class GroupDecisionOut(BaseModel):
    """对群体件的一条办理意见；other 为并入或分出的群体件，letters 为所涉件数。"""

    at: str
    officer: str
    what: Literal["confirm", "split", "merge", "dismiss", "close"]
    reason: str
    other: str | None
    letters: int


class GroupOut(GroupLineOut):
    """一个群体件的全部内容；members 从新到旧，next 为其余各件的游标。"""

    growth: list[DayOut]
    members: list[GroupLetterOut]
    next: str | None
    decisions: list[GroupDecisionOut]
