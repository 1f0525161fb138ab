"""What a receiving unit gets: planted identities never survive, the matter itself does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.extract import extract
from classifier.letter import Letter, Matter
from classifier.text import read

NAMES = ("王铁柱", "欧阳春梅", "李小花", "赵建国", "龙大海", "孟晓")
PHONES = (
    "13800000000",
    "138 0000 1234",
    "138-0000-1234",
    "１３８００００１２３４",
    "一三八零零零零一二三四",
    "0731-88220011",
    "1\u200b3800000000",
)
OTHER_NUMBERS = ("9" * 6 + "19000101" + "9999", "9" * 6 + "19000101" + "999X", "62" + "0" * 17, "wang_tz@mail.example.com")
PLATES = ("湘A12345", "湘A·D1234")
ANNOUNCED = ("我叫{}，", "联系人：{}。", "投诉人{}，", "姓名：{}\n", "我儿子{}在学校被打，", "\n{}\n", "{}女士说，", "户主{}，")
KEPT = (
    "小区18栋楼",
    "6栋入户门",
    "8月12号停电",
    "六号路",
    "3号出口",
    "5室1厅",
    "2019.4.22",
    "2016—2017学年",
    "一房二卖",
    "设备瘫痪",
    "文明",
)
HIDDEN = (  # a sentence, and what must not survive of it
    ("出生日期1956年3月12日", "1956"),
    ("本人生于一九五六年三月十二日", "五六"),
    ("孙女（2013年5月生）读初二", "2013"),
    ("身份证后四位0012", "0012"),
    ("加我v信 tiezhu88", "tiezhu88"),
    ("VX：tiezhu88", "tiezhu88"),
    ("邮箱wang_tz#mail.example.com", "wang_tz"),
    ("邮箱wang.tz＠mail.example.com", "wang.tz"),
    ("湘A-D1234挡路", "1234"),
    ("车牌号A12345挡路", "12345"),
    ("住3#501", "501"),
    ("到702房参加培训", "702"),
    ("信用代码91430111MA4L00000X", "MA4L"),
    ("护照E12345678", "E123"),
    ("工号B10086", "B10086"),
    ("被同学张小明打了", "张小明"),
    ("我女儿小名叫妞妞，", "妞妞"),
    ("我叫艾力·买买提，", "买买提"),
    ("我叫买买提明。", "买买提"),
    ("我叫Wang Tiezhu，", "Tiezhu"),
    ("我妈李小花都七十多岁了", "李小花"),
    ("王铁柱是我丈夫", "王铁柱"),
    ("就读于幸福幼儿园大班", "大班"),
    ("上小二班", "小二班"),
    ("在幸福小学203班", "203班"),
    ("患有强直性脊柱炎和乙型肝炎，", "炎"),
)
MIDDLE = ("楼下的烧烤店每晚吵到两点，", "拖欠我们三个月工资，", "征地补偿每亩少发八千元，", "请求有关部门处理。")


def matter(category: str, span: tuple[int, int]) -> Matter:
    return Matter(category, "", 0.9, category.split(".")[0], 0.9, (), (), span)


@given(
    st.sampled_from(NAMES),
    st.sampled_from(ANNOUNCED),
    st.sampled_from(PHONES),
    st.sampled_from(OTHER_NUMBERS),
    st.lists(st.sampled_from(MIDDLE), min_size=1, max_size=3),
    st.booleans(),
)
def test_planted_identities_never_survive(name: str, how: str, phone: str, other: str, middle: list[str], again: bool):
    text = f"{middle[0]}{how.format(name)}电话{phone}，证件{other}。{''.join(middle)}{name if again else ''}"
    sent = extract(Letter("1", text, f"{name}的来信", sender=f"{name} {phone}"))
    for planted in (name, phone, other):
        assert planted not in sent.title + sent.text
    assert read(f"\n{phone}").text.strip() not in read(f"\n{sent.text}").text
    assert all(one.strip("，。") in sent.text for one in middle)


@pytest.mark.parametrize(
    "address", ["3栋2单元501", "12号楼1203室", "长安路18号", "五组", "第三村民小组", "8-2-1101", "B栋702", "二单元四楼东户401室"]
)
def test_an_address_ends_at_the_village_or_estate(address: str):
    sent = extract(Letter("1", f"我住青川花园{address}，楼下噪音很大。"))
    assert address not in sent.text
    assert "青川花园" in sent.text and "噪音" in sent.text


@pytest.mark.parametrize(
    "text",
    [
        "我是王铁柱的妻子李小花，路灯坏了",
        "签名：\n王铁柱\n李小花\n2019年8月1日",
        "我，王铁柱，家里漏水",
        "村民王铁柱、李小花、赵建国联名反映",
        "我的名字是王铁柱，请修路",
        "请修路 王铁柱 13800000000",
    ],
)
def test_names_of_kin_lists_and_signatures_are_hidden(text: str):
    sent = extract(Letter("1", text)).text
    assert not any(name in sent for name in ("王铁柱", "李小花", "赵建国"))


@pytest.mark.parametrize("plate", PLATES)
def test_number_plates_and_accounts_are_hidden(plate: str):
    sent = extract(Letter("1", f"车牌{plate}的车堵门，微信：tiezhu_88，请处理"))
    assert plate not in sent.text and "tiezhu_88" not in sent.text


@pytest.mark.parametrize(
    "kept", ["2300000元", "三个月", "10号线", "2019年8月", "38名工人", "第31条", "发改委〔2001〕585号", "12345热线", *KEPT]
)
def test_what_the_matter_needs_stays(kept: str):
    assert kept in extract(Letter("1", f"我们反映的情况与{kept}有关，请核实。")).text


@pytest.mark.parametrize(("sentence", "gone"), HIDDEN)
def test_what_points_to_a_person_is_hidden_however_it_is_written(sentence: str, gone: str):
    assert gone not in extract(Letter("1", f"{sentence}。请处理路灯。")).text


@pytest.mark.parametrize("unit", ["1", "a", "1-", "王铁柱、", "3栋", "a.", "壹", "一"])
def test_a_long_run_of_anything_has_an_extract(unit: str):
    """Without bounds on what a pattern may repeat one such letter holds a worker for minutes."""
    assert extract(Letter("1", unit * (40_000 // len(unit)))).text is not None


def test_illness_is_hidden_unless_the_matter_is_about_it():
    text = "我有尿毒症，每周透析三次，公交车站太远，请增设一站。"
    hidden = extract(Letter("1", text), matter("TRAFFIC.PUBLIC", (0, len(text))))
    assert "尿毒症" not in hidden.text and "透析" not in hidden.text and "公交车站" in hidden.text
    assert extract(Letter("1", text), matter("SOCSEC.MEDINS", (0, len(text)))).text == text


def test_a_child_is_told_by_neither_age_nor_class():
    sent = extract(Letter("1", "我女儿李小花今年9岁，在三年级二班，被老师打了。我自己四十二岁。"))
    assert "李小花" not in sent.text and "9岁" not in sent.text and "三年级二班" not in sent.text
    assert "四十二岁" in sent.text and sent.hidden["未成年人"] == 2


def test_one_matter_takes_only_its_own_words():
    text = "一、拖欠工资，我叫王铁柱。二、路灯坏了，找王铁柱。"
    start = text.index("二、")
    sent = extract(Letter("1", text, "王铁柱讨薪"), matter("URBAN.CITYMGMT", (start, len(text))), first=False)
    assert sent.text == "二、路灯坏了，找〔姓名〕。" and sent.title == ""


@given(st.text(max_size=80), st.text(max_size=20))
def test_any_letter_has_an_extract(text: str, title: str):
    sent = extract(Letter("1", text or "。", title, sender=text[:10]))
    assert sum(sent.hidden.values()) == (sent.title + sent.text).count("〔") - (title + text).count("〔") or "〔" in text + title
