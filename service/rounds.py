"""Rounds: the periodic checks of a running service: the champion, the contract, jobs, what grouping learnt."""

from __future__ import annotations

import asyncio
import logging
from datetime import date
from time import monotonic

from classifier import registry
from classifier.assess import Assessor, load_assessor
from classifier.errors import FenxinError, StorageFailed
from classifier.letter import Letter
from service.backlog import catch_up
from service.desk import Desk, Unfit
from service.grouping import pack

LOG = logging.getLogger("fenxin")
ROUND_SECONDS = 0.4  # how often the champion and jobs are looked at
SLOW_ROUNDS = 5  # every how many rounds contracts and groups are
RETRY_SECONDS = 5.0  # before a champion that could not be loaded is tried again
REHEARSAL = Letter("rehearsal", "请问农民工工资被拖欠应当向哪个部门反映？", "咨询")


async def go_round(desk: Desk) -> None:
    """Look at everything again and again until cancelled; what fails is looked at again."""
    turn = 0
    while True:
        await asyncio.sleep(ROUND_SECONDS)
        turn += 1
        try:
            await desk.think(lambda: follow_champion(desk))
            await desk.think(lambda: desk.foreman.look(desk.now()))
            if turn % SLOW_ROUNDS == 0:
                await _look_at_store(desk)
        except StorageFailed:
            continue
        except Exception as unforeseen:  # the rounds must go on: without them no replica would follow the champion
            LOG.error("rounds: %s", type(unforeseen).__name__)


async def _look_at_store(desk: Desk) -> None:
    await desk.read(desk.keep_contracts)
    await desk.read(desk.keep_danger)
    if desk.grouping.due:
        await save_learnt(desk)
    while desk.grouping.waiting is not None:
        await desk.write(lambda: catch_up(desk.database, desk.grouping, desk.assessor))


def follow_champion(desk: Desk, ready: Assessor | None = None) -> None:
    """Load the version that the pointer names beside the work, then let it answer; requests under way keep theirs.

    A version that cannot be used leaves the old one answering, and the desk says why. ``ready`` is taken if it is the one named.
    """
    if not desk.follows:
        return
    with desk.loading:
        wanted = _wanted(desk)
        if wanted is None:
            return
        try:
            given = ready if ready and ready.version == wanted else None
            fresh = given or load_assessor(desk.settings.models, desk.settings.county, wanted)
            fresh.assess(REHEARSAL, today=date(2026, 11, 22))
            with desk.database.reading() as connection:
                desk.adopt(connection, fresh)
        except StorageFailed:
            return
        except FenxinError as fault:
            if desk.unfit is None or desk.unfit.version != wanted:
                LOG.error("model %s cannot answer, %s goes on: %s", wanted, desk.assessor.version, fault)
            desk.unfit = Unfit(wanted, str(fault), monotonic())
            return
        desk.unfit = None
        LOG.info("model %s answers from now on", wanted)


def _wanted(desk: Desk) -> str | None:
    """The version to load, None when there is nothing to do."""
    named = registry.champion(desk.settings.models)
    if named == desk.assessor.version:
        desk.unfit = None
        return None
    tried = desk.unfit
    again = tried is None or tried.version != named or monotonic() - tried.tried > RETRY_SECONDS
    return named if again else None


async def save_learnt(desk: Desk) -> None:
    """Keep how common words are here: copied between two letters, packed beside the work, then stored."""
    grouping = desk.grouping
    seen, letters, counters = await desk.write(grouping.copy)
    packed = await desk.think(lambda: pack(letters, counters))

    def store() -> None:
        with desk.database.writing() as connection:
            grouping.save(connection, seen, packed)

    if seen > grouping.saved:
        await desk.write(store)
