"""Jobs (后台任务): work that takes minutes, one at a time over all replicas; taken up again when its worker died.

A worker owns its job by the number of the attempt: what an earlier worker still says about it is ignored.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Connection, and_, insert, or_, select, update

from classifier.errors import Conflict, NotFound
from service.learning_tables import JOB
from service.moments import utc_text

TRAIN = "train"
QUEUED, RUNNING, DONE, FAILED = "queued", "running", "done", "failed"
SILENT = timedelta(seconds=30)  # without a sign of life for so long, a worker is gone
MOST_ATTEMPTS = 3


class Busy(Conflict):
    """Such a job is there already."""

    def __init__(self, job: int) -> None:
        self.job = job
        super().__init__(f"已有训练任务 {job} 正在进行；请等它结束后再开始")


class Superseded(Conflict):
    """Another worker has taken the job over."""


@dataclass(frozen=True, slots=True)
class Job:
    """One job as it now is; ``outcome`` is JSON, ``share`` how much is done."""

    number: int
    kind: str
    state: str
    officer: str
    reason: str
    created_at: str
    started_at: str | None
    ended_at: str | None
    beat_at: str | None
    attempt: int
    step: str
    share: float
    outcome: bytes | None
    fault: str | None

    @property
    def ended(self) -> bool:
        """Whether nothing more will come of it."""
        return self.state in (DONE, FAILED)


_COLUMNS = [JOB.c[one.name] for one in fields(Job)]


def order(connection: Connection, *, officer: str, reason: str, now: datetime) -> Job:
    """Put a training in line.

    Raises:
        Busy: one is under way; names it.
    """
    known = active_job(connection)
    if known is not None:
        raise Busy(known.number)
    row = {"kind": TRAIN, "state": QUEUED, "active": True, "officer": officer, "reason": reason, "created_at": utc_text(now)}
    made = connection.execute(insert(JOB).values(row | {"attempt": 0, "step": "等待开始", "share": 0.0}))
    return read_job(connection, made.inserted_primary_key[0] if made.inserted_primary_key else 0)


def take(connection: Connection, now: datetime) -> Job | None:
    """Take the job that waits or whose worker fell silent; after too many attempts it has failed, which the job then says.

    ``FOR UPDATE SKIP LOCKED`` keeps replicas apart; SQLite has one writer anyway.
    """
    silent = or_(JOB.c.beat_at.is_(None), JOB.c.beat_at < utc_text(now - SILENT))
    waits = or_(JOB.c.state == QUEUED, and_(JOB.c.state == RUNNING, silent))
    number = connection.scalar(select(JOB.c.number).where(JOB.c.active.is_(True), waits).with_for_update(skip_locked=True))
    if number is None:
        return None
    job = read_job(connection, number)
    if job.attempt >= MOST_ATTEMPTS:
        _end(connection, job, FAILED, now, fault=f"训练进程 {job.attempt} 次意外结束（最后一步：{job.step}）；在用模型未变")
        return None
    started = {"state": RUNNING, "attempt": job.attempt + 1, "started_at": utc_text(now), "beat_at": utc_text(now)}
    connection.execute(update(JOB).where(JOB.c.number == number).values(started | {"share": 0.0, "step": "准备"}))
    return read_job(connection, number)


def note(connection: Connection, job: Job, now: datetime, **told: Any) -> None:  # noqa: ANN401  (step, share)
    """Give a sign of life and say how far the work is.

    Raises:
        Superseded: the job is no longer this worker's.
    """
    mine = and_(JOB.c.number == job.number, JOB.c.attempt == job.attempt, JOB.c.state == RUNNING)
    if connection.execute(update(JOB).where(mine).values(told | {"beat_at": utc_text(now)})).rowcount != 1:
        raise Superseded(f"训练任务 {job.number} 已由另一进程接手")


def finish(connection: Connection, job: Job, now: datetime, *, outcome: object = None, fault: str | None = None) -> None:
    """End a job, well (``outcome``) or badly (``fault``).

    Raises:
        Superseded: the job is no longer this worker's.
    """
    note(connection, job, now)
    _end(connection, job, FAILED if fault else DONE, now, fault=fault, outcome=outcome)


def give_back(connection: Connection, job: Job, now: datetime, *, count: bool) -> None:
    """Its worker ended without a word: the job waits for the next one, unless somebody has it already or it has ended.

    Without ``count`` the attempt is not counted: the worker was stopped on purpose.
    """
    mine = and_(JOB.c.number == job.number, JOB.c.attempt == job.attempt, JOB.c.state == RUNNING)
    connection.execute(update(JOB).where(mine).values(state=QUEUED, beat_at=utc_text(now), attempt=job.attempt - (not count)))


def read_job(connection: Connection, number: int) -> Job:
    """Read one job.

    Raises:
        NotFound: no such job.
    """
    row = connection.execute(select(*_COLUMNS).where(JOB.c.number == number)).first() if 0 < number < 2**31 else None
    if row is None:
        raise NotFound("没有这个任务")
    return Job(*row)


def active_job(connection: Connection) -> Job | None:
    """The job that waits or runs, if there is one."""
    row = connection.execute(select(*_COLUMNS).where(JOB.c.active.is_(True))).first()
    return Job(*row) if row else None


def latest_jobs(connection: Connection, count: int) -> list[Job]:
    """The newest jobs, newest first."""
    return [Job(*row) for row in connection.execute(select(*_COLUMNS).order_by(JOB.c.number.desc()).limit(count))]


def _end(connection: Connection, job: Job, state: str, now: datetime, *, fault: str | None, outcome: object = None) -> None:
    ended = {"state": state, "active": None, "ended_at": utc_text(now), "fault": fault, "share": job.share if fault else 1.0}
    body = None if outcome is None else orjson.dumps(outcome)
    connection.execute(update(JOB).where(JOB.c.number == job.number).values(ended | {"outcome": body}))
