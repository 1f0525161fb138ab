"""Desk: what one running service holds, and the threads that work at it; put together once by ``service.app``."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime
from threading import Lock
from typing import TypeVar, cast

from sqlalchemy import Connection
from starlette.requests import Request

from classifier.assess import Assessor
from classifier.letter import Letter, UrgencyLevel
from classifier.naming import Naming, load_naming
from classifier.persons import Persons, load_persons
from classifier.taxonomy import Taxonomy
from service.access import Caller, Doorkeeper
from service.contracts import cuts_in_force
from service.database import Database
from service.duty import Duty
from service.foreman import Foreman
from service.grouping import Grouping
from service.listing import Danger, count_danger, letters_in_danger
from service.meters import Meters
from service.moments import china_day
from service.settings import Settings
from service.similar import SimilarLetter, TrainingTexts, similar_letters
from service.storage import restricted_among

T = TypeVar("T")
REMEMBERED = 8


@dataclass(frozen=True, slots=True)
class Unfit:
    """A champion that cannot answer, why, and when it was last tried (seconds of a clock that only runs on)."""

    version: str
    fault: str
    tried: float


@dataclass(slots=True)
class Desk:
    """Settings, model, store and doorkeeper; ``readers`` and ``writers`` keep blocking work off the event loop.

    ``assessor`` is replaced whole when its cuts or the champion change; who assesses takes it once. ``follows``: whether the
    champion's pointer is followed; ``unfit`` is a champion that could not be loaded.
    """

    settings: Settings
    assessor: Assessor
    database: Database
    doorkeeper: Doorkeeper
    now: Callable[[], datetime]
    grouping: Grouping
    readers: Executor
    writers: Executor
    training: TrainingTexts
    foreman: Foreman
    follows: bool
    persons: Persons = field(default_factory=load_persons)
    naming: Naming = field(default_factory=load_naming)
    unfit: Unfit | None = None
    loading: Lock = field(default_factory=Lock)  # one model is loaded at a time
    promoting: Lock = field(default_factory=Lock)
    _swap: Lock = field(default_factory=Lock)
    duty: Duty = field(default_factory=Duty)
    danger: Danger = field(default_factory=Danger)
    meters: Meters = field(default_factory=Meters)
    remembered: dict[tuple[str, ...], object] = field(default_factory=dict)
    ponderer: Executor = field(default_factory=lambda: ThreadPoolExecutor(1, "ponderer"))

    @property
    def taxonomy(self) -> Taxonomy:
        """The categories this installation answers with."""
        return self.assessor.taxonomy

    def keep_contracts(self, connection: Connection) -> None:
        """Take over the cuts that now hold, whichever replica tightened them."""
        with self._swap:
            self._put(connection, self.assessor)

    def adopt(self, connection: Connection, assessor: Assessor) -> None:
        """Let another model answer, under the cuts that hold for it."""
        with self._swap:
            self._put(connection, assessor)
            self.grouping.follow(assessor)

    def _put(self, connection: Connection, assessor: Assessor) -> None:
        cuts = cuts_in_force(connection, assessor.version, assessor.cuts)
        self.assessor = assessor if cuts == assessor.cuts else assessor.with_cuts(cuts)
        self.meters.cuts(cuts)

    def keep_danger(self, connection: Connection) -> None:
        """Count anew the letters that show a life in danger, for the red bar on every page."""
        self.danger = count_danger(connection)

    def ring_again(self, connection: Connection, *, since: str) -> None:
        """Ring for what is still undecided: a call may not have gone out before the service stopped."""
        for letter_id in letters_in_danger(connection, since=since):
            self.duty.ring(letter_id, UrgencyLevel.R0)

    def remember(self, key: tuple[str, ...], work: Callable[[], T]) -> T:
        """Do what takes seconds at most once in ten minutes for one key (in ``ponder``); only the newest few answers are kept."""
        key = (*key, self.now().strftime("%Y%m%d%H%M")[:-1])
        if key not in self.remembered:
            found = work()
            while len(self.remembered) >= REMEMBERED:
                self.remembered.pop(next(iter(self.remembered)), None)
            self.remembered[key] = found
        return cast("T", self.remembered[key])

    def restricted(self, letter_ids: Iterable[str]) -> set[str]:
        """Which of these are accusations by now; what is remembered may be older."""
        with self.database.reading() as connection:
            return restricted_among(connection, list(letter_ids))

    def similar(self, assessor: Assessor, letter: Letter, caller: Caller) -> list[SimilarLetter]:
        """Find the training letters most like a letter, as the caller may see them: none that became an accusation."""
        found = assessor.similar(letter)
        if not caller.may("discipline"):
            hidden = self.restricted(one.id for one in found)
            found = tuple(one for one in found if one.id not in hidden)
        return similar_letters(found, self.training, assessor.taxonomy, caller)

    def today(self) -> date:
        """Give the day it is in China."""
        return china_day(self.now())

    async def think(self, work: Callable[[], T]) -> T:
        """Do something that computes or reads, in a reader thread."""
        return await asyncio.get_running_loop().run_in_executor(self.readers, work)

    async def ponder(self, work: Callable[[], T]) -> T:
        """Do something that takes seconds: one at a time, in a thread of its own, so that no letter waits for a free reader."""
        return await asyncio.get_running_loop().run_in_executor(self.ponderer, work)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Read from the store in one transaction."""

        def reading() -> T:
            with self.database.reading() as connection:
                return work(connection)

        return await self.think(reading)

    async def write(self, work: Callable[[], T]) -> T:
        """Do something that writes; on SQLite one thread does all of it (``WriteQueue``)."""
        return await asyncio.get_running_loop().run_in_executor(self.writers, work)

    def close(self) -> None:
        """Finish what was begun, then close the store."""
        for threads in (self.writers, self.readers, self.ponderer):
            threads.shutdown(wait=True)
        self.duty.close()
        self.database.close()


def desk_of(request: Request) -> Desk:
    """Find the desk a request has come to."""
    desk: Desk = request.app.state.desk
    return desk
