"""From comparison to verdict: the reasons an officer reads, and whether the challenger may be promoted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from classifier.contract import EVERYBODY, Contract
from classifier.corpus import LabelledLetter
from classifier.taxonomy import Taxonomy
from classifier.verdict import Answers, Loss, beyond_noise, broken_contracts, by_category, compare

FEWEST_ASKED = 50  # exam letters below which the written letters are asked too
NOISE = 1.645  # standard errors that a score on held-out written letters may fall


@dataclass(frozen=True, slots=True)
class Sitting:
    """Letters that neither model has learnt, and what champion and challenger say of them."""

    letters: Sequence[LabelledLetter]
    before: Answers
    after: Answers


@dataclass(frozen=True, slots=True)
class Case:
    """All that a verdict rests on; ``newest`` is the time split, ``written_*`` scores on held-out written letters."""

    exam: Sitting | None
    newest: Sitting | None
    written_before: Mapping[str, float]
    written_after: Mapping[str, float]
    contract: Contract
    taxonomy: Taxonomy


def judge(case: Case, measures: Mapping[str, Any], seed: int = 0) -> dict[str, Any]:
    """The verdict, JSON-ready: ``accepted``, ``reasons`` in Chinese sentences for officers, ``measures``."""
    against: list[str] = []
    told: list[str] = []
    found: dict[str, Any] = dict(measures)
    asked = len(case.exam.letters) if case.exam else 0
    if case.exam:
        found["exam"] = compare(case.exam.before, case.exam.after, case.exam.letters, seed)
        _overall("考卷", found["exam"], against, told)
        found["categories"] = _categories(case, case.exam, against)
        found["contracts"] = _contracts(case, case.exam, against, told)
    if asked < FEWEST_ASKED:
        _written(case, asked, against, told)
    if case.newest:
        found["newest"] = compare(case.newest.before, case.newest.after, case.newest.letters, seed)
        _overall("最近办理的来信", found["newest"], against, told, only_beyond_noise=True)
    found["written"] = {"before": case.written_before.get("at_1"), "after": case.written_after.get("at_1")}
    accepted = not against
    first = "候选模型可以启用。" if accepted else "候选模型不予启用，在用模型保持不变。"
    return {"accepted": accepted, "reasons": [first, *against, *told], "measures": found}


def _overall(where: str, seen: Mapping[str, Any], against: list[str], told: list[str], *, only_beyond_noise: bool = False) -> None:
    low, high = seen["interval"]
    line = (
        f"{where}共{seen['letters']}件，均未参加学习：在用模型判对{seen['right_before']}件，候选模型判对{seen['right_after']}件"
        f"（差{seen['difference']:+.1%}，95%区间{low:+.1%}至{high:+.1%}）。"
    )
    worse = seen["p_worse"] <= 0.05 if only_beyond_noise else seen["lost"] > seen["gained"]
    (against if worse else told).append(line if not worse else f"总体变差：{line}")


def _categories(case: Case, sitting: Sitting, against: list[str]) -> list[dict[str, Any]]:
    losses = by_category(sitting.before, sitting.after, sitting.letters)
    for one in beyond_noise(losses):
        against.append(
            f"“{_name(case, one.code)}”一类变差，超出偶然：{one.letters}件中，原来判对而现在判错{one.worse}件，"
            f"反过来{one.better}件（偶然出现的概率{one.p:.4f}）。"
        )
    return [_rounded(one) for one in losses]


def _contracts(case: Case, sitting: Sitting, against: list[str], told: list[str]) -> list[dict[str, Any]]:
    broken = broken_contracts(sitting.after, case.contract)
    for one in broken:
        department = case.taxonomy.departments.get(one.code)
        name = "全部单位" if one.code == EVERYBODY else department.name if department else one.code
        against.append(
            f"违反误转承诺：{name}允许{case.contract.accepted(one.code):.0%}，自动分流{one.letters}件中转错{one.worse}件。"
        )
    share = float(sitting.after.alone.mean())
    told.append(f"按误转承诺，考卷中有{share:.0%}可以自动分流（在用模型{float(sitting.before.alone.mean()):.0%}）。")
    return [_rounded(one) for one in broken]


def _written(case: Case, asked: int, against: list[str], told: list[str]) -> None:
    """Too few exam letters: the challenger must also not have lost on the written letters that both held out."""
    told.append(f"人工办理的考卷只有{asked}件（少于{FEWEST_ASKED}件），不足以单独作出判断，因此同时要求在自写训练信件上不变差。")
    before, after = case.written_before.get("at_1"), case.written_after.get("at_1")
    if before is None or after is None:
        against.append("没有可以比较的自写训练信件成绩，考卷又太少：无法判断候选模型是否更好。")
        return
    letters = max(case.written_after.get("letters", 0), 1)
    noise = NOISE * (before * (1 - before) / letters) ** 0.5
    line = f"自写训练信件（留出评测）：在用模型{before:.1%}，候选模型{after:.1%}，允许的偶然波动{noise:.1%}。"
    (against if after < before - noise else told).append(line)


def _name(case: Case, code: str) -> str:
    known = case.taxonomy.categories.get(code)
    return known.name if known else code


def _rounded(one: Loss) -> dict[str, Any]:
    return asdict(one) | {"p": round(one.p, 6)}
