"""A store filled fast holds what letters that come one by one would have left in it."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from benchmarks import groups_store
from benchmarks.groups_archive import ROOT, archive
from benchmarks.groups_store import fill
from classifier.assess import load_assessor
from classifier.letter import Letter
from service.database import Database, open_database
from service.grouping import open_grouping
from service.intake import prepare
from service.storage import add_letter
from service.tables import GROUP_CASE, GROUPING, LETTER, LINK, MATTER_KEY, MEMBER, PROFILE

LETTERS = 250


def _one_by_one(database: Database, salt: bytes) -> None:
    assessor, now = load_assessor(ROOT / "models"), datetime.now(UTC)
    grouping = open_grouping(database, assessor, None)
    grouping.salt = salt
    for record, _ in islice(archive(LETTERS + 10, ROOT / "training_data"), LETTERS):
        filing = prepare(Letter(**record), assessor, grouping, now)
        draft = grouping.draft(assessor, filing.letter, filing.received)  # accusations too, as the filled store has them
        with database.writing() as connection:
            add_letter(connection, filing)
            entered = grouping.link(connection, draft, None, filing.affected)
        grouping.learn(draft, entered)


def _rows(database: Database) -> dict[str, list[Any]]:
    case = [GROUP_CASE.c[name] for name in ("matter", "letters", "counted", "senders", "opened", "newest")]
    member = [MEMBER.c[name] for name in ("seq", "letter_id", "matter", "sender_number", "digest", "arrived")]
    asked = {
        "letter": select(LETTER.c.id, LETTER.c.text, LETTER.c.received).order_by(LETTER.c.id),
        "member": select(*member).order_by(MEMBER.c.seq),
        "profile": select(PROFILE).order_by(PROFILE.c.seq),
        "matter_key": select(MATTER_KEY).order_by(*MATTER_KEY.primary_key.columns),
        "link": select(LINK).order_by(*LINK.primary_key.columns),
        "group_case": select(*case).where(GROUP_CASE.c.matter.is_not(None)).order_by(GROUP_CASE.c.matter),
    }
    with database.reading() as connection:
        return {name: [tuple(row) for row in connection.execute(query)] for name, query in asked.items()}


def test_a_store_filled_fast_holds_the_rows_that_single_letters_leave(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(groups_store, "BORROWED", 20)
    monkeypatch.setattr(groups_store, "TOGETHER", 64)
    for name in ("fast", "single"):
        (tmp_path / name).mkdir()
    groups = fill(tmp_path / "fast", LETTERS, 10)
    fast, single = (open_database(f"sqlite:///{tmp_path / name / 'fenxin.db'}") for name in ("fast", "single"))
    try:
        with fast.reading() as connection:
            salt = connection.scalar(select(GROUPING.c.salt))
        _one_by_one(single, salt)
        one, other = _rows(fast), _rows(single)
        assert {name: len(rows) for name, rows in one.items()} == {name: len(rows) for name, rows in other.items()}
        assert one == other
        assert [row[2] for row in one["member"]] == groups
        assert len(one["group_case"]) > 3
    finally:
        fast.close()
        single.close()
