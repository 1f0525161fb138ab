"""Casework: a letter and a decision from request to stored row, the same way for the API and the pages."""

from __future__ import annotations

from time import perf_counter

from sqlalchemy import Connection

from service.access import Caller
from service.answers import decided_json, receipt_json
from service.contracts import watch
from service.desk import Desk
from service.filing import Reply, Ticket
from service.intake import keep, new_id, prepare
from service.moments import utc_text
from service.review import Opinion, decide
from service.schemas import LetterIn
from service.storage import add_decision, answer_once, open_case


async def take_letter(desk: Desk, caller: Caller, sent: LetterIn, ticket: Ticket | None) -> Reply:
    """Assess a letter, then store it; replies 201 (200 when it was here already) with its receipt.

    Raises:
        Forbidden: the caller may not file letters.
        Conflict: the id belongs to another letter, or the key to another request.
        StorageFailed: nothing was stored.
    """
    caller.must("intake")
    now = desk.now()
    letter = sent.letter(new_id(now))
    begun = perf_counter()
    filing = await desk.think(lambda: prepare(letter, desk.assessor, now))
    seconds = perf_counter() - begun
    reply = await desk.write(
        lambda: keep(filing, database=desk.database, ticket=ticket, present=lambda case: receipt_json(case, caller))
    )
    if not reply.replayed:
        desk.meters.took(filing, seconds)
    return reply


def record_decision(desk: Desk, caller: Caller, letter_id: str, opinion: Opinion, ticket: Ticket | None) -> Reply:
    """Decide and store in one transaction; replies 201 with what now stands.

    Raises:
        Forbidden: the caller may not decide.
        NotFound: no such letter, or not for this caller.
        BadInput: the opinion cannot be taken.
        Conflict: somebody else decided in between.
        StorageFailed: nothing was stored.
    """
    caller.must("review", "discipline")
    now = desk.now()
    restricted = caller.may("discipline")

    def store(connection: Connection) -> Reply:
        case = open_case(connection, letter_id, restricted=restricted)
        decision, standing = decide(case, opinion, officer=caller.officer, taxonomy=desk.taxonomy, now=now)
        add_decision(connection, case, decision, standing)
        watch(connection, case, desk.assessor, now)
        decided = open_case(connection, letter_id, restricted=True)
        desk.meters.decided(decision, standing.access)
        return Reply(201, decided_json(decided, desk.taxonomy))

    reply = answer_once(desk.database, ticket, store, now=utc_text(now))
    with desk.database.reading() as connection:
        desk.keep_contracts(connection)
    return reply
