"""诉访分离: a procedure that is there, not one that is threatened, quoted or somebody else's."""

import pytest

from classifier.letter import LitigationState
from classifier.signals.reader import SignalReader, load_reader
from classifier.taxonomy import load_taxonomy


@pytest.fixture(scope="module")
def reader() -> SignalReader:
    return load_reader(load_taxonomy())


def state(reader: SignalReader, text: str) -> LitigationState:
    return reader.read(f"\n{text}", purpose="APPEAL").litigation.state


STATES = {
    "公司欠薪，仲裁委已受理，下月开庭。": "pending",
    "市政府正在复议，镇里天天填田。": "pending",
    "一审输了，上诉状已经递上去，二审还没通知。": "pending",
    "执行案子立了一年，法官说在查财产。": "pending",
    "省高院把案子发回重审了，还没定日子。": "pending",
    "我不服（2022）云岭民终第418号判决。": "concluded",
    "法院判村里补发分红，村里没上诉，就是不给。": "concluded",
    "仲裁裁决书写得清清楚楚，公司不付钱。": "concluded",
    "法院寄来终结本次执行程序的裁定，请恢复执行。": "concluded",
    "复议决定书维持了原处罚。": "concluded",
}


@pytest.mark.parametrize(("text", "expected"), STATES.items())
def test_a_procedure_is_pending_or_concluded(reader: SignalReader, text: str, expected: str) -> None:
    assert state(reader, text) == expected


NONE = {
    "threat": "若月底仍不交房，我将起诉。",
    "intention": "老板再不结工资，我们就走法律途径。",
    "formula": "本人保留诉诸法律的权利，不排除提起行政诉讼的可能性。",
    "law cited": "依据《行政诉讼法》和最高法的司法解释，应当听证。",
    "question": "请问起诉状怎么写？诉讼费大概多少？",
    "place": "法院门口那条路两边停满车，公交拐不过来。",
    "somebody else's": "隔壁栋打赢了官司，我们这栋没人起头。",
    "boilerplate": "决定书末尾印着可在六十日内申请行政复议，我不打算复议。",
    "petition's own review": "我这件信访，复查意见、复核意见都给了。",
}


@pytest.mark.parametrize("text", NONE.values(), ids=NONE)
def test_talk_of_courts_is_no_procedure(reader: SignalReader, text: str) -> None:
    assert state(reader, text) == LitigationState.NONE


def test_what_was_filed_is_pending_until_its_end_is_told(reader: SignalReader) -> None:
    assert state(reader, "去年我向法院起诉了物业。") == "pending"
    assert state(reader, "去年我向法院起诉了物业，判决已经生效。") == "concluded"
