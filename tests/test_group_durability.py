"""Groups are neither doubled nor lost: replays, restarts, letters at once, refused writes, letters from before."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from matters import decide, file, groups, letter, members, open_office

from classifier.assess import Assessor
from service.app import build_app
from service.database import Database, open_database
from service.grouping import Grouping, open_grouping
from service.intake import keep, prepare
from service.schemas import LetterIn
from service.settings import Settings
from service.tables import GROUP_CASE, MATTER_KEY, MEMBER


@pytest.fixture
def client(tmp_path: Path, assessor: Assessor) -> Iterator[TestClient]:
    with open_office(tmp_path, assessor) as opened:
        yield opened


def _shape(client: TestClient) -> list[tuple[str, list[str]]]:
    return sorted((one["id"], sorted(members(client, one["id"]))) for one in groups(client))


def test_a_replayed_letter_doubles_nothing(client: TestClient) -> None:
    letters = [letter(n) for n in range(3)]
    file(client, *letters)
    before, learnt = _shape(client), client.app.state.desk.grouping.background.letters  # type: ignore[attr-defined]
    again = file(client, *letters)
    assert (_shape(client), client.app.state.desk.grouping.background.letters) == (before, learnt)  # type: ignore[attr-defined]
    assert again[2]["links"]["group_case"] == before[0][0]


def _mixed() -> list[dict[str, str]]:
    places = ("澜悦江湾二期", "翡翠云庭", "金桂苑")
    return [letter(n, place) for n in range(5) for place in places]


@pytest.mark.parametrize("killed", [False, True])
def test_a_restart_in_the_middle_gives_the_same_groups(tmp_path: Path, assessor: Assessor, killed: bool) -> None:
    for name in ("whole", "halves"):
        (tmp_path / name).mkdir()
    with open_office(tmp_path / "whole", assessor) as client:
        file(client, *_mixed())
        whole, counters = _shape(client), client.app.state.desk.grouping.copy()  # type: ignore[attr-defined]
    first = open_office(tmp_path / "halves", assessor)
    with first:
        file(first, *_mixed()[:8])
        if killed:  # as if nothing had been saved at the end
            first.app.state.desk.grouping.saved = 10**9  # type: ignore[attr-defined]
    with open_office(tmp_path / "halves", assessor) as client:
        file(client, *_mixed()[8:])
        assert _shape(client) == whole
        assert client.app.state.desk.grouping.copy() == counters  # type: ignore[attr-defined]


def test_letters_filed_at_once_are_one_group(client: TestClient) -> None:
    with ThreadPoolExecutor(8) as people:
        days = [f"2026-03-{n + 1:02}T09:00:00+08:00" for n in range(12)]
        told = [letter(1, id=f"at-once-{n}", sender=f"业主{n}", received_at=day) for n, day in enumerate(days)]
        list(people.map(lambda one: client.post("/v1/letters", json=one), told))
    assert [one["letters"] for one in groups(client)] == [12]


def test_letters_stored_before_there_was_an_index_are_linked_little_by_little(tmp_path: Path, assessor: Assessor) -> None:
    from service.backlog import catch_up
    from service.tables import GROUP_BOND, GROUPING, KEPT_KEY, LINK, PROFILE

    with open_office(tmp_path, assessor) as client:
        file(client, *_mixed())
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
    file(client, letter(0))
    with client.app.state.desk.database.writing() as connection:  # type: ignore[attr-defined]
        connection.exec_driver_sql("CREATE TRIGGER full BEFORE INSERT ON link BEGIN SELECT RAISE(ABORT, 'no'); END")
    assert client.post("/v1/letters", json=letter(1)).status_code == 503
    assert client.get("/v1/letters/澜悦江湾二期-1").status_code == 404
    with client.app.state.desk.database.reading() as connection:  # type: ignore[attr-defined]
        assert [row.letter_id for row in connection.execute(MEMBER.select())] == ["澜悦江湾二期-0"]


def test_a_decided_group_keeps_for_training_which_letters_it_was_about(client: TestClient) -> None:
    from service.tables import GROUP_DECISION

    file(client, *(letter(n) for n in range(3)))
    decide(client, groups(client)[0]["id"], "confirm")
    with client.app.state.desk.database.reading() as connection:  # type: ignore[attr-defined]
        kept = connection.execute(GROUP_DECISION.select()).one()
    assert json.loads(kept.letters) == [f"澜悦江湾二期-{n}" for n in range(3)]
    assert (kept.what, kept.officer) == ("confirm", "本机经办人")


def test_replicas_that_link_at_once_make_one_group(url: str, assessor: Assessor) -> None:
    def replica(_: int) -> tuple[Database, Grouping]:
        database = open_database(url)
        return database, open_grouping(database, assessor, None)

    def take(number: int) -> int:
        database, grouping = replicas[number % 2]
        sent = LetterIn.model_validate(letter(number)).letter("")
        filing = prepare(sent, assessor, grouping, datetime(2026, 11, 22, tzinfo=UTC))
        return keep(filing, database=database, grouping=grouping, ticket=None, present=lambda case, _: case.json).status

    with ThreadPoolExecutor(6) as threads:
        replicas = list(threads.map(replica, range(2)))
        assert list(threads.map(take, range(12))) == [201] * 12
    with replicas[0][0].reading() as connection:
        cases = connection.execute(GROUP_CASE.select().where(GROUP_CASE.c.matter.is_not(None))).all()
    assert [(case.letters, case.senders) for case in cases] == [(12, 12)]
    assert len({grouping.salt for _, grouping in replicas}) == 1
    for database, _ in replicas:
        database.close()
