"""What the register asks for, each with its words; of the person only whether a name and a way to answer stand."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.elements import Elements, Signed, read_elements
from classifier.errors import BadDataFile
from classifier.letter import Evidence, Letter, Signals
from classifier.naming import WORDS_FILE, load_naming
from classifier.tables import SHIPPED


def elements(text: str, title: str = "", *names: str, sender: str | None = None, anonymous: bool = False) -> Elements:
    return read_elements(Letter("1", text, title, sender=sender), Signals(anonymous=anonymous), names)


@pytest.mark.parametrize(
    ("written", "yuan"),
    [("3.2万元", 32_000), ("五千元", 5_000), ("1,200块", 1_200), ("三十余万元", 300_000), ("2亿元", 200_000_000), ("几万元", None)],
)
def test_sums_are_read_as_written(written: str, yuan: float | None):
    found = elements(f"拖欠{written}至今").amounts
    assert [one.yuan for one in found] == ([yuan] if yuan is not None else [])


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("2019年8月14日", "2019-08-14"),
        ("2019年8月", "2019-08"),
        ("2019.08.14", "2019-08-14"),
        ("2019年", "2019"),
        ("8月14日", "--08-14"),
    ],
)
def test_dates_are_as_exact_as_the_letter(written: str, value: str):
    assert [one.value for one in elements(f"自{written}起").dates] == [value]


def test_names_are_places_or_counterparties_by_their_ending():
    found = elements("家住锦绣华庭小区，楼下是幸福砖厂，投诉过环保局。", "", "锦绣华庭", "幸福砖厂")
    assert [one.text for one in found.places] == ["锦绣华庭小区"]
    assert [one.text for one in found.counterparties] == ["幸福砖厂", "环保局"]


def test_earlier_handling_and_its_answer_are_quoted():
    found = elements("打过12345热线，多次到镇里反映，至今没有答复。")
    assert "打过12345热线" in [one.text for one in found.earlier]
    assert any("没有答复" in one.text for one in found.answers)


def test_of_the_person_only_whether_there_is_a_name_and_a_contact():
    assert set(Elements.__struct_fields__).isdisjoint({"name", "phone", "sender", "address"})
    named = elements("路灯坏了。联系人：王铁柱，电话13800001234")
    assert (named.answerable, named.signed) == (True, Signed.NAMED)
    assert "王铁柱" not in repr(named) and "13800001234" not in repr(named)
    assert elements("路灯坏了。", sender="13800001234").answerable
    assert (elements("路灯坏了。").answerable, elements("路灯坏了。").signed) == (False, Signed.UNCLEAR)
    assert elements("匿名反映", anonymous=True).signed is Signed.ANONYMOUS


@given(st.text(st.sampled_from("2019年８月三十万元打过电话给局，答复\n\u200b县镇王"), max_size=60), st.text(max_size=10))
def test_every_element_is_quoted_from_the_letter_as_sent(text: str, title: str):
    letter = Letter("1", text or "。", title)
    found = read_elements(letter, Signals(), [])
    quoted: list[Evidence] = [*found.places, *found.counterparties, *found.earlier, *found.answers]
    quoted += [one.evidence for one in (*found.amounts, *found.dates)]
    assert all(getattr(letter, one.field)[one.start : one.end] == one.text for one in quoted)


@pytest.mark.parametrize("unit", ["1", "a", "1-", "2019."])
def test_a_long_run_of_anything_is_read(unit: str):
    """Without bounds on what a pattern may repeat one such letter holds a worker for minutes."""
    assert read_elements(Letter("1", unit * (30_000 // len(unit))), Signals(), ()).places == ()


@pytest.mark.parametrize("name", ["据说学校", "然后小区", "多条路", "负面小区", "发工资公司", "后花园", "搬进小区"])
def test_what_names_nobody_in_particular_is_neither_place_nor_counterparty(name: str):
    found = elements(f"因为{name}的事情很急。", "", name)
    assert found.places == found.counterparties == ()


def test_a_name_sheds_words_that_begin_none():
    assert [one.text for one in elements("我位于马坡街道。", "", "位于马坡街道").places] == ["马坡街道"]


def test_a_county_adds_kinds_and_a_wrong_row_is_named(tmp_path: Path):
    shipped = (SHIPPED / WORDS_FILE).read_text(encoding="utf-8")
    (tmp_path / WORDS_FILE).write_text(f"{shipped}place_end,嘎查,\n", encoding="utf-8")
    found = read_elements(Letter("1", "乌兰嘎查没有水。"), Signals(), ["乌兰嘎查"], load_naming(tmp_path))
    assert [one.text for one in found.places] == ["乌兰嘎查"]
    (tmp_path / WORDS_FILE).write_text(f"{shipped}place_end,；,\n", encoding="utf-8")
    with pytest.raises(BadDataFile, match=rf"element_words\.csv:{shipped.count(chr(10)) + 1}"):
        load_naming(tmp_path)
