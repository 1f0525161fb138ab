"""Meters count letters and reasons; nothing of a letter, nothing about accusations."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from classifier.assess import Assessor
from service.app import build_app
from service.settings import Settings

WAGES = {"id": "w", "title": "拖欠工资", "text": "包工头拖欠我们工人工资三十余万元，请求帮助讨要。"}
ACCUSATION = {"id": "a", "title": "举报贪污", "text": "实名举报村支书贪污征地补偿款二十万元，私分集体土地款，请纪委查处。"}


@pytest.fixture
def client(tmp_path: Path, assessor: Assessor) -> Iterator[TestClient]:
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'fenxin.db'}")
    with TestClient(build_app(settings, assessor=assessor), base_url="http://127.0.0.1") as opened:
        yield opened


def _counts(client: TestClient) -> dict[str, float]:
    lines = client.get("/metrics").text.splitlines()
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))}


def test_a_letter_is_counted_once_with_its_doubts(client: TestClient) -> None:
    doubts = client.post("/v1/letters", json=WAGES).json()["assessment"]["doubts"]
    client.post("/v1/letters", json=WAGES)
    counts = _counts(client)
    assert sum(value for name, value in counts.items() if name.startswith("fenxin_letters_total")) == 1
    counted = {name.split('"')[1] for name, value in counts.items() if name.startswith("fenxin_doubts_total") and value}
    assert counted == set(doubts)


def test_an_accusation_is_counted_nowhere(client: TestClient) -> None:
    before = _counts(client)
    assert client.post("/v1/letters", json=ACCUSATION).json()["access"] == "restricted"
    after = _counts(client)
    changed = {name for name in after if after[name] != before.get(name) and not name.startswith("fenxin_assess_seconds")}
    assert not {name for name in changed if not name.endswith("_created")}
