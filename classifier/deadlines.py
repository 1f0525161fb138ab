"""Due dates (办理期限) of 《信访工作条例》: calendar days where it says 日, working days by the official calendar.

The clocks are rows of ``deadlines.csv``. Working days are those of the State Council's yearly notice with its make-up Saturdays and
Sundays (调休), as ``holidays`` knows them (this is the only door to it); ``workdays.csv`` overrides single dates, for a year whose
notice came after the release.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from classifier.errors import BadInput
from classifier.pathways import Pathway
from classifier.tables import Table, joint_digest, open_table

if TYPE_CHECKING:
    from holidays import HolidayBase

DEADLINE_COLUMNS = ("code", "days", "unit", "counts_from", "pathway", "article", "meaning")
WORKDAY_COLUMNS = ("date", "working", "note")
UNITS = ("calendar", "working")
STARTS = ("received", "forwarded")
MOST_DAYS = 3660
KEPT = 4096  # answers remembered: ten years of days with a handful of roads each


@dataclass(frozen=True, slots=True)
class Deadline:
    """One clock: ``days`` of ``unit`` (calendar, working), the first being the day after the start; ``pathway`` "" runs always."""

    code: str
    days: int
    unit: str
    counts_from: str
    pathway: str
    article: str
    meaning: str


class Calendar:
    """The clocks and the working days; answers are remembered, so that asking again costs a look-up. Safe to share between threads.

    >>> load_calendar().due_dates(date(2026, 9, 28), ("PETITION",))["object_by"]  # 国庆 between, make-up Saturday
    '2026-10-10'
    """

    def __init__(self, deadlines: tuple[Deadline, ...], overrides: Mapping[date, bool], digest: str) -> None:
        self.deadlines, self.overrides, self.digest = deadlines, dict(overrides), digest
        self._china = _china()
        self._lock = Lock()  # the library fills in a year at its first question; two threads must not meet there
        self._answer: Callable[[date, tuple[str, ...], date], dict[str, str]] = lru_cache(maxsize=KEPT)(self._reckon)

    def is_working_day(self, day: date) -> bool:
        """Whether offices work that day, make-up days included; beyond the last published notice it is an estimate."""
        if (known := self.overrides.get(day)) is not None:
            return known
        with self._lock:
            return bool(self._china.is_working_day(day))

    def due_dates(self, received_on: date, roads: tuple[str, ...], *, forwarded_on: date | None = None) -> dict[str, str]:
        """Last days as ISO dates by code, for the clocks that always run and those of the pathways in ``roads``.

        Until a matter is forwarded, clocks that start with forwarding are reckoned from the day it came in, the earliest end.

        Raises:
            BadInput: the date is so late that the calendar ends before the last day.
        """
        return self._answer(received_on, roads, forwarded_on or received_on).copy()

    def _reckon(self, received_on: date, roads: tuple[str, ...], forwarded_on: date) -> dict[str, str]:
        starts = {"received": received_on, "forwarded": forwarded_on}
        running = [clock for clock in self.deadlines if not clock.pathway or clock.pathway in roads]
        try:
            return {clock.code: self._end(starts[clock.counts_from], clock).isoformat() for clock in running}
        except OverflowError:
            raise BadInput(f"{received_on} is too late to reckon due dates from", field="received_at") from None

    def _end(self, start: date, clock: Deadline) -> date:
        if clock.unit == "calendar":
            return start + timedelta(days=clock.days)
        left = clock.days
        while left:
            start += timedelta(days=1)
            left -= self.is_working_day(start)
        return start


def _china() -> HolidayBase:
    import holidays  # a tenth of a second: where a calendar is asked for, not where the service is imported

    return holidays.country_holidays("CN")


def load_calendar(county: Path | None = None, *, pathways: Mapping[str, Pathway] | None = None) -> Calendar:
    """Read ``deadlines.csv`` and ``workdays.csv``; with ``pathways`` the clocks' pathway codes are checked too.

    Raises:
        BadDataFile: names file, row and fault.
    """
    clocks = open_table("deadlines.csv", county, columns=DEADLINE_COLUMNS, key=("code",))
    workdays = open_table("workdays.csv", county, columns=WORKDAY_COLUMNS, key=("date",))
    # a newer library may know another make-up day, so its version is part of what the dates depend on
    digest = joint_digest({clocks.name: clocks.digest, workdays.name: workdays.digest, "holidays": version("holidays")})
    return Calendar(_deadlines(clocks, pathways), _overrides(workdays), digest)


def _deadlines(table: Table, pathways: Mapping[str, Pathway] | None) -> tuple[Deadline, ...]:
    found = []
    for number, row in table:
        table.require_filled(number, row, "code", "meaning")
        if not (row["days"].isascii() and row["days"].isdigit() and 0 < int(row["days"]) <= MOST_DAYS):
            raise table.fault(number, f"days {row['days']!r} is not a whole number from 1 to {MOST_DAYS}")
        table.require_known(number, row["unit"], UNITS, "unit (calendar or working)")
        table.require_known(number, row["counts_from"], STARTS, "start (received or forwarded)")
        if row["pathway"] and pathways is not None:
            table.require_known(number, row["pathway"], pathways, "pathway")
        days = int(row["days"])
        found.append(Deadline(row["code"], days, row["unit"], row["counts_from"], row["pathway"], row["article"], row["meaning"]))
    return tuple(found)


def _overrides(table: Table) -> dict[date, bool]:
    found = {}
    for number, row in table:
        try:
            day = date.fromisoformat(row["date"])
        except ValueError:
            raise table.fault(number, f"date {row['date']!r} is not written like 2027-02-06") from None
        table.require_known(number, row["working"], ("0", "1"), "value in column working (0 or 1)")
        found[day] = row["working"] == "1"
    return found
