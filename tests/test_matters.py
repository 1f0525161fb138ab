"""Several matters in one letter: marked-off demands part, each goes its own way; arguments for one demand stay together."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np
import orjson
from hypothesis import given
from hypothesis import strategies as st
from msgspec import to_builtins

from classifier.assess import Assessor, load_assessor
from classifier.letter import Access, Letter, assessment_json
from classifier.matters import own_categories, part, stretches
from classifier.text import read

TODAY = date(2026, 11, 23)
WRITTEN = Path(__file__).parent / "data" / "several_matters.jsonl"
MODELS = Path(__file__).parent.parent / "models"
TWO = "一、包工头拖欠我们农民工工资三个月，请劳动监察帮我们讨薪。二、征地补偿款每亩少发了八千元，青苗费也没有给，请补发征地补偿。"


def parts_of(text: str, title: str = "") -> list[str]:
    reading = read(f"{title}\n{text}")
    return [reading.text[start:end] for start, end in stretches(reading)]


def test_counted_demands_and_turns_part_a_letter():
    assert len(parts_of("1、补发拖欠的三个月工资。2、请把坏了的路灯修好。")) == 2
    assert len(parts_of("第一，工资三个月没有发过。第二，路灯半年没有修过。")) == 2
    assert len(parts_of("工资三个月没有发过一分钱。另外，路灯坏了半年没有人来修。")) == 2


def test_numbers_that_count_no_demands_part_nothing():
    assert parts_of("我家住2栋2.5米宽的巷子，二零一二年第二批拆迁，欠款2,300元一直没有给。") == []
    assert parts_of("老板拖欠工资三个月。") == []


def test_the_stretches_are_the_whole_text():
    assert "".join(parts_of(TWO, "求助")) == TWO


@given(
    st.text(alphabet=st.sampled_from("一二、2.（）另外，请求。\n 欠薪\u200b１"), max_size=60), st.text(alphabet="征地 ", max_size=5)
)
def test_any_text_falls_into_stretches_that_join_up(text: str, title: str):
    reading = read(f"{title}\n{text}")
    found = stretches(reading)
    assert all(before[1] == after[0] for before, after in pairwise(found))
    assert all(start < end and part(reading, (start, end)).text == reading.text[start:end] for start, end in found)


def test_a_stretch_of_the_same_domain_is_no_other_matter():
    classes, sure = ["LABOR.WAGE", "LABOR.INJURY", "ENVIR.NOISE"], np.array([0.01, 0.98, 0.01], np.float32)
    whole = np.array([0.6, 0.3, 0.1], np.float32)
    assert own_categories([sure], whole, classes) == []
    assert own_categories([sure[[0, 2, 1]], np.array([0.05, 0.05, 0.9], np.float32)], whole, classes) == [0]


def test_a_second_demand_has_its_own_span_evidence_and_route(assessor: Assessor):
    letter = Letter("1", TWO, "请帮助")
    answer = assessor.assess(letter, today=TODAY)
    assert len(answer.matters) == 2
    first, second = answer.matters
    assert first.route is None and second.route is not None and second.route.lead
    assert {first.domain, second.domain} == {"LABOR", "LAND"}
    assert letter.text[slice(*second.span)] in TWO
    assert all(second.span[0] <= one.start < one.end <= second.span[1] for one in second.evidence)
    assert all(letter.text[one.start : one.end] == one.text for one in second.evidence)
    assert "several_matters" in answer.doubts
    assert assessment_json(answer) == orjson.dumps(to_builtins(answer))


def test_of_an_accusation_of_nobody_we_know_no_matter_goes_out_by_itself(assessor: Assessor):
    letter = Letter("1", f"{TWO}三、举报局里头的科长收受贿赂三十万元，索要红包，请纪委查处他。", "举报科长收受贿赂")
    answer = assessor.assess(letter, today=TODAY)
    further = [matter.route for matter in answer.matters if matter.route]
    assert answer.route.access is Access.RESTRICTED and further
    assert all(route.access is Access.RESTRICTED and route.lead in (None, "JWJW") for route in further)


def test_an_accused_unit_gets_no_part_of_the_letter(assessor: Assessor):
    letter = Letter("1", f"{TWO}三、举报县自然资源局局长收受贿赂三十万元，请纪委查处他。")
    answer = assessor.assess(letter, today=TODAY)
    routes = [answer.route, *(matter.route for matter in answer.matters if matter.route)]
    assert "ZRZY" in answer.route.blocked
    assert all("ZRZY" not in {route.lead, *route.co} for route in routes)


def test_floor_of_written_letters_with_and_without_a_second_matter():
    assessor = load_assessor(MODELS)
    said = right = wanted = 0
    for case in map(orjson.loads, WRITTEN.read_bytes().splitlines()):
        found = [one.category for one in assessor.assess(Letter("1", case["text"]), today=TODAY).matters][1:]
        said, wanted = said + len(found), wanted + bool(case["second"])
        right += bool(set(found) & {case["category"], case["second"]}) and bool(case["second"])
    assert right / wanted >= 0.9
    assert right / said >= 0.9
