"""Letters by the file: JSON Lines in, one assessment a line out, in the same order; a bad line is named and the others are done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta, timezone
from typing import Any

import orjson

from classifier.assess import Assessor
from classifier.errors import BadLine
from classifier.letter import Assessment, Letter, assessment_json

LONGEST_TEXT = 200_000  # characters; longer ones are no letters
CHINA = timezone(timedelta(hours=8))  # days are China's days
YEARS = range(1949, 2200)
OPTIONAL = ("received_at", "sender", "channel", "place")


def assess_lines(
    lines: Iterable[bytes], assessor: Assessor, *, today: date, first: int = 1, reasons: bool = False
) -> Iterator[bytes | BadLine]:
    """For each line that is not blank either an assessment as JSON or what is wrong with the line.

    ``first`` is the first line's number. The clocks of a letter run from its ``received_at`` if it states one, else from ``today``.
    With ``reasons`` each answer also names the training letters most like the letter, in ``similar``.
    """
    for number, line in enumerate(lines, start=first):
        if not line.strip():
            continue
        try:
            letter = parse_letter(line, number)
            assessment = assessor.assess(letter, today=_received_on(letter, number) or today)
            yield _with_similar(assessment, assessor, letter) if reasons else assessment_json(assessment)
        except BadLine as fault:
            yield fault


def _with_similar(assessment: Assessment, assessor: Assessor, letter: Letter) -> bytes:
    return orjson.dumps(orjson.loads(assessment_json(assessment)) | {"similar": assessor.similar(letter)})


def parse_letter(line: bytes, number: int) -> Letter:
    """One input record ``{"id"?, "title"?, "text", "received_at"?, "sender"?, "channel"?, "place"?}``; other keys are left alone.

    >>> parse_letter('{"text": "拖欠工资"}'.encode(), 3).id
    '3'

    Raises BadLine with the line's number.
    """
    record = _record(line, number)
    text, title = _words(record, "text", number), _words(record, "title", number)
    if not any(map(str.isalnum, text)) and not any(map(str.isalnum, title)):
        raise BadLine("no readable text", line=number, field="text")
    if len(text) > LONGEST_TEXT:
        raise BadLine(f"{len(text)} characters, the limit is {LONGEST_TEXT}", line=number, field="text")
    rest = {key: _words(record, key, number) or None for key in OPTIONAL if key in record}
    return Letter(id=_words(record, "id", number) or str(number), text=text, title=title, **rest)


def _record(line: bytes, number: int) -> dict[str, Any]:
    try:
        record = orjson.loads(line.removeprefix(b"\xef\xbb\xbf").decode("utf-8"))
    except UnicodeDecodeError as fault:
        raise BadLine(f"not UTF-8 (byte {fault.start}); save the file as UTF-8", line=number) from None
    except orjson.JSONDecodeError as fault:
        raise BadLine(f"not JSON: {fault}", line=number) from None
    if not isinstance(record, dict):
        raise BadLine("expected a JSON object", line=number)
    return record


def _words(record: dict[str, Any], key: str, number: int) -> str:
    value = record.get(key)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise BadLine(f"expected text, found {type(value).__name__}", line=number, field=key)
    if "\x00" in str(value):
        raise BadLine("contains a NUL character", line=number, field=key)
    return str(value)


def _received_on(letter: Letter, number: int) -> date | None:
    if not letter.received_at:
        return None
    try:
        received = datetime.fromisoformat(letter.received_at)
    except ValueError:
        raise BadLine("no ISO 8601 time such as 2026-11-22T09:30:00+08:00", line=number, field="received_at") from None
    if received.year not in YEARS:
        raise BadLine(f"the year must lie between {YEARS.start} and {YEARS.stop - 1}", line=number, field="received_at")
    return (received.astimezone(CHINA) if received.tzinfo else received).date()
