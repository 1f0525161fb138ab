"""The import law of the house, read from the syntax trees: directions, cycles, one door per heavy library, sizes, names."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("classifier", "service")
LONGEST_FILE, LONGEST_FUNCTION = 300, 50  # lines; a function's docstring counts
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "base", "manager", "core", "constants", "types"}
MIGRATIONS = "service.migrations"

ROOMS_OF_GROUPS = [
    "bonds",
    "group_figures",
    "group_lessons",
    "group_listing",
    "group_reading",
    "grouping",
    "groups",
    "letter_links",
    "linking",
]
ROOMS_OF_LEARNING = ["jobs", "labels", "learning_tables", "recent"]
STORAGE = ["backlog", "contracts", "database", "listing", "matter_index", "storage", "tables", *ROOMS_OF_GROUPS, *ROOMS_OF_LEARNING]
ESTIMATORS = ["features", "likeness", "margins", "model"]
PAGES = ["forms", "gate", "group_pages", "pages", "rendering"]
WEB = [*PAGES, "api", "app", "desk", "group_api", "group_windows", "model_api", "model_pages", "problems", "reception", "windows"]
RECORDS = [
    "forms",
    "group_schemas",
    "group_windows",
    "link_schemas",
    "model_schemas",
    "pages",
    "record_schemas",
    "schemas",
    "settings",
    "windows",
]


def rooms(names: list[str]) -> set[str]:
    return {f"service.{name}" for name in names}


DOORS: Mapping[str, set[str]] = {  # heavy library: the modules that may import it
    "jieba": {"classifier.text"},
    "opencc": {"classifier.text"},
    "joblib": {"classifier.registry"},
    "numba": {"classifier.kernels"},
    "pickle": set(),
    "sklearn": {
        f"classifier.{name}"
        for name in [*ESTIMATORS, "training", "evaluation", "proposals", "signals.alarm_training", "grouping.training"]
    },
    "holidays": {"classifier.deadlines"},
    "sqlite3": {"service.database"},
    "sqlalchemy": rooms(STORAGE),
    "alembic": {"service.database"},
    "fastapi": rooms(WEB),
    "starlette": rooms(WEB),
    "uvicorn": {"service.app"},
    "jinja2": {"service.rendering"},
    "pydantic": rooms(RECORDS),
    "pydantic_settings": {"service.settings"},
    "prometheus_client": {"service.meters"},
    "typer": {"service.cli", "service.learning_commands", "service.model_commands", "service.taxonomy_commands"},
    "rich": {"service.cli", "service.learning_commands"},
}
PASSED_ON = {"sqlalchemy.Connection"}  # a use case is handed the connection of its transaction and may name its type
NOT_FOR_CLASSIFIER = {"service", "fastapi", "starlette", "uvicorn", "sqlalchemy", "alembic", "sqlite3", "typer"}
ENVIRONMENT = {"os.environ", "os.environb", "os.getenv", "os.putenv"}
ONE_WAY_OUT = "service.duty"  # off by default, inside the closed network only
NETWORK = {"socket", "http.client", "urllib.request", "httpx", "httpx2", "requests", "aiohttp", "smtplib", "ftplib"}


@dataclass(frozen=True)
class Module:
    """One source file; ``imports`` are full dotted names, those inside functions too."""

    name: str
    lines: int
    tree: ast.Module
    imports: frozenset[str]


def module(name: str, source: str) -> Module:
    tree = ast.parse(source)
    return Module(name, len(source.splitlines()), tree, frozenset(_imports(tree)))


def _imports(tree: ast.Module) -> Iterable[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


HOUSE = {
    _name(path): module(_name(path), path.read_text(encoding="utf-8"))
    for folder in (*PACKAGES, "benchmarks", "docs", "tests")
    for path in sorted((ROOT / folder).rglob("*.py"))
}

House = Mapping[str, Module]


def shipped(house: House) -> list[Module]:
    return [one for one in house.values() if one.name.split(".")[0] in PACKAGES]


def owned(house: House, imported: str) -> str | None:
    """The module of the house that an imported name comes from."""
    while imported:
        if imported in house:
            return imported
        imported = imported.rpartition(".")[0]
    return None


def under(name: str, library: str) -> bool:
    return name == library or name.startswith(f"{library}.")


def classifier_knows_no_office(house: House) -> list[str]:
    return [
        f"{one.name} imports {name}"
        for one in shipped(house)
        if under(one.name, "classifier")
        for name in one.imports
        if any(under(name, library) for library in NOT_FOR_CLASSIFIER)
    ]


def imports_make_no_circle(house: House) -> list[str]:
    graph = {
        one.name: {target for name in one.imports if (target := owned(house, name)) and target not in (one.name, *PACKAGES)}
        for one in shipped(house)
    }
    try:
        list(TopologicalSorter(graph).static_order())
    except CycleError as circle:
        return [" <- ".join(circle.args[1])]
    return []


def heavy_libraries_have_one_door(house: House) -> list[str]:
    return [
        f"{one.name} imports {name}; {library} is for {', '.join(sorted(doors)) or 'nobody'}"
        for one in shipped(house)
        for library, doors in DOORS.items()
        for name in one.imports
        if under(name, library) and one.name not in doors and name not in PASSED_ON
        if not (under(one.name, MIGRATIONS) and library in ("alembic", "sqlalchemy"))
    ]


def only_settings_read_the_environment(house: House) -> list[str]:
    others = [one for one in shipped(house) if one.name != "service.settings"]
    reads = [(one.name, ast.unparse(node)) for one in others for node in ast.walk(one.tree) if isinstance(node, ast.Attribute)]
    imports = [(one.name, name) for one in others for name in one.imports]
    return [f"{name} reads {read}" for name, read in [*reads, *imports] if read in ENVIRONMENT]


def nothing_opens_a_connection_outward(house: House) -> list[str]:
    return [
        f"{one.name} imports {name}"
        for one in shipped(house)
        for name in one.imports
        if one.name != ONE_WAY_OUT and any(under(name, library) for library in NETWORK)
    ]


def the_command_line_is_the_top(house: House) -> list[str]:
    tops = {"service.cli": set(), "service.app": {"service.cli"}}
    return [
        f"{one.name} imports {top}"
        for one in shipped(house)
        for name in one.imports
        for top, above in tops.items()
        if owned(house, name) == top and one.name not in above
    ]


def shipped_code_needs_no_workshop(house: House) -> list[str]:
    return [
        f"{one.name} imports {name}"
        for one in shipped(house)
        for name in one.imports
        if name.split(".")[0] in ("tests", "benchmarks", "docs", "pytest", "hypothesis")
    ]


def the_ground_imports_nothing_of_ours(house: House) -> list[str]:
    ground = ("classifier.errors", "classifier.letter")
    own = [(one, name) for one in map(house.get, ground) if one for name in one.imports if name.split(".")[0] in PACKAGES]
    return [f"{one.name} imports {name}" for one, name in own if owned(house, name) not in ground]


def files_are_short(house: House) -> list[str]:
    return [f"{one.name} has {one.lines} lines" for one in house.values() if one.lines > LONGEST_FILE]


def functions_are_short(house: House) -> list[str]:
    return [
        f"{one.name}.{node.name} has {length} lines"
        for one in house.values()
        for node in ast.walk(one.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (length := _length(node)) > LONGEST_FUNCTION
    ]


def _length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def files_are_named_for_an_idea(house: House) -> list[str]:
    return [one.name for one in house.values() if FORBIDDEN_NAMES & {part.strip("_") for part in one.name.split(".")}]


def every_file_says_what_it_is(house: House) -> list[str]:
    return [one.name for one in shipped(house) if not ast.get_docstring(one.tree) and not under(one.name, MIGRATIONS)]


Rule = Callable[[House], list[str]]
LAW: list[Rule] = [
    classifier_knows_no_office,
    imports_make_no_circle,
    heavy_libraries_have_one_door,
    only_settings_read_the_environment,
    nothing_opens_a_connection_outward,
    the_command_line_is_the_top,
    shipped_code_needs_no_workshop,
    the_ground_imports_nothing_of_ours,
    files_are_short,
    functions_are_short,
    files_are_named_for_an_idea,
    every_file_says_what_it_is,
]


@pytest.mark.parametrize("rule", LAW, ids=lambda rule: rule.__name__)
def test_the_house_keeps_its_law(rule: Rule) -> None:
    assert rule(HOUSE) == []


LONG = "\n".join(["'''Long.'''", "def f():", *["    pass"] * 310])
BREACHES: list[tuple[Rule, dict[str, str]]] = [
    (classifier_knows_no_office, {"classifier.text": "def f():\n    from service.settings import Settings"}),
    (imports_make_no_circle, {"classifier.a": "from classifier.b import x", "classifier.b": "from classifier import a"}),
    (heavy_libraries_have_one_door, {"classifier.corpus": "import jieba"}),
    (heavy_libraries_have_one_door, {"service.casework": "from sqlalchemy import Connection, text"}),
    (heavy_libraries_have_one_door, {"classifier.corpus": "import pickle"}),
    (only_settings_read_the_environment, {"service.app": "import os\nhome = os.environ['HOME']"}),
    (only_settings_read_the_environment, {"service.app": "from os import getenv"}),
    (nothing_opens_a_connection_outward, {"service.app": "from urllib.request import urlopen"}),
    (the_command_line_is_the_top, {"service.cli": "", "service.api": "import service.cli"}),
    (shipped_code_needs_no_workshop, {"classifier.text": "from benchmarks import run"}),
    (the_ground_imports_nothing_of_ours, {"classifier.letter": "from classifier.text import read"}),
    (files_are_short, {"service.api": LONG}),
    (functions_are_short, {"service.api": LONG}),
    (files_are_named_for_an_idea, {"service._utils": ""}),
    (every_file_says_what_it_is, {"service.api": "import json"}),
]


@pytest.mark.parametrize(("rule", "sources"), BREACHES, ids=lambda value: getattr(value, "__name__", ""))
def test_a_breach_is_seen(rule: Rule, sources: dict[str, str]) -> None:
    assert rule({name: module(name, source) for name, source in sources.items()})


def test_every_rule_was_seen_to_fail() -> None:
    assert {rule for rule, _ in BREACHES} == set(LAW)
