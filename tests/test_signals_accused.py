"""The accused unit is found under every name it goes by, and nobody is accused by a word alone."""

from pathlib import Path

import pytest

from classifier.errors import BadDataFile
from classifier.signals.accusing import WORDS_FILE
from classifier.signals.reader import SignalReader, load_reader
from classifier.tables import SHIPPED
from classifier.taxonomy import load_taxonomy


@pytest.fixture(scope="module")
def reader() -> SignalReader:
    return load_reader(load_taxonomy())


def accused(reader: SignalReader, text: str, purpose: str = "ACCUSE") -> set[str | None]:
    return {party.department for party in reader.read(f"\n{text}", purpose=purpose).accused}


ALIASES = {
    "国土所所长裴某批地基要先交辛苦费，请纪委查。": "ZRZY",
    "县人力资源和社会保障局张局长收受中介红包。": "RSJ",
    "劳动局监察科把我的投诉信传给老板。": "RSJ",
    "人社局副局长安插亲戚。": "RSJ",
    "房管处的老柯卖准租证，五千一张。": "ZJJ",
    "夜市每个摊位每月给城管的黄毛交三百。": "CGJ",
    "城东所的副所长是保护伞，请督察介入。": "GAJ",
    "事故科的尚警官吃请以后改了责任。": "JJDD",
    "村支书把公款装进自己口袋。": "XZ",
    "县纪委三室的人跑风漏气，请市里处理。": "JWJW",
    "信访局接待科的老佟把我的材料给了镇领导。": "XFJ",
}


@pytest.mark.parametrize(("text", "department"), ALIASES.items())
def test_an_accusation_names_its_department_under_any_alias(reader: SignalReader, text: str, department: str) -> None:
    assert department in accused(reader, text)


def test_whom_the_writer_asks_for_help_is_not_accused(reader: SignalReader) -> None:
    assert accused(reader, "请县纪委查处水利局河道所所长收钱放采。") == {"SLJ"}


def test_whom_the_letter_must_not_reach_is_named(reader: SignalReader) -> None:
    assert "MZJ" in accused(reader, "福利院克扣老人口粮，不要转给民政局处理。")


def test_an_appeal_with_a_bribe_in_it_names_the_taker(reader: SignalReader) -> None:
    text = "请重新评估我家正房。另外，拆迁办钱主任收了评估公司的红包，请查他。"
    assert accused(reader, text, "APPEAL") == {"ZSB"}


HARMLESS = {
    "slow": "城管局不作为！沿江路的灯从春节黑到现在，请修好。",
    "private": "举报黑包工头卞某，干完活把微信拉黑了，请劳动监察管一管。",
    "rhetoric": "物业这么嚣张，难道有保护伞不成？要求公开公共收益。",
    "praise": "谢谢税务大厅的邢股长，她教了我半个钟头。",
    "owners' committee": "业委会主任挪用公共收益，请街道指导重选。",
}


@pytest.mark.parametrize("text", HARMLESS.values(), ids=HARMLESS)
def test_an_appeal_accuses_nobody_by_a_word_alone(reader: SignalReader, text: str) -> None:
    assert accused(reader, text, "APPEAL") == set()


def test_an_office_outside_our_departments_is_quoted_without_a_code(reader: SignalReader) -> None:
    (party,) = reader.read("\n矿务集团董事长侵吞国有资产，请查。", purpose="ACCUSE").accused
    assert party.department is None
    assert "董事长" in party.name


@pytest.mark.parametrize(
    ("text", "anonymous"),
    [
        ("我匿名反映食堂问题。", True),
        ("怕报复，不愿透露姓名。", True),
        ("请为我保密。", True),
        ("路灯不亮，请修。", False),
        ("建议开通匿名举报电话。", False),
        ("他们没有为我保密，把信给了老板。", False),
    ],
)
def test_only_who_says_so_is_anonymous(reader: SignalReader, text: str, anonymous: bool) -> None:
    assert reader.read(f"\n{text}", purpose="APPEAL").anonymous is anonymous


def test_a_guard_of_a_hotel_is_no_official(reader: SignalReader) -> None:
    assert reader.read("\n酒店保安队长索要好处费，请查。", purpose="ACCUSE").accused == ()


def test_that_unit_is_the_one_named_last(reader: SignalReader) -> None:
    assert accused(reader, "我去水利局办证。该局的人索要好处费。", "APPEAL") == {"SLJ"}


def test_the_form_says_who_is_accused(reader: SignalReader) -> None:
    assert accused(reader, "举报对象：水利局分管负责人。事由：收受好处费。", "APPEAL") == {"SLJ"}


def test_a_county_adds_offices_and_a_wrong_row_is_named(tmp_path: Path) -> None:
    shipped = (SHIPPED / WORDS_FILE).read_text(encoding="utf-8")
    text = "\n矿区总调度侵吞物资，请查。"
    assert load_reader(load_taxonomy()).read(text, purpose="ACCUSE").accused == ()
    (tmp_path / WORDS_FILE).write_text(f"{shipped}office,总调度,\n", encoding="utf-8")
    assert load_reader(load_taxonomy(), tmp_path).read(text, purpose="ACCUSE").accused[0].name == "矿区总调度"
    (tmp_path / WORDS_FILE).write_text(f"{shipped}boss,总调度,\n", encoding="utf-8")
    with pytest.raises(BadDataFile, match=rf"accused_words\.csv:{shipped.count(chr(10)) + 1}.*boss"):
        load_reader(load_taxonomy(), tmp_path)
