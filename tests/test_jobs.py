"""Jobs: one at a time over all replicas, taken up again when the worker fell silent, failed with a reason after three attempts."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from classifier.errors import NotFound
from service import jobs
from service.database import Database, open_database
from service.filing import Reply
from service.jobs import Busy, Job, Superseded
from service.storage import answer_once

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
LATER = NOW + jobs.SILENT + timedelta(seconds=1)


def order(database: Database) -> Job:
    with database.writing() as connection:
        return jobs.order(connection, officer="张敏", reason="本月", now=NOW)


def take(database: Database, now: datetime = NOW) -> Job | None:
    with database.writing() as connection:
        return jobs.take(connection, now)


def read(database: Database, number: int) -> Job:
    with database.reading() as connection:
        return jobs.read_job(connection, number)


def test_the_second_learns_which_job_runs(database: Database) -> None:
    first = order(database)
    with pytest.raises(Busy) as refused:
        order(database)
    assert (refused.value.job, str(first.number) in str(refused.value)) == (first.number, True)
    taken = take(database)
    assert taken
    with pytest.raises(Busy):
        order(database)
    with database.writing() as connection:
        jobs.finish(connection, taken, NOW, outcome={"version": "v"})
    assert read(database, first.number).outcome == b'{"version":"v"}'
    assert order(database).number > first.number


def test_of_replicas_that_order_and_take_together_one_wins(url: str) -> None:
    def compete(database: Database) -> tuple[bool, Job | None]:
        def act(connection: object) -> Reply:
            return Reply(202, str(jobs.order(connection, officer="甲", reason="", now=NOW).number).encode())  # type: ignore[arg-type]

        try:
            answer_once(database, None, act, now="")
            ordered = True
        except Busy:
            ordered = False
        return ordered, take(database)

    with ThreadPoolExecutor(4) as threads:
        replicas = list(threads.map(open_database, [url] * 4))
        found = list(threads.map(compete, replicas))
    assert sum(ordered for ordered, _ in found) == 1
    assert sum(job is not None for _, job in found) == 1
    for replica in replicas:
        replica.close()


def test_a_silent_worker_loses_its_job_and_is_not_heard_any_more(database: Database) -> None:
    order(database)
    first = take(database)
    assert first and take(database) is None
    second = take(database, LATER)
    assert second and (second.number, second.attempt) == (first.number, 2)
    with database.writing() as connection:
        for word in (lambda: jobs.note(connection, first, LATER, share=0.9), lambda: jobs.finish(connection, first, LATER)):
            with pytest.raises(Superseded):
                word()
        jobs.note(connection, second, LATER, step="学习", share=0.5)
    now = read(database, first.number)
    assert (now.state, now.step, now.share) == ("running", "学习", 0.5)


def test_after_three_attempts_it_has_failed_and_says_where(database: Database) -> None:
    number = order(database).number
    moment = NOW
    for _ in range(jobs.MOST_ATTEMPTS):
        assert take(database, moment)
        moment += jobs.SILENT + timedelta(seconds=1)
    assert take(database, moment) is None
    failed = read(database, number)
    assert (failed.state, failed.ended) == ("failed", True)
    assert "3 次意外结束" in str(failed.fault)
    assert order(database).number != number


def test_a_worker_stopped_on_purpose_loses_no_attempt(database: Database) -> None:
    order(database)
    for counted, attempt in ((False, 1), (True, 1), (True, 2)):
        job = take(database)
        assert job and job.attempt == attempt
        with database.writing() as connection:
            jobs.give_back(connection, job, NOW, count=counted)


def test_a_job_that_ended_is_not_given_back(database: Database) -> None:
    order(database)
    job = take(database)
    assert job
    with database.writing() as connection:
        jobs.finish(connection, job, NOW, fault="磁盘空间已满")
        jobs.give_back(connection, job, NOW, count=True)
    assert (read(database, job.number).state, read(database, job.number).fault) == ("failed", "磁盘空间已满")


@pytest.mark.parametrize("number", [0, -1, 7, 2**63])
def test_an_unknown_job_is_not_found(database: Database, number: int) -> None:
    with pytest.raises(NotFound):
        read(database, number)
