"""Who must look at once: danger now, not danger past, told, played or joked about; anger counts for nothing."""

import pytest

from classifier.letter import UrgencyLevel
from classifier.signals.reader import SignalReader, load_reader
from classifier.taxonomy import load_taxonomy


@pytest.fixture(scope="module")
def reader() -> SignalReader:
    return load_reader(load_taxonomy())


def level(reader: SignalReader, text: str) -> UrgencyLevel:
    return reader.read(f"\n{text}", purpose="APPEAL").urgency.level


NOW = {
    "said openly": "我不想活了，农药就在手边，厂里不赔我的手指。",
    "high place": "我现在就在工地塔吊上，再不给工钱我就不下来了。",
    "farewell": "存折压在柜子里的褥子下面，孩子交给我姐。往后不会再来打扰各位，就到今晚为止了。",
    "violence": "他又喝多了在砸门，我和孩子躲在床底不敢出声，快来人。",
    "confined": "老板把我们九个人锁在工棚里，手机被收了，快来救人。",
    "child": "继父晚上进她房间摸她，孩子才九岁，不许告诉妈妈。",
    "gas": "楼道里煤气味很大，滋滋响，老人已经头晕，没人接电话。",
    "trapped": "安置楼地下室灌满水，老李还在下面没上来，快来人。",
    "poisoned": "食堂午饭后三十多个学生陆续呕吐，有一个在抽搐。",
    "demolition": "铲车已经推院墙了，奶奶还躺在屋里，求求你们快来人。",
}


@pytest.mark.parametrize("text", NOW.values(), ids=NOW)
def test_a_life_in_danger_now_is_r0_with_its_words(reader: SignalReader, text: str) -> None:
    signal = reader.read(f"\n{text}", purpose="APPEAL").urgency
    assert signal.level == UrgencyLevel.R0
    assert signal.evidence


NOT_NOW = {
    "past": "五年前我爱人一时想不开喝了农药，幸好抢救过来了，现在想补办工伤。",
    "fiction": "县文化馆排的话剧里女主角服毒自杀，排练声音太大。",
    "news": "新闻上说外省有人跳江，建议桥上加护栏。",
    "negation": "我写信不是要跳楼给谁看，只想知道复议交到哪里。",
    "other's taunt": "老板说有本事你去跳楼，请劳动监察查一查工资。",
    "idiom": "楼盘打出跳楼价，我们先买的心里不舒服，请问能不能补差价。",
    "drill": "社区消防演习放了很多烟，有老人以为着火了。",
    "irony": "学校门口没有红绿灯，是不是要等出了人命才装？",
    "anger": "你们这帮人还要不要脸！路灯五个月不亮！再不修我天天打电话骂你们！",
}


@pytest.mark.parametrize("text", NOT_NOW.values(), ids=NOT_NOW)
def test_what_is_not_now_wakes_nobody(reader: SignalReader, text: str) -> None:
    assert level(reader, text) != UrgencyLevel.R0


TODAY = {
    "water": "整栋楼停水四天了，高层有坐轮椅的老人。",
    "lift": "三单元电梯多次困人，现在还在用，请质监来查。",
    "house": "教学楼后面的挡土墙裂缝越来越大，雨季快到了，很危险。",
}


@pytest.mark.parametrize("text", TODAY.values(), ids=TODAY)
def test_a_present_hazard_is_for_today(reader: SignalReader, text: str) -> None:
    assert level(reader, text) == UrgencyLevel.R1


def test_a_running_clock_is_quoted_with_its_date(reader: SignalReader) -> None:
    signal = reader.read("\n认定书不服，复核期限到本周五截止，窗口周末不上班。", purpose="APPEAL").urgency
    assert signal.level == UrgencyLevel.R2
    assert any("本周五" in evidence.text or "截止" in evidence.text for evidence in signal.evidence)


def test_an_answer_that_is_overdue_is_for_the_supervisor_and_never_hides_what_is_more_urgent(reader: SignalReader) -> None:
    overdue = "我三月写信反映宅基地，信访部门受理后至今没有书面答复。"
    assert level(reader, overdue) == UrgencyLevel.R3
    assert level(reader, f"{overdue}复核期限到本周五截止。") == UrgencyLevel.R2
    assert level(reader, f"{overdue}整栋楼停水四天了。") == UrgencyLevel.R1
    assert level(reader, "开发商对我的投诉至今没有答复。") == UrgencyLevel.NONE


@pytest.mark.parametrize("shout", ["！！！", "你们统统不作为，气死我了！", "我要到省里去告你们！"])
def test_anger_neither_raises_nor_lowers(reader: SignalReader, shout: str) -> None:
    assert level(reader, f"路灯不亮。{shout}") == UrgencyLevel.NONE
    assert level(reader, f"{shout}整栋楼停水四天了。") == UrgencyLevel.R1
    assert level(reader, f"{shout}我不想活了，农药就在手边。") == UrgencyLevel.R0


def test_words_that_often_ring_falsely_need_a_letter_that_is_not_quiet(reader: SignalReader) -> None:
    assert level(reader, "我把安眠药攒够了，就在手边，今晚就喝下去，别找我。") == UrgencyLevel.R0
    assert level(reader, "在绝望中等来最后的批复，建议公示办理进度，窗口周末也上班，方便办理户口迁移。") != UrgencyLevel.R0


def test_one_sign_of_a_farewell_is_none(reader: SignalReader) -> None:
    assert level(reader, "下个月我就退休了，请各位保重，把排污口的事盯到底。") != UrgencyLevel.R0
