"""Administrative divisions that a letter names and their codes (行政区划代码), from a table that a county fills with its own.

Codes are those of GB/T 2260 (6 digits) and of the statistical divisions (统计用区划代码: 9 for a town, 12 for a village).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from classifier.tables import alternatives, open_table, values

DIVISIONS_FILE = "divisions.csv"
LEVELS = (2, 4, 6, 9, 12)  # digits that tell province, prefecture, county, town, village


@dataclass(frozen=True, slots=True)
class Divisions:
    """The codes of each name: a village's name may be that of several."""

    codes: Mapping[str, tuple[str, ...]]
    names: re.Pattern[str]

    def find(self, text: str) -> list[tuple[int, int, str]]:
        """Where a division is named, and its code; one of several of a name only where the letter names what it lies in.

        >>> shipped = load_divisions()
        >>> shipped.find("湖南省一位村民")
        [(0, 3, '430000')]
        """
        found = [(*one.span(), self.codes[one[0]]) for one in self.names.finditer(text)]
        certain = {codes[0] for *_, codes in found if len(codes) == 1}
        told = []
        for start, end, codes in found:
            meant = codes if len(codes) == 1 else [code for code in codes if any(lies_in(code, one) for one in certain)]
            if len(meant) == 1:
                told.append((start, end, meant[0]))
        return told


def lies_in(code: str, other: str) -> bool:
    """Whether a division is a part of another one.

    >>> lies_in("430121103205", "430121103"), lies_in("430121", "430000"), lies_in("430121", "430121")
    (True, True, False)
    """
    stem = other[: next(level for level in LEVELS if not other[level:].strip("0"))]
    return code.startswith(stem) and code.rstrip("0") != other.rstrip("0")


def load_divisions(county: Path | None = None) -> Divisions:
    """The county's or the shipped divisions.

    Raises:
        BadDataFile: a code that is not 6, 9 or 12 digits, twice in the file, or without a name; names file and row.
    """
    table = open_table(DIVISIONS_FILE, county, columns=("code", "names"), key=("code",))
    codes: defaultdict[str, tuple[str, ...]] = defaultdict(tuple)
    for number, row in table:
        table.require_filled(number, row, "code", "names")
        if not re.fullmatch(r"[1-9]\d{5}(?:\d{3}){0,2}", row["code"], re.ASCII):
            raise table.fault(number, f"code {row['code']!r} is not 6, 9 or 12 digits; format the spreadsheet's column as text")
        for name in values(row["names"]):
            codes[name] += (row["code"],)
    return Divisions(dict(codes), re.compile(alternatives(list(codes)) if codes else r"(?!)"))
