"""What the pair scorer may learn from: only letters that a person put into a group or out of one, never an accusation."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from classifier.assess import Assessor
from service.group_lessons import decided_letters
from tests.matters import ELSEWHERE, decide, file, groups, letter, open_office


@pytest.fixture
def client(tmp_path: Path, assessor: Assessor) -> Iterator[TestClient]:
    with open_office(tmp_path, assessor) as opened:
        yield opened


def lessons(client: TestClient) -> dict[str, str]:
    with client.app.state.desk.database.reading() as connection:  # type: ignore[attr-defined]
        return {one.letter.id: one.matter for one in decided_letters(connection)}


def test_a_group_teaches_once_a_person_has_confirmed_it_and_only_by_the_letters_seen(client: TestClient) -> None:
    file(client, letter(0), letter(1), {"text": ELSEWHERE})
    assert lessons(client) == {}
    group = groups(client, "at_least=2")[0]["id"]
    decide(client, group, "confirm")
    confirmed = {"澜悦江湾二期-0": group, "澜悦江湾二期-1": group}
    assert lessons(client) == confirmed
    file(client, letter(0, id="later", sender="另一业主"))
    assert lessons(client) == confirmed


def test_letters_of_a_dismissed_group_are_about_nothing_in_common(client: TestClient) -> None:
    file(client, letter(0), letter(1))
    decide(client, groups(client, "at_least=2")[0]["id"], "dismiss")
    assert lessons(client) == {"澜悦江湾二期-0": "", "澜悦江湾二期-1": ""}


def test_a_letter_that_became_an_accusation_teaches_nothing(client: TestClient) -> None:
    file(client, letter(0), letter(1))
    decide(client, groups(client, "at_least=2")[0]["id"], "confirm")
    accusation = {"category": "DISCIP.CORRUPT", "purpose": "ACCUSE", "reason": "检举", "confirm": False}
    assert client.post("/v1/letters/澜悦江湾二期-1/decision", json=accusation).status_code == 201
    assert "澜悦江湾二期-1" not in lessons(client)
