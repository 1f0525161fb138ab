"""Handwork: the commands that open the store themselves: a training in the foreground, a replay."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from classifier.errors import StorageFailed
from service import jobs
from service.contracts import cuts_over_time
from service.database import open_database
from service.replaying import Replay, replay
from service.retraining import Tell, carry_out
from service.settings import Settings
from service.storage import open_case


def retrain_now(settings: Settings, officer: str, reason: str, tell: Tell) -> dict[str, Any]:
    """Order a training and do it here and now; one that waits already, or whose worker fell silent, is done instead.

    Raises:
        BadInput: there is no store; a new one would hold nothing to learn from.
        Busy: one is under way, in the service or elsewhere; names it.
        FenxinError: it failed; the champion is as before.
    """
    database = open_database(settings.database_url, create=False)
    try:
        now = datetime.now(UTC)
        with database.writing() as connection:
            job = jobs.take(connection, now)
            if job is None:
                jobs.order(connection, officer=officer, reason=reason, now=now)
                job = jobs.take(connection, now)
        if job is None:
            raise StorageFailed("训练任务未能登记；请重试")
        return carry_out(database, settings, job, tell)
    finally:
        database.close()


def replay_now(settings: Settings, letter_id: str) -> Replay:
    """Do a stored assessment again; accusations only where the local officer may read them.

    Raises:
        BadInput: there is no store.
        NotFound: no such letter, or not for the local officer.
    """
    database = open_database(settings.database_url, create=False)
    try:
        with database.reading() as connection:
            case = open_case(connection, letter_id, restricted="discipline" in settings.local_roles)
            history = cuts_over_time(connection, case.provenance.model)
    finally:
        database.close()
    return replay(case, history, settings.models, settings.county)
