"""Model schemas: the JSON in which models, their training and what they learnt from are told."""

from __future__ import annotations

from pydantic import BaseModel


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
