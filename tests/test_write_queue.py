"""Write queue: what waits together is one commit; each piece of work succeeds, fails and is told by itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import Connection, event, insert, select, text

from classifier.errors import Conflict, StorageFailed
from service.database import Database, open_database
from service.tables import PULSE
from service.write_queue import WriteQueue


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path / 'fenxin.db'}")
    yield opened
    opened.close()


@pytest.fixture
def queue(database: Database) -> Iterator[WriteQueue]:
    made = WriteQueue(database)
    yield made
    made.shutdown()


def write(database: Database, number: int) -> int:
    with database.writing() as connection:
        connection.execute(insert(PULSE).values(id=number, at="now"))
    return number


def written(database: Database) -> list[int]:
    with database.reading() as connection:
        return sorted(connection.scalars(select(PULSE.c.id)))


class Held:
    """Keeps the queue's thread busy until it is let go, so that what is submitted meanwhile waits together."""

    def __init__(self, queue: WriteQueue) -> None:
        self._go = Event()
        queue.submit(self._go.wait)

    def let_go(self) -> None:
        self._go.set()


def test_work_that_waits_together_is_one_commit(database: Database, queue: WriteQueue) -> None:
    commits: list[Connection] = []
    held = Held(queue)
    event.listen(database.engine, "commit", commits.append)
    done = [queue.submit(write, database, number) for number in range(2, 7)]
    held.let_go()
    assert [one.result() for one in done] == [2, 3, 4, 5, 6] == written(database)
    assert len(commits) == 1


def test_work_is_told_only_when_it_is_on_disk(database: Database, queue: WriteQueue) -> None:
    held, seen = Held(queue), []
    done = [queue.submit(write, database, number) for number in (2, 3)]
    done[0].add_done_callback(lambda _: seen.append(written(database)))
    held.let_go()
    done[1].result()
    assert seen == [[2, 3]]


def test_work_reads_what_was_written_before_it_in_the_same_commit(database: Database, queue: WriteQueue) -> None:
    held = Held(queue)
    queue.submit(write, database, 2)
    seen = queue.submit(written, database)
    held.let_go()
    assert seen.result() == [2]


def test_a_conflict_takes_back_only_its_own_writes(database: Database, queue: WriteQueue) -> None:
    def conflict() -> None:
        with database.writing() as connection:
            connection.execute(insert(PULSE).values(id=3, at="now"))
            raise Conflict("一句话")

    held = Held(queue)
    before, failing, after = queue.submit(write, database, 2), queue.submit(conflict), queue.submit(write, database, 4)
    held.let_go()
    with pytest.raises(Conflict):
        failing.result()
    assert (before.result(), after.result()) == (2, 4)
    assert written(database) == [2, 4]


def test_when_the_store_refuses_one_the_others_are_written_all_the_same(database: Database, queue: WriteQueue) -> None:
    def broken() -> None:
        with database.writing() as connection:
            connection.execute(text("INSERT INTO no_such_table VALUES (1)"))

    held = Held(queue)
    done = [queue.submit(write, database, 2), queue.submit(broken), queue.submit(write, database, 4)]
    held.let_go()
    with pytest.raises(StorageFailed):
        done[1].result()
    assert (done[0].result(), done[2].result()) == (2, 4)
    assert written(database) == [2, 4]


def test_what_waits_is_finished_before_the_queue_closes(database: Database) -> None:
    queue = WriteQueue(database)
    held = Held(queue)
    done = [queue.submit(write, database, number) for number in (2, 3)]
    held.let_go()
    queue.shutdown()
    assert [one.done() for one in done] == [True, True]
    assert written(database) == [2, 3]
    with pytest.raises(RuntimeError):
        queue.submit(write, database, 4)
