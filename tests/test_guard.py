"""The guard of 《信访工作条例》 Art. 30: whatever department an accusation names, by whatever name, it never gets the letter."""

from dataclasses import replace
from datetime import UTC, date, datetime

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.json import encode

from classifier.errors import BadInput
from classifier.letter import Access, Letter, Purpose, Route, Signals
from classifier.routing import load_router
from classifier.signals.reader import load_reader
from classifier.taxonomy import load_taxonomy
from service.filing import Case, Provenance, Standing
from service.review import Opinion, decide

TAXONOMY = load_taxonomy()
READER, ROUTER = load_reader(TAXONOMY), load_router(TAXONOMY)
MONDAY, NOW = date(2026, 11, 23), datetime(2026, 11, 23, tzinfo=UTC)

WORDINGS = (
    "举报{place}{unit}{office}收受贿赂，请查处。",
    "{place}{unit}{surname}{office}贪污公款，群众敢怒不敢言。",
    "反映{place}{unit}{office}{surname}某吃拿卡要，不给红包不办事。",
    "我实名举报{place}{unit}的{office}滥用职权，替亲戚办手续。",
    "{surname}{office}（{place}{unit}）收了我两万块好处费，至今不退。",
    "{place}{unit}套取专项资金，私设小金库，望上级彻查。",
    "{unit}充当保护伞，包庇违法企业，我要控告。",
    "控告{place}{unit}徇私枉法。",
    "{place}{unit}{surname}{office}把我的举报信泄露给被举报人。",
    "请纪委查一查{place}{unit}{surname}{office}，他索要好处费五千元。",
    "{unit}里有人倒卖指标，{surname}{office}带头分钱，贪污受贿。",
    "{place}{unit}干部伙同老板侵吞集体资产。",
    "前任{unit}{office}{surname}某违规提拔自己的侄子，买官卖官。",
    "希望不要把这封信转给{unit}，{surname}{office}就是收钱的人。",
    "我去{unit}办事，{surname}{office}明着索要红包。",
    "{unit}的{surname}局，逢年过节家里车位停不下，全是送礼的。",
    "{unit}我去了三回，他们局的人张口就要辛苦费，不给不盖章。",
    "我要反映的是{unit}，那里头的人跟老板穿一条裤子，文件还没下老板就知道了。局长是好人，蒙在鼓里。",
    "县里李书记很关心我们，可{unit}阳奉阴违，套取资金不认账。",
    "信访局让我写信说明：{unit}一个姓古的副职收了中介的干股。",
    "{unit}（下称该局）成立了个协会，不入会不给办事。会费进了该局一把手的私人账户。",
    "他在{unit}当头儿十来年了，儿子媳妇全安排进去了，任人唯亲。",
    "举报对象：{unit}分管负责人。事由：收受好处费，泄露举报人信息。",
    "纪委的同志你们好，{unit}那位戴眼镜的科员问我要了三千元红包，我有微信记录。",
    "人人都知道，想在{unit}办成事，先去隔壁小饭馆买两条烟送了才行。",
)
OFFICES = ("局长", "副局长", "主任", "科长", "所长", "股长", "工作人员", "窗口人员", "党委书记", "负责人", "分管领导")
PLACES = ("", "县", "某县", "市", "区", "我们县")
NAMES = [(code, name) for code, unit in TAXONOMY.departments.items() for name in dict.fromkeys((unit.name, *unit.aliases))]
LED = {rule.lead: rule.category for rule in reversed(ROUTER.rules) if rule.category in TAXONOMY.categories}


def read_and_route(text: str, category: str, purpose: str) -> tuple[Signals, Route]:
    signals = READER.read(f"\n{text}", purpose=purpose)
    return signals, ROUTER.route(category, text=text, place=None, purpose=purpose, signals=signals, received_on=MONDAY)


def kept_away(route: Route, accused: str) -> bool:
    parts = {code for code, unit in TAXONOMY.departments.items() if unit.part_of == accused}
    return {accused, *parts}.isdisjoint({route.lead, *route.co})


@pytest.mark.parametrize("accused", TAXONOMY.departments)
def test_no_department_gets_an_accusation_of_itself_under_any_of_its_names(accused: str) -> None:
    """In the category that it usually leads, also where the letter was taken for an appeal."""
    category = LED.get(accused, "GOVSVC.OTHER")
    for number, name in enumerate(name for code, name in NAMES if code == accused):
        for place, wording in enumerate(WORDINGS):
            office = OFFICES[(number + place) % len(OFFICES)]
            text = wording.format(place=PLACES[place % len(PLACES)], unit=name, office=office, surname="张")
            for purpose in (Purpose.ACCUSE, Purpose.APPEAL):
                assert kept_away(read_and_route(text, category, purpose)[1], accused), (text, purpose)


def test_a_greeting_before_does_not_hide_the_accused() -> None:
    text = "尊敬的领导：您好。街道办事处的王局，逢年过节家里车位停不下，全是送礼的。"  # 领导 stands near 送礼 and draws it ahead
    assert "XZ" in {party.department for party in read_and_route(text, "DEMO.RESETTLE", "SUGGEST")[0].accused}


accusations = st.builds(
    lambda named, wording, place, office, surname: (
        named[0],
        wording.format(place=place, unit=named[1], office=office, surname=surname),
    ),
    st.sampled_from(NAMES),
    st.sampled_from(WORDINGS),
    st.sampled_from(PLACES),
    st.sampled_from(OFFICES),
    st.sampled_from(["王", "李", "赵", "欧阳", "买"]),
)


@given(
    accusation=accusations,
    category=st.sampled_from(sorted(TAXONOMY.categories)),
    purpose=st.sampled_from(Purpose),
    before=st.sampled_from(["", "尊敬的领导：您好。", "我是柳河村村民，", "去年以来情况一直没有好转。"]),
    after=st.sampled_from(["", "盼复。", "请为我保密。", "补偿款至今没有发到户。"]),
)
def test_an_accusation_never_reaches_its_accused_nor_can_an_officer_send_it_there(
    accusation: tuple[str, str], category: str, purpose: str, before: str, after: str
) -> None:
    accused, text = accusation
    signals, route = read_and_route(f"{before}{text}{after}", category, purpose)
    assert kept_away(route, accused)
    if purpose == Purpose.ACCUSE:
        assert (route.access, route.co) == (Access.RESTRICTED, ())
    case = stored(category, purpose, signals, route)
    again = READER.read(f"\n{before}{text}{after}", purpose=Purpose.ACCUSE).accused
    named = {party.department for party in again}
    for opinion in (
        Opinion(category, department=accused, purpose="ACCUSE", reason="转办"),
        Opinion("DISCIP.DUTY", department=accused, reason="转办", not_accused=True),
    ):
        if accused in named:
            with pytest.raises(BadInput) as refused:
                decide(case, opinion, officer="张某", taxonomy=TAXONOMY, now=NOW, accused=tuple(map(str, named)))
            assert refused.value.field == "department"


def stored(category: str, purpose: str, signals: Signals, route: Route) -> Case:
    facts = {"route": {"blocked": list(route.blocked)}, "signals": signals}
    return Case(
        letter=Letter("a", "…"),
        received="",
        stored_at="",
        assessment_seq=1,
        provenance=Provenance("", "", "", "", "", ""),
        json=encode(facts),
        standing=Standing(category, route.lead, purpose, 4, 0.8, "review", str(route.access)),
        decisions=(),
    )


PLAIN = stored("LAND.EXPROP", "APPEAL", Signals(), Route(lead="ZRZY"))


@pytest.mark.parametrize(
    "opinion",
    [
        Opinion("LAND.EXPROP", department="ZRZY", purpose="ACCUSE", reason="检举"),
        Opinion("DISCIP.CORRUPT", department="ZRZY", reason="检举"),
        Opinion("DISCIP.CORRUPT", department="ZRZY", purpose="APPEAL", reason="检举"),
    ],
)
def test_an_officer_who_calls_it_an_accusation_cannot_send_it_to_a_unit_it_names(opinion: Opinion) -> None:
    with pytest.raises(BadInput, match="第三十条"):
        decide(PLAIN, opinion, officer="张某", taxonomy=TAXONOMY, now=NOW, accused=("ZRZY",))


def test_what_becomes_an_accusation_does_not_stay_with_the_unit_that_had_it() -> None:
    opinion = Opinion("LAND.EXPROP", purpose="ACCUSE", reason="检举")
    decision, standing = decide(PLAIN, opinion, officer="张某", taxonomy=TAXONOMY, now=NOW)
    assert (decision.department, standing.department, standing.access) == (None, None, "restricted")


def test_a_unit_that_only_may_be_accused_needs_an_officer_who_vouches_for_it() -> None:
    facts = {"route": {"blocked": ["RSJ"]}, "signals": {"accused": [{"department": "RSJ", "certain": False}]}}
    case = replace(PLAIN, json=orjson.dumps(facts), standing=replace(PLAIN.standing, category="LABOR.WAGE", department=None))
    plain = Opinion("LABOR.WAGE", department="RSJ", reason="工资")
    with pytest.raises(BadInput, match="not_accused"):
        decide(case, plain, officer="张某", taxonomy=TAXONOMY, now=NOW)
    with pytest.raises(BadInput, match="理由"):
        decide(case, replace(plain, reason=" ", not_accused=True), officer="张某", taxonomy=TAXONOMY, now=NOW)
    vouched = decide(case, replace(plain, not_accused=True), officer="张某", taxonomy=TAXONOMY, now=NOW, accused=("RSJ",))
    assert vouched[1].department == "RSJ"
    certain = replace(case, json=orjson.dumps({**facts, "signals": {"accused": [{"department": "RSJ", "certain": True}]}}))
    with pytest.raises(BadInput, match="第三十条"):
        decide(certain, replace(plain, not_accused=True), officer="张某", taxonomy=TAXONOMY, now=NOW)
