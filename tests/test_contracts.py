"""The watch over the misroute contract: what went astray tightens the cut, in every replica, for this model, never loosens it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from classifier.assess import Assessor
from service.app import build_app
from service.settings import Settings

WAGES = {"title": "拖欠工资", "text": "包工头拖欠我们工人工资三十余万元，工程早已完工，请求帮助讨要工钱。"}
NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)


class Clock:
    """A clock that is set by hand and moves a second at each look."""

    def __init__(self) -> None:
        self.time = NOON

    def __call__(self) -> datetime:
        self.time += timedelta(seconds=1)
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(database_url=f"sqlite:///{tmp_path / 'fenxin.db'}")


@pytest.fixture
def client(settings: Settings, assessor: Assessor, clock: Clock) -> Iterator[TestClient]:
    with TestClient(build_app(settings, assessor=_bold(assessor), now=clock), base_url="http://127.0.0.1") as opened:
        yield opened


def _bold(assessor: Assessor) -> Assessor:
    """An assessor that sends every letter for the labour bureau alone."""
    return assessor.with_cuts({**assessor.cuts, "RSJ": 0.1})


def _file(client: TestClient, number: int) -> str:
    answer = client.post("/v1/letters", json=WAGES | {"id": f"w-{number}"}).json()
    assert answer["assessment"]["disposition"] == "auto"
    assert answer["assessment"]["route"]["lead"] == "RSJ"
    return str(answer["id"])


def _send_on(client: TestClient, letter: str, department: str) -> None:
    opinion = {"category": "LABOR.CONTRACT", "department": department, "confirm": False, "reason": "不属本单位职责"}
    answer = client.post(f"/v1/letters/{letter}/decision", json=opinion)
    assert answer.status_code == 201, answer.text


def _break(client: TestClient) -> None:
    for letter in [_file(client, number) for number in range(3)]:
        _send_on(client, letter, "FY")


def _labour(client: TestClient) -> dict[str, object]:
    return next(one for one in client.get("/v1/contract").json()["departments"] if one["department"] == "RSJ")


def test_a_broken_contract_sends_that_departments_letters_to_a_person(client: TestClient) -> None:
    _break(client)
    assert _labour(client)["cut"] is None
    again = client.post("/v1/letters", json=WAGES | {"id": "next"}).json()["assessment"]
    assert again["disposition"] == "review"
    assert "below_cut" in again["doubts"]


def test_one_misroute_among_many_kept_letters_breaks_nothing(client: TestClient) -> None:
    letters = [_file(client, number) for number in range(12)]
    _send_on(client, letters[0], "FY")
    kept = _labour(client)
    assert (kept["cut"], kept["tally"]) == (0.1, {"alone": 12, "astray": 1})


def test_a_letter_left_with_its_department_is_kept(client: TestClient) -> None:
    letter = _file(client, 1)
    opinion = {"category": "LABOR.MIGRANTWAGE", "confirm": True}
    assert client.post(f"/v1/letters/{letter}/decision", json=opinion).status_code == 201
    assert _labour(client)["tally"] == {"alone": 1, "astray": 0}


def test_the_stricter_cut_holds_after_a_restart_and_in_other_replicas(
    client: TestClient, settings: Settings, assessor: Assessor, clock: Clock
) -> None:
    _break(client)
    with TestClient(build_app(settings, assessor=_bold(assessor), now=clock), base_url="http://127.0.0.1") as other:
        assert _labour(other)["cut"] is None


def test_other_cuts_are_other_rules(assessor: Assessor) -> None:
    assert _bold(assessor).rules_digest != assessor.rules_digest


def test_the_page_shows_each_department_and_its_promise(client: TestClient) -> None:
    page = client.get("/contract", headers={"accept": "text/html"}).text
    assert "人力资源和社会保障局" in page
    assert "5.0%" in page
