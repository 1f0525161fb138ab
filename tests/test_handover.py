"""Doors and page of the handover: extracts by matter, elements; accusations stay in their compartment."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from classifier.assess import Assessor
from service.access import new_key
from service.app import build_app
from service.settings import Settings

TEXT = (
    "一、包工头拖欠我们农民工工资三个月，请劳动监察帮我们讨薪。我叫王铁柱，电话13800001234，住青川花园3栋501。"
    "二、征地补偿款每亩少发了八千元，青苗费也没有给，请补发征地补偿。"
)
ACCUSATION = {"id": "a1", "title": "举报国土局局长受贿", "text": "我举报县自然资源局局长陶某收受贿赂三十万元，请纪委查处。"}


@pytest.fixture
def office(tmp_path: Path, assessor: Assessor) -> Iterator[dict[str, TestClient]]:
    keys = {role: new_key(role, frozenset({role})) for role in ("intake", "review")}
    rows = "\n".join(row for _, row in keys.values())
    (tmp_path / "keys.csv").write_text(f"prefix,sha256,officer,roles\n{rows}\n", "utf-8")
    app = build_app(
        Settings(database_url=f"sqlite:///{tmp_path / 'fenxin.db'}", api_keys_file=tmp_path / "keys.csv"), assessor=assessor
    )
    with TestClient(app):
        office = {role: TestClient(app, headers={"X-API-Key": key}) for role, (key, _) in keys.items()}
        for letter in ({"id": "t1", "title": "求助", "text": TEXT, "sender": "王铁柱"}, ACCUSATION):
            assert office["intake"].post("/v1/letters", json=letter).status_code == 201
        yield office


def test_each_matter_has_an_extract_without_the_writer(office: dict[str, TestClient]) -> None:
    first, second = (office["review"].get(f"/v1/letters/t1/extract?matter={n}").json() for n in (1, 2))
    whole = office["review"].get("/v1/letters/t1/extract").json()
    for own in (first, second):
        assert {"拖欠" in own["text"], "征地补偿" in own["text"]} == {True, False}  # its own words only
    assert "拖欠" in whole["text"] and "征地补偿" in whole["text"] and whole["matter"] is None
    assert first["category"] != second["category"] and second["lead"]
    for one in (first, second, whole):
        assert not any(planted in one["title"] + one["text"] for planted in ("王铁柱", "13800001234", "3栋", "501"))
    assert whole["hidden"]["姓名"] == 1
    assert office["review"].get("/v1/letters/t1/extract?matter=3").status_code == 404
    assert office["review"].get("/v1/letters/t1/extract?matter=0").status_code == 422


def test_elements_are_read_on_demand(office: dict[str, TestClient]) -> None:
    found = office["review"].get("/v1/letters/t1/elements").json()["elements"]
    assert found["answerable"] is True and found["signed"] == "named"
    assert "包工头" in [one["text"] for one in found["counterparties"]]


def test_only_who_reads_letters_gets_extracts_and_elements(office: dict[str, TestClient]) -> None:
    for door in ("extract", "elements"):
        assert office["intake"].get(f"/v1/letters/t1/{door}").status_code == 403
        assert office["review"].get(f"/v1/letters/a1/{door}").status_code == 404
        assert office["review"].get(f"/v1/letters/none/{door}").status_code == 404


def test_a_matters_route_is_in_the_description(office: dict[str, TestClient]) -> None:
    schemas = office["review"].get("/v1/openapi.json").json()["components"]["schemas"]
    assert "route" in schemas["Matter"]["properties"]
    assert {"places", "counterparties", "signed"} <= set(schemas["Elements"]["properties"])
