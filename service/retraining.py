"""Retraining (再训练): one function behind the command line, ``make`` and the doors; it runs in a process of its own.

``python -m service.retraining`` is that process: settings and job come on standard input. It steps back behind the letters
(``os.nice``), tells how far it is, and promotes nothing unless an operator set ``FENXIN_PROMOTE_ALONE``.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime
from threading import Event, Lock, Thread
from time import monotonic
from typing import Any

import orjson

from classifier import registry
from classifier.errors import Conflict, FenxinError, StorageFailed
from classifier.migration import load_changes
from classifier.retraining import retrain
from classifier.taxonomy import load_taxonomy
from service import jobs
from service.database import Database, open_database
from service.group_lessons import decided_letters
from service.jobs import Job
from service.labels import Doubted, ask_again, gather
from service.moments import china_day
from service.settings import Settings

BEAT_SECONDS = 5.0
TELL_SECONDS = 0.5  # between two notes of progress
NICE = 10
BY_ITSELF = "系统（FENXIN_PROMOTE_ALONE）"

Tell = Callable[[str, float], None]


def carry_out(database: Database, settings: Settings, job: Job, tell: Tell | None = None) -> dict[str, Any]:
    """Do a job that was taken, and give its outcome: version, verdict, letters learnt from, held back and asked about again.

    Raises:
        FenxinError: it failed; the job says why, the champion is as before.
        Superseded: another worker has the job.
    """
    with _Pulse(database, job) as pulse:
        try:
            outcome = _learn(database, settings, job, _both(pulse.tell, tell))
        except jobs.Superseded:
            raise
        except Exception as failure:
            with database.writing() as connection:
                jobs.finish(connection, job, _now(), fault=_told(failure))
            raise
    with database.writing() as connection:
        jobs.finish(connection, job, _now(), outcome=outcome)
    return outcome


def _learn(database: Database, settings: Settings, job: Job, tell: Tell) -> dict[str, Any]:
    taxonomy = load_taxonomy(settings.county)
    changes = load_changes(taxonomy.categories, settings.county)
    with database.reading() as connection:
        labels, groups = gather(connection, taxonomy, changes), decided_letters(connection)
    asked = _ask(database, labels.doubted, job)
    if not labels.corrections:
        raise Conflict("还没有可以学习的办理意见；请先对信访件作出办理意见，再开始训练")
    made = retrain(
        settings.models,
        settings.training_data,
        labels.corrections,
        county=settings.county,
        today=china_day(_now()),
        progress=tell,
        groups=groups,
    )
    asked += _ask(database, (Doubted(one.letter_id, one.given, one.likely, one.p) for one in made.suspects), job)
    promoted = settings.promote_alone and made.verdict.get("accepted") is True
    if promoted:
        registry.promote(settings.models, made.version, officer=BY_ITSELF, reason=f"任务 {job.number}：通过比较")
    return {
        "version": made.version,
        "verdict": made.verdict,
        "corrections": len(labels.corrections),
        "held_back": dict(labels.held_back),
        "asked_again": asked,
        "promoted": promoted,
    }


def _ask(database: Database, doubted: Iterable[Doubted], job: Job) -> int:
    with database.writing() as connection:
        return ask_again(connection, doubted, job=job.number, now=_now())


class _Pulse:
    """Tells of progress now and then, and in between that the worker is alive."""

    def __init__(self, database: Database, job: Job) -> None:
        self._database, self._job = database, job
        self._over, self._turn, self._told = Event(), Lock(), 0.0
        self._lost: jobs.Superseded | None = None
        self._beating = Thread(target=self._beat, daemon=True)

    def __enter__(self) -> _Pulse:
        self._beating.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._beating.join()

    def tell(self, step: str, share: float) -> None:
        """Note a step, not more often than anybody looks.

        Raises:
            Superseded: the job is no longer ours.
        """
        if self._lost:
            raise self._lost
        if monotonic() - self._told >= TELL_SECONDS or share >= 1:
            self._told = monotonic()
            self._note(step=step, share=min(max(share, 0.0), 1.0))

    def _beat(self) -> None:
        while not self._over.wait(BEAT_SECONDS):
            try:
                self._note()
            except jobs.Superseded as lost:
                self._lost = lost

    def _note(self, **told: Any) -> None:  # noqa: ANN401  (columns of a job)
        with suppress(StorageFailed), self._turn, self._database.writing() as connection:  # a busy store is no reason to stop
            jobs.note(connection, self._job, _now(), **told)


def _told(failure: Exception) -> str:
    """What a job says of its failure; the words of a foreign error stay out, they may quote a letter."""
    if isinstance(failure, FenxinError):
        return f"{failure}；在用模型未变"
    place = failure.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = f"{os.path.basename(place.tb_frame.f_code.co_filename)}:{place.tb_lineno}" if place else "?"
    return f"训练出错（{type(failure).__name__}，{where}）；在用模型未变"


def _both(first: Tell, second: Tell | None) -> Tell:
    def tell(step: str, share: float) -> None:
        first(step, share)
        if second:
            second(step, share)

    return tell


def _now() -> datetime:
    return datetime.now(UTC)


def main() -> None:
    """Be the process of one job: 0 when it ended, also badly and told so; anything else: the job was not brought to an end."""
    told = orjson.loads(sys.stdin.buffer.read())
    os.nice(NICE)
    settings = Settings(**told["settings"])
    database = open_database(settings.database_url)
    try:
        with database.reading() as connection:
            job = jobs.read_job(connection, told["job"])
        if (job.attempt, job.state) == (told["attempt"], jobs.RUNNING):
            with suppress(FenxinError):  # the job says it
                carry_out(database, settings, job)
    finally:
        database.close()


if __name__ == "__main__":
    main()
