"""Bonds: what persons decided of groups, as the linker must respect it; a machine never takes one away."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from sqlalchemy import Connection, String, and_, bindparam, delete, insert, or_, select, update

from classifier.grouping.linkage import Bonds, Decision
from service.matter_index import many, statements
from service.tables import GROUP_BOND, GROUP_CASE

FIXED = ("confirmed", "closed")


_BY_LETTER = (
    select(GROUP_BOND.c.kind, GROUP_CASE.c.matter)
    .join(GROUP_CASE, GROUP_CASE.c.number == GROUP_BOND.c.number)
    .where(GROUP_BOND.c.letter_id == bindparam("letter_id"), GROUP_CASE.c.matter.is_not(None))
    .order_by(GROUP_BOND.c.seq)
)
_CASES = statements("SELECT c.number, c.matter, c.state FROM %s JOIN group_case c ON c.matter = given.value", String)
_APART = statements("SELECT b.number, b.other FROM %s JOIN group_bond b ON b.number = given.value WHERE b.kind = 'apart'")


@dataclass(frozen=True, slots=True)
class Standings:
    """The linker's bonds of one letter, and which of the groups near it must stay apart."""

    bonds: Bonds
    apart: frozenset[frozenset[str]]

    def respected(self, decision: Decision) -> Decision:
        """The decision without a merging that a person has ruled out."""
        kept: list[str] = []
        for group in decision.merged:
            if all(self._may_be_one(group, other) for other in [decision.group, *kept]):
                kept.append(group)
        return decision if len(kept) == len(decision.merged) else replace(decision, merged=tuple(kept))

    def _may_be_one(self, one: str, other: str) -> bool:
        ruled_out = {one, other} <= self.bonds.fixed or frozenset((one, other)) in self.apart
        return not ruled_out and one not in self.bonds.never


def bonds_of(connection: Connection, letter_id: str, groups: Collection[str]) -> Standings:
    """What holds between a letter and the groups near it."""
    by_letter = connection.execute(_BY_LETTER, {"letter_id": letter_id}).all()
    cases = many(connection, _CASES, list(groups)) if groups else []
    dismissed = {case.matter for case in cases if case.state == "dismissed"}
    never = dismissed | {row.matter for row in by_letter if row.kind == "never"}
    must = [row.matter for row in by_letter if row.kind == "must" and row.matter not in never]
    fixed = {case.matter for case in cases if case.state in FIXED}
    bonds = Bonds(must=must[-1] if must else None, never=frozenset(never), fixed=frozenset(fixed))
    return Standings(bonds, _apart(connection, {case.number: case.matter for case in cases}))


def _apart(connection: Connection, names: dict[int, str]) -> frozenset[frozenset[str]]:
    if len(names) < 2:
        return frozenset()
    pairs = many(connection, _APART, list(names))
    return frozenset(frozenset((names[one], names[other])) for one, other in pairs if other in names)


def keep_apart(connection: Connection, number: int, split_off: int, letters: Iterable[str]) -> None:
    """A person split letters off: they never come back, and the two groups never become one."""
    letters = list(letters)
    loosen(connection, letters)
    rows = [{"kind": "apart", "letter_id": None, "number": number, "other": split_off}]
    rows += [{"kind": "never", "letter_id": one, "number": number, "other": None} for one in letters]
    rows += [{"kind": "must", "letter_id": one, "number": split_off, "other": None} for one in letters]
    connection.execute(insert(GROUP_BOND), rows)


def bind(connection: Connection, number: int, letters: Iterable[str]) -> None:
    """A person put these letters into a group: should one leave, it comes back here."""
    letters = list(letters)
    loosen(connection, letters)
    barred = and_(GROUP_BOND.c.kind == "never", GROUP_BOND.c.number == number, GROUP_BOND.c.letter_id.in_(letters))
    connection.execute(delete(GROUP_BOND).where(barred))
    connection.execute(insert(GROUP_BOND), [{"kind": "must", "letter_id": one, "number": number} for one in letters])


def loosen(connection: Connection, letters: Collection[str]) -> None:
    """Forget into which groups these letters were put: a newer decision says so."""
    connection.execute(delete(GROUP_BOND).where(GROUP_BOND.c.kind == "must", GROUP_BOND.c.letter_id.in_(letters)))


def follow(connection: Connection, number: int, into: int) -> None:
    """One group went into another: what was decided of it holds for the other."""
    bond = GROUP_BOND.c
    pair = and_(bond.kind == "apart", or_(*(and_(bond.number == a, bond.other == b) for a, b in [(number, into), (into, number)])))
    connection.execute(delete(GROUP_BOND).where(pair))
    connection.execute(update(GROUP_BOND).where(bond.number == number).values(number=into))
    connection.execute(update(GROUP_BOND).where(bond.other == number).values(other=into))
    connection.execute(update(GROUP_CASE).where(GROUP_CASE.c.merged_into == number).values(merged_into=into))
