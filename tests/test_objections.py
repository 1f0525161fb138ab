"""A receiver's objection: within five working days, with reasons, back to a person; it weighs only by the decision after it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from classifier.assess import Assessor
from classifier.errors import BadDataFile
from classifier.migration import Change, Changes, Kind, load_changes
from classifier.taxonomy import load_taxonomy
from service.access import new_key
from service.app import build_app
from service.labels import Doubted, Labels, ask_again, doubted, gather
from service.settings import Settings

WAGES = {"title": "拖欠工资", "text": "包工头拖欠我们工人工资三十余万元，工程早已完工，请求帮助讨要工钱。"}
LAND = {"title": "征地补偿", "text": "村里征地没有公告，补偿款也没有发到户，请求核查征地手续。"}
OBJECTION = {"department": "RSJ", "reason": "反映的是征地补偿", "article": "《信访工作条例》第二十三条"}
MONDAY = datetime(2026, 11, 23, 2, tzinfo=UTC)


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.time = MONDAY

    def __call__(self) -> datetime:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def client(tmp_path: Path, assessor: Assessor, clock: Clock) -> Iterator[TestClient]:
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'fenxin.db'}")
    with TestClient(build_app(settings, assessor=assessor, now=clock), base_url="http://127.0.0.1") as opened:
        yield opened


def _sent(client: TestClient, letter_id: str = "w", **letter: str) -> str:
    """A letter that an officer sent to the labour bureau."""
    assert client.post("/v1/letters", json=WAGES | {"id": letter_id} | letter).status_code == 201
    decide(client, letter_id, "LABOR.MIGRANTWAGE", "RSJ")
    return letter_id


def decide(client: TestClient, letter_id: str, category: str, department: str | None = None, **more: Any) -> Any:
    body = {"category": category, "department": department, "reason": "经核实", "confirm": False} | more
    answer = client.post(f"/v1/letters/{letter_id}/decision", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def _object(client: TestClient, letter_id: str, **more: Any) -> Any:
    return client.post(f"/v1/letters/{letter_id}/objection", json=OBJECTION | more)


def labels(client: TestClient) -> Labels:
    with client.app.state.desk.database.reading() as connection:  # type: ignore[attr-defined]
        return gather(connection, load_taxonomy(), load_changes(load_taxonomy().categories))


def test_an_objection_brings_the_letter_back_with_its_reason(client: TestClient) -> None:
    letter = _sent(client)
    assert client.get("/v1/review").json()["items"] == []
    answer = _object(client, letter, right_category="LAND.EXPROP", right_department="ZRZY")
    assert answer.status_code == 201
    assert (answer.json()["standing"]["again"], answer.json()["standing"]["state"]) == ("objection", "open")
    assert [one["id"] for one in client.get("/v1/review").json()["items"]] == [letter]
    assert OBJECTION["reason"] in client.get("/review", headers={"accept": "text/html"}).text
    (kept,) = client.get(f"/v1/letters/{letter}").json()["objections"]
    assert (kept["reason"], kept["article"], kept["outcome"]) == (OBJECTION["reason"], OBJECTION["article"], "pending")


@pytest.mark.parametrize(
    ("department", "category", "outcome", "kind"),
    [
        ("ZRZY", "LAND.EXPROP", "upheld", "upheld"),
        ("RSJ", "LABOR.MIGRANTWAGE", "rejected", "corrected"),
        ("RSJ", "LAND.EXPROP", "upheld", "upheld"),
    ],
)
def test_the_next_decision_upholds_or_rejects(client: TestClient, department: str, category: str, outcome: str, kind: str) -> None:
    letter = _sent(client)
    _object(client, letter, right_category="LAND.EXPROP")
    decide(client, letter, category, department)
    assert client.get(f"/v1/letters/{letter}").json()["objections"][0]["outcome"] == outcome
    assert client.get("/v1/review").json()["items"] == []
    assert [(one.category, one.kind) for one in labels(client).corrections] == [(category, kind)]


def test_an_open_objection_teaches_nothing(client: TestClient) -> None:
    letter = _sent(client)
    assert len(labels(client).corrections) == 1
    _object(client, letter)
    assert labels(client).corrections == ()
    assert labels(client).held_back == {"waiting": 1}


def test_a_stubborn_department_cannot_ask_for_ever(client: TestClient) -> None:
    letter = _sent(client)
    assert _object(client, letter).status_code == 201
    assert _object(client, letter).status_code == 409
    decide(client, letter, "LABOR.MIGRANTWAGE", "RSJ")
    again = _object(client, letter)
    assert (again.status_code, "未予采纳" in again.json()["detail"]) == (409, True)


@pytest.mark.parametrize(("day", "status"), [(27, 201), (30, 201), (31, 409)])
def test_the_clock_runs_five_working_days(client: TestClient, clock: Clock, day: int, status: int) -> None:
    letter = _sent(client)
    clock.time = datetime(2026, 11 if day < 31 else 12, day if day < 31 else 1, 2, tzinfo=UTC)  # Monday 23 + 5 working days
    answer = _object(client, letter)
    assert answer.status_code == status
    assert status == 201 or "2026-11-30" in answer.json()["detail"]


def test_only_who_has_the_letter_may_object(client: TestClient) -> None:
    letter = _sent(client)
    assert _object(client, letter, department="ZRZY").status_code == 409
    unsent = client.post("/v1/letters", json=LAND | {"id": "open", "text": "征"}).json()
    assert unsent["assessment"]["disposition"] == "review"
    assert _object(client, "open", department=unsent["assessment"]["route"]["lead"] or "RSJ").status_code == 409


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"reason": "  "}, "reason"),
        ({"article": " "}, "article"),
        ({"right_category": "LAND.NONE"}, "right_category"),
        ({"right_department": "NONE"}, "right_department"),
        ({"department": "NONE"}, "department"),
    ],
)
def test_what_cannot_be_taken_names_its_field(client: TestClient, wrong: dict[str, str], field: str) -> None:
    answer = _object(client, _sent(client), **wrong)
    assert (answer.status_code, answer.json()["errors"][0]["where"]) == (422, field)


def test_the_same_key_is_one_objection(client: TestClient) -> None:
    letter = _sent(client)
    door, key = f"/v1/letters/{letter}/objection", {"Idempotency-Key": "o"}
    first, second = (client.post(door, json=OBJECTION, headers=key) for _ in range(2))
    assert first.content == second.content
    assert len(client.get(f"/v1/letters/{letter}").json()["objections"]) == 1


def test_who_objects_does_not_decide(tmp_path: Path, assessor: Assessor) -> None:
    keys = {name: new_key(name, frozenset(roles)) for name, roles in {"a": {"intake", "review"}, "b": {"receiver"}}.items()}
    rows = "\n".join(row for _, row in keys.values())
    (tmp_path / "keys.csv").write_text(f"prefix,sha256,officer,roles\n{rows}\n", "utf-8")
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'fenxin.db'}", api_keys_file=tmp_path / "keys.csv")
    with TestClient(build_app(settings, assessor=assessor)) as office:
        officer, receiver = (TestClient(office.app, headers={"X-API-Key": keys[name][0]}) for name in "ab")
        _sent(officer)
        assert receiver.post("/v1/letters/w/decision", json={"category": "LAND.EXPROP", "confirm": True}).status_code == 403
        assert _object(receiver, "none").status_code == 404
        assert _object(officer, "w").status_code == 201
        own = officer.post("/v1/letters/w/decision", json={"category": "LABOR.MIGRANTWAGE", "confirm": True})
        assert (own.status_code, "以外的经办人" in own.json()["detail"]) == (403, True)


def test_a_key_of_one_department_objects_for_no_other(tmp_path: Path, assessor: Assessor) -> None:
    own = {"a": frozenset[str](), "rsj": frozenset({"RSJ"}), "gaj": frozenset({"GAJ"})}
    keys = {name: new_key(name, frozenset({"intake", "review"} if name == "a" else {"receiver"}), own[name]) for name in own}
    rows = "\n".join(row for _, row in keys.values())
    (tmp_path / "keys.csv").write_text(f"prefix,sha256,officer,roles,departments\n{rows}\n", "utf-8")
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'fenxin.db'}", api_keys_file=tmp_path / "keys.csv")
    with TestClient(build_app(settings, assessor=assessor)) as office:
        officer, rsj, gaj = (TestClient(office.app, headers={"X-API-Key": keys[name][0]}) for name in keys)
        letter = _sent(officer)
        assert _object(gaj, letter).status_code == 403
        assert _object(gaj, "none").status_code == 403  # nor learns which letters there are
        assert _object(rsj, letter).status_code == 201


def test_a_key_file_with_an_unknown_department_is_refused_at_the_start(tmp_path: Path, assessor: Assessor) -> None:
    row = new_key("王某", frozenset({"receiver"}), frozenset({"RSJX"}))[1]
    (tmp_path / "keys.csv").write_text(f"prefix,sha256,officer,roles,departments\n{row}\n", "utf-8")
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'fenxin.db'}", api_keys_file=tmp_path / "keys.csv")
    with pytest.raises(BadDataFile, match=r"RSJX.*RSJ"):
        build_app(settings, assessor=assessor)


def test_what_became_an_accusation_never_teaches(client: TestClient) -> None:
    letter = _sent(client)
    decide(client, letter, "LABOR.MIGRANTWAGE", purpose="ACCUSE")
    assert labels(client) == Labels((), {}, ())


def test_a_letter_teaches_without_its_sender(client: TestClient) -> None:
    _sent(client, sender="周某某 13800001111")
    (one,) = labels(client).corrections
    assert one.letter.sender is None
    assert one.matter == "w"


def test_a_category_that_is_gone_is_counted_and_not_learnt(client: TestClient) -> None:
    _sent(client)
    with client.app.state.desk.database.reading() as connection:  # type: ignore[attr-defined]
        other = load_taxonomy()
        object.__setattr__(other, "categories", {})
        assert gather(connection, other, load_changes({})) == Labels((), {"unknown_code": 1}, ())


def test_the_same_words_decided_differently_wait_for_a_second_look_and_are_asked_once(client: TestClient, clock: Clock) -> None:
    _sent(client, "a")
    _sent(client, "b")
    decide(client, "b", "LABOR.WAGE", "RSJ")
    told = labels(client)
    assert (told.corrections, told.held_back) == ((), {"contradicting": 2})
    database = client.app.state.desk.database  # type: ignore[attr-defined]
    with database.writing() as connection:
        assert ask_again(connection, told.doubted, job=1, now=MONDAY) == 2
        assert doubted(connection, ["b"]) == {"b": Doubted("b", "LABOR.WAGE", "LABOR.MIGRANTWAGE", 0.5)}
    assert [one["again"] for one in client.get("/v1/review").json()["items"]] == ["suspect", "suspect"]
    assert "请再看一次" in client.get("/review", headers={"accept": "text/html"}).text
    clock.time = MONDAY.replace(hour=3)
    decide(client, "b", "LABOR.WAGE", "RSJ")
    decide(client, "a", "LABOR.MIGRANTWAGE", "RSJ")
    assert [one.kind for one in labels(client).corrections] == ["upheld", "upheld"]
    with database.writing() as connection:
        assert ask_again(connection, [Doubted("b", "LABOR.WAGE", "LABOR.MIGRANTWAGE", 0.9)], job=2, now=MONDAY) == 0


def test_the_page_takes_an_objection(client: TestClient) -> None:
    letter, html = _sent(client), {"accept": "text/html"}
    page = client.get(f"/letters/{letter}", headers=html).text
    assert "提出异议" in page
    form = OBJECTION | {"token": client.cookies["fenxin_form"], "right_category": "土地征收补偿安置"}
    assert client.post(f"/letters/{letter}/objection", data=form, headers=html, follow_redirects=False).status_code == 303
    assert client.get(f"/v1/letters/{letter}").json()["objections"][0]["right_category"] == "LAND.EXPROP"


def test_a_renamed_code_is_carried_over_and_a_split_one_waits_for_a_person(client: TestClient) -> None:
    _sent(client, "renamed")
    _sent(client, "split", text="餐馆拖欠我们工资两个月，请求帮助。")
    decide(client, "split", "LABOR.WAGE", "RSJ")
    rows = [
        Change("LABOR.MIGRANTWAGE", ("LABOR.CONTRACT",), Kind.RENAMED, date(2026, 11, 1), ""),
        Change("LABOR.WAGE", ("LABOR.CONTRACT", "LABOR.INJURY"), Kind.SPLIT, date(2026, 11, 1), ""),
    ]
    changes = Changes({one.old: one for one in rows}, ["LABOR.CONTRACT", "LABOR.INJURY"], (), "")
    with client.app.state.desk.database.reading() as connection:  # type: ignore[attr-defined]
        told = gather(connection, load_taxonomy(), changes)
    assert [(one.letter.id, one.category) for one in told.corrections] == [("renamed", "LABOR.CONTRACT")]
    assert (told.held_back, [one.letter_id for one in told.doubted]) == ({"changed_code": 1}, ["split"])
