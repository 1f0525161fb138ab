"""Casework: letters, decisions and objections from request to stored row, the same for the API and the pages."""

from __future__ import annotations

from dataclasses import replace
from time import perf_counter

from sqlalchemy import Connection

from classifier.assess import Assessor
from classifier.errors import Forbidden
from classifier.grouping.profiling import Draft
from classifier.letter import Access, UrgencyLevel
from service.access import Caller
from service.answers import decided_json, objected_json, receipt_json
from service.contracts import watch
from service.desk import Desk
from service.filing import Case, Filing, Links, Reply, Standing, Ticket
from service.group_answers import group_json
from service.group_reading import read_group
from service.groups import GroupOpinion, What, decide_group
from service.intake import URGENCY_RANK, keep, new_id, prepare
from service.linking import leave, recount
from service.moments import utc_text
from service.objections import Claim, object_to
from service.review import Opinion, decide
from service.schemas import LetterIn
from service.storage import add_decision, add_objection, answer_once, open_case

IMMEDIATE = URGENCY_RANK[UrgencyLevel.R0]


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
    assessor, begun = desk.assessor, perf_counter()
    filing = await desk.think(lambda: prepare(letter, assessor, desk.grouping, now))
    seconds = perf_counter() - begun

    def present(case: Case | Filing, links: Links) -> bytes:
        return receipt_json(case, links, desk.taxonomy, caller)

    reply = await desk.write(lambda: keep(filing, database=desk.database, grouping=desk.grouping, ticket=ticket, present=present))
    if not reply.replayed:
        desk.meters.took(filing, seconds)
        if filing.standing.urgency == IMMEDIATE:
            desk.duty.ring(None if filing.standing.access == Access.RESTRICTED else letter.id, UrgencyLevel.R0)
            await desk.read(desk.keep_danger)
    return reply


def record_decision(desk: Desk, caller: Caller, letter_id: str, opinion: Opinion, ticket: Ticket | None) -> Reply:
    """Decide and store in one transaction; replies 201 with what now stands.

    Raises:
        Forbidden: the caller may not decide, or raised the objection that is to be decided.
        NotFound: no such letter, or not for this caller.
        BadInput: the opinion cannot be taken.
        Conflict: somebody else decided in between.
        StorageFailed: nothing was stored.
    """
    caller.must("review", "discipline")
    now, assessor = desk.now(), desk.assessor
    restricted = caller.may("discipline")
    learnt: list[tuple[Draft, int]] = []

    def store(connection: Connection) -> Reply:
        learnt.clear()
        case = open_case(connection, letter_id, restricted=restricted)
        _check_other_person(desk, caller, case)
        accused = assessor.blocked_if_accusing(case.letter)
        decision, standing = decide(case, opinion, officer=caller.officer, taxonomy=desk.taxonomy, now=now, accused=accused)
        add_decision(connection, case, decision, standing)
        watch(connection, case, assessor, now)
        learnt.extend(_follow_in_groups(connection, desk, assessor, case, standing))
        decided = open_case(connection, letter_id, restricted=True)
        desk.meters.decided(decision, standing.access)
        return Reply(201, decided_json(decided, desk.taxonomy, desk.today().isoformat()))

    reply = answer_once(desk.database, ticket, store, now=utc_text(now))
    for draft, number in learnt:
        desk.grouping.learn(draft, number)
    with desk.database.reading() as connection:
        desk.keep_contracts(connection)
        desk.keep_danger(connection)
    return reply


def _check_other_person(desk: Desk, caller: Caller, case: Case) -> None:
    """Who objects does not decide about it; on a machine with one officer and no keys there is nobody else."""
    if case.pending and case.pending.officer == caller.officer and desk.doorkeeper.local is None:
        raise Forbidden("异议由提出人以外的经办人核实")


def record_objection(desk: Desk, caller: Caller, letter_id: str, claim: Claim, ticket: Ticket | None) -> Reply:
    """Store a receiver's objection and ask a person again, in one transaction; replies 201 with what now stands.

    Raises:
        Forbidden: the caller may not object, or not for this department.
        NotFound: no such letter, or not for this caller.
        BadInput: the objection cannot be taken.
        Conflict: too late, not with this department, or already objected to.
        StorageFailed: nothing was stored.
    """
    caller.must("receiver", "review", "discipline")
    caller.must_speak_for(claim.department)
    now, restricted = desk.now(), caller.may("discipline")

    def store(connection: Connection) -> Reply:
        case = open_case(connection, letter_id, restricted=restricted)
        objection = object_to(case, claim, officer=caller.officer, taxonomy=desk.taxonomy, calendar=desk.assessor.calendar, now=now)
        add_objection(connection, case, objection)
        objected = open_case(connection, letter_id, restricted=True)
        return Reply(201, objected_json(objected, desk.taxonomy, desk.today().isoformat()))

    return answer_once(desk.database, ticket, store, now=utc_text(now))


def _follow_in_groups(
    connection: Connection, desk: Desk, assessor: Assessor, case: Case, standing: Standing
) -> list[tuple[Draft, int]]:
    """A letter that became an accusation leaves its group and the index at once; one that is none any more is linked."""
    was, is_now = case.standing.access == Access.NORMAL, standing.access == Access.NORMAL
    if was and not is_now:
        leave(connection, case.letter.id)
    elif is_now and not was:
        return [desk.grouping.link_stored(connection, assessor, case.letter.id)]
    elif is_now and standing.category != case.standing.category:
        recount(connection, case.letter.id)
    return []


def record_group_decision(
    desk: Desk, caller: Caller, number: int, what: What, opinion: GroupOpinion, ticket: Ticket | None
) -> Reply:
    """Decide about a group and store that in one transaction; replies 201 with the group as it then is.

    Raises:
        Forbidden: the caller may not decide.
        NotFound: no such group.
        BadInput: the opinion cannot be taken.
        Conflict: the group changed in between, or its state does not allow this.
        StorageFailed: nothing was stored.
    """
    caller.must("review")
    now, taxonomy = desk.now(), desk.taxonomy

    def store(connection: Connection) -> Reply:
        decide_group(connection, number, what, opinion, officer=caller.officer, taxonomy=taxonomy, now=now)
        return Reply(201, group_json(read_group(connection, number), desk.grouping.flags, taxonomy))

    reply = answer_once(desk.database, ticket, store, now=utc_text(now))
    if reply.replayed:  # a letter shown then may be an accusation by now
        with desk.database.reading() as connection:
            return replace(reply, body=group_json(read_group(connection, number), desk.grouping.flags, taxonomy))
    return reply
