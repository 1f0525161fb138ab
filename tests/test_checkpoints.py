"""SQLite's log is carried over beside the writer and stays bounded; closing and opening again is as ever."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from service import checkpoints
from service.checkpoints import EVERY, Checkpoints
from service.database import Database, open_database


def _carried_over(file: Path) -> bool:
    """Whether the store's own file, without its log, knows of the pulse."""
    copy = file.with_name("copy.db")
    copy.write_bytes(file.read_bytes())
    opened = sqlite3.connect(copy)
    try:
        return bool(opened.execute("SELECT count(*) FROM pulse").fetchone()[0])
    except sqlite3.DatabaseError:  # the file as it was before the tables came
        return False
    finally:
        opened.close()
        for old in file.parent.glob("copy.db*"):
            old.unlink()


def test_after_some_commits_the_log_is_carried_over_while_the_store_stays_open(tmp_path: Path) -> None:
    file = tmp_path / "fenxin.db"
    opened, reader = open_database(f"sqlite:///{file}"), sqlite3.connect(file)  # while one reads, closing carries nothing over
    for number in range(EVERY + 1):
        with opened.writing() as connection:
            connection.execute(text("INSERT OR REPLACE INTO pulse (id, at) VALUES (1, 'now')"))
        if not number:
            assert not _carried_over(file)
    reader.execute("SELECT count(*) FROM letter").fetchone()
    opened.close()  # waits for what is due
    assert _carried_over(file)
    reader.close()


def test_a_store_is_left_without_a_log_and_can_be_used_again_after_closing(tmp_path: Path) -> None:
    opened = open_database(f"sqlite:///{tmp_path / 'fenxin.db'}")
    for _ in range(2):
        for _ in range(EVERY + 1):
            with opened.writing() as connection:
                connection.execute(text("INSERT OR REPLACE INTO pulse (id, at) VALUES (1, 'now')"))
        opened.close()
        assert not (tmp_path / "fenxin.db-wal").exists()


def test_a_store_that_is_gone_stops_nobody(tmp_path: Path) -> None:
    gone = Database(create_engine(f"sqlite:///{tmp_path / 'missing' / 'fenxin.db'}"))
    for _ in range(2 * EVERY):
        gone._committed()
    gone.close()
    gone.close()


def test_closing_waits_for_what_is_due() -> None:
    done: list[int] = []
    beside = Checkpoints(lambda: done.append(1))
    for _ in range(EVERY - 1):
        beside.committed()
    beside.close()
    assert not done
    beside.committed()
    beside.close()
    assert done


def test_the_log_is_bounded_where_the_thread_never_comes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoints, "EVERY", 10**9)
    opened = open_database(f"sqlite:///{tmp_path / 'fenxin.db'}")
    with opened.reading() as connection:
        assert connection.scalar(text("PRAGMA wal_autocheckpoint")) == checkpoints.LONGEST
    opened.close()
