"""Counting a group's letters and senders, and when it is shown (群体件提示); a county can replace the table of thresholds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from classifier.tables import open_table

HOUR = 3_600.0  # seconds within which identical text counts once until a person looks


@dataclass(frozen=True, slots=True)
class Member:
    """One letter of a group: its sender (0, unknown: one of its own), when it arrived in seconds, its text's digest."""

    sender: int
    arrived: float
    digest: int


@dataclass(frozen=True, slots=True)
class GroupCount:
    """Letters; distinct senders, where identical text within an hour counts once; letters left after that."""

    letters: int
    senders: int
    distinct: int


@dataclass(frozen=True, slots=True)
class Flag:
    """From how many ``senders`` a group is shown, under which name, with which advice."""

    code: str
    senders: int
    name: str
    advice: str


@dataclass(frozen=True, slots=True)
class GroupFlags:
    """The thresholds, lowest first."""

    flags: tuple[Flag, ...]

    def highest(self, count: GroupCount) -> Flag | None:
        """The highest flag that a group has reached."""
        reached = [flag for flag in self.flags if count.senders >= flag.senders]
        return reached[-1] if reached else None


def count_group(members: Iterable[Member]) -> GroupCount:
    """Count a group.

    >>> count_group([Member(1, 0, 7), Member(2, 60, 7), Member(3, 90_000, 8)])
    GroupCount(letters=3, senders=2, distinct=2)
    """
    last: dict[int, float] = {}
    senders: set[int] = set()
    letters = distinct = unknown = 0
    for member in sorted(members, key=lambda m: (m.arrived, m.sender)):
        letters += 1
        before = last.get(member.digest)
        last[member.digest] = member.arrived
        if before is not None and member.arrived - before <= HOUR:
            continue
        distinct += 1
        if member.sender:
            senders.add(member.sender)
        else:
            unknown += 1
    return GroupCount(letters, len(senders) + unknown, distinct)


def load_flags(county: Path | None = None) -> GroupFlags:
    """The county's thresholds or the shipped ones. Raises BadDataFile with file and row."""
    table = open_table("group_flags.csv", county, columns=("code", "senders", "name", "advice"), key=("code",))
    flags = []
    for number, row in table:
        table.require_filled(number, row, "code", "senders", "name")
        if not row["senders"].isdigit() or int(row["senders"]) < 2:
            raise table.fault(number, f"senders must be a whole number from 2, found {row['senders']!r}")
        flags.append(Flag(row["code"], int(row["senders"]), row["name"], row["advice"]))
    return GroupFlags(tuple(sorted(flags, key=lambda flag: flag.senders)))
