"""Foreman: starts a process for the job that waits, and notices when it ended without a word."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

import orjson

from service import jobs
from service.database import Database
from service.jobs import Job
from service.settings import Settings

PATIENCE = 10.0  # seconds a process is given to end


@dataclass(slots=True)
class Foreman:
    """One replica's foreman; it has at most one process."""

    database: Database
    settings: Settings
    _process: subprocess.Popen[bytes] | None = field(default=None)
    _job: Job | None = field(default=None)
    _closed: bool = field(default=False)
    _turn: Lock = field(default_factory=Lock)

    @property
    def process_id(self) -> int | None:
        """The process that works now."""
        return self._process.pid if self._process else None

    def wait(self) -> None:
        """Wait until the process that works now has ended, if there is one."""
        process = self._process
        if process is not None:
            process.wait()

    def look(self, now: datetime) -> None:
        """See after the process, then after a job that waits; what is written is written here.

        Raises:
            StorageFailed: the store refused; the next look tries again.
        """
        with self._turn:
            if self._process is not None and self._process.poll() is not None:
                self._give_back(now)
            if self._process is None and not self._closed and self._waiting():
                self._take(now)

    def stop(self, now: datetime) -> None:
        """End the process; its job waits for the next start of a service."""
        with self._turn:
            self._closed = True
            if self._process is None:
                return
            self._process.terminate()
            try:
                self._process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._give_back(now, count=False)

    def _take(self, now: datetime) -> None:
        with self.database.writing() as connection:
            self._job = jobs.take(connection, now)
        if self._job is not None:
            try:
                self._process = self._start(self._job)
            except OSError:  # no memory, too many processes: it counts as an attempt
                self._give_back(now)

    def _waiting(self) -> bool:
        with self.database.reading() as connection:
            return jobs.active_job(connection) is not None

    def _start(self, job: Job) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", "service.retraining"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # a Ctrl-C is for the service; it then stops its process itself
        )
        told = {"settings": self.settings.model_dump(mode="json"), "job": job.number, "attempt": job.attempt}
        if process.stdin is not None:
            with suppress(BrokenPipeError), process.stdin as pipe:
                pipe.write(orjson.dumps(told))
        return process

    def _give_back(self, now: datetime, *, count: bool = True) -> None:
        """A job that its process did not bring to an end waits again; one that was stopped on purpose loses no attempt."""
        if self._job is not None:
            with self.database.writing() as connection:
                jobs.give_back(connection, self._job, now, count=count)
        self._process = self._job = None
