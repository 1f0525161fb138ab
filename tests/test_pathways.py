"""The statutory roads: each is offered, never prescribed, and rests on a named article, as every routing rule and clock does."""

import re
from pathlib import Path

import pytest

from classifier.deadlines import load_calendar
from classifier.errors import BadDataFile
from classifier.pathways import Pathway
from classifier.routing import load_router
from classifier.routing_rules import Rule
from classifier.tables import SHIPPED
from classifier.taxonomy import load_taxonomy

TAXONOMY = load_taxonomy()
ARTICLE = re.compile(r"第\d+|§\d+")
CLOCKS = load_calendar(pathways=TAXONOMY.pathways).deadlines


@pytest.mark.parametrize("road", TAXONOMY.pathways.values(), ids=TAXONOMY.pathways)
def test_a_road_names_its_article_and_whom_one_can_turn_to(road: Pathway) -> None:
    assert ARTICLE.search(road.basis)
    assert re.match(r"可以(?:向|通过).+", road.guidance)
    assert not re.search(r"必须|应当|驳回|不予", road.guidance + road.limit)


@pytest.mark.parametrize("rule", load_router(TAXONOMY).rules, ids=lambda rule: f"routing.csv:{rule.number}")
def test_a_routing_rule_names_its_article(rule: Rule) -> None:
    assert ARTICLE.search(rule.source)


@pytest.mark.parametrize("clock", CLOCKS, ids=lambda clock: clock.code)
def test_a_clock_names_its_article(clock: object) -> None:
    assert getattr(clock, "article", "").isdecimal()


def test_the_sixty_days_belong_to_the_petition_procedure_alone() -> None:
    assert {clock.code: clock.pathway for clock in CLOCKS if clock.pathway} == {"close_by": "PETITION"}


@pytest.mark.parametrize("guidance", ["必须向人民法院起诉", "可以起诉，不予受理信访", ""])
def test_guidance_that_prescribes_or_refuses_is_no_guidance(tmp_path: Path, guidance: str) -> None:
    text = (SHIPPED / "pathways.csv").read_text(encoding="utf-8")
    (tmp_path / "pathways.csv").write_text(text.replace("可以向有管辖权的人民法院提起民事诉讼", guidance), encoding="utf-8")
    with pytest.raises(BadDataFile, match=r"pathways\.csv:4"):
        load_taxonomy(tmp_path)
