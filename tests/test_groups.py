"""Groups: matters are counted, never organisers; what a person decided holds against every new letter."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from classifier.assess import Assessor
from service.access import new_key
from service.app import build_app
from service.settings import Settings
from service.tables import GROUP_CASE, MATTER_KEY, MEMBER

TELL = [
    "我是{place}的业主，开发商鼎合置业逾期一年没有交房，楼盖到十九层就停工了，请督促复工。",
    "{place}停工半年没人管，鼎合置业说没钱，业主天天在外面租房，什么时候能复工交房？",
    "请问{place}的监管资金去哪了？鼎合置业逾期交房，工地大门锁着，业主要求复工。",
    "{place}烂尾了，鼎合置业逾期交房还不退首付，我们业主请求住建部门督促复工。",
    "我在{place}买了房，鼎合置业停工不交房，月供照还，请政府督促开发商复工交房。",
    "鼎合置业的{place}停工大半年，业主交房无望，请求查清监管资金，督促复工。",
]
ELSEWHERE = "幸福村三组的灌溉水渠去年冲垮后没有修，稻田缺水，请水利部门尽快修复水渠。"
ACCUSATION = "实名举报村支书贪污征地补偿款二十万元，私分集体土地款，请纪委查处。"


@pytest.fixture
def client(tmp_path: Path, assessor: Assessor) -> Iterator[TestClient]:
    with _open(tmp_path, assessor) as opened:
        yield opened


def _open(folder: Path, assessor: Assessor) -> TestClient:
    settings = Settings(database_url=f"sqlite:///{folder / 'fenxin.db'}")
    return TestClient(build_app(settings, assessor=assessor), base_url="http://127.0.0.1")


def _letter(number: int, place: str = "澜悦江湾二期", **more: str) -> dict[str, str]:
    """The ``number``-th letter about one matter, from a sender of its own, a day after the one before."""
    text = TELL[number % len(TELL)].format(place=place)
    body = {"id": f"{place}-{number}", "title": f"{place}停工", "text": text, "sender": f"业主{place}{number} 1380000{number:04}"}
    return body | {"received_at": f"2026-03-{number + 1:02}T09:00:00+08:00"} | more


def _file(client: TestClient, *letters: dict[str, str]) -> list[dict[str, Any]]:
    answers = [client.post("/v1/letters", json=letter) for letter in letters]
    assert {answer.status_code for answer in answers} <= {200, 201}
    return [answer.json() for answer in answers]


def _groups(client: TestClient, query: str = "at_least=1") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(f"/v1/groups?{query}").json()["items"]
    return found


def _members(client: TestClient, group: str) -> set[str]:
    return {one["letter_id"] for one in client.get(f"/v1/groups/{group}").json()["members"]}


def _decide(client: TestClient, group: str, what: str, **body: Any) -> Any:
    return client.post(f"/v1/groups/{group}/{what}", json={"reason": "核实"} | body)


def _group_of(client: TestClient, letter: str) -> Any:
    return client.get(f"/v1/letters/{letter}").json()["links"]["group_case"]


# --- what is one matter, and how it is counted


def test_a_group_is_listed_from_three_different_senders_on_and_smaller_ones_by_filter(client: TestClient) -> None:
    _file(client, _letter(0), _letter(1))
    assert _groups(client, "") == []
    assert [one["senders"] for one in _groups(client, "at_least=2")] == [2]
    _file(client, _letter(2), {"text": ELSEWHERE})
    listed = _groups(client, "")
    assert [(one["letters"], one["senders"], one["level"]["code"]) for one in listed] == [(3, 3, "hint")]
    assert _groups(client, "level=hint") == listed
    assert _groups(client, "level=group") == _groups(client, "state=confirmed") == _groups(client, "category=LABOR") == []


def test_a_receipt_says_at_once_what_the_letter_is_connected_with_and_why(client: TestClient) -> None:
    first, second = _file(client, _letter(0), _letter(1))
    assert first["links"] == {"group_case": None, "same_matter": [], "repeat_of": None, "answered_before": None, "proposal": None}
    assert (
        first["assessment"]["links"] == second["assessment"]["links"] == {"group_case": None, "same_matter": [], "repeat_of": None}
    )
    link = second["links"]["same_matter"][0]
    assert (link["letter_id"], link["kind"], link["score"] > 0.5) == ("澜悦江湾二期-0", "same_matter", True)
    assert "澜悦江湾" in "".join(link["shared"])
    other = client.get("/v1/letters/澜悦江湾二期-0").json()["links"]
    assert (other["group_case"], other["same_matter"][0]["letter_id"]) == (second["links"]["group_case"], "澜悦江湾二期-1")


def test_a_letter_about_something_else_is_in_no_group(client: TestClient) -> None:
    _file(client, _letter(0), _letter(1), {"id": "x", "text": ELSEWHERE, "sender": "他"})
    assert _group_of(client, "x") is None


def test_the_same_sender_again_is_a_repeat_and_one_sender_and_a_hint_to_look_afresh(client: TestClient) -> None:
    _file(client, _letter(0))
    client.post(
        "/v1/letters/澜悦江湾二期-0/decision",
        json={"category": "HOUSE.UNFINISHED", "department": "ZJJ", "reason": "核实", "confirm": False},
    )
    again = _file(client, _letter(1, sender=" 业主澜悦江湾二期0  13800000000"))[0]["links"]
    assert again["repeat_of"] == "澜悦江湾二期-0"
    assert again["answered_before"]["department"] == "ZJJ"
    assert again["same_matter"][0]["kind"] == "repeat"
    assert [one["senders"] for one in _groups(client)] == [1]


def test_identical_text_within_an_hour_counts_once(client: TestClient) -> None:
    same = TELL[0].format(place="澜悦江湾二期")
    _file(client, *(_letter(n, text=same, received_at=f"2026-03-01T09:{10 * n:02}:00+08:00") for n in range(3)))
    group = _groups(client)[0]
    assert (group["letters"], group["letters_counted"], group["senders"]) == (3, 1, 1)
    sheet = client.get(f"/v1/groups/{group['id']}").json()
    assert {one["kind"] for one in sheet["members"]} == {"copy"}
    assert all(one["unique"] == [] for one in sheet["members"])


def test_a_group_shows_growth_period_names_head_counts_demand_and_the_evidence_for_each_letter(client: TestClient) -> None:
    letters = [_letter(n, place="澜悦江湾二期") for n in range(5)]
    letters[3]["text"] += "我们一共120户业主受影响。"
    _file(client, *letters)
    sheet = client.get(f"/v1/groups/{_groups(client)[0]['id']}").json()
    assert sheet["growth"] == [{"date": f"2026-03-0{n}", "letters": n, "senders": n} for n in range(1, 6)]
    assert sheet["level"]["code"] == "group"
    assert sheet["demand"] == "澜悦江湾二期停工"
    assert any("澜悦江湾" in name for name in sheet["shared_names"])
    assert sheet["affected"]["largest"] == sheet["affected"]["sum"]
    assert all(one["evidence"] and one["evidence"][0]["parts"] for one in sheet["members"])
    assert sheet["period"] == {"from": "2026-03-01T01:00:00.000000Z", "until": "2026-03-05T01:00:00.000000Z"}


def test_pages_of_groups_together_are_the_whole_list_newest_activity_first(client: TestClient) -> None:
    for place in ("澜悦江湾二期", "翡翠云庭", "金桂苑"):
        _file(client, _letter(0, place), _letter(1, place, received_at=f"2026-04-{len(place) + ord(place[0]) % 9:02}"))
    whole = _groups(client)
    assert len(whole) == 3
    found, cursor = [], ""
    while True:
        page = client.get(f"/v1/groups?at_least=1&limit=1&cursor={cursor}").json()
        found += page["items"]
        if page["next"] is None:
            break
        cursor = page["next"]
    assert found == whole == sorted(whole, key=lambda one: one["period"]["until"], reverse=True)
    assert client.get(f"/v1/groups?at_least=2&cursor={cursor}").status_code == 422


# --- people


def test_no_answer_names_numbers_or_orders_senders(client: TestClient) -> None:
    _file(client, *(_letter(n) for n in range(4)))
    group = _groups(client)[0]["id"]
    pages = [f"/v1/groups/{group}", "/v1/groups?at_least=1", f"/groups/{group}", "/groups?at_least=1", "/metrics"]
    database = client.app.state.desk.database  # type: ignore[attr-defined]
    with database.reading() as connection:
        numbers = [str(row.sender_number) for row in connection.execute(MEMBER.select())]
    for page in pages:
        shown = client.get(page, headers={"Accept": "text/html"}).text
        assert not [secret for secret in ("业主澜悦江湾二期", "1380000", *numbers) if secret in shown], page
    names = set(re.findall(r'"(\w+)":', client.get(f"/v1/groups/{group}").text))
    assert not {name for name in names if re.search(r"first|initiat|organi|leader|author|writer|submitter|earliest|rank", name)}
    assert {name for name in names if "sender" in name} == {"senders", "from_senders"}


def test_a_sender_number_is_another_one_in_another_installation(tmp_path: Path, assessor: Assessor) -> None:
    found = set()
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        with _open(tmp_path / name, assessor) as client:
            _file(client, _letter(0))
            with client.app.state.desk.database.reading() as connection:  # type: ignore[attr-defined]
                found |= {row.sender_number for row in connection.execute(MEMBER.select())}
    assert len(found) == 2


# --- accusations


def test_an_accusation_is_in_no_index_and_no_group(client: TestClient) -> None:
    receipts = _file(client, *({"id": f"a{n}", "text": ACCUSATION, "sender": f"人{n}"} for n in range(4)))
    assert {one["access"] for one in receipts} == {"restricted"}
    assert all(one["links"]["group_case"] is None and one["links"]["same_matter"] == [] for one in receipts)
    assert _groups(client) == []
    with client.app.state.desk.database.reading() as connection:  # type: ignore[attr-defined]
        assert [connection.execute(table.select()).all() for table in (MEMBER, MATTER_KEY, GROUP_CASE)] == [[], [], []]


def test_a_letter_found_to_be_an_accusation_leaves_its_group_and_comes_back_when_it_is_none(
    tmp_path: Path, assessor: Assessor
) -> None:
    settings = Settings(
        database_url=f"sqlite:///{tmp_path / 'fenxin.db'}", local_roles=("intake", "review", "discipline"), county=None
    )
    with TestClient(build_app(settings, assessor=assessor), base_url="http://127.0.0.1") as client:
        _file(client, *(_letter(n) for n in range(4)))
        group, gone = _groups(client)[0]["id"], "澜悦江湾二期-0"
        decide = f"/v1/letters/{gone}/decision"
        client.post(decide, json={"category": "DISCIP.CORRUPT", "purpose": "ACCUSE", "reason": "检举", "confirm": False})
        assert _members(client, group) == {f"澜悦江湾二期-{n}" for n in (1, 2, 3)}
        shown = [client.get(path).text for path in ("/v1/groups", f"/v1/groups/{group}", "/v1/letters/澜悦江湾二期-1")]
        assert not [page for page in shown if gone in page]
        client.post(decide, json={"category": "HOUSE.UNFINISHED", "purpose": "APPEAL", "reason": "不是检举", "confirm": False})
        assert _group_of(client, gone) == group
        assert [one["letters"] for one in _groups(client)] == [4]


# --- persons decide


def test_a_confirmed_groups_lead_is_proposed_to_new_letters_with_the_reason_and_overrides_nothing(client: TestClient) -> None:
    _file(client, *(_letter(n) for n in range(3)))
    group = _groups(client)[0]["id"]
    confirmed = _decide(client, group, "confirm", department="ZJJ")
    assert (confirmed.status_code, confirmed.json()["state"], confirmed.json()["department"]) == (201, "confirmed", "ZJJ")
    new = _file(client, _letter(3))[0]
    assert new["links"]["proposal"]["department"] == "ZJJ"
    assert group in new["links"]["proposal"]["because"]
    alone = client.post("/v1/assess", json=_letter(3)).json()
    assert new["assessment"]["route"] == alone["route"]
    client.post(
        "/v1/letters/澜悦江湾二期-3/decision",
        json={"category": "HOUSE.UNFINISHED", "department": "ZRZY", "reason": "另定", "confirm": False},
    )
    assert client.get("/v1/letters/澜悦江湾二期-3").json()["links"]["proposal"] is None


def test_letters_split_off_stay_apart_from_then_on(client: TestClient) -> None:
    _file(client, *(_letter(n) for n in range(4)))
    group = _groups(client)[0]["id"]
    off = ["澜悦江湾二期-0", "澜悦江湾二期-2"]
    answer = _decide(client, group, "split", letters=off)
    assert answer.status_code == 201
    new = _group_of(client, off[0])
    assert new not in (group, None)
    assert (_members(client, new), _members(client, group)) == (set(off), {"澜悦江湾二期-1", "澜悦江湾二期-3"})
    _file(client, *(_letter(n) for n in range(4, 10)))
    assert _members(client, new).isdisjoint(_members(client, group))
    assert set(off) <= _members(client, new)
    assert {"澜悦江湾二期-1", "澜悦江湾二期-3"} <= _members(client, group)
    assert client.get(f"/v1/groups/{group}").json()["decisions"][0]["other"] == new


def test_groups_merged_by_a_person_are_one_and_stay_one(client: TestClient) -> None:
    _file(
        client,
        _letter(0),
        _letter(1),
        _letter(0, "翡翠云庭", received_at="2026-03-04"),
        _letter(1, "翡翠云庭", received_at="2026-03-05"),
    )
    one, other = (_group_of(client, f"{place}-0") for place in ("澜悦江湾二期", "翡翠云庭"))
    assert one != other
    merged = _decide(client, one, "merge", other=other)
    assert (merged.status_code, merged.json()["letters"]) == (201, 4)
    assert client.get(f"/v1/groups/{other}").status_code == 409
    new = _file(client, _letter(2, "翡翠云庭", received_at="2026-03-06"))[0]
    assert new["links"]["group_case"] == one


def test_a_dismissed_group_takes_no_more_letters_and_is_not_made_again(client: TestClient) -> None:
    _file(client, *(_letter(n) for n in range(3)))
    group = _groups(client)[0]["id"]
    assert _decide(client, group, "dismiss").json()["state"] == "dismissed"
    assert _groups(client) == []
    assert [one["id"] for one in _groups(client, "state=dismissed")] == [group]
    new = _file(client, _letter(3), _letter(4))[1]
    assert len(_members(client, group)) == 3
    assert new["links"]["group_case"] != group
    assert _group_of(client, "澜悦江湾二期-0") is None
    assert _decide(client, group, "confirm").json()["state"] == "confirmed"


def test_a_confirmed_group_is_found_beyond_the_window_until_it_is_closed(client: TestClient) -> None:
    _file(client, *(_letter(n) for n in range(3)))
    group = _groups(client)[0]["id"]
    _decide(client, group, "confirm")
    late = _file(client, _letter(3, received_at="2026-11-20"))[0]
    assert late["links"]["group_case"] == group
    assert _decide(client, group, "close").json()["state"] == "closed"
    assert _decide(client, group, "dismiss").status_code == 409


def test_what_cannot_be_taken_names_its_field_and_changes_nothing(client: TestClient) -> None:
    _file(client, *(_letter(n) for n in range(3)), {"id": "x", "text": ELSEWHERE})
    group = _groups(client)[0]["id"]
    whole = [f"澜悦江湾二期-{n}" for n in range(3)]
    wrong = [
        ("split", {"letters": ["x"]}, "letters"),
        ("split", {"letters": whole}, "letters"),
        ("merge", {"other": group}, "other"),
        ("confirm", {"department": "NONE"}, "department"),
        ("dismiss", {"reason": " "}, "reason"),
    ]
    before = client.get(f"/v1/groups/{group}").content
    for what, body, field in wrong:
        answer = _decide(client, group, what, **body)
        assert (answer.status_code, answer.json()["errors"][0]["where"]) == (422, field), what
    assert _decide(client, group, "merge", other="G-99").status_code == 404
    assert client.get("/v1/groups/G-99").status_code == client.get("/v1/groups/nonsense").status_code == 404
    assert client.get(f"/v1/groups/{group}").content == before


def test_a_decision_on_an_old_view_of_a_group_is_a_conflict_and_one_sent_twice_is_one(client: TestClient) -> None:
    _file(client, *(_letter(n) for n in range(3)))
    group = _groups(client)[0]["id"]
    key = {"Idempotency-Key": "k"}
    body = {"reason": "同一楼盘", "seen": 0}
    first, second = (client.post(f"/v1/groups/{group}/confirm", json=body, headers=key) for _ in range(2))
    assert (first.content, second.headers["idempotency-replayed"]) == (second.content, "true")
    assert len(client.get(f"/v1/groups/{group}").json()["decisions"]) == 1
    assert client.post(f"/v1/groups/{group}/dismiss", json=body).status_code == 409


def test_only_who_reviews_sees_and_decides_groups(tmp_path: Path, assessor: Assessor) -> None:
    key, row = new_key("收件系统", frozenset({"intake"}))
    (tmp_path / "keys.csv").write_text(f"prefix,sha256,officer,roles\n{row}\n", "utf-8")
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'fenxin.db'}", api_keys_file=tmp_path / "keys.csv")
    with TestClient(build_app(settings, assessor=assessor), headers={"X-API-Key": key}) as client:
        assert client.get("/v1/groups").status_code == client.get("/v1/groups/G-1").status_code == 403
        assert client.post("/v1/groups/G-1/confirm", json={}).status_code == 403


# --- nothing doubled, nothing lost


def _shape(client: TestClient) -> list[tuple[str, list[str]]]:
    return sorted((one["id"], sorted(_members(client, one["id"]))) for one in _groups(client))


def test_a_replayed_letter_doubles_nothing(client: TestClient) -> None:
    letters = [_letter(n) for n in range(3)]
    _file(client, *letters)
    before, learnt = _shape(client), client.app.state.desk.grouping.background.letters  # type: ignore[attr-defined]
    again = _file(client, *letters)
    assert (_shape(client), client.app.state.desk.grouping.background.letters) == (before, learnt)  # type: ignore[attr-defined]
    assert again[2]["links"]["group_case"] == before[0][0]


def _mixed() -> list[dict[str, str]]:
    places = ("澜悦江湾二期", "翡翠云庭", "金桂苑")
    return [_letter(n, place) for n in range(5) for place in places]


@pytest.mark.parametrize("killed", [False, True])
def test_a_restart_in_the_middle_gives_the_same_groups(tmp_path: Path, assessor: Assessor, killed: bool) -> None:
    for name in ("whole", "halves"):
        (tmp_path / name).mkdir()
    with _open(tmp_path / "whole", assessor) as client:
        _file(client, *_mixed())
        whole, counters = _shape(client), client.app.state.desk.grouping.copy()  # type: ignore[attr-defined]
    first = _open(tmp_path / "halves", assessor)
    with first:
        _file(first, *_mixed()[:8])
        if killed:  # as if nothing had been saved at the end
            first.app.state.desk.grouping.saved = 10**9  # type: ignore[attr-defined]
    with _open(tmp_path / "halves", assessor) as client:
        _file(client, *_mixed()[8:])
        assert _shape(client) == whole
        assert client.app.state.desk.grouping.copy() == counters  # type: ignore[attr-defined]


def test_letters_filed_at_once_are_one_group(client: TestClient) -> None:
    with ThreadPoolExecutor(8) as people:
        list(people.map(lambda n: client.post("/v1/letters", json=_letter(n)), range(12)))
    assert [one["letters"] for one in _groups(client)] == [12]


def test_letters_stored_before_there_was_an_index_are_linked_little_by_little(tmp_path: Path, assessor: Assessor) -> None:
    from service.backlog import catch_up
    from service.tables import GROUP_BOND, GROUPING, KEPT_KEY, LINK, PROFILE

    with _open(tmp_path, assessor) as client:
        _file(client, *_mixed())
        whole = {tuple(members) for _, members in _shape(client)}
        with client.app.state.desk.database.writing() as connection:  # type: ignore[attr-defined]
            for table in (LINK, GROUP_BOND, PROFILE, MATTER_KEY, KEPT_KEY, MEMBER, GROUP_CASE, GROUPING):
                connection.execute(table.delete())
    app = build_app(Settings(database_url=f"sqlite:///{tmp_path / 'fenxin.db'}"), assessor=assessor)
    desk = app.state.desk
    assert desk.grouping.waiting == ""
    while desk.grouping.waiting is not None:
        catch_up(desk.database, desk.grouping, assessor)
    client = TestClient(app, base_url="http://127.0.0.1")
    assert {tuple(members) for _, members in _shape(client)} == whole
    desk.close()


def test_a_letter_that_cannot_be_linked_is_not_stored_half(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    _file(client, _letter(0))
    with client.app.state.desk.database.writing() as connection:  # type: ignore[attr-defined]
        connection.exec_driver_sql("CREATE TRIGGER full BEFORE INSERT ON link BEGIN SELECT RAISE(ABORT, 'no'); END")
    assert client.post("/v1/letters", json=_letter(1)).status_code == 503
    assert client.get("/v1/letters/澜悦江湾二期-1").status_code == 404
    with client.app.state.desk.database.reading() as connection:  # type: ignore[attr-defined]
        assert [row.letter_id for row in connection.execute(MEMBER.select())] == ["澜悦江湾二期-0"]


def test_a_decided_group_keeps_for_training_which_letters_it_was_about(client: TestClient) -> None:
    from service.tables import GROUP_DECISION

    _file(client, *(_letter(n) for n in range(3)))
    _decide(client, _groups(client)[0]["id"], "confirm")
    with client.app.state.desk.database.reading() as connection:  # type: ignore[attr-defined]
        kept = connection.execute(GROUP_DECISION.select()).one()
    assert json.loads(kept.letters) == [f"澜悦江湾二期-{n}" for n in range(3)]
    assert (kept.what, kept.officer) == ("confirm", "本机经办人")
