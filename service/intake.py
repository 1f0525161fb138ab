"""Intake: one letter is assessed and stored, or not at all; the same request twice is one letter."""

from __future__ import annotations

import hashlib
import secrets
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Protocol

import orjson
from msgspec.structs import asdict
from sqlalchemy import Connection

from classifier.assess import Assessor
from classifier.errors import Conflict
from classifier.letter import Access, Assessment, Letter, UrgencyLevel, assessment_json
from service.database import Database
from service.filing import NO_DAY, Case, Filing, Links, Provenance, Reply, Standing, Ticket
from service.grouping import Grouping
from service.letter_links import links_of
from service.moments import day_received, parse_moment, utc_text
from service.storage import add_letter, answer_once, letter_digest, open_case

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
FORWARD_BY = "forward_by"  # a row of deadlines.csv
REHEARSED = (  # a question, two matters in one letter, two letters about one matter: all that a letter may need is made ready
    "请问农民工工资被拖欠应当向哪个部门反映？",
    "一、小区物业乱收停车费，请查处。二、包工头拖欠我们农民工工资三个月，请劳动监察帮我们讨薪。",
    "桂花园小区三号楼电梯坏了两个月，物业一直不修，请住建局督促。",
    "桂花园小区三号楼的电梯坏了两个月，物业一直不修，老人上下楼困难，请住建局督促物业维修。",
)
URGENCY_RANK = {level.value: rank for rank, level in enumerate(UrgencyLevel)}


class Present(Protocol):
    """How a stored letter is shown to the caller who sent it."""

    def __call__(self, case: Case | Filing, links: Links) -> bytes:
        """Write the public bytes."""
        ...


def new_id(now: datetime) -> str:
    """Make an id that sorts by time: 10 characters of milliseconds, 16 of chance (a ULID).

    >>> from datetime import UTC
    >>> new_id(datetime(2026, 11, 22, tzinfo=UTC))[:10]
    '01M808TX00'
    """
    number = (int(now.timestamp() * 1000) << 80) | secrets.randbits(80)
    return "".join(CROCKFORD[(number >> shift) & 31] for shift in range(125, -1, -5))


def input_digest(letter: Letter) -> str:
    """Give the sha256 of everything that was sent as this letter."""
    return hashlib.sha256(orjson.dumps(asdict(letter), option=orjson.OPT_SORT_KEYS)).hexdigest()


def keep(filing: Filing, *, database: Database, grouping: Grouping, ticket: Ticket | None, present: Present) -> Reply:
    """Store and link an assessed letter in one transaction: 201 when it is new, 200 when the very same letter is already here.

    Raises:
        Conflict: the id belongs to another letter, or the key to another request.
        StorageFailed: nothing was stored.
    """

    letter_id, entered = filing.letter.id, 0

    def store(connection: Connection) -> Reply:
        nonlocal entered
        known = letter_digest(connection, letter_id)
        if known is None:
            add_letter(connection, filing)
            entered = enter_filing(connection, filing, grouping)
            return Reply(201, present(filing, links_of(connection, letter_id)))
        if known != filing.provenance.input_sha256:
            raise Conflict("该编号已有另一件信访件；请换一个编号，或不填编号由系统生成")
        case = open_case(connection, letter_id, restricted=True)
        return Reply(200, present(case, links_of(connection, letter_id)), replayed=True)

    reply = answer_once(database, ticket, store, now=filing.stored_at)
    if filing.draft is not None and entered and not reply.replayed:
        grouping.learn(filing.draft, entered)
    return _as_it_stands(reply, database, present) if ticket is not None and reply.replayed else reply


def _as_it_stands(reply: Reply, database: Database, present: Present) -> Reply:
    """A repeated receipt: of a letter that has become an accusation it shows only what its reader may still see."""
    with database.reading() as connection:
        case = open_case(connection, orjson.loads(reply.body)["id"], restricted=True)
        if case.standing.access != Access.RESTRICTED:
            return reply
        return replace(reply, body=present(case, links_of(connection, case.letter.id)))


def enter_filing(connection: Connection, filing: Filing, grouping: Grouping) -> int:
    """Link a stored letter in the same transaction; gives its number, 0 for one that is not linked."""
    return grouping.link(connection, filing.draft, filing.letter.place, filing.affected) if filing.draft is not None else 0


class _Rehearsed(Exception):
    """Ends a rehearsal, so that its transaction is rolled back."""


def rehearse(assessor: Assessor, database: Database, grouping: Grouping, now: datetime) -> None:
    """Take in letters and put them back, so that the first real ones do not wait for calendars, statements and machine code."""
    with suppress(_Rehearsed), database.writing() as connection:
        for number, text in enumerate(REHEARSED):
            letter = Letter(f"rehearsal-{now.timestamp():.6f}-{number}", text, "咨询")
            filing = prepare(letter, assessor, grouping, now)
            add_letter(connection, filing)
            enter_filing(connection, filing, grouping)
        raise _Rehearsed


def prepare(letter: Letter, assessor: Assessor, grouping: Grouping, now: datetime) -> Filing:
    """Assess a letter and gather all that storing and linking need; writes nothing."""
    today = day_received(letter.received_at, now)
    assessment = assessor.assess(letter, today=today)
    received = parse_moment(letter.received_at, field="received_at") if letter.received_at else now
    normal = assessment.route.access == Access.NORMAL
    return Filing(
        letter=letter,
        received=utc_text(received),
        stored_at=utc_text(now),
        provenance=Provenance(
            model=assessment.model,
            taxonomy=assessment.taxonomy,
            taxonomy_digest=assessor.taxonomy.digest,
            rules_digest=assessor.rules_digest,
            input_sha256=input_digest(letter),
            assessed_on=today.isoformat(),
        ),
        json=assessment_json(assessment),
        standing=standing_of_assessment(assessment),
        doubts=assessment.doubts,
        draft=grouping.draft(assessor, letter, utc_text(received)) if normal else None,
        affected=assessment.signals.group.affected_count,
        lead_confidence=assessment.lead_confidence,
    )


def standing_of_assessment(assessment: Assessment) -> Standing:
    """Say what holds until an officer decides: the first matter's category and its route."""
    first = assessment.matters[0] if assessment.matters else None
    chances = [one.p for one in first.candidates[:2]] if first else []
    return Standing(
        category=first.category if first else "",
        department=assessment.route.lead,
        purpose=str(assessment.purpose.value),
        urgency=URGENCY_RANK[str(assessment.signals.urgency.level)],
        confidence=first.confidence if first else 0.0,
        disposition=str(assessment.disposition),
        access=str(assessment.route.access),
        forward_by=assessment.route.deadlines.get(FORWARD_BY, NO_DAY),
        margin=round(chances[0] - chances[1], 4) if len(chances) == 2 else 1.0,
    )
