"""The one road: evidence is quoted from the letter as sent, doubts are named, accusations are kept from the accused."""

from __future__ import annotations

from datetime import date

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import to_builtins

from classifier.assess import Assessor
from classifier.corpus import LabelledLetter
from classifier.explain import spans
from classifier.held_out import led_to
from classifier.leads import load_leads
from classifier.letter import Access, Assessment, Disposition, Evidence, Letter, assessment_json, document
from classifier.purpose import quoted, telling
from classifier.text import read, segmenter

TODAY = date(2026, 11, 23)
WAGES = Letter(
    "1",
    "我们12名农民工在青川花园工地干了半年，包工头拖欠工资十三万元，项目部互相推诿，请求劳动监察大队帮我们要回血汗钱。",
    "包工头拖欠农民工工资",
)


def _evidence(answer: Assessment) -> list[Evidence]:
    signals = answer.signals
    parts = [answer.matters[0].evidence, signals.group.evidence, signals.urgency.evidence, signals.litigation.evidence]
    return [one for part in parts for one in part] + [one for party in signals.accused for one in party.evidence]


def test_a_wage_letter_goes_to_the_labour_department_with_its_reasons(assessor: Assessor):
    answer = assessor.assess(WAGES, today=TODAY)
    assert answer.matters[0].category == "LABOR.MIGRANTWAGE"
    assert answer.route.lead == "RSJ"
    assert answer.route.rule.startswith("routing.csv:")
    assert answer.route.deadlines["forward_by"] == "2026-12-08"
    assert any("工资" in e.text for e in answer.matters[0].evidence)


def test_the_json_has_the_public_keys(assessor: Assessor):
    answer = orjson.loads(assessment_json(assessor.assess(WAGES, today=TODAY)))
    about_the_letter = {"letter_id", "model", "taxonomy", "matters", "purpose", "signals", "links"}
    assert set(answer) == {*about_the_letter, "route", "lead_confidence", "disposition", "doubts"}
    assert {"category", "name", "confidence", "domain", "candidates", "evidence", "span"} <= set(answer["matters"][0])


def test_the_json_is_that_of_the_records(assessor: Assessor):
    accusation = Letter("2", "我要举报县人社局局长受贿，法院已经判决。1380000xxxx，我们38户联名，有人要跳楼。", place="青川镇")
    for letter in (WAGES, accusation):
        answer = assessor.assess(letter, today=TODAY)
        assert assessment_json(answer) == orjson.dumps(to_builtins(answer))
    assert answer.signals.accused and answer.signals.group.evidence and answer.signals.urgency.evidence


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.text(max_size=20),
    st.text(
        alphabet=st.sampled_from("征地補償 　\n\u200b拖欠工資１人民法院判决书判决😡，。县人社局局长收钱"), min_size=1, max_size=80
    ),
)
def test_every_quotation_stands_in_the_letter_as_sent(assessor: Assessor, title: str, text: str):
    letter = Letter("x", text, title)
    for evidence in _evidence(assessor.assess(letter, today=TODAY)):
        assert getattr(letter, evidence.field)[evidence.start : evidence.end] == evidence.text
        assert evidence.text


def test_the_same_letter_gives_the_same_bytes(assessor: Assessor):
    assert assessment_json(assessor.assess(WAGES, today=TODAY)) == assessment_json(assessor.assess(WAGES, today=TODAY))


def test_a_letter_in_another_script_is_read_alike(assessor: Assessor):
    old = Letter("1", "包工頭拖欠我們農民工工資半年，請求勞動監察大隊處理。", "拖欠農民工工資")
    new = Letter("1", "包工头拖欠我们农民工工资半年，请求劳动监察大队处理。", "拖欠农民工工资")
    assert assessor.assess(old, today=TODAY).matters[0].confidence == assessor.assess(new, today=TODAY).matters[0].confidence


def test_a_speech_is_doubted_as_no_petition(assessor: Assessor):
    speech = Letter(
        "1",
        "同志们：今天召开全县信访工作会议，主要任务是总结上半年工作，部署下一阶段任务。下面我讲三点意见。一要提高认识，二要压实责任。",
    )
    answer = assessor.assess(speech, today=TODAY)
    assert "out_of_scope" in answer.doubts
    assert answer.disposition is Disposition.REVIEW


def test_a_letter_of_a_few_characters_is_never_sent_alone(assessor: Assessor):
    answer = assessor.assess(Letter("1", "工资！"), today=TODAY)
    assert "too_short" in answer.doubts
    assert answer.disposition is Disposition.REVIEW


def test_an_accusation_never_reaches_the_accused(assessor: Assessor):
    letter = Letter(
        "1",
        "我举报县自然资源局局长陶某，收受开发商贿赂三十万元，帮其违规批地，侵吞征地补偿款，请纪委查处。",
        "举报自然资源局局长受贿",
    )
    answer = assessor.assess(letter, today=TODAY)
    assert answer.route.access is Access.RESTRICTED
    assert "ZRZY" not in {answer.route.lead, *answer.route.co}
    assert "restricted" in answer.doubts


@pytest.mark.parametrize(
    ("text", "accused"),
    [
        ("李法官收了被告的钱故意拖着不执行，请法院处理。", "FY"),
        ("教育局那个姓张的，收了五万才给学位。", "JYJ"),
        ("办低保得先给民政上的意思意思，我没给就没批。", "MZJ"),
        ("请住建局处理：住建局物业科科长自己就在物业公司入股，所以投诉没人管。", "ZJJ"),
        ("人社局的监察员跟老板吃饭拿烟，我们工资要不回来。", "RSJ"),
        ("信访局接待科把我的举报信漏给了村支书，现在他天天骂我。", "XFJ"),
        ("市监所老王收了饭店的钱，地沟油举报了也不查。", "SCJG"),
        ("劳动监察大队大队长和包工头是亲戚，收了好处，欠我们工资不管。", "RSJ"),
        ("难道教育局局长收钱办事就没人管吗？请给我孩子一个学位。", "JYJ"),
        ("难道公安局局长就可以收黑钱吗？", "GAJ"),
        ("国土所小李收了开发商的红包，把我们的田划成建设用地。", "ZRZY"),
        ("交警队的人收了货车司机的钱，超载车天天过。", "JJDD"),
    ],
)
def test_a_unit_beside_misconduct_is_never_proposed_however_it_is_worded(assessor: Assessor, text: str, accused: str):
    answer = assessor.assess(Letter("1", text), today=TODAY)
    assert accused in answer.route.blocked
    assert accused not in {answer.route.lead, *answer.route.co}
    assert answer.disposition is Disposition.REVIEW


@pytest.mark.parametrize(
    ("text", "accused"),
    [
        ("那个管低保的老李吃拿卡要，不给红包就不办低保。", "MZJ"),
        ("镇里的领导把扶贫款私分了，请查处。", "XZ"),
        ("办房产证的小王索要红包，不给就不盖章。", "ZRZY"),
        ("管户口的那个人收受红包才给迁户口，请查处。", "GAJ"),
    ],
)
def test_an_official_called_by_what_he_runs_is_kept_from_the_letter(assessor: Assessor, text: str, accused: str):
    route = assessor.assess(Letter("1", text), today=TODAY).route
    assert accused in route.blocked and accused != route.lead and accused not in route.co


def test_a_missing_lift_is_no_power_cut(assessor: Assessor):
    said = [assessor.assess(Letter("1", text), today=TODAY).signals.urgency.level for text in ("我们楼没有电梯", "我们楼没有电")]
    assert said == ["none", "R1"]


def test_one_glance_sees_what_the_kernels_see_one_by_one(assessor: Assessor):
    reading = read(document(WAGES.title, WAGES.text + "另外，请问什么时候能处理？希望尽快答复。"))
    seen, model, ends = assessor._glancer.whole(reading), assessor.model, segmenter().ends(reading.hidden)
    assert model.hearing is not None
    row, places = model.hearing.reader.row(reading)
    answer = model.read(reading, ends, row)
    value = model.heads["purpose"].classes[int(answer.probabilities[model.heads["purpose"].columns].argmax())]
    weights = model.hearing.weights_of(model.heads["purpose"])[model.heads["purpose"].classes.index(value)]
    assert seen.probabilities.tolist() == answer.probabilities.tolist()
    assert seen.reasons() == spans(answer.parts, ends, reading.hidden)
    assert telling(model.hearing.reader, seen.cues(value), reading.text) == quoted(
        model.hearing.reader, weights, row, places, reading.text, ends
    )
    assert (seen.known, seen.turning) == (answer.known / len(ends), True)
    assert [list(one) for one in seen.hits()] == assessor._signals.words.places(reading.codes).tolist()
    assert seen.loudest() == assessor._signals.alarm.loudest(reading.text)


def test_training_and_answering_are_equally_sure_of_a_lead(assessor: Assessor):
    vague = Letter("2", "老板欠我们几个人的工钱，一直不给。")
    answer = assessor.assess(vague, today=TODAY)
    letter = LabelledLetter(vague.title, vague.text, "LABOR.WAGE", purpose=answer.purpose.value)
    led = led_to(letter, assessor.probabilities([vague])[0], assessor.classes, load_leads(assessor.taxonomy))
    assert (led.lead, led.right) == (answer.route.lead, True)
    assert led.sure == pytest.approx(answer.lead_confidence, abs=5e-4)
    assert answer.lead_confidence > answer.matters[0].confidence
