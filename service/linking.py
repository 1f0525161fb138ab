"""Linking (关联): a letter finds its matter in the transaction that stores it; only letters of normal access take part."""

from __future__ import annotations

from dataclasses import dataclass

import orjson
from sqlalchemy import Connection, delete, insert, or_, select, text

from classifier.grouping.linkage import Decision, Linker
from classifier.grouping.profile import Profile
from service.bonds import bonds_of, follow
from service.group_figures import case_of, count_again, fold_case, letters_of, rename
from service.matter_index import KEPT_OPEN, Particulars, SqlIndex
from service.tables import LINK, MEMBER

LINKING_LOCK = 7_220_431  # any number of our own: replicas link one letter after the other
TELLING = 0.3  # score from which a further link is kept: a less likely one is no evidence
_INSERT_LINKS = insert(LINK)  # made once: putting a statement together takes longer than carrying it out


@dataclass(frozen=True, slots=True)
class Entry:
    """A letter ready to be linked."""

    profile: Profile
    particulars: Particulars


def lock_linking(connection: Connection) -> None:
    """Wait until no other replica links; held until the transaction ends. SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": LINKING_LOCK})


def enter(connection: Connection, entry: Entry, linker: Linker) -> int:
    """Link a letter to those before it and enter it into the index, in the caller's transaction; gives its number.

    The caller holds the lock on linking.
    """
    index, profile = SqlIndex(connection, entry.particulars), entry.profile
    near = index.candidates(profile.keys, linker.since(profile))
    standings = bonds_of(connection, profile.id, set(near.groups))
    decision = standings.respected(linker.link(profile, index, standings.bonds))
    for group in decision.merged:
        fold(connection, index, group, decision.group)
    index.add(profile, decision.group)
    if decision.group == profile.id:
        return index.newest
    _add_links(connection, decision, profile.id)
    case = case_of(connection, decision.group)
    if case is not None and case.state in KEPT_OPEN:
        index.keep_letter(profile.id)
    count_again(connection, decision.group, changed=bool(decision.merged))
    return index.newest


def leave(connection: Connection, letter_id: str) -> None:
    """Take a letter out of its group and of the index; nothing of it stays behind but what persons decided."""
    lock_linking(connection)
    index = SqlIndex(connection)
    matter = index.remove(letter_id)
    if matter is None:
        return
    connection.execute(delete(LINK).where(or_(LINK.c.letter_id == letter_id, LINK.c.other_id == letter_id)))
    if matter == letter_id:
        matter = rename_after(connection, index, matter)
    count_again(connection, matter, changed=True)


def recount(connection: Connection, letter_id: str) -> None:
    """Count a letter's group again after something about the letter was decided."""
    matter = connection.scalar(select(MEMBER.c.matter).where(MEMBER.c.letter_id == letter_id))
    if matter is not None:
        lock_linking(connection)
        count_again(connection, matter)


def rename_after(connection: Connection, index: SqlIndex, matter: str) -> str:
    """Name a group after its earliest letter, once the one it was named after is gone; an empty group loses its name."""
    left = letters_of(connection, matter)
    name = left[0] if left else None
    if name is not None:
        index.merge(matter, name)
    rename(connection, matter, name)
    return name or matter


def fold(connection: Connection, index: SqlIndex, group: str, into: str) -> None:
    """One group goes into another, with what persons decided of it."""
    index.merge(group, into)
    old, new = case_of(connection, group), case_of(connection, into)
    if old is None:
        return
    if new is None:  # the other one was a letter alone: the case goes on under its name
        rename(connection, group, into)
        return
    fold_case(connection, old.number, new.number)
    follow(connection, old.number, new.number)
    if new.state in KEPT_OPEN:
        index.keep_open(into)


def _add_links(connection: Connection, decision: Decision, letter_id: str) -> None:
    rows = link_rows(decision, letter_id)
    if rows:
        connection.execute(_INSERT_LINKS, rows)


def link_rows(decision: Decision, letter_id: str) -> list[dict[str, object]]:
    """What is kept of a decision's links, nearest first."""
    return [
        {
            "letter_id": letter_id,
            "rank": rank,
            "other_id": link.letter_id,
            "kind": str(link.kind),
            "score": link.score,
            "shared": orjson.dumps(link.shared),
            "parts": orjson.dumps({name: value for name, value in link.parts.items() if value}),
        }
        for rank, link in enumerate(decision.links)
        if rank == 0 or link.score >= TELLING
    ]
