"""What we will not build (docs/will-not-build.md): the schema has no field for it, the doors no word, the order no grudge."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import typer
from fastapi.testclient import TestClient

from classifier.assess import Assessor
from classifier.letter import Disposition
from classifier.signals.reader import SignalReader, load_reader
from classifier.taxonomy import load_taxonomy
from service.app import build_app
from service.cli import fenxin
from service.settings import Settings, read_settings
from service.tables import METADATA

ABOUT_PEOPLE = re.compile(
    r"(?:^|_)(?:person|people|petitioner|citizen|risk|scores?|reputation|credit|tags?|blacklist|whitelist|watch|trouble\w*|repeater|offender"
    r"|organi[sz]ers?|leader|ringleader|contacts?|network|graph|visits?|predict\w*|author\w*|identity|id_number|phone|gender|ethnic\w*|religio\w*"
    r"|mental|sentiment|mood|anger|emotion\w*|tone|stability)(?:$|_)"
)
ALLOWED = {"petitioner_count", "score"}  # how many wrote; how alike two letters are (never a person's)


def names(schema: Any) -> Iterator[str]:
    """Every property and parameter of an OpenAPI document."""
    if isinstance(schema, dict):
        yield from schema.get("properties", {})
        yield from (one["name"] for one in schema.get("parameters", []) if isinstance(one, dict))
        for part in schema.values():
            yield from names(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from names(part)


def about_people(found: set[str]) -> set[str]:
    return {name for name in found if ABOUT_PEOPLE.search(name.lower().replace("-", "_"))} - ALLOWED


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory, assessor: Assessor) -> dict[str, Any]:
    store = tmp_path_factory.mktemp("store") / "fenxin.db"
    with TestClient(
        build_app(read_settings(database_url=f"sqlite:///{store}"), assessor=assessor), base_url="http://127.0.0.1"
    ) as client:
        answer: dict[str, Any] = client.get("/v1/openapi.json").json()
    return answer


@pytest.fixture(scope="module")
def reader() -> SignalReader:
    return load_reader(load_taxonomy())


def test_such_a_field_would_be_seen() -> None:
    assert about_people({"person_risk", "sentiment", "petitioner-tags", "visit_prediction", "risk"})
    assert not about_people({"letter_id", "petitioner_count", "authorization", "categories", "stored_at"} - {"authorization"})


def test_no_column_describes_a_person() -> None:
    columns = {f"{table.name}.{column.name}" for table in METADATA.tables.values() for column in table.columns}
    assert about_people({part for column in columns for part in column.split(".")}) == set()


def test_the_sender_stands_alone_and_is_indexed_nowhere() -> None:
    tables = METADATA.tables
    holding = {name: [c.name for c in table.columns] for name, table in tables.items() if "sender" in table.columns}
    assert holding == {"sender": ["letter_id", "sender"]}
    assert not tables["sender"].indexes


def test_no_door_takes_or_gives_a_word_about_a_person(document: dict[str, Any]) -> None:
    assert about_people(set(names(document))) == set()


def test_nothing_can_be_searched_by_sender(document: dict[str, Any]) -> None:
    parameters = {
        one["name"] for methods in document["paths"].values() for door in methods.values() for one in door.get("parameters", [])
    }
    assert parameters
    assert not {name for name in parameters if re.search(r"sender|writer|name|phone|query|^q$|search", name)}


def test_no_setting_or_command_is_about_people() -> None:
    command = typer.main.get_command(fenxin)
    assert about_people(set(Settings.model_fields) | set(command.commands)) == set()


def test_nothing_refuses_or_closes() -> None:
    assert {value.value for value in Disposition} == {"auto", "review"}


URGENT = "水管爆了，楼上老人被困在屋里，水已经到腰，快来人！"
PLAIN = "小区路灯坏了半年，请尽快修一修。"
ADDITIONS = [
    "你们全是饭桶，一群混蛋，拖拖拖！！！",
    "我已经第五次写信了，还是没人管。",
    "不愿透露姓名。",
    "本信同时寄往省里和北京。",
    "俺没文化写滴不好",
]


@pytest.mark.parametrize("letter", [URGENT, PLAIN])
@pytest.mark.parametrize("addition", ADDITIONS)
def test_anger_repetition_anonymity_and_a_letter_upward_never_lower_urgency(
    reader: SignalReader, letter: str, addition: str
) -> None:
    order = ["R0", "R1", "R2", "R3", "none"]
    before = order.index(reader.read(f"\n{letter}", purpose="APPEAL").urgency.level)
    for changed in (f"\n{letter}{addition}", f"\n{addition}{letter}"):
        assert order.index(reader.read(changed, purpose="APPEAL").urgency.level) <= before


@pytest.mark.parametrize("danger", ["我不想活了", "有人要跳楼", "我准备喝农药", "煤气泄漏，有人昏迷"])
def test_an_ordinary_sentence_never_takes_a_danger_to_life_away(reader: SignalReader, danger: str) -> None:
    for ordinary in ("", "此事我已写信多次。", "我是普通村民，家住村东头，主要靠种地为生。", "本信同时寄往省里和北京。"):
        assert reader.read(f"\n{danger}。{ordinary}", purpose="APPEAL").urgency.level == "R0"
