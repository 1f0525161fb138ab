"""Model schemas: the JSON in which models, their training and what they learnt from are told."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from service.record_schemas import AssessmentOut
from service.schemas import Strict, storable


class SimilarLetterOut(BaseModel):
    """一件训练信件；没有训练数据或无权查看时，title 和 text 为 null。"""

    id: str
    category: str
    name: str
    score: float
    shared: list[str]
    title: str | None
    text: str | None


class SimilarOut(BaseModel):
    """与一件信访件最相近的训练信件，由近到远。"""

    model: str
    letters: list[SimilarLetterOut]


class TallyOut(BaseModel):
    """自上次收紧以来自动分流的件数、其中转错的件数。"""

    alone: int
    astray: int


class PromiseOut(BaseModel):
    """一个单位的误转承诺；cut 为空时该单位的信访件全部由人工复核。"""

    department: str
    name: str
    accepted: float
    cut: float | None
    tally: TallyOut
    tightened_at: str | None


class ContractOut(BaseModel):
    """误转承诺的履行情况。"""

    model: str
    default_accepted: float
    departments: list[PromiseOut]


class TrainIn(Strict):
    """开始训练。"""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "本月新增办理意见"}]})

    reason: Annotated[str, Field(max_length=2000), AfterValidator(storable)] = Field(default="", description="事由")


class RollbackIn(Strict):
    """回退到上一个版本。"""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "新版本把占道经营转错单位"}]})

    reason: Annotated[str, Field(min_length=1, max_length=2000), AfterValidator(storable)] = Field(description="理由")
    seen: Annotated[str, Field(max_length=40)] | None = Field(default=None, description="看到的在用版本；已变则 409，防止互相覆盖")


class PromoteIn(RollbackIn):
    """启用一个版本。"""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "比较通过，预览无异常"}]})

    despite_verdict: bool = Field(default=False, description="比较未通过仍要启用：由具名人员负责并记录")


class VerdictOut(BaseModel):
    """与训练时的在用模型比较的结论；accepted 为空表示没有比较过。"""

    model_config = ConfigDict(extra="allow")

    accepted: bool | None
    reasons: list[Any]
    measures: dict[str, Any]


class ModelLineOut(BaseModel):
    """一个版本的概要。"""

    version: str
    day: str | None
    verdict: VerdictOut
    compared_with: str | None = Field(description="比较的对象：训练时的在用版本")
    letters: int | None
    held_out: dict[str, Any]


class PromotionOut(BaseModel):
    """一次启用或回退。"""

    at: str
    officer: str
    reason: str
    kind: Literal["promote", "rollback"]
    before: str | None
    after: str
    despite_verdict: bool


class ModelsOut(BaseModel):
    """全部版本；answering 是本进程正在用的，fault 说明为何没有换用 champion。"""

    champion: str | None
    answering: str
    fault: str | None
    models: list[ModelLineOut]
    history: list[PromotionOut]


class GroupLessonOut(BaseModel):
    """群体件的办理意见教了什么；accepted 为假时沿用在用的判断，reasons 说明原因。"""

    model_config = ConfigDict(extra="allow")

    accepted: bool
    reasons: list[str]


class ModelOut(ModelLineOut):
    """一个版本及其清单；groups 为空表示该版本不是由办理意见训练的。"""

    champion: bool
    groups: GroupLessonOut | None
    manifest: dict[str, Any]
    history: list[PromotionOut]


class JobOut(BaseModel):
    """后台任务；share 为已完成的份额。"""

    number: int
    kind: Literal["train"]
    state: Literal["queued", "running", "done", "failed"]
    officer: str
    reason: str
    created_at: str
    started_at: str | None
    ended_at: str | None
    beat_at: str | None
    attempt: int
    step: str
    share: float
    outcome: dict[str, Any] | None
    fault: str | None


class PlaceOut(BaseModel):
    """一个版本给出的去向。"""

    category: str
    name: str
    department: str | None
    department_name: str
    disposition: str


class MoveOut(BaseModel):
    """一件会改变去向的信访件。"""

    letter_id: str
    before: PlaceOut
    after: PlaceOut


class DepartmentMovesOut(BaseModel):
    """一个单位换用前后的件数，其中自动分流的；转入、转出的。"""

    department: str | None
    name: str
    before: int
    after: int
    auto_before: int
    auto_after: int
    gained: int
    lost: int


class PreviewOut(BaseModel):
    """换用前后的比较；letters 需要复核权限，否则为空。"""

    before: str
    after: str
    since: str
    stored: int
    looked_at: int
    moved: int
    departments: list[DepartmentMovesOut]
    letters: list[MoveOut] | None


class ReplayOut(BaseModel):
    """复现结果；differs 指出不再相符的：input、model、taxonomy、rules、bytes。"""

    letter_id: str
    model: str
    same: bool
    differs: list[str]
    fault: str
    assessment: AssessmentOut | None


class MeasureOut(BaseModel):
    """一项变化：known 生词，categories 分类构成，confidence 把握程度；alarm 为超出偶然波动且足够大。"""

    name: Literal["known", "categories", "confidence"]
    index: float
    limit: float
    alarm: bool
    where: list[str]
    letters: list[str]


class OverridesOut(BaseModel):
    """一个单位：已有办理意见的件数，其中被改正或提出异议的，以及预期的比例。"""

    department: str
    name: str
    decided: int
    overridden: int
    expected: float
    alarm: bool
    letters: list[str]


class DriftOut(BaseModel):
    """来信的变化；reference 为模型自带的对照件数，0 表示没有对照。"""

    model: str
    since: str
    reference: int
    letters: int
    measures: list[MeasureOut]
    departments: list[OverridesOut]
