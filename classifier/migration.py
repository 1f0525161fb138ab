"""What became of a category code (类别沿革): renamed, merged, split, new, retired; old codes stay answerable.

``category_changes.csv`` holds one row a change. A code that was renamed or merged is carried over by the machine; one that was
split or retired needs a person. A county extends the file in its own folder and previews it before it replaces anything.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from classifier.errors import BadDataFile, NotFound
from classifier.tables import Row, Table, open_table, values

CHANGES_FILE = "category_changes.csv"
COLUMNS = ("old", "new", "kind", "since", "note")
CODED = {
    "routing.csv": ("category",),
    "tie_breaks.csv": ("category", "other"),
    "crosswalk.csv": ("category",),
}  # tables that name codes


class Kind(StrEnum):
    """How a code changed."""

    RENAMED = "renamed"
    MERGED = "merged"
    SPLIT = "split"
    NEW = "new"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class Change:
    """One row: ``old`` (empty for a new code) became ``new`` (several for a split, none for a retired code) on ``since``."""

    old: str
    new: tuple[str, ...]
    kind: Kind
    since: date
    note: str


@dataclass(frozen=True, slots=True)
class Changes:
    """All changes by old code, the codes of today, and those that are new."""

    by_old: Mapping[str, Change]
    today: Collection[str]
    added: tuple[Change, ...]
    digest: str

    def became(self, code: str) -> tuple[str, ...]:
        """The codes of today that an old one leads to, itself where it still stands, none where it was retired.

        Raises:
            NotFound: the code is neither in use nor ever was.
        """
        if code not in self.by_old:
            if code not in self.today:
                raise NotFound(f"no category {code!r}, today or in {CHANGES_FILE}")
            return (code,)
        return tuple(dict.fromkeys(end for new in self.by_old[code].new for end in self.became(new)))

    def carried(self, code: str) -> str | None:
        """The one code that a label moves to by itself; None where a person must decide (split, retired) or it is unknown."""
        try:
            ends = self.became(code)
        except NotFound:
            return None
        return ends[0] if len(ends) == 1 else None


@dataclass(frozen=True, slots=True)
class Effect:
    """What would happen to the labels or rows under one old code: how many of which file, and the codes they would bear."""

    file: str
    old: str
    new: tuple[str, ...]
    kind: Kind
    count: int

    @property
    def by_machine(self) -> bool:
        """Whether nobody has to look: the code has one successor."""
        return len(self.new) == 1


def load_changes(today: Collection[str], county: Path | None = None) -> Changes:
    """Read ``category_changes.csv``, the shipped or the county's; ``today`` are the codes of the taxonomy in force.

    Raises:
        BadDataFile: names row and fault.

    >>> load_changes({"LAND.EXPROP"}).became("LAND.EXPROP")
    ('LAND.EXPROP',)
    """
    table = open_table(CHANGES_FILE, county, columns=COLUMNS)
    changes = [(number, _change(table, number, row)) for number, row in table]
    by_old: dict[str, Change] = {}
    for number, change in changes:
        if change.kind is not Kind.NEW:
            if change.old in by_old:
                raise table.fault(number, f"{change.old} has changed already; chain the changes: old, its successor, that one's")
            by_old[change.old] = change
    for number, change in changes:
        _check(table, number, change, by_old, today)
    _no_circle(table, by_old)
    return Changes(by_old, today, tuple(change for _, change in changes if change.kind is Kind.NEW), table.digest)


def _change(table: Table, number: int, row: Row) -> Change:
    table.require_known(number, row["kind"], tuple(Kind), "kind")
    kind, new = Kind(row["kind"]), values(row["new"])
    try:
        since = date.fromisoformat(row["since"])
    except ValueError:
        raise table.fault(number, f"since {row['since']!r} is no ISO date such as 2026-11-22") from None
    wanted = {Kind.RETIRED: len(new) == 0, Kind.SPLIT: len(new) > 1}.get(kind, len(new) == 1)
    if not wanted:
        raise table.fault(
            number, f"{kind} with {len(new)} new codes: renamed, merged and new have one, split has several, retired none"
        )
    if (kind is Kind.NEW) != (not row["old"]):
        raise table.fault(number, "only a new category has no old code")
    return Change(row["old"], new, kind, since, row["note"])


def _check(table: Table, number: int, change: Change, by_old: Mapping[str, Change], today: Collection[str]) -> None:
    for code in change.new:
        if code not in today and code not in by_old:
            raise table.fault(number, f"new code {code!r} is not in the taxonomy and did not change later")
    if change.old in today and change.old not in change.new:
        raise table.fault(number, f"old code {change.old!r} is still in the taxonomy; take it out of categories.csv")
    if change.old in change.new:
        raise table.fault(number, f"{change.old} cannot become itself: give the part that stays a code of its own")


def _no_circle(table: Table, by_old: Mapping[str, Change]) -> None:
    try:
        TopologicalSorter({old: set(change.new) for old, change in by_old.items()}).prepare()
    except CycleError as circle:
        raise table.fault(None, f"codes change in a circle: {' -> '.join(circle.args[1])}") from circle


def preview(changes: Changes, labels: Mapping[str, Iterable[str]]) -> list[Effect]:
    """What the changes would do to labels, by the name of the file or store they stand in; only codes that changed are told."""
    found = []
    for file, own in labels.items():
        for code, count in sorted(Counter(own).items()):
            if code in changes.by_old:
                found.append(Effect(file, code, changes.became(code), changes.by_old[code].kind, count))
    return found


def coded_labels(folder: Path) -> dict[str, list[str]]:
    """The codes that a county's own tables name, by file."""
    return {name: [row[column] for _, row in _table(name, folder) for column in columns] for name, columns in _own(folder)}


def migrated(folder: Path, changes: Changes) -> dict[str, str]:
    """A county's own tables under the codes of today, as CSV text by file name.

    A row under a split code is written once for each successor, one under a retired code is left out; equal rows stand once.
    """
    return {name: _rewritten(_table(name, folder), columns, changes) for name, columns in _own(folder)}


def _own(folder: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    return ((name, columns) for name, columns in CODED.items() if (folder / name).is_file())


def _table(name: str, folder: Path) -> Table:
    return open_table(name, folder, columns=CODED[name])


def _rewritten(table: Table, columns: tuple[str, ...], changes: Changes) -> str:
    out = io.StringIO()
    rows = list(dict.fromkeys(tuple(row.items()) for _, old in table for row in _carried(old, columns, changes)))
    if not rows:
        raise BadDataFile(table.name, None, "no row is left once the retired codes are gone")
    writer = csv.DictWriter(out, [name for name, _ in rows[0]], lineterminator="\n")
    writer.writeheader()
    writer.writerows(map(dict, rows))
    return out.getvalue()


def _carried(row: Row, columns: tuple[str, ...], changes: Changes) -> list[Row]:
    """The row under each successor of its codes; a code that nobody knows, such as ``*``, stays."""
    rows = [row]
    for column in columns:
        rows = [one | {column: code} for one in rows for code in _successors(one[column], changes)]
    return [one for one in rows if "other" not in one or one["category"] != one["other"]]


def _successors(code: str, changes: Changes) -> tuple[str, ...]:
    return changes.became(code) if code in changes.by_old else (code,)
