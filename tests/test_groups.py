"""Groups: matters are counted, never organisers; accusations are in none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from matters import ACCUSATION, ELSEWHERE, TELL, file, group_of, groups, letter, members, open_office

from classifier.assess import Assessor
from service.app import build_app
from service.settings import Settings
from service.tables import GROUP_CASE, MATTER_KEY, MEMBER


@pytest.fixture
def client(tmp_path: Path, assessor: Assessor) -> Iterator[TestClient]:
    with open_office(tmp_path, assessor) as opened:
        yield opened


def test_a_group_is_listed_from_three_different_senders_on_and_smaller_ones_by_filter(client: TestClient) -> None:
    file(client, letter(0), letter(1))
    assert groups(client, "") == []
    assert [one["senders"] for one in groups(client, "at_least=2")] == [2]
    file(client, letter(2), {"text": ELSEWHERE})
    listed = groups(client, "")
    assert [(one["letters"], one["senders"], one["level"]["code"]) for one in listed] == [(3, 3, "hint")]
    assert groups(client, "level=hint") == listed
    assert groups(client, "level=group") == groups(client, "state=confirmed") == groups(client, "category=TRAFFIC") == []


def test_a_receipt_says_at_once_what_the_letter_is_connected_with_and_why(client: TestClient) -> None:
    first, second = file(client, letter(0), letter(1))
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
    file(client, letter(0), letter(1), {"id": "x", "text": ELSEWHERE, "sender": "他"})
    assert group_of(client, "x") is None


def test_the_same_sender_again_is_a_repeat_and_one_sender_and_a_hint_to_look_afresh(client: TestClient) -> None:
    file(client, letter(0))
    client.post(
        "/v1/letters/澜悦江湾二期-0/decision",
        json={"category": "HOUSE.UNFINISHED", "department": "ZJJ", "reason": "核实", "confirm": False},
    )
    again = file(client, letter(1, sender=" 业主澜悦江湾二期0  13800000000"))[0]["links"]
    assert again["repeat_of"] == "澜悦江湾二期-0"
    assert again["answered_before"]["department"] == "ZJJ"
    assert again["same_matter"][0]["kind"] == "repeat"
    assert [one["senders"] for one in groups(client)] == [1]


def test_identical_text_within_an_hour_counts_once(client: TestClient) -> None:
    same = TELL[0].format(place="澜悦江湾二期")
    file(client, *(letter(n, text=same, received_at=f"2026-03-01T09:{10 * n:02}:00+08:00") for n in range(3)))
    group = groups(client)[0]
    assert (group["letters"], group["letters_counted"], group["senders"]) == (3, 1, 1)
    sheet = client.get(f"/v1/groups/{group['id']}").json()
    assert {one["kind"] for one in sheet["members"]} == {"copy"}
    assert all(one["unique"] == [] for one in sheet["members"])


def test_a_group_shows_growth_period_names_head_counts_demand_and_the_evidence_for_each_letter(client: TestClient) -> None:
    letters = [letter(n, place="澜悦江湾二期") for n in range(5)]
    letters[3]["text"] += "我们一共120户业主受影响。"
    file(client, *letters)
    sheet = client.get(f"/v1/groups/{groups(client)[0]['id']}").json()
    assert sheet["growth"] == [{"date": f"2026-03-0{n}", "letters": n, "senders": n} for n in range(1, 6)]
    assert sheet["level"]["code"] == "group"
    assert sheet["demand"] == "澜悦江湾二期停工"
    assert any("澜悦江湾" in name for name in sheet["shared_names"])
    assert sheet["affected"]["largest"] == sheet["affected"]["sum"]
    assert all(one["evidence"] and one["evidence"][0]["parts"] for one in sheet["members"])
    assert sheet["period"] == {"from": "2026-03-01T01:00:00.000000Z", "until": "2026-03-05T01:00:00.000000Z"}


def test_pages_of_groups_together_are_the_whole_list_newest_activity_first(client: TestClient) -> None:
    for place in ("澜悦江湾二期", "翡翠云庭", "金桂苑"):
        file(client, letter(0, place), letter(1, place, received_at=f"2026-04-{len(place) + ord(place[0]) % 9:02}"))
    whole = groups(client)
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


def test_no_answer_names_numbers_or_orders_senders(client: TestClient) -> None:
    file(client, *(letter(n) for n in range(4)))
    group = groups(client)[0]["id"]
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
        with open_office(tmp_path / name, assessor) as client:
            file(client, letter(0))
            with client.app.state.desk.database.reading() as connection:  # type: ignore[attr-defined]
                found |= {row.sender_number for row in connection.execute(MEMBER.select())}
    assert len(found) == 2


def test_an_accusation_is_in_no_index_and_no_group(client: TestClient) -> None:
    receipts = file(client, *({"id": f"a{n}", "text": ACCUSATION, "sender": f"人{n}"} for n in range(4)))
    assert {one["access"] for one in receipts} == {"restricted"}
    assert all(one["links"]["group_case"] is None and one["links"]["same_matter"] == [] for one in receipts)
    assert groups(client) == []
    with client.app.state.desk.database.reading() as connection:  # type: ignore[attr-defined]
        assert [connection.execute(table.select()).all() for table in (MEMBER, MATTER_KEY, GROUP_CASE)] == [[], [], []]


def test_a_letter_found_to_be_an_accusation_leaves_its_group_and_comes_back_when_it_is_none(
    tmp_path: Path, assessor: Assessor
) -> None:
    settings = Settings(
        database_url=f"sqlite:///{tmp_path / 'fenxin.db'}", local_roles=("intake", "review", "discipline"), county=None
    )
    with TestClient(build_app(settings, assessor=assessor), base_url="http://127.0.0.1") as client:
        file(client, *(letter(n) for n in range(4)))
        group, gone = groups(client)[0]["id"], "澜悦江湾二期-0"
        decide = f"/v1/letters/{gone}/decision"
        client.post(decide, json={"category": "DISCIP.CORRUPT", "purpose": "ACCUSE", "reason": "检举", "confirm": False})
        assert members(client, group) == {f"澜悦江湾二期-{n}" for n in (1, 2, 3)}
        shown = [client.get(path).text for path in ("/v1/groups", f"/v1/groups/{group}", "/v1/letters/澜悦江湾二期-1")]
        assert not [page for page in shown if gone in page]
        client.post(decide, json={"category": "HOUSE.UNFINISHED", "purpose": "APPEAL", "reason": "不是检举", "confirm": False})
        assert group_of(client, gone) == group
        assert [one["letters"] for one in groups(client)] == [4]
