"""Due dates: calendar days, working days over the long holidays, the county's own days."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.deadlines import Calendar, load_calendar
from classifier.errors import BadDataFile, BadInput
from classifier.taxonomy import load_taxonomy

DEADLINES_HEADER = "code,days,unit,counts_from,pathway,article,meaning\n"
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    return load_calendar()


def test_a_petition_runs_four_clocks(calendar: Calendar) -> None:
    assert calendar.due_dates(date(2026, 11, 22), ("PETITION",)) == {
        "forward_by": "2026-12-07",
        "notify_by": "2026-12-07",
        "object_by": "2026-11-27",
        "close_by": "2027-01-21",
    }


def test_sixty_days_are_only_for_the_petition_road(calendar: Calendar) -> None:
    assert "close_by" not in calendar.due_dates(date(2026, 11, 22), ("LABOR_INSPECT", "CIVIL_LIT"))


@pytest.mark.parametrize(
    ("received", "object_by"),
    [
        ("2026-02-09", "2026-02-14"),  # the Saturday before 春节 is a make-up day
        ("2026-02-11", "2026-02-25"),  # 12, 13, 14, then 24, 25
        ("2026-09-28", "2026-10-10"),  # 29, 30, then 8, 9 and the make-up Saturday
        ("2026-11-20", "2026-11-27"),  # an ordinary week: the weekend is not counted
    ],
)
def test_the_objection_counts_working_days_of_the_official_calendar(calendar: Calendar, received: str, object_by: str) -> None:
    assert calendar.due_dates(date.fromisoformat(received), ())["object_by"] == object_by


def test_calendar_days_do_not_stop_for_holidays(calendar: Calendar) -> None:
    assert calendar.due_dates(date(2026, 2, 11), ())["forward_by"] == "2026-02-26"


def test_the_objection_is_counted_from_forwarding_once_it_is_known(calendar: Calendar) -> None:
    due = calendar.due_dates(date(2026, 11, 2), (), forwarded_on=date(2026, 11, 13))
    assert (due["object_by"], due["forward_by"]) == ("2026-11-20", "2026-11-17")


def test_an_answer_can_be_changed_without_changing_the_next(calendar: Calendar) -> None:
    calendar.due_dates(date(2026, 11, 22), ()).clear()
    assert calendar.due_dates(date(2026, 11, 22), ())


def test_a_date_at_the_end_of_time_is_bad_input(calendar: Calendar) -> None:
    with pytest.raises(BadInput, match="received_at"):
        calendar.due_dates(date.max, ())


@given(DAYS)
def test_the_fifth_working_day_has_four_before_it(calendar: Calendar, received: date) -> None:
    last = date.fromisoformat(calendar.due_dates(received, ())["object_by"])
    days = [received + timedelta(days=n) for n in range(1, (last - received).days + 1)]
    assert sum(calendar.is_working_day(day) for day in days) == 5
    assert calendar.is_working_day(last)


def test_a_county_day_overrides_the_library(tmp_path: Path, calendar: Calendar) -> None:
    (tmp_path / "workdays.csv").write_text("date,working,note\n2026-11-23,0,甲县停电放假\n2026-11-28,1,补班\n", encoding="utf-8")
    local = load_calendar(tmp_path)
    assert local.due_dates(date(2026, 11, 20), ())["object_by"] == "2026-11-28"
    assert local.digest != calendar.digest


def test_a_county_clock_is_a_row(tmp_path: Path) -> None:
    (tmp_path / "deadlines.csv").write_text(DEADLINES_HEADER + "forward_by,7,calendar,received,,甲县规定,转送\n", encoding="utf-8")
    assert load_calendar(tmp_path).due_dates(date(2026, 11, 22), ("PETITION",)) == {"forward_by": "2026-11-29"}


BAD = {
    "no number": ("deadlines.csv", "forward_by,soon,calendar,received,,22,转送", "days 'soon'"),
    "nought": ("deadlines.csv", "forward_by,0,calendar,received,,22,转送", "days '0'"),
    "below nought": ("deadlines.csv", "forward_by,-5,calendar,received,,22,转送", "days '-5'"),
    "endless": ("deadlines.csv", "forward_by,999999,working,received,,22,转送", "days '999999'"),
    "unit": ("deadlines.csv", "forward_by,15,moons,received,,22,转送", "unknown unit"),
    "start": ("deadlines.csv", "forward_by,15,calendar,birth,,22,转送", "unknown start"),
    "pathway": ("deadlines.csv", "forward_by,15,calendar,received,DUEL,22,转送", "unknown pathway 'DUEL'"),
    "no meaning": ("deadlines.csv", "forward_by,15,calendar,received,,22,", "column meaning is empty"),
    "no such day": ("workdays.csv", "2026-02-30,1,", "date '2026-02-30'"),
    "day written otherwise": ("workdays.csv", "30/9/2026,1,", "date '30/9/2026'"),
    "neither 0 nor 1": ("workdays.csv", "2026-09-30,yes,", "unknown value in column working"),
}


@pytest.mark.parametrize(("name", "line", "fault"), BAD.values(), ids=BAD)
def test_a_bad_row_names_file_row_and_fault(tmp_path: Path, name: str, line: str, fault: str) -> None:
    header = DEADLINES_HEADER if name == "deadlines.csv" else "date,working,note\n"
    (tmp_path / name).write_text(header + line + "\n", encoding="utf-8")
    with pytest.raises(BadDataFile) as caught:
        load_calendar(tmp_path, pathways=load_taxonomy().pathways)
    assert (caught.value.file, caught.value.row) == (name, 2)
    assert fault in caught.value.fault
