"""Storage: the office's verbs on the tables; each takes the connection of the transaction it belongs to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, replace

from sqlalchemy import Connection, Row, bindparam, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from classifier.errors import Conflict, NotFound, StorageFailed
from classifier.letter import Access, Disposition, Letter
from service.database import Database
from service.filing import OBJECTED, Case, Decision, Filing, Objection, Provenance, Reply, Standing, Ticket
from service.learning_tables import OBJECTION
from service.tables import ASSESSMENT, DECISION, LETTER, PULSE, REPLY, SENDER, STANDING

# Made once: putting a statement together takes longer than carrying it out.
_INSERT = {LETTER.name: insert(LETTER), SENDER.name: insert(SENDER), STANDING.name: insert(STANDING)}
_INSERT[ASSESSMENT.name] = insert(ASSESSMENT).inline()
_INSERT_REPLY = insert(REPLY)
_KNOWN_REPLY = select(REPLY).where(REPLY.c.caller == bindparam("caller"), REPLY.c.key == bindparam("key"))
_DIGEST = select(LETTER.c.input_sha256).where(LETTER.c.id == bindparam("id"))


def answer_once(database: Database, ticket: Ticket | None, act: Callable[[Connection], Reply], *, now: str) -> Reply:
    """Do ``act`` in one transaction and remember its reply under the ticket; a known ticket gets its first reply back.

    Raises:
        Conflict: the key was used for another request.
        StorageFailed: nothing was written.
    """
    for attempt in (1, 2):
        try:
            with database.writing() as connection:
                return _answer(connection, ticket, act, now)
        except IntegrityError as race:  # PostgreSQL: another replica wrote the same key or id first; look again
            if attempt == 2:
                raise StorageFailed("数据库拒绝写入，没有写入任何内容；请重试") from race
    raise AssertionError("unreachable")


def _answer(connection: Connection, ticket: Ticket | None, act: Callable[[Connection], Reply], now: str) -> Reply:
    if ticket is None:
        return act(connection)
    earlier = earlier_reply(connection, ticket)
    if earlier:
        return earlier
    reply = act(connection)
    row = {**asdict(ticket), "status": reply.status, "body": reply.body, "created_at": now}
    connection.execute(_INSERT_REPLY, row)
    return reply


def earlier_reply(connection: Connection, ticket: Ticket) -> Reply | None:
    """Find the reply that was given under this ticket.

    Raises:
        Conflict: the key was used for another request.
    """
    known = connection.execute(_KNOWN_REPLY, {"caller": ticket.caller, "key": ticket.key}).first()
    if known is None:
        return None
    if known.request_sha256 != ticket.request_sha256:
        raise Conflict("该 Idempotency-Key 已用于另一个请求；请换一个新的键")
    return Reply(known.status, known.body, replayed=True)


def forget_replies(connection: Connection, *, before: str) -> None:
    """Delete remembered replies older than a moment; the letters stay."""
    connection.execute(REPLY.delete().where(REPLY.c.created_at < before))


def add_letter(connection: Connection, filing: Filing) -> None:
    """Store a letter, its sender apart, its assessment and what stands."""
    for table, row in letter_rows(filing).items():
        connection.execute(_INSERT[table], row)


def letter_rows(filing: Filing) -> dict[str, dict[str, object]]:
    """The rows of a letter by the names of their tables, in the order in which they refer to each other."""
    letter, proposed = filing.letter, filing.standing
    row = {
        "id": letter.id,
        "title": letter.title,
        "text": letter.text,
        "received_at": letter.received_at,
        "received": filing.received,
        "stored_at": filing.stored_at,
        "channel": letter.channel,
        "place": letter.place,
        "input_sha256": filing.provenance.input_sha256,
    }
    sender = {"letter_id": letter.id, "sender": letter.sender}
    made = {
        "letter_id": letter.id,
        "created_at": filing.stored_at,
        "json": filing.json,
        "lead": proposed.department,
        "confidence": filing.lead_confidence,
        "alone": proposed.disposition == Disposition.AUTO,
    }
    return {
        LETTER.name: row,
        **({SENDER.name: sender} if letter.sender is not None else {}),
        ASSESSMENT.name: made | asdict(filing.provenance),
        STANDING.name: {"letter_id": letter.id, "received": filing.received} | _standing_row(proposed),
    }


def letter_digest(connection: Connection, letter_id: str) -> str | None:
    """Give the digest of what was sent under this id, None when the id is free."""
    return connection.scalar(_DIGEST, {"id": letter_id})


def open_case(connection: Connection, letter_id: str, *, restricted: bool) -> Case:
    """Read one letter with its newest assessment and all decisions.

    Args:
        restricted: whether the reader may see the restricted compartment.

    Raises:
        NotFound: no such letter, or not for this reader: both read the same.
    """
    found = connection.execute(
        select(LETTER, STANDING, SENDER.c.sender)
        .join(STANDING, STANDING.c.letter_id == LETTER.c.id)
        .outerjoin(SENDER, SENDER.c.letter_id == LETTER.c.id)
        .where(LETTER.c.id == letter_id)
    ).first()
    if found is None or (found.access == "restricted" and not restricted):
        raise NotFound("没有这件信访件")
    newest = connection.execute(
        select(ASSESSMENT).where(ASSESSMENT.c.letter_id == letter_id).order_by(ASSESSMENT.c.seq.desc()).limit(1)
    ).one()
    decided = connection.execute(select(DECISION).where(DECISION.c.letter_id == letter_id).order_by(DECISION.c.seq))
    objected = connection.execute(select(OBJECTION).where(OBJECTION.c.letter_id == letter_id).order_by(OBJECTION.c.seq))
    return Case(
        letter=letter_of(found),
        received=found.received,
        stored_at=found.stored_at,
        assessment_seq=newest.seq,
        provenance=Provenance(**{name: getattr(newest, name) for name in Provenance.__dataclass_fields__}),
        json=newest.json,
        standing=standing_of(found),
        decisions=tuple(_decision(row) for row in decided),
        objections=tuple(_objection(row) for row in objected),
    )


def restricted_among(connection: Connection, letters: Sequence[str]) -> set[str]:
    """Which of these ids belong to stored accusations."""
    query = select(STANDING.c.letter_id).where(STANDING.c.letter_id.in_(letters), STANDING.c.access == Access.RESTRICTED)
    return set(connection.scalars(query))


def add_decision(connection: Connection, case: Case, decision: Decision, standing: Standing) -> None:
    """Append a decision and let it stand.

    Raises:
        Conflict: somebody else decided after ``case`` was read.
    """
    changed = connection.execute(
        update(STANDING)
        .where(STANDING.c.letter_id == case.letter.id, STANDING.c.decisions == len(case.decisions))
        .values(_standing_row(replace(standing, decisions=len(case.decisions) + 1)))
    )
    if changed.rowcount != 1:
        raise Conflict("在此期间另有办理意见；请重新打开后再决定")
    row = {"letter_id": case.letter.id, "assessment_seq": case.assessment_seq} | asdict(decision)
    connection.execute(insert(DECISION).values(row))


def add_objection(connection: Connection, case: Case, objection: Objection) -> None:
    """Append a receiver's objection and ask a person again.

    Raises:
        Conflict: somebody decided or objected after ``case`` was read.
    """
    changed = connection.execute(
        update(STANDING)
        .where(STANDING.c.letter_id == case.letter.id, STANDING.c.decisions == objection.decisions)
        .where(or_(STANDING.c.again.is_(None), STANDING.c.again != OBJECTED))
        .values(again=OBJECTED, waiting=True)
    )
    if changed.rowcount != 1:
        raise Conflict("在此期间另有办理意见或异议；请重新打开后再提")
    connection.execute(insert(OBJECTION).values({"letter_id": case.letter.id} | asdict(objection)))


def pulse(connection: Connection, *, now: str) -> None:
    """Write one small row: the proof that the store takes writes."""
    if connection.execute(update(PULSE).where(PULSE.c.id == 1).values(at=now)).rowcount == 0:
        connection.execute(insert(PULSE).values(id=1, at=now))


def standing_of(row: Row[tuple[object, ...]]) -> Standing:
    """Read the standing columns of a row."""
    return Standing(**{name: getattr(row, name) for name in Standing.__dataclass_fields__})


def _standing_row(standing: Standing) -> dict[str, object]:
    return asdict(standing) | {"waiting": standing.waiting}


def letter_of(row: Row[tuple[object, ...]]) -> Letter:
    """Read a letter with its sender from a row."""
    return Letter(**{name: getattr(row, name) for name in Letter.__struct_fields__})


def _decision(row: Row[tuple[object, ...]]) -> Decision:
    return Decision(**{name: getattr(row, name) for name in Decision.__dataclass_fields__})


def _objection(row: Row[tuple[object, ...]]) -> Objection:
    return Objection(**{name: getattr(row, name) for name in Objection.__dataclass_fields__})
