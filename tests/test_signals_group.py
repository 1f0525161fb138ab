"""Who writes together and who is touched: every trap is one case."""

import pytest

from classifier.letter import GroupSignal
from classifier.signals.group import read_group
from classifier.signals.reader import SignalReader, load_reader
from classifier.signals.terms import plain_quote
from classifier.taxonomy import load_taxonomy


@pytest.fixture(scope="module")
def reader() -> SignalReader:
    return load_reader(load_taxonomy())


def group(reader: SignalReader, text: str) -> GroupSignal:
    return reader.read(f"\n{text}", purpose="APPEAL").group


JOINT = {  # letter: who signed, who is touched
    "信访人柏某林等26人，均系砂场装卸工。": (26, 26),
    "我们三十一户在下面签名按印，请按册发放。": (31, 31),
    "我们4名代表受52户村民委托反映抽签一事。": (4, 52),
    "我们两个人代表杏花里86户（授权表附后）来信。": (None, 86),
    "全县五十四名三轮车驾驶员（名册附后）请求先安置。": (54, 54),
    "现经118户联名签字，请街道指导。": (118, 118),
    "一周共征集到930个签名，请撤销选址。": (930, None),
    "来访七人均为该厂退休职工。": (7, 7),
    "楼顶漏水三年没人管。梨园新苑全体业主 2023年6月1日": (None, None),
    "我作为9位木工班工友的代表来信讨薪。": (None, 9),
    "我们十五户人家住在坡下，墙在裂。": (None, 15),
}


@pytest.mark.parametrize(("text", "counts"), JOINT.items())
def test_a_joint_letter_is_likely_a_group(reader: SignalReader, text: str, counts: tuple[int | None, int | None]) -> None:
    signal = group(reader, text)
    assert signal.level == "likely"
    assert (signal.petitioner_count, signal.affected_count) == counts


TRAPS = {
    "money": "镇里欠我饭店餐费38万，签单一麻袋。",
    "floor plan": "我买的是120户型，交付缩水。",
    "room number": "我家4栋1803还没解押。",
    "fixed phrase": "什么时候能改一户一表？",
    "fixed phrase, parking": "小区承诺一户一车位，没有做到。",
    "household size": "我家一家五口就我一个劳力，想申请低保。",
    "old and young": "全家老少8口人挤在两间屋里。",
    "one person": "本人是丽水苑一名业主，车位被占。",
    "fraction": "物业说多数业主都同意涨价，票在哪里？",
    "school grade": "我是一名高三学生，学籍认不认？",
    "size of the estate": "小区共2300户，缺个菜场，我每天坐公交去买菜。",
    "others accused": "卜某等7人合伙把林场包给自己人。",
    "attackers": "在夜市被打，对方十二个人围着打我。",
    "victims of others": "那次爆燃3死7伤，我的赔付没到。",
    "votes": "会上到会41人，同意36人，请核对。",
    "quoted headline": "网上传《山城日报：三百名游客滞留》，我只要退票钱。",
    "quoted reply": "收到的是《关于邱某等三人反映事项的答复》，不是我的件。",
    "forged signatures": "筹备组冒充两百多户签名，请作废。",
    "others' meeting": "分房方案由全体职工大会表决通过，我没收到通知。",
    "self-appointed voice": "我代表广大网友呼吁换市花。",
    "statistic of benefit": "美食城宣传能满足三千人同时用餐，排风对着我家。",
    "vehicle": "中巴核载19人，塞了三十个。",
    "career figure": "我代课十九年，教过一千多名学生。",
    "company size": "公司两千员工，偏偏我没年终奖。",
    "memory": "当年我们连一百二十人，如今只找到我的名册。",
    "siblings": "我家兄弟四人，就我没有宅基地。",
    "staff": "昨天来了8名工作人员，看一眼就走。",
    "money with people's unit": "要求赔偿10万人民币。",
    "two floor plans": "133、138户型的公摊为什么不一样？",
    "house number": "103业主反映楼道灯不亮。",
    "one floor plan": "我订的06户型被换成了08户型。",
    "thousands of homes": "千家万户都用得上的公交，请恢复。",
    "no end of people": "无数人从这里摔过跤，请修台阶。",
    "one villager": "一位村民把沙堆在路上，请清走。",
    "one household": "本人一户的低保被停了。",
    "fraction of votes": "多数村民签字的表决票在哪里，请公示。",
    "lower school grade": "初三学生可以报名吗？",
    "residents of the estate": "小区常住6000人，连个菜场都没有，我每天坐公交去买菜。",
    "size of the town": "几万居民的新区没有一所中学，孩子坐校车。",
    "others who accuse": "被告等7人栽赃我一个人。",
    "committee members": "政协等16位委员提出的提案没有下文。",
    "officers": "那天张队长等二名辅警到我店里。",
    "victims": "去年有3个学生溺水，请装护栏。",
    "quoted law": "《条例》规定建设项目周围多数居民同意才能批，批文在哪？",
    "another's reply": "我收到的是关于陈某等三人信访事项的答复意见，寄错了。",
    "forwarded news": "网上转来的消息说外县有四百户搬走了，以上信息未经核实。",
    "signatures in dispute": "物业伪造利害业主签名，请查备案。",
    "a preparatory group's signatures": "请延长筹备组的签名活动。",
    "a meeting of all": "重大事情由全体职工大会讨论，我不知情。",
    "owned by all": "绿地属于全体业主共有，物业租给了商户。",
    "greeting": "尊敬的全体领导同志：我的工龄算错了。",
    "voice of all riders": "我代表全体摩托车友呼吁解禁。",
    "voice of the city": "代表广大市民感谢公交公司。",
    "any of them": "任何业主都可以查账，物业不给我看。",
}


@pytest.mark.parametrize("text", TRAPS.values(), ids=TRAPS)
def test_a_trap_is_no_group_and_no_count(reader: SignalReader, text: str) -> None:
    assert group(reader, text) == GroupSignal()


def test_people_said_to_be_touched_make_a_group_possible(reader: SignalReader) -> None:
    signal = group(reader, "砂场欠着60多名农民工的工钱，我也在内。")
    assert (signal.level, signal.petitioner_count, signal.affected_count) == ("possible", None, 60)


def test_an_inexact_number_is_no_count(reader: SignalReader) -> None:
    assert group(reader, "停工以后数百户业主租房住。").affected_count is None


def test_we_alone_is_no_group() -> None:
    assert read_group("\n我们要求退款", (), (), plain_quote("\n我们要求退款")) == GroupSignal()
