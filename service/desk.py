"""Desk: what one running service holds, and the threads that work at it; put together once by ``service.app``."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeVar

from sqlalchemy import Connection
from starlette.requests import Request

from classifier.assess import Assessor
from classifier.letter import Letter, UrgencyLevel
from classifier.taxonomy import Taxonomy
from service.access import Caller, Doorkeeper
from service.contracts import cuts_in_force
from service.database import Database
from service.duty import Duty
from service.grouping import Grouping
from service.listing import Danger, count_danger, letters_in_danger
from service.meters import Meters
from service.moments import china_day
from service.settings import Settings
from service.similar import SimilarLetter, TrainingTexts, similar_letters

T = TypeVar("T")


@dataclass(slots=True)
class Desk:
    """Settings, model, store and doorkeeper; ``readers`` and ``writers`` keep blocking work off the event loop.

    ``assessor`` is replaced whole when its cuts change; who assesses takes it once.
    """

    settings: Settings
    assessor: Assessor
    database: Database
    doorkeeper: Doorkeeper
    now: Callable[[], datetime]
    grouping: Grouping
    readers: ThreadPoolExecutor
    writers: ThreadPoolExecutor
    training: TrainingTexts
    duty: Duty = field(default_factory=Duty)
    danger: Danger = field(default_factory=Danger)
    meters: Meters = field(default_factory=Meters)

    @property
    def taxonomy(self) -> Taxonomy:
        """The categories this installation answers with."""
        return self.assessor.taxonomy

    def keep_contracts(self, connection: Connection) -> None:
        """Take over the cuts that now hold, whichever replica tightened them."""
        cuts = cuts_in_force(connection, self.assessor.version, self.assessor.cuts)
        if cuts != self.assessor.cuts:
            self.assessor = self.assessor.with_cuts(cuts)
        self.meters.cuts(cuts)

    def keep_danger(self, connection: Connection) -> None:
        """Count anew the letters that show a life in danger, for the red bar on every page."""
        self.danger = count_danger(connection)

    def ring_again(self, connection: Connection, *, since: str) -> None:
        """Ring for what is still undecided: a call may not have gone out before the service stopped."""
        for letter_id in letters_in_danger(connection, since=since):
            self.duty.ring(letter_id, UrgencyLevel.R0)

    def similar(self, letter: Letter, caller: Caller) -> list[SimilarLetter]:
        """Find the training letters most like a letter, as the caller may see them."""
        return similar_letters(self.assessor.similar(letter), self.training, self.taxonomy, caller)

    def today(self) -> date:
        """Give the day it is in China."""
        return china_day(self.now())

    async def think(self, work: Callable[[], T]) -> T:
        """Do something that computes or reads, in a reader thread."""
        return await asyncio.get_running_loop().run_in_executor(self.readers, work)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Read from the store in one transaction."""

        def reading() -> T:
            with self.database.reading() as connection:
                return work(connection)

        return await self.think(reading)

    async def write(self, work: Callable[[], T]) -> T:
        """Do something that writes; on SQLite one thread does all of it, in the order of arrival."""
        return await asyncio.get_running_loop().run_in_executor(self.writers, work)

    def close(self) -> None:
        """Finish what was begun, then close the store."""
        for threads in (self.writers, self.readers):
            threads.shutdown(wait=True)
        self.duty.close()
        self.database.close()


def desk_of(request: Request) -> Desk:
    """Find the desk a request has come to."""
    desk: Desk = request.app.state.desk
    return desk
