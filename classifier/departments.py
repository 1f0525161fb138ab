"""The units that can lead or co-handle (责任单位), with the names people write for them."""

from __future__ import annotations

from dataclasses import dataclass

from classifier.tables import Table, values

DEPARTMENT_COLUMNS = ("code", "name", "aliases", "superior", "part_of")
HIGHER = ("上一级", "上级")  # a superior outside the county's own list is written in words that begin so


@dataclass(frozen=True, slots=True)
class Department:
    """A unit that can lead or co-handle; ``aliases`` are the names people write, ``superior`` is where a complaint about it goes.

    ``superior`` is a department's code, or words such as 上一级纪委监委 where only a person can send it on.
    ``part_of`` is the unit it belongs to ("" none): what accuses the whole must not reach its part either.
    """

    code: str
    name: str
    aliases: tuple[str, ...]
    superior: str
    part_of: str


def read_departments(table: Table) -> dict[str, Department]:
    """The departments of ``departments.csv`` by code; no name may belong to two of them; raises BadDataFile."""
    found: dict[str, Department] = {}
    owners: dict[str, str] = {}
    for number, row in table:
        table.require_filled(number, row, "code", "name", "superior")
        department = Department(row["code"], row["name"], values(row["aliases"]), row["superior"], row["part_of"])
        for name in {department.name, *department.aliases}:
            if (owner := owners.setdefault(name, department.code)) != department.code:
                raise table.fault(number, f"name {name} already belongs to {owner}")
        found[department.code] = department
    for number, row in table:
        if not row["superior"].startswith(HIGHER):
            table.require_known(number, row["superior"], found, f"superior (neither a code nor words beginning with {HIGHER[0]})")
        if row["part_of"]:
            table.require_known(number, row["part_of"], found, "department in part_of")
        if row["code"] in (row["superior"], row["part_of"]):
            raise table.fault(number, "is its own superior or part; a complaint about it would reach itself")
    return found
