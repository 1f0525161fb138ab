"""Codes change by a table that is checked; old codes stay answerable and a preview tells what would happen."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from classifier.errors import BadDataFile, NotFound
from classifier.migration import CHANGES_FILE, Changes, Kind, coded_labels, load_changes, migrated, preview
from classifier.taxonomy import load_taxonomy
from service.cli import fenxin

TODAY = ("LAND.EXPROP", "LAND.TENURE", "LABOR.PAY", "EDU.A", "EDU.B", "HEALTH.NEW")
ROWS = """LAND.OLD,LAND.MIDDLE,renamed,2025-01-01,
LAND.MIDDLE,LAND.EXPROP,merged,2026-01-01,
LABOR.X,LABOR.PAY,merged,2026-01-01,
EDU.SCHOOL,EDU.A；EDU.B,split,2026-01-01,
MISC.GONE,,retired,2026-01-01,
,HEALTH.NEW,new,2026-06-01,
"""


def changes(tmp_path: Path, rows: str = ROWS) -> Changes:
    (tmp_path / CHANGES_FILE).write_text(f"old,new,kind,since,note\n{rows}", encoding="utf-8")
    return load_changes(TODAY, tmp_path)


def test_an_old_code_leads_to_those_of_today_over_several_changes(tmp_path: Path):
    found = changes(tmp_path)
    assert found.became("LAND.OLD") == ("LAND.EXPROP",)
    assert found.became("EDU.SCHOOL") == ("EDU.A", "EDU.B")
    assert found.became("MISC.GONE") == ()
    assert found.became("LAND.TENURE") == ("LAND.TENURE",)
    assert [change.new for change in found.added] == [("HEALTH.NEW",)]
    with pytest.raises(NotFound, match="NEVER"):
        found.became("NEVER.WAS")


def test_only_a_code_with_one_successor_is_carried_by_the_machine(tmp_path: Path):
    found = changes(tmp_path)
    assert [found.carried(code) for code in ("LAND.OLD", "EDU.SCHOOL", "MISC.GONE", "NEVER.WAS")] == [
        "LAND.EXPROP",
        None,
        None,
        None,
    ]


def test_a_preview_counts_what_would_change(tmp_path: Path):
    effects = preview(changes(tmp_path), {"labels": ["LAND.OLD", "LAND.OLD", "EDU.SCHOOL", "LAND.TENURE"]})
    assert [(e.old, e.new, e.kind, e.count, e.by_machine) for e in effects] == [
        ("EDU.SCHOOL", ("EDU.A", "EDU.B"), Kind.SPLIT, 1, False),
        ("LAND.OLD", ("LAND.EXPROP",), Kind.RENAMED, 2, True),
    ]


def test_a_countys_tables_are_carried_over(tmp_path: Path):
    found = changes(tmp_path)
    (tmp_path / "routing.csv").write_text(
        "category,place,lead\nLAND.OLD,,ZRZY\nEDU.SCHOOL,,JYJ\nMISC.GONE,,XFJ\nLAND.TENURE,*,ZRZY\n", encoding="utf-8"
    )
    (tmp_path / "tie_breaks.csv").write_text("category,other,rule\nLAND.OLD,LAND.EXPROP,x\nLAND.OLD,*,y\n", encoding="utf-8")
    assert coded_labels(tmp_path)["routing.csv"] == ["LAND.OLD", "EDU.SCHOOL", "MISC.GONE", "LAND.TENURE"]
    written = migrated(tmp_path, found)
    assert written["routing.csv"].splitlines()[1:] == ["LAND.EXPROP,,ZRZY", "EDU.A,,JYJ", "EDU.B,,JYJ", "LAND.TENURE,*,ZRZY"]
    assert written["tie_breaks.csv"].splitlines()[1:] == ["LAND.EXPROP,*,y"]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("A.B,LAND.EXPROP,moved,2026-01-01,", "unknown kind 'moved'"),
        ("A.B,LAND.NOWHERE,renamed,2026-01-01,", "'LAND.NOWHERE' is not in the taxonomy"),
        ("LAND.TENURE,LAND.EXPROP,merged,2026-01-01,", "still in the taxonomy"),
        ("A.B,LAND.EXPROP,split,2026-01-01,", "split with 1 new codes"),
        ("A.B,LAND.EXPROP,renamed,soon,", "no ISO date"),
        (",LAND.EXPROP,renamed,2026-01-01,", "only a new category has no old code"),
        ("A.B,C.D,renamed,2026-01-01,\nC.D,A.B,renamed,2026-01-02,", "in a circle"),
        ("A.B,LAND.EXPROP,renamed,2026-01-01,\nA.B,LAND.TENURE,renamed,2026-01-02,", "changed already"),
    ],
)
def test_a_change_that_cannot_be_is_named_by_row(tmp_path: Path, row: str, message: str):
    with pytest.raises(BadDataFile, match=f"{CHANGES_FILE}:?.*{message}"):
        changes(tmp_path, row + "\n")


def test_the_shipped_changes_fit_the_shipped_taxonomy():
    assert load_changes(load_taxonomy().categories).by_old == {}


def run(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(fenxin, ["taxonomy", *words])
    return done.exit_code, done.stdout if done.exit_code == 0 else str(done.exception)


@pytest.fixture
def county(tmp_path: Path) -> Path:
    """A county whose routing still names a code of yesterday."""
    folder = tmp_path / "county"
    folder.mkdir()
    (folder / CHANGES_FILE).write_text("old,new,kind,since,note\nLAND.OLD,LAND.EXPROP,renamed,2026-01-01,\n", encoding="utf-8")
    (folder / "routing.csv").write_text("category,place,lead\nLAND.OLD,,ZRZY\n", encoding="utf-8")
    return folder


def test_the_command_line_looks_up_previews_and_migrates(county: Path, tmp_path: Path):
    letters = tmp_path / "letters.jsonl"
    letters.write_text('{"text": "征地", "category": "LAND.OLD"}\n', encoding="utf-8")
    assert run("became", "LAND.OLD", "--county", str(county))[1].startswith("LAND.EXPROP")
    shown = run("preview", str(letters), "--county", str(county))[1]
    assert "routing.csv: 1 LAND.OLD -> LAND.EXPROP (renamed, by itself)" in shown
    assert "2 labels and rows" in shown
    before = (county / "routing.csv").read_bytes()
    assert run("migrate", str(county), "--out", str(tmp_path / "new"))[0] == 0
    assert (tmp_path / "new" / "routing.csv").read_text(encoding="utf-8") == "category,place,lead\nLAND.EXPROP,,ZRZY\n"
    assert (county / "routing.csv").read_bytes() == before


def test_migrating_never_writes_over_a_folder_and_an_unknown_code_is_told(county: Path):
    assert "exists already" in run("migrate", str(county), "--out", str(county))[1]
    assert "no category 'NEVER.WAS'" in run("became", "NEVER.WAS")[1]
