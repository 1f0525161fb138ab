"""Writes the generated regions of the documents: the README's answer, the settings, the commands. ``make docs`` runs it.

A region stands between ``<!-- generated: NAME -->`` and ``<!-- end generated -->``; everything else is written by hand.
``tests/test_docs.py`` compares what stands there with what this file would write.
"""

from __future__ import annotations

import json
import re
import tempfile
import textwrap
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import typer
from fastapi.testclient import TestClient

from service.app import build_app
from service.cli import fenxin
from service.settings import read_settings, settings_table

ROOT = Path(__file__).parent.parent
PAGES = ("README.md", "README.zh-CN.md")
REGION = re.compile(r"(<!-- generated: (?P<name>[a-z]+) -->\n)(?P<body>.*?)(<!-- end generated -->)", re.DOTALL)
ASKED = datetime(2026, 11, 22, 1, 30, tzinfo=UTC)  # the README's day: due dates must not change with every refresh
LETTER = {"text": "工地停工，我们38名工友半年没领到工资，请帮忙讨要。"}


def answer() -> str:
    """The README's request and what the shipped model answers."""
    with tempfile.TemporaryDirectory() as folder:
        settings = read_settings(database_url=f"sqlite:///{folder}/fenxin.db", models=ROOT / "models")
        with TestClient(build_app(settings, now=lambda: ASKED), base_url="http://127.0.0.1:8000") as client:
            got = client.post("/v1/assess", json=LETTER).json()
    request = json.dumps(LETTER, ensure_ascii=False)
    command = f"""$ curl -s http://127.0.0.1:8000/v1/assess -H 'Content-Type: application/json' \\
    -d '{request}' | python3 -m json.tool --no-ensure-ascii --indent 2"""
    return f"```console\n{command}\n{json.dumps(got, ensure_ascii=False, indent=2)}\n```"


def settings() -> str:
    """Every setting with its default and meaning."""
    rows = (f"| `{name}` | {f'`{default}`' if default else ''} | {meaning} |" for name, default, meaning in settings_table())
    return "\n".join(["| variable | default | meaning |", "|---|---|---|", *rows])


def commands() -> str:
    """Every command with its arguments, and what it does."""
    told = (f"{usage}\n{_wrapped(command.help)}" for usage, command in usages(typer.main.get_command(fenxin), "fenxin"))
    return "\n".join(["```text", *told, "```"])


def usages(command: typer.core.TyperCommand, name: str) -> Iterator[tuple[str, typer.core.TyperCommand]]:
    """Each command below ``command`` with its usage line, such as ``fenxin models show VERSION [--models MODELS]``."""
    below = getattr(command, "commands", {})
    for part, one in below.items():
        yield from usages(one, f"{name} {part}")
    if not below:
        yield " ".join([name, *map(_usage, command.params)]), command


def _usage(parameter: typer.core.TyperOption) -> str:
    if parameter.param_type_name == "argument":
        usage = (parameter.name or "").upper() + ("…" if parameter.nargs == -1 else "")
    else:
        option = parameter.opts[0]
        usage = option if parameter.is_flag else f"{option} {option.lstrip('-').upper()}"
    return usage if parameter.required else f"[{usage}]"


def _wrapped(text: str | None) -> str:
    return textwrap.fill(" ".join((text or "").split()), 120, initial_indent="    ", subsequent_indent="    ")


WRITERS: dict[str, Callable[[], str]] = {"answer": answer, "settings": settings, "commands": commands}


def refreshed(page: str) -> str:
    """The page with every region written anew."""
    return REGION.sub(lambda found: f"{found[1]}{WRITERS[found['name']]()}\n{found[4]}", page)


def main() -> None:
    """Write all pages."""
    for name in PAGES:
        path = ROOT / name
        path.write_text(refreshed(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
