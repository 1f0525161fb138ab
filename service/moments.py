"""Moments: when a letter was received, as one sortable UTC text; days are China's days."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone

from classifier.errors import BadInput

CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")  # one zone, no summer time since 1991: needs no time-zone database
YEARS = range(1949, 2200)


def utc_text(moment: datetime) -> str:
    """Write a moment so that text order is time order.

    >>> utc_text(datetime(2026, 11, 22, 8, 30, tzinfo=CHINA))
    '2026-11-22T00:30:00.000000Z'
    """
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse_moment(value: str, *, field: str) -> datetime:
    """Read an ISO 8601 date or time; without a zone it is China's time.

    >>> utc_text(parse_moment("2026-11-22", field="received_at"))
    '2026-11-21T16:00:00.000000Z'

    Raises:
        BadInput: not ISO 8601, or a year outside 1949-2199.
    """
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise BadInput("不是 ISO 8601 日期或时间，例如 2026-11-22 或 2026-11-22T09:30:00+08:00", field=field) from None
    if moment.year not in YEARS:
        raise BadInput(f"年份应在 {YEARS.start} 至 {YEARS.stop - 1} 之间", field=field)
    return moment if moment.tzinfo else moment.replace(tzinfo=CHINA)


def china_day(moment: datetime) -> date:
    """Give the day it was in China."""
    return moment.astimezone(CHINA).date()


def day_received(received_at: str | None, now: datetime) -> date:
    """Give the day from which a letter's clocks run: when it was received if that is stated, else today; never a day to come.

    >>> day_received("2026-11-20T23:30:00+08:00", datetime(2026, 11, 22, tzinfo=UTC)).isoformat()
    '2026-11-20'
    """
    today = china_day(now)
    return min(china_day(parse_moment(received_at, field="received_at")), today) if received_at else today


def day_start(day: date) -> str:
    """Give the first moment of a day in China, as sortable text.

    >>> day_start(date(2026, 11, 22))
    '2026-11-21T16:00:00.000000Z'
    """
    return utc_text(datetime.combine(day, time.min, CHINA))
