"""Letters about made-up matters, filed and looked at through the doors; for the tests of groups."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from classifier.assess import Assessor
from service.app import build_app
from service.settings import Settings

TELL = [
    "我是{place}的业主，开发商鼎合置业逾期一年没有交房，楼盖到十九层就停工了，请督促复工。",
    "{place}停工半年没人管，鼎合置业说没钱，业主天天在外面租房，什么时候能复工交房？",
    "请问{place}什么时候复工？鼎合置业逾期交房，工地大门锁着，业主要求复工。",
    "{place}烂尾了，鼎合置业逾期交房还不退首付，我们业主请求住建部门督促复工。",
    "我在{place}买了房，鼎合置业停工不交房，月供照还，请政府督促开发商复工交房。",
    "鼎合置业的{place}停工大半年，业主交房无望，请求查清监管资金，督促复工。",
]
ELSEWHERE = "幸福村制衣厂老板拖欠三十名女工两个月工资，请劳动监察大队尽快帮我们追讨。"
ACCUSATION = "实名举报村支书贪污征地补偿款二十万元，私分集体土地款，请纪委查处。"


def open_office(folder: Path, assessor: Assessor) -> TestClient:
    settings = Settings(database_url=f"sqlite:///{folder / 'fenxin.db'}")
    return TestClient(build_app(settings, assessor=assessor), base_url="http://127.0.0.1")


def letter(number: int, place: str = "澜悦江湾二期", **more: str) -> dict[str, str]:
    """The ``number``-th letter about one matter, from a sender of its own, a day after the one before."""
    text = TELL[number % len(TELL)].format(place=place)
    body = {"id": f"{place}-{number}", "title": f"{place}停工", "text": text, "sender": f"业主{place}{number} 1380000{number:04}"}
    return body | {"received_at": f"2026-03-{number + 1:02}T09:00:00+08:00"} | more


def file(client: TestClient, *letters: dict[str, str]) -> list[dict[str, Any]]:
    answers = [client.post("/v1/letters", json=letter) for letter in letters]
    assert {answer.status_code for answer in answers} <= {200, 201}
    return [answer.json() for answer in answers]


def groups(client: TestClient, query: str = "at_least=1") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(f"/v1/groups?{query}").json()["items"]
    return found


def members(client: TestClient, group: str) -> set[str]:
    return {one["letter_id"] for one in client.get(f"/v1/groups/{group}").json()["members"]}


def decide(client: TestClient, group: str, what: str, **body: Any) -> Any:
    return client.post(f"/v1/groups/{group}/{what}", json={"reason": "核实"} | body)


def group_of(client: TestClient, letter: str) -> Any:
    return client.get(f"/v1/letters/{letter}").json()["links"]["group_case"]
