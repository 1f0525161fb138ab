"""The statutory roads (法定途径) and the purposes (信访目的) that open them: 《信访工作条例》 Art. 29-31 as two data files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from classifier.letter import Purpose
from classifier.tables import Table

PATHWAY_COLUMNS = ("code", "order", "name", "name_en", "basis", "source", "guidance", "limit")
PURPOSE_COLUMNS = ("code", "name", "article", "pathway")
ORDERS = tuple("01234567")
OFFER = "可以"  # how guidance speaks: a road is offered, never prescribed
PRESCRIBING = re.compile(r"必须|应当|只能|不予受理|不再受理|驳回")


@dataclass(frozen=True, slots=True)
class Pathway:
    """A statutory road with its legal basis.

    ``order`` is the item of Art. 31 it falls under (1-6); 0 for accusations (Art. 30), first; 7 for suggestions (Art. 29).
    ``guidance`` tells the petitioner whom to turn to (可以向…提出), ``limit`` within which time, "" where the law names none.
    """

    code: str
    order: int
    name: str
    name_en: str
    basis: str
    source: str
    guidance: str
    limit: str


@dataclass(frozen=True, slots=True)
class PurposeClass:
    """One purpose (信访目的) with its article of 《信访工作条例》 and the pathway that is its own; either may be empty."""

    code: str
    name: str
    article: str
    pathway: str


def read_pathways(table: Table) -> dict[str, Pathway]:
    """The pathways of ``pathways.csv`` by code; raises BadDataFile."""
    found = {}
    for number, row in table:
        table.require_filled(number, row, "code", "name", "basis", "guidance")
        if row["order"] not in ORDERS:
            raise table.fault(number, f"order {row['order']!r} is not an item of Art. 31 (1-6), 0 (accusation) or 7 (suggestion)")
        if not row["guidance"].startswith(OFFER) or PRESCRIBING.search(row["guidance"] + row["limit"]):
            raise table.fault(number, f"guidance must offer the road: begin with {OFFER}, prescribe and refuse nothing")
        code, _, name, name_en, basis, source, guidance, limit = (row[column] for column in PATHWAY_COLUMNS)
        found[code] = Pathway(code, int(row["order"]), name, name_en, basis, source, guidance, limit)
    return found


def read_purposes(table: Table, pathways: Mapping[str, Pathway]) -> dict[str, PurposeClass]:
    """The purposes of ``purposes.csv`` by code; every ``Purpose`` must be there; raises BadDataFile."""
    for number, row in table:
        table.require_filled(number, row, "code", "name")
        if row["pathway"]:
            table.require_known(number, row["pathway"], pathways, "pathway")
    found = {row["code"]: PurposeClass(row["code"], row["name"], row["article"], row["pathway"]) for _, row in table}
    if missing := [purpose for purpose in Purpose if purpose not in found]:
        raise table.fault(None, f"purpose missing: {', '.join(missing)}")
    return found
