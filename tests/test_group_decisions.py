"""What a person decided of a group holds against every new letter."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from matters import ELSEWHERE, decide, file, group_of, groups, letter, members, open_office

from classifier.assess import Assessor
from service.access import new_key
from service.app import build_app
from service.settings import Settings


@pytest.fixture
def client(tmp_path: Path, assessor: Assessor) -> Iterator[TestClient]:
    with open_office(tmp_path, assessor) as opened:
        yield opened


def test_a_confirmed_groups_lead_is_proposed_to_new_letters_with_the_reason_and_overrides_nothing(client: TestClient) -> None:
    file(client, *(letter(n) for n in range(3)))
    group = groups(client)[0]["id"]
    confirmed = decide(client, group, "confirm", department="ZJJ")
    assert (confirmed.status_code, confirmed.json()["state"], confirmed.json()["department"]) == (201, "confirmed", "ZJJ")
    new = file(client, letter(3))[0]
    assert new["links"]["proposal"]["department"] == "ZJJ"
    assert group in new["links"]["proposal"]["because"]
    alone = client.post("/v1/assess", json=letter(3)).json()
    assert new["assessment"]["route"] == alone["route"]
    client.post(
        "/v1/letters/澜悦江湾二期-3/decision",
        json={"category": "HOUSE.UNFINISHED", "department": "ZRZY", "reason": "另定", "confirm": False},
    )
    assert client.get("/v1/letters/澜悦江湾二期-3").json()["links"]["proposal"] is None


def test_letters_split_off_stay_apart_from_then_on(client: TestClient) -> None:
    file(client, *(letter(n) for n in range(4)))
    group = groups(client)[0]["id"]
    off = ["澜悦江湾二期-0", "澜悦江湾二期-2"]
    answer = decide(client, group, "split", letters=off)
    assert answer.status_code == 201
    new = group_of(client, off[0])
    assert new not in (group, None)
    assert (members(client, new), members(client, group)) == (set(off), {"澜悦江湾二期-1", "澜悦江湾二期-3"})
    file(client, *(letter(n) for n in range(4, 10)))
    assert members(client, new).isdisjoint(members(client, group))
    assert set(off) <= members(client, new)
    assert {"澜悦江湾二期-1", "澜悦江湾二期-3"} <= members(client, group)
    assert client.get(f"/v1/groups/{group}").json()["decisions"][0]["other"] == new


def test_groups_merged_by_a_person_are_one_and_stay_one(client: TestClient) -> None:
    file(
        client,
        letter(0),
        letter(1),
        letter(0, "翡翠云庭", received_at="2026-03-04"),
        letter(1, "翡翠云庭", received_at="2026-03-05"),
    )
    one, other = (group_of(client, f"{place}-0") for place in ("澜悦江湾二期", "翡翠云庭"))
    assert one != other
    merged = decide(client, one, "merge", other=other)
    assert (merged.status_code, merged.json()["letters"]) == (201, 4)
    assert client.get(f"/v1/groups/{other}").status_code == 409
    new = file(client, letter(1, "翡翠云庭", id="later", sender="另一位业主", received_at="2026-03-06"))[0]
    assert new["links"]["group_case"] == one


def test_a_dismissed_group_takes_no_more_letters_and_is_not_made_again(client: TestClient) -> None:
    file(client, *(letter(n) for n in range(3)))
    group = groups(client)[0]["id"]
    assert decide(client, group, "dismiss").json()["state"] == "dismissed"
    assert groups(client) == []
    assert [one["id"] for one in groups(client, "state=dismissed")] == [group]
    new = file(client, letter(3), letter(4))[1]
    assert len(members(client, group)) == 3
    assert new["links"]["group_case"] != group
    assert group_of(client, "澜悦江湾二期-0") is None
    assert decide(client, group, "confirm").json()["state"] == "confirmed"


def test_a_confirmed_group_is_found_beyond_the_window_until_it_is_closed(client: TestClient) -> None:
    neighbours = [letter(0, id=f"{n}", sender=f"业主{n}", received_at=f"2026-03-0{n}") for n in range(1, 4)]
    file(client, *neighbours)
    group = groups(client)[0]["id"]
    decide(client, group, "confirm")
    late = letter(0, id="late", sender="另一业主", received_at="2026-11-20")  # the same words: only the time differs
    assert file(client, late)[0]["links"]["group_case"] == group
    assert decide(client, group, "close").json()["state"] == "closed"
    assert decide(client, group, "dismiss").status_code == 409


def test_what_cannot_be_taken_names_its_field_and_changes_nothing(client: TestClient) -> None:
    file(client, *(letter(n) for n in range(3)), {"id": "x", "text": ELSEWHERE})
    group = groups(client)[0]["id"]
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
        answer = decide(client, group, what, **body)
        assert (answer.status_code, answer.json()["errors"][0]["where"]) == (422, field), what
    assert decide(client, group, "merge", other="G-99").status_code == 404
    assert client.get("/v1/groups/G-99").status_code == client.get("/v1/groups/nonsense").status_code == 404
    assert client.get(f"/v1/groups/{group}").content == before


def test_a_decision_on_an_old_view_of_a_group_is_a_conflict_and_one_sent_twice_is_one(client: TestClient) -> None:
    file(client, *(letter(n) for n in range(3)))
    group = groups(client)[0]["id"]
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
