"""Schemas: the JSON that callers send and get, strict in what is taken, with examples in Chinese."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Discriminator, Field, Tag

from classifier.errors import BadInput
from classifier.letter import Letter
from service.link_schemas import LinksOut
from service.moments import parse_moment
from service.record_schemas import AssessmentOut, LetterElements

TEXT_LIMIT = 200_000  # characters of one letter
BATCH_LIMIT = 1_000  # letters of one stateless request

EXAMPLE_LETTER: dict[str, Any] = {
    "id": "2026-1122-0001",
    "title": "包工头拖欠工资",
    "text": "我们38名工人去年在幸福家园工地干活，包工头张某拖欠工资共三十余万元至今未付，请求帮助讨要。",
    "received_at": "2026-11-22T09:30:00+08:00",
    "channel": "网信",
    "place": "和平县",
}
EXAMPLE_DECISION: dict[str, Any] = {
    "category": "LABOR.MIGRANTWAGE",
    "department": "RSJ",
    "purpose": "APPEAL",
    "reason": "来信人为工地务工人员，属拖欠农民工工资",
    "confirm": False,
}
EXAMPLE_OBJECTION: dict[str, Any] = {
    "department": "RSJ",
    "reason": "来信反映的是征地补偿，与劳动用工无关",
    "article": "《信访工作条例》第二十三条",
    "right_category": "LAND.EXPROP",
    "right_department": "ZRZY",
}


def storable(value: str) -> str:
    """Refuse the NUL character, which no database keeps."""
    at = value.find("\0")
    if at >= 0:
        raise ValueError(f"第 {at + 1} 个字符是空字符（NUL）；请去掉后重试")
    return value


def readable(value: str) -> str:
    """Refuse a text without one letter, digit or Chinese character: nothing can be read in it."""
    if not any(character.isalnum() for character in value):
        raise ValueError("没有可读的文字；请提供信件正文")
    return storable(value)


def usable_id(value: str) -> str:
    """Refuse ids that cannot stand in an address."""
    if value in {".", ".."} or not value.isprintable() or any(character in " /?#%\\\"'<>" for character in value):
        raise ValueError("编号不能含空格、不可见字符和 / ? # % \\ 引号、尖括号")
    return value


def usable_moment(value: str) -> str:
    """Refuse what is not an ISO 8601 date or time."""
    try:
        parse_moment(value, field="received_at")
    except BadInput as wrong:
        raise ValueError(wrong.fault) from None
    return value


Short = Annotated[str, Field(max_length=500), AfterValidator(storable)]


class Strict(BaseModel):
    """A record that knows all its fields and takes no other type for them."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class LetterIn(Strict):
    """一件信访件。"""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_LETTER]})

    id: Annotated[str, Field(min_length=1, max_length=100), AfterValidator(usable_id)] | None = Field(
        default=None, description="信访件编号；不填则由系统生成"
    )
    title: Short = Field(default="", description="标题")
    text: Annotated[str, Field(max_length=TEXT_LIMIT), AfterValidator(readable)] = Field(description="正文")
    received_at: Annotated[str, Field(max_length=40), AfterValidator(usable_moment)] | None = Field(
        default=None, description="收到时间（ISO 8601）；不写时区按北京时间"
    )
    sender: Short | None = Field(default=None, description="来信人及联系方式；单独存放，仅用于答复，不用于查询")
    channel: Short | None = Field(default=None, description="来信渠道，如 网信、来信、来电、来访")
    place: Short | None = Field(default=None, description="问题属地")

    def letter(self, fallback_id: str) -> Letter:
        """Make the classifier's record."""
        return Letter(**(self.model_dump() | {"id": self.id or fallback_id}))


class LettersIn(Strict):
    """若干信访件，一次研判。"""

    letters: list[LetterIn] = Field(min_length=1, max_length=BATCH_LIMIT, description="按给定顺序研判")


def _one_or_many(body: object) -> str:
    many = "letters" in body if isinstance(body, dict) else isinstance(body, LettersIn)
    return "many" if many else "one"


ToAssess = Annotated[Annotated[LetterIn, Tag("one")] | Annotated[LettersIn, Tag("many")], Discriminator(_one_or_many)]


Code = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(storable)]


class DecisionIn(Strict):
    """办理意见：确认或改正研判结果。"""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_DECISION]})

    category: Code = Field(description="内容分类代码")
    department: Code | None = Field(default=None, description="责任单位代码；不填：分类未变时沿用建议单位，分类改变时待定")
    purpose: Annotated[str, Field(min_length=1, max_length=20), AfterValidator(storable)] | None = Field(
        default=None, description="信访目的代码"
    )
    reason: Annotated[str, Field(max_length=2000), AfterValidator(storable)] = Field(default="", description="理由；改正时必填")
    confirm: bool = Field(description="true：确认现有分类；false：改正")
    seen: int | None = Field(default=None, ge=0, description="打开时已有几条办理意见；不符则 409，防止互相覆盖")
    not_accused: bool = Field(default=False, description="已核实：所选单位只是可能被反映，并不是被检举控告的单位；须写明理由")


class ObjectionIn(Strict):
    """退回异议：收到转送的单位认为不属本单位职责。"""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_OBJECTION]})

    department: Code = Field(description="提出异议的单位代码，即目前的责任单位")
    reason: Annotated[str, Field(min_length=1, max_length=2000), AfterValidator(storable)] = Field(description="理由")
    article: Annotated[str, Field(min_length=1, max_length=500), AfterValidator(storable)] = Field(description="所依据的条款")
    right_category: Code | None = Field(default=None, description="认为正确的内容分类代码")
    right_department: Code | None = Field(default=None, description="认为应由其承办的单位代码")


class Assessments(BaseModel):
    """多件信访件的研判结果，顺序与请求相同。"""

    assessments: list[AssessmentOut]


class Receipt(BaseModel):
    """收件回执；检举控告类信件对没有专办权限的调用方不给出研判结果。"""

    id: str
    stored_at: str
    access: Literal["normal", "sensitive", "restricted"]
    assessment: AssessmentOut | None
    links: LinksOut


class StandingOut(BaseModel):
    """现状：最新办理意见，没有则为研判结果。"""

    category: str
    name: str
    department: str | None
    department_name: str
    purpose: str
    urgency: str
    confidence: float
    disposition: str
    access: str
    state: Literal["open", "decided"]
    again: Literal["objection", "suspect"] | None
    forward_by: str | None
    margin: float


class LineOut(StandingOut):
    """列表中的一行，不含正文和来信人；doubts 只在复核队列中给出。"""

    id: str
    doubts: list[str]
    title: str
    received_at: str


class LinesOut(BaseModel):
    """一页信访件；next 为下一页的游标，没有则为 null。"""

    items: list[LineOut]
    next: str | None


class DecisionOut(BaseModel):
    """一条办理意见。"""

    officer: str
    at: str
    category: str
    name: str
    department: str | None
    purpose: str | None
    reason: str
    confirmed: bool


class ProvenanceOut(BaseModel):
    """研判依据的版本和摘要，用于复现。"""

    model: str
    taxonomy: str
    taxonomy_digest: str
    rules_digest: str
    input_sha256: str
    assessed_on: str


class DecidedOut(BaseModel):
    """记录办理意见后的现状。"""

    id: str
    standing: StandingOut
    decisions: list[DecisionOut]


class ObjectionOut(BaseModel):
    """一条异议及其结果：pending 待核实，upheld 采纳，rejected 未采纳。"""

    officer: str
    at: str
    department: str
    category: str
    right_category: str | None
    right_department: str | None
    reason: str
    article: str
    last_day: str | None
    decisions: int
    outcome: Literal["pending", "upheld", "rejected"]


class ObjectedOut(DecidedOut):
    """提出异议后的现状。"""

    objections: list[ObjectionOut]


class CaseOut(BaseModel):
    """一件信访件的全部内容；敏感件的来信人对没有专办权限的调用方隐去。"""

    id: str
    title: str
    text: str
    received_at: str
    channel: str | None
    place: str | None
    sender: str | None
    stored_at: str
    standing: StandingOut
    assessment: AssessmentOut
    links: LinksOut
    provenance: ProvenanceOut
    decisions: list[DecisionOut]
    objections: list[ObjectionOut]


class ExtractOut(BaseModel):
    """一个事项或全件的转送摘录；hidden 为各类隐去内容的处数。摘录仍是个人信息，转送前由人通读。"""

    letter_id: str
    matter: int | None
    category: str
    lead: str | None
    title: str
    text: str
    hidden: dict[str, int]


class ElementsOut(BaseModel):
    """登记要素，均附原文。"""

    letter_id: str
    elements: LetterElements


class ProblemOut(BaseModel):
    """出错说明（RFC 9457）。"""

    type: str
    title: str
    status: int
    detail: str
    errors: list[dict[str, Any]] = []
