"""Documents are generated or asserted: examples run, lists are complete, links lead somewhere."""

from __future__ import annotations

import importlib.util
import inspect
import json
import re
import shlex
import shutil
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
import typer
from fastapi.testclient import TestClient
from matters import TELL
from test_promotion import copy_version

from classifier import errors, letter
from classifier.doubt import DOUBTS
from service.access import ROLES
from service.app import build_app
from service.cli import fenxin
from service.settings import Settings, read_settings, settings_table

ROOT = Path(__file__).parent.parent
READMES = ("README.md", "README.zh-CN.md")
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
NEAR = 0.2  # a model rebuilt elsewhere may differ a little; another answer is a stale document

spec = importlib.util.spec_from_file_location("refresh", ROOT / "docs" / "refresh.py")
assert spec and spec.loader
refresh = importlib.util.module_from_spec(spec)
spec.loader.exec_module(refresh)


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)


def ask(client: TestClient, command: str) -> Any:
    """Do what a ``$ curl …`` of a document does."""
    words = shlex.split(command.removeprefix("$ ").replace("\\\n", " ").partition(" | ")[0])
    assert words[:2] == ["curl", "-s"]
    url, *rest = words[2:]
    options = list(zip(rest[::2], rest[1::2], strict=True))
    headers = dict(value.split(": ", 1) for option, value in options if option == "-H")
    body = next((value.encode() for option, value in options if option == "-d"), None)
    return client.request("POST" if body else "GET", url, headers=headers, content=body)


def differences(shown: Any, given: Any, where: str = "") -> Iterator[str]:
    """Where two JSON values differ by more than a rebuilt model may."""
    if isinstance(shown, dict) and isinstance(given, dict):
        if shown.keys() != given.keys():
            yield f"{where}: keys {sorted(shown.keys() ^ given.keys())}"
        for key in shown.keys() & given.keys() - {"model", "deadlines"}:
            yield from differences(shown[key], given[key], f"{where}.{key}")
    elif isinstance(shown, list) and isinstance(given, list) and len(shown) == len(given):
        for place, pair in enumerate(zip(shown, given, strict=True)):
            yield from differences(*pair, f"{where}[{place}]")
    elif isinstance(shown, float) and isinstance(given, int | float):
        if abs(shown - given) > NEAR:
            yield f"{where}: {shown} is {given}"
    elif shown != given:
        yield f"{where}: {shown!r} is {given!r}"


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The service as ``make serve`` starts it."""
    store = tmp_path_factory.mktemp("store") / "fenxin.db"
    settings = read_settings(database_url=f"sqlite:///{store}", models=ROOT / "models")
    with TestClient(build_app(settings), base_url="http://127.0.0.1:8000") as client:
        yield client


@pytest.fixture
def client(tmp_path: Path, models_dir: Path) -> Iterator[TestClient]:
    models = Path(shutil.copytree(models_dir, tmp_path / "models"))
    copy_version(models, "2026-11-29-c0ffee", verdict={"accepted": True, "reasons": [], "measures": {}})
    settings = read_settings(database_url=f"sqlite:///{tmp_path}/fenxin.db", models=models, training_data=tmp_path)
    with TestClient(build_app(settings), base_url="http://127.0.0.1:8000") as client:
        for number, (matter, telling) in enumerate([(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (2, 0), (2, 1)], 1):
            place = ("澜悦江湾", "翡翠云庭", "金桂苑")[matter]
            letter = {
                "id": f"2026-1101-{number:04}",
                "title": f"{place}停工",
                "text": TELL[telling + 2 * (matter == 2)].format(place=place),
            }
            assert client.post("/v1/letters", json=letter).status_code == 201
        yield client


@pytest.mark.parametrize("name", READMES)
def test_the_readme_shows_what_the_service_answers(name: str, shipped: TestClient) -> None:
    block = next(block for block in blocks(read(name), "console") if "curl" in block)
    command, brace, answer = block.partition("\n{")
    given = ask(shipped, command)
    assert given.status_code == 200
    assert list(differences(json.loads(brace + answer), given.json())) == [], "run: make docs"


def test_another_answer_than_the_shown_one_would_be_seen() -> None:
    shown = {"model": "a", "p": 0.9, "matters": [{"category": "LAND.EXPROP"}]}
    assert list(differences(shown, {"model": "b", "p": 0.8, "matters": [{"category": "LAND.EXPROP"}]})) == []
    for other in ({"p": 0.6}, {"matters": []}, {"matters": [{"category": "LAND.TENURE"}]}, {"further": 1}):
        assert list(differences(shown, shown | other))


@pytest.mark.parametrize("name", READMES)
def test_the_readme_opens_with_the_two_commands_and_a_request(name: str) -> None:
    first, second, *_ = blocks(read(name), "console")
    assert [line.split("#")[0].split() for line in first.splitlines()] == [["$", "make", "serve"], ["$", "make", "test"]]
    assert second.startswith("$ curl")
    assert read(name).index("```") < 400


@pytest.mark.parametrize("name", READMES)
@pytest.mark.parametrize("region", ["settings", "commands"])
def test_generated_tables_are_fresh(name: str, region: str) -> None:
    for found in refresh.REGION.finditer(read(name)):
        if found["name"] == region:
            assert found["body"] == refresh.WRITERS[region]() + "\n", "run: make docs"


def test_every_generated_region_is_somewhere() -> None:
    assert {found["name"] for name in READMES for found in refresh.REGION.finditer(read(name))} == set(refresh.WRITERS)


@pytest.mark.parametrize("name", READMES)
def test_every_setting_stands_in_the_readme(name: str) -> None:
    rows = re.findall(r"^\| `(FENXIN_\w+)`", read(name), re.MULTILINE)
    assert rows == [variable for variable, _, _ in settings_table()]


def test_no_document_names_a_setting_that_is_not_there() -> None:
    known = {f"FENXIN_{field.upper()}" for field in Settings.model_fields}
    assert {name for page in PAGES for name in re.findall(r"FENXIN_[A-Z_]+", page.read_text(encoding="utf-8"))} <= known


def commands() -> dict[str, set[str]]:
    return {
        re.findall(r"[a-z]+(?: [a-z]+)*", usage)[0]: set(re.findall(r"--[a-z-]+", usage))
        for usage, _ in refresh.usages(typer.main.get_command(fenxin), "fenxin")
    }


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_in_examples_exist_with_their_options(page: Path) -> None:
    known = commands()
    for block in blocks(page.read_text(encoding="utf-8"), "console"):
        for line in re.findall(r"(?<=bin/)fenxin [^|#\n]+", block):
            command = next((name for name in known if line.startswith(name)), None)
            assert command, line
            assert set(re.findall(r"--[a-z-]+", line)) <= known[command], line


def test_make_targets_in_documents_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", read("Makefile"), re.MULTILINE))
    told = {
        (page.name, target) for page in PAGES for target in re.findall(r"(?:`|\$ )make ([a-z-]+)", page.read_text(encoding="utf-8"))
    }
    assert {(name, target) for name, target in told if target not in targets} == set()


@pytest.mark.parametrize("name", READMES)
def test_every_file_a_county_can_replace_is_listed(name: str) -> None:
    rows = "\n".join(line.split("|")[1] for line in read(name).splitlines() if line.startswith("| `") and ".csv" in line)
    assert set(re.findall(r"\w+\.csv", rows)) == {file.name for file in (ROOT / "classifier" / "data").glob("*.csv")}


def doors() -> dict[tuple[str, str], tuple[int, str]]:
    """The sections of docs/api.md: (method, path) to (status, example)."""
    sections = re.split(r"^## ", read("docs/api.md"), flags=re.MULTILINE)[1:]
    heads = [re.fullmatch(r"(GET|POST) (\S+) → (\d+)", section.splitlines()[0]) for section in sections]
    return {
        (head[1], head[2]): (int(head[3]), blocks(section, "console")[0])
        for head, section in zip(heads, sections, strict=True)
        if head
    }


def test_every_door_is_described_and_no_other(client: TestClient) -> None:
    paths = client.get("/v1/openapi.json").json()["paths"]
    assert set(doors()) == {(method.upper(), path) for path, methods in paths.items() for method in methods}


def test_every_door_answers_its_example_with_its_status(client: TestClient) -> None:
    answers = {door: (ask(client, example).status_code, status) for door, (status, example) in doors().items()}
    assert {door: both for door, both in answers.items() if both[0] != both[1]} == {}


ENUMS = [one for _, one in inspect.getmembers(letter, inspect.isclass) if issubclass(one, StrEnum) and one is not StrEnum]
TABLES = {one.__name__: {value.value for value in one} for one in ENUMS} | {"Doubts": set(DOUBTS), "Roles": set(ROLES)}


@pytest.mark.parametrize("title", TABLES)
def test_the_glossary_explains_every_value_and_no_other(title: str) -> None:
    sections = re.split(r"^### ", read("docs/glossary.md"), flags=re.MULTILINE)[1:]
    section = next(section for section in sections if section.split()[0] == title)
    assert set(re.findall(r"^\| `(\w+)`", section, re.MULTILINE)) == TABLES[title]


def test_the_error_tree_is_drawn_as_it_is() -> None:
    """Each class stands in the module's drawing, under its own parent."""
    drawn: dict[str, str] = {}
    line_of_descent: list[str] = []
    for found in re.finditer(r"^([│├└─ ]*)([A-Z]\w+)(?=\s|$)", inspect.getdoc(errors) or "", re.MULTILINE):
        depth = len(found[1]) // 4
        line_of_descent[depth:] = [found[2]]
        drawn[found[2]] = line_of_descent[depth - 1] if depth else "Exception"
    classes = [one for _, one in inspect.getmembers(errors, inspect.isclass) if one.__module__ == errors.__name__]
    assert {one.__name__: one.__bases__[0].__name__ for one in classes} == {k: v for k, v in drawn.items() if k != "The"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


PROJECT_PATH = re.compile(
    r"`((?!benchmarks/results)(?:classifier|service|tests|docs|benchmarks|models|training_data)/[\w./-]+\.\w+|test_\w+\.py)(?:::(\w+))?`"
)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_and_tests_named_in_documents_exist(page: Path) -> None:
    for name, function in PROJECT_PATH.findall(page.read_text(encoding="utf-8")):
        path = ROOT / (f"tests/{name}" if name.startswith("test_") else name)
        assert path.is_file(), name
        assert not function or f"def {function}(" in path.read_text(encoding="utf-8"), f"{name}::{function}"


@pytest.mark.parametrize("package", ["classifier", "service"])
def test_every_module_stands_on_the_page_of_the_architecture(package: str) -> None:
    told = set(re.findall(r"`([a-z_]+)`", read("docs/architecture.md")))
    assert {file.stem for file in (ROOT / package).glob("[a-z]*.py")} <= told


def test_decisions_are_numbered_and_complete() -> None:
    pages = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [page.name[:4] for page in pages] == [f"{number:04}" for number in range(1, len(pages) + 1)]
    for page in pages:
        heads = re.findall(r"^\*\*(\w[\w ]*)\.\*\*", page.read_text(encoding="utf-8"), re.MULTILINE)
        assert heads == ["Context", "Decision", "Why", "What would overturn it"], page.name


def test_the_changelog_knows_this_version() -> None:
    version = re.search(r'^version = "(.+)"$', read("pyproject.toml"), re.MULTILINE)
    assert version and f"## [{version[1]}]" in read("CHANGELOG.md")
