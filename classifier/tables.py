"""Data files (数据表) a county can replace: one CSV in, checked rows with their line numbers out.

The shipped files lie in ``classifier/data``; a file of the same name in the county's folder replaces the whole shipped file.
Clerks edit them in a spreadsheet: UTF-8 with or without byte order mark, a header row, several values in one cell separated
by ``；`` or ``;``.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from classifier.errors import BadDataFile

SHIPPED = Path(__file__).parent / "data"

WORD_COLUMNS = ("part", "words", "note")  # of the files that hold words by what they are

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """One checked file; iterating yields ``(row number, cells by column)``; a row's number is its line, the header's is 1."""

    name: str
    rows: tuple[tuple[int, Row], ...]
    digest: str

    def __iter__(self) -> Iterator[tuple[int, Row]]:
        return iter(self.rows)

    def fault(self, row: int | None, fault: str) -> BadDataFile:
        """The error to raise for a row of this file."""
        return BadDataFile(self.name, row, fault)

    def require_filled(self, number: int, row: Row, *columns: str) -> None:
        """Raise BadDataFile where one of these cells of the row is empty."""
        for column in columns:
            if not row[column]:
                raise self.fault(number, f"column {column} is empty")

    def require_known(self, number: int, code: str, known: Container[str], kind: str) -> None:
        """Raise BadDataFile where the row's code is none of the known ones."""
        if code not in known:
            raise self.fault(number, f"unknown {kind} {code!r}")


def open_table(name: str, county: Path | None = None, *, columns: Sequence[str] = (), key: Sequence[str] = ()) -> Table:
    """Read the county's file of this name, else the shipped one; every column of ``columns`` must be there, ``key`` must be unique.

    Empty rows are skipped, cells are stripped, further columns (a clerk's remarks) are kept. ``digest`` is a SHA-256 of the bytes.

    Raises:
        BadDataFile: missing, not UTF-8, a header or row that does not fit, or two rows with one key; names file and row.

    >>> [row["name"] for _, row in open_table("domains.csv", columns=("code", "name"), key=("code",))][:2]
    ['土地与自然资源', '房屋征收与拆迁安置']
    """
    content = _read(name, county)
    rows = tuple(_rows(name, _text(name, content), tuple(columns)))
    if key:
        _no_twins(name, rows, key)
    return Table(name, rows, hashlib.sha256(content).hexdigest())


def joint_digest(digests: Mapping[str, str]) -> str:
    """One SHA-256 for several named digests, the same in any order."""
    lines = sorted(f"{name} {digest}" for name, digest in digests.items())
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def values(cell: str) -> tuple[str, ...]:
    """The values of one cell.

    >>> values("征地没有公告； 补偿款没到位;")
    ('征地没有公告', '补偿款没到位')
    """
    return tuple(part for raw in cell.replace("；", ";").split(";") if (part := raw.strip()))


def check_county(county: Path | None) -> None:
    """Refuse a county folder that is not there or holds a CSV file that replaces nothing: a misspelt name would do nothing.

    Raises:
        BadDataFile: names the folder or the file.
    """
    if county is None:
        return
    if not county.is_dir():
        raise BadDataFile(str(county), None, "the county's data folder is not there; create it or leave the setting empty")
    known = {path.name for path in SHIPPED.glob("*.csv")}
    for path in sorted(county.glob("*.csv")):
        if path.name not in known:
            raise BadDataFile(path.name, None, f"replaces no shipped file; rename it to one of {', '.join(sorted(known))}")


def _read(name: str, county: Path | None) -> bytes:
    path = SHIPPED / name
    if county is not None and (county / name).exists():
        path = county / name
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadDataFile(name, None, f"cannot be read: {error.strerror}") from error


def _text(name: str, content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = content.count(b"\n", 0, error.start) + 1
        raise BadDataFile(name, row, "not UTF-8; in the spreadsheet save it again as 'CSV UTF-8'") from error
    if "\0" in text:
        raise BadDataFile(name, text.count("\n", 0, text.index("\0")) + 1, "holds a NUL character; it is not a CSV file")
    return text


def _rows(name: str, text: str, columns: tuple[str, ...]) -> Iterator[tuple[int, Row]]:
    # strict: an unclosed quotation mark would otherwise swallow the rest of the file in silence
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header: list[str] = []
    first_line = 1
    try:
        for cells in reader:
            cells = [cell.strip() for cell in cells]
            if not header:
                header = _header(name, cells, columns)
            elif any(cells):
                yield first_line, _row(name, first_line, header, cells)
            first_line = reader.line_num + 1
    except csv.Error as error:
        raise BadDataFile(name, first_line, f"not readable as CSV ({error}); look for a quotation mark without its pair") from error
    if not header:
        raise BadDataFile(name, 1, f"empty; the first row must name the columns {', '.join(columns)}")


def _header(name: str, cells: list[str], columns: tuple[str, ...]) -> list[str]:
    while cells and not cells[-1]:
        cells = cells[:-1]
    if missing := [column for column in columns if column not in cells]:
        raise BadDataFile(name, 1, f"column missing: {', '.join(missing)}")
    if twins := sorted({cell for cell in cells if cells.count(cell) > 1}):
        raise BadDataFile(name, 1, f"column named twice: {', '.join(twins)}")
    return cells


def _row(name: str, number: int, header: list[str], cells: list[str]) -> Row:
    while len(cells) > len(header) and not cells[-1]:
        cells = cells[:-1]
    if len(cells) != len(header):
        raise BadDataFile(name, number, f"{len(cells)} cells under {len(header)} columns; quote a cell that holds a comma")
    return dict(zip(header, cells, strict=True))


def _no_twins(name: str, rows: tuple[tuple[int, Row], ...], key: Sequence[str]) -> None:
    seen: dict[tuple[str, ...], int] = {}
    for number, row in rows:
        value = tuple(row[column] for column in key)
        if value in seen:
            raise BadDataFile(name, number, f"{'/'.join(value)} is already in row {seen[value]}")
        seen[value] = number


def word_parts(table: Table, parts: Sequence[str]) -> dict[str, list[str]]:
    """The words of a table with the columns ``WORD_COLUMNS`` by part; rows of one part are taken together.

    Raises:
        BadDataFile: an unknown or missing part, or a row without words; names file and row.
    """
    found: dict[str, list[str]] = {}
    for number, row in table:
        table.require_filled(number, row, "part", "words")
        table.require_known(number, row["part"], parts, f"part (one of {', '.join(parts)})")
        words = values(row["words"])
        if not words:
            raise table.fault(number, "column words holds no word")
        found.setdefault(row["part"], []).extend(words)
    if missing := [part for part in parts if part not in found]:
        raise table.fault(None, f"part missing: {', '.join(missing)}")
    return found


def alternatives(words: Sequence[str]) -> str:
    """A regular expression for any of the words, the longest first.

    >>> alternatives(["队长", "副队长"])
    '(?:副队长|队长)'
    """
    return "(?:" + "|".join(re.escape(word) for word in sorted(set(words), key=lambda word: (-len(word), word))) + ")"
