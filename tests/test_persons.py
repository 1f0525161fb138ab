"""Names that nothing announces are found beside words for people; places, firms and ordinary words are left."""

from __future__ import annotations

from pathlib import Path

import pytest

from classifier.errors import BadDataFile
from classifier.extract import extract
from classifier.letter import Letter
from classifier.persons import WORDS_FILE, load_persons
from classifier.tables import SHIPPED

PLANTED = {
    "去年六月我找张建国协商过两次，他说没钱。": "张建国",
    "合同是刘志强签字的，盖的是公司的章。": "刘志强",
    "村里让李德海负责收水费。": "李德海",
    "欠条上写着陈大勇欠我三万元。": "陈大勇",
    "包工头罗永福跑了。": "罗永福",
    "冯国庆同志态度很好。": "冯国庆",
    "王强师傅来修了三次。": "王强",
    "欧阳志远说这事他不管。": "欧阳志远",
    "邻居唐二牛骂我。": "唐二牛",
    "钱打到了谢宏伟的账户。": "谢宏伟",
    "物业的魏红告诉我已经上报。": "魏红",
    "廖凯收了定金。": "廖凯",
    "钟家兴夫妇住在我家对面。": "钟家兴",
    "余建华和我签订了协议。": "余建华",
}
KEPT = (
    *("金茂公司", "万科城", "康宁路", "左家塘", "白云路", "高新区", "方案", "马路", "石材厂", "和业主", "车主", "关系户"),
    *("路霸", "白银", "商贷", "成绩", "查封", "金钱", "高压线", "房间", "祝您", "管道", "水费", "江边", "安置房"),
)


@pytest.mark.parametrize(("text", "name"), PLANTED.items())
def test_a_name_that_nothing_announces_is_hidden_wherever_it_stands(text: str, name: str):
    assert name not in extract(Letter("1", f"{text}后来{name}又来了。")).text


@pytest.mark.parametrize("word", KEPT)
@pytest.mark.parametrize("sentence", ["我找{}协商过。", "由{}负责。", "街上有{}、门店、货车。", "业主{}都知道。"])
def test_places_firms_and_ordinary_words_stay(word: str, sentence: str):
    assert word in extract(Letter("1", sentence.format(word))).text


def test_a_county_adds_words(tmp_path: Path):
    shipped = (SHIPPED / WORDS_FILE).read_text(encoding="utf-8")
    assert "钱多福" not in load_persons().names("牌友钱多福晓得。")
    (tmp_path / WORDS_FILE).write_text(f"{shipped}before,牌友,\n", encoding="utf-8")
    assert load_persons(tmp_path).names("牌友钱多福，晓得。") == {"钱多福"}


@pytest.mark.parametrize(("row", "fault"), [("nobody,甲,", "nobody"), ("kin,,", "words")])
def test_a_wrong_row_is_named(tmp_path: Path, row: str, fault: str):
    shipped = (SHIPPED / WORDS_FILE).read_text(encoding="utf-8")
    (tmp_path / WORDS_FILE).write_text(f"{shipped}{row}\n", encoding="utf-8")
    with pytest.raises(BadDataFile, match=rf"person_words\.csv:{shipped.count(chr(10)) + 1}.*{fault}"):
        load_persons(tmp_path)


def test_a_missing_part_is_named(tmp_path: Path):
    (tmp_path / WORDS_FILE).write_text("part,words,note\nkin,母亲,\n", encoding="utf-8")
    with pytest.raises(BadDataFile, match=r"person_words\.csv.*missing.*before"):
        load_persons(tmp_path)
