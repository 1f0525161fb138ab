"""Review: the officer's word holds, carries a reason, and keeps an accusation from the accused."""

from dataclasses import replace
from datetime import UTC, datetime

import orjson
import pytest

from classifier.errors import BadInput, Conflict
from classifier.letter import Letter
from classifier.taxonomy import Taxonomy, load_taxonomy
from service.filing import Case, Decision, Provenance, Standing
from service.review import Opinion, UnknownCode, decide, near_codes

NOW = datetime(2026, 11, 22, tzinfo=UTC)
ACCUSED = orjson.dumps({"route": {"blocked": ["ZRZY"]}, "signals": {"accused": [{"name": "某镇政府", "department": "XZ"}]}})
STAND = Standing("LAND.EXPROP", "ZRZY", "APPEAL", 4, 0.8, "review", "normal")
CASE = Case(
    letter=Letter("a", "征地款没有发"),
    received="",
    stored_at="",
    assessment_seq=1,
    provenance=Provenance("", "", "", "", "", ""),
    json=orjson.dumps({"route": {"blocked": []}, "signals": {"accused": []}}),
    standing=STAND,
    decisions=(),
)


@pytest.fixture(scope="module")
def taxonomy() -> Taxonomy:
    return load_taxonomy()


def _decide(taxonomy: Taxonomy, opinion: Opinion, case: Case = CASE) -> tuple[Decision, Standing]:
    return decide(case, opinion, officer="张某", taxonomy=taxonomy, now=NOW)


def test_confirming_keeps_category_and_department(taxonomy: Taxonomy) -> None:
    decision, standing = _decide(taxonomy, Opinion("LAND.EXPROP", confirm=True))
    assert (decision.officer, decision.confirmed, decision.department) == ("张某", True, "ZRZY")
    assert standing == STAND


def test_another_category_leaves_the_department_open_unless_it_is_named(taxonomy: Taxonomy) -> None:
    assert _decide(taxonomy, Opinion("LABOR.WAGE", reason="欠薪"))[1].department is None
    assert _decide(taxonomy, Opinion("LABOR.WAGE", department="RSJ", reason="欠薪"))[1].department == "RSJ"


@pytest.mark.parametrize(
    ("opinion", "field"),
    [
        (Opinion("LAND.NONE", reason="x"), "category"),
        (Opinion("LABOR.WAGE", confirm=True), "category"),
        (Opinion("LABOR.WAGE", department="NONE", reason="x"), "department"),
        (Opinion("LABOR.WAGE", purpose="REVENGE", reason="x"), "purpose"),
        (Opinion("LABOR.WAGE", reason="  "), "reason"),
    ],
)
def test_what_cannot_be_taken_names_its_field(taxonomy: Taxonomy, opinion: Opinion, field: str) -> None:
    with pytest.raises(BadInput) as refused:
        _decide(taxonomy, opinion)
    assert refused.value.field == field


@pytest.mark.parametrize("department", ["ZRZY", "XZ"])
def test_the_accused_is_never_the_department(taxonomy: Taxonomy, department: str) -> None:
    with pytest.raises(BadInput, match="第三十条"):
        _decide(taxonomy, Opinion("LAND.EXPROP", department=department, reason="x"), replace(CASE, json=ACCUSED))


@pytest.mark.parametrize(
    ("before", "opinion", "after"),
    [
        ("normal", Opinion("LAND.EXPROP", confirm=True), "normal"),
        ("normal", Opinion("LAND.EXPROP", purpose="ACCUSE", reason="x"), "restricted"),
        ("normal", Opinion("DISCIP.CORRUPT", reason="x"), "restricted"),
        ("restricted", Opinion("LAND.EXPROP", reason="x"), "restricted"),
        ("restricted", Opinion("LAND.EXPROP", purpose="APPEAL", reason="x"), "normal"),
        ("restricted", Opinion("DISCIP.CORRUPT", purpose="APPEAL", reason="x"), "restricted"),
    ],
)
def test_an_accusation_leaves_its_compartment_only_by_an_express_word(
    taxonomy: Taxonomy, before: str, opinion: Opinion, after: str
) -> None:
    case = replace(CASE, standing=replace(STAND, access=before))
    assert _decide(taxonomy, opinion, case)[1].access == after


def test_an_old_reading_is_a_conflict(taxonomy: Taxonomy) -> None:
    with pytest.raises(Conflict):
        _decide(taxonomy, Opinion("LAND.EXPROP", confirm=True, seen=1))


def test_a_plain_label_of_another_label_set_can_be_confirmed(taxonomy: Taxonomy) -> None:
    case = replace(CASE, standing=replace(STAND, category="城乡建设", department=None))
    assert _decide(taxonomy, Opinion("城乡建设", confirm=True), case)[1].category == "城乡建设"


@pytest.mark.parametrize("asked", ["LAND.EXPRO", "land.exprop", "土地征收"])
def test_near_codes_are_found_by_code_and_by_name(taxonomy: Taxonomy, asked: str) -> None:
    assert "LAND.EXPROP" in [code for code, _ in near_codes(asked, taxonomy.categories)]


def test_an_unknown_code_is_quoted_shortly() -> None:
    assert len(str(UnknownCode("category", "征" * 1000, []))) < 100
