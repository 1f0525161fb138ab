"""Where a matter goes: first matching row, statutory roads, and the accused never among the receivers."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.letter import (
    Access,
    AccusedParty,
    GroupLevel,
    GroupSignal,
    LitigationSignal,
    LitigationState,
    Purpose,
    Route,
    Signals,
    UrgencyLevel,
    UrgencySignal,
)
from classifier.routing import Router, load_router
from classifier.tables import SHIPPED
from classifier.taxonomy import load_taxonomy

TAXONOMY = load_taxonomy()
ROUTER = load_router(TAXONOMY)
HEADER, *SHIPPED_ROWS = (SHIPPED / "routing.csv").read_text(encoding="utf-8").splitlines()
MONDAY = date(2026, 11, 23)
PENDING = Signals(litigation=LitigationSignal(LitigationState.PENDING))
CONCLUDED = Signals(litigation=LitigationSignal(LitigationState.CONCLUDED))


def route(
    category: str,
    text: str = "",
    *,
    purpose: str = "APPEAL",
    signals: Signals | None = None,
    place: str | None = None,
    by: Router = ROUTER,
) -> Route:
    return by.route(category, text=text, place=place, purpose=purpose, signals=signals or Signals(), received_on=MONDAY)


def accused(*codes: str | None) -> Signals:
    return Signals(accused=tuple(AccusedParty("某单位", code) for code in codes))


def suspected(*codes: str | None) -> Signals:
    return Signals(accused=tuple(AccusedParty("某单位", code, certain=False) for code in codes))


def county_router(folder: Path, *first: str) -> Router:
    """A router whose county put these rows above the shipped ones."""
    (folder / "routing.csv").write_text("\n".join([HEADER, *first, *SHIPPED_ROWS]) + "\n", encoding="utf-8")
    return load_router(TAXONOMY, folder)


@pytest.mark.parametrize("code", TAXONOMY.categories)
def test_every_category_has_a_default_row_of_its_own(code: str) -> None:
    found = route(code)
    assert found.lead is not None
    assert found.lead_name == TAXONOMY.departments[found.lead].name
    assert SHIPPED_ROWS[int(found.rule.removeprefix("routing.csv:")) - 2].startswith(f"{code},,,,{found.lead},")


def test_every_department_leads_or_helps_somewhere() -> None:
    assert {code for rule in ROUTER.rules for code in (rule.lead, *rule.co)} == set(TAXONOMY.departments)


@pytest.mark.parametrize(
    ("category", "text", "lead"),
    [
        ("SAFETY.HAZARD", "三单元电梯经常困人", "SCJG"),
        ("SAFETY.HAZARD", "楼道里电动车充电", "XFDD"),
        ("SAFETY.HAZARD", "屋后山体滑坡", "ZRZY"),
        ("SAFETY.HAZARD", "工地塔吊没有围挡", "YJJ"),
        ("ENVIR.NOISE", "楼下广场舞吵到深夜", "GAJ"),
        ("ENVIR.NOISE", "夜市油烟进了屋", "CGJ"),
        ("ENVIR.NOISE", "工厂机器整夜轰鸣", "STHJ"),
        ("URBAN.UTILITY", "燃气价格过高", "FGJ"),
        ("URBAN.UTILITY", "自来水停了三天", "ZJJ"),
        ("ENTE.ARREARS", "公路招标不公", "JTYS"),
        ("RURAL.HOMESTEAD", "危房改造名额", "ZJJ"),
        ("LAND.EXPROP", "失地农民社保没有落实", "RSJ"),
        ("SOCSEC.RELIEF", "医疗救助怎么申请", "YBJ"),
        ("GOVSVC.CONDUCT", "职称证书一直不发", "RSJ"),
        ("HOUSE.PROPERTY", "物业不修电梯", "ZJJ"),  # an override holds in its own category only
    ],
)
def test_words_of_an_override_row_change_the_lead(category: str, text: str, lead: str) -> None:
    assert route(category, text).lead == lead


def test_the_usual_lead_stays_as_helper_when_an_override_takes_over() -> None:
    assert "ZRZY" in route("LAND.EXPROP", "失地农民社保没有落实").co


def test_a_helper_is_added_without_changing_the_lead() -> None:
    assert (route("HOUSE.TITLE", "安置房办不了证").lead, "ZSB" in route("HOUSE.TITLE", "安置房办不了证").co) == ("ZRZY", True)


def test_a_place_row_needs_the_place() -> None:
    lead = {place: route("URBAN.ILLEGALBUILD", place=place).lead for place in (None, "甲县城关镇", "甲县乙镇丙村第三村民小组")}
    assert list(lead.values()) == ["CGJ", "CGJ", "XZ"]


@pytest.mark.parametrize(
    ("category", "text", "signals", "lead"),
    [
        ("LAND.EXPROP", "法院已立案，等待开庭", PENDING, "ZFW"),
        ("LAND.EXPROP", "法院已立案，等待开庭", Signals(), "LAND.EXPROP"),
        ("HOUSE.TITLE", "不服判决，请求改判", CONCLUDED, "ZFW"),
        ("LABOR.INJURY", "仲裁裁决已经下来，单位不去做认定", CONCLUDED, "LABOR.INJURY"),
        ("LEGAL.COURT", "不服判决，申请再审", CONCLUDED, "LEGAL.COURT"),
    ],
)
def test_what_is_in_court_goes_to_the_political_legal_organ(category: str, text: str, signals: Signals, lead: str) -> None:
    """诉访分离; where the procedure is only background, and for LEGAL, the category's own lead stays (``lead`` is a category)."""
    expected = route(lead).lead if "." in lead else lead
    assert route(category, text, signals=signals).lead == expected


def test_an_unknown_label_gets_an_empty_route() -> None:
    assert route("城乡建设") == Route(lead=None)


@pytest.mark.parametrize("code", TAXONOMY.categories)
def test_roads_stand_in_the_order_of_article_31(code: str) -> None:
    orders = [TAXONOMY.pathways[road].order for road in route(code).pathways]
    assert orders == sorted(orders)
    assert set(route(code).pathways) == set(TAXONOMY.categories[code].pathways)


@pytest.mark.parametrize("code", [code for code in TAXONOMY.categories if not code.startswith("DISCIP.")])
@pytest.mark.parametrize("signals", [PENDING, CONCLUDED], ids=["pending", "concluded"])
def test_in_court_the_court_road_comes_first_and_sixty_days_do_not_run(code: str, signals: Signals) -> None:
    found = route(code, signals=signals)
    assert TAXONOMY.pathways[found.pathways[0]].order == 1
    assert "close_by" not in found.deadlines


def test_a_suggestion_travels_its_own_road_without_the_sixty_days() -> None:
    found = route("SPECGRP.TEACHER", purpose="SUGGEST")
    assert found.pathways[0] == "SUGGEST"
    assert "close_by" not in found.deadlines


@pytest.mark.parametrize(("code", "runs"), [("SPECGRP.TEACHER", True), ("LABOR.MIGRANTWAGE", False), ("GOVSVC.OTHER", True)])
def test_sixty_days_run_where_the_petition_road_is_the_usual_one(code: str, runs: bool) -> None:
    assert ("close_by" in route(code).deadlines) is runs


@pytest.mark.parametrize("code", TAXONOMY.categories)
def test_an_accusation_is_restricted_and_has_no_helpers(code: str) -> None:
    found = route(code, purpose="ACCUSE")
    assert (found.access, found.co) == (Access.RESTRICTED, ())
    assert TAXONOMY.pathways[found.pathways[0]].order == 0
    assert found.lead in {"JWJW", "ZZB"}


@pytest.mark.parametrize("code", [code for code in TAXONOMY.categories if code.startswith("DISCIP.")])
def test_a_restricted_category_is_restricted_whatever_the_purpose(code: str) -> None:
    assert (route(code).access, route(code).co) == (Access.RESTRICTED, ())


def test_a_sensitive_category_stays_sensitive() -> None:
    assert route("LEGAL.PUBORDER").access is Access.SENSITIVE


def test_an_accused_lead_gives_way_to_the_discipline_organ() -> None:
    found = route("LABOR.WAGE", signals=accused("RSJ"))
    assert (found.lead, found.lead_name, found.co, found.access) == ("JWJW", "纪委监委", (), Access.RESTRICTED)
    assert found.rule == route("LABOR.WAGE").rule + " guard"
    assert found.blocked == ("RSJ",)


def test_an_accused_helper_makes_the_matter_restricted_and_it_goes_above_it() -> None:
    found = route("LABOR.MIGRANTWAGE", signals=accused("ZJJ"))
    assert (found.lead, found.co, found.access, found.blocked) == ("JWJW", (), Access.RESTRICTED, ("ZJJ",))


def test_a_helper_that_only_may_be_accused_is_left_out_and_the_lead_stays() -> None:
    found = route("LABOR.MIGRANTWAGE", signals=suspected("ZJJ"))
    assert (found.lead, found.access, found.blocked) == ("RSJ", Access.NORMAL, ("ZJJ",))
    assert found.co == tuple(code for code in route("LABOR.MIGRANTWAGE").co if code != "ZJJ")


def test_a_lead_that_only_may_be_accused_is_not_proposed_and_a_person_names_one() -> None:
    found = route("LABOR.MIGRANTWAGE", signals=suspected("RSJ"))
    assert (found.lead, found.access, found.blocked) == (None, Access.NORMAL, ("RSJ",))
    assert found.lead_name.startswith("由经办人确定")


def test_nobody_is_proposed_when_the_discipline_organ_is_accused() -> None:
    found = route("DISCIP.DUTY", purpose="ACCUSE", signals=accused("JWJW"))
    assert (found.lead, found.lead_name) == (None, "上一级纪委监委")


def test_nobody_is_proposed_when_lead_and_discipline_organ_are_both_accused() -> None:
    assert route("LABOR.WAGE", signals=accused("RSJ", "JWJW")).lead is None


def test_superiors_that_point_at_each_other_end_with_nobody(tmp_path: Path) -> None:
    text = (SHIPPED / "departments.csv").read_text(encoding="utf-8")
    for unit, superior in (("GYQY", "NYJ"), ("NYJ", "GYQY")):
        text = "\n".join(
            line.replace(",JWJW,", f",{superior},") if line.startswith(f"{unit},") else line for line in text.splitlines()
        )
    (tmp_path / "departments.csv").write_text(text, encoding="utf-8")
    county_router(tmp_path, "URBAN.UTILITY,,,停电,GYQY,,,")
    router = load_router(load_taxonomy(tmp_path), tmp_path)
    assert route("URBAN.UTILITY", "停电", by=router, signals=accused("GYQY")).lead == "NYJ"
    assert route("URBAN.UTILITY", "停电", by=router, signals=accused("GYQY", "NYJ")).lead is None


def test_a_part_of_the_accused_unit_is_blocked_with_it() -> None:
    found = route("LEGAL.TRAFFACC", signals=accused("GAJ"))
    assert (found.lead, found.blocked) == ("JWJW", ("GAJ", "JJDD"))


def test_an_accused_party_that_is_no_department_changes_nothing() -> None:
    assert route("LABOR.WAGE", signals=accused(None, "某村委会")) == route("LABOR.WAGE")


@given(
    category=st.sampled_from(sorted(TAXONOMY.categories)),
    codes=st.lists(st.sampled_from(sorted(TAXONOMY.departments)), min_size=1, max_size=4),
    purpose=st.sampled_from([*Purpose, "UNCLEAR"]),
    state=st.sampled_from(LitigationState),
    urgency=st.sampled_from(UrgencyLevel),
    group=st.sampled_from(GroupLevel),
    text=st.sampled_from(["", "电梯困人", "油烟和广场舞", "不服判决", "法院已立案", "价格过高", "危房改造"]),
    place=st.sampled_from([None, "", "甲县乙镇丙村民小组"]),
)
def test_the_accused_is_never_a_receiver(
    category: str,
    codes: list[str],
    purpose: str,
    state: LitigationState,
    urgency: UrgencyLevel,
    group: GroupLevel,
    text: str,
    place: str | None,
) -> None:
    signals = Signals(
        GroupSignal(group), UrgencySignal(urgency), LitigationSignal(state), tuple(AccusedParty("某", code) for code in codes)
    )
    found = route(category, text, purpose=purpose, signals=signals, place=place)
    receivers = {found.lead, *found.co}
    assert not receivers & set(codes)
    assert not receivers & {code for code, unit in TAXONOMY.departments.items() if unit.part_of in codes}
    assert set(codes) <= set(found.blocked)
    assert found.lead not in found.co
