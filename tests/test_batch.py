"""A file of letters is done line by line; what is wrong with a line is told with its number."""

from __future__ import annotations

from datetime import date
from functools import partial
from pathlib import Path

import orjson
import pytest

from classifier.assess import Assessor, load_assessor
from classifier.batch import assess_lines
from classifier.errors import BadLine
from classifier.workers import STRETCH, assess_with_workers

TODAY = date(2026, 11, 23)
GOOD = '{"id":"7","title":"讨薪","text":"包工头拖欠工资"}'.encode()


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (b"{oops", "not JSON"),
        (b"[]", "expected a JSON object"),
        (b"{}", "text: no readable text"),
        ('{"text":"😡"}'.encode(), "text: no readable text"),
        (b'{"text":7.5}', "text: expected text, found float"),
        (b'{"text":"a\\u0000b"}', "NUL"),
        (b'{"text":"' + b"a" * 200_001 + b'"}', "200001 characters"),
        (b"\xff\xfe{}", "not UTF-8"),
        ('{"text":"征地补偿"}'.encode("gb18030"), "not UTF-8 (byte 9); save the file as UTF-8"),
        ('{"text":"征地","received_at":"去年"}'.encode(), "received_at: no ISO 8601 time"),
        ('{"text":"征地","received_at":"2026-11-22junk"}'.encode(), "received_at: no ISO 8601 time"),
        ('{"text":"征地","received_at":"9999-12-31"}'.encode(), "received_at: the year must lie between 1949 and 2199"),
    ],
)
def test_a_bad_line_in_the_middle_is_named_and_the_others_are_done(assessor: Assessor, line: bytes, fault: str):
    before, bad, after = assess_lines([GOOD, line, b"", GOOD], assessor, today=TODAY)
    assert isinstance(bad, BadLine)
    assert str(bad).startswith("line 2: ")
    assert fault in str(bad)
    assert before == after
    assert orjson.loads(before)["letter_id"] == "7"


def test_the_clocks_run_from_the_day_a_letter_was_received(assessor: Assessor):
    lines = [GOOD, '{"text":"拖欠工资","received_at":"2026-03-02T09:00:00"}'.encode()]
    days = [orjson.loads(answer)["route"]["deadlines"]["forward_by"] for answer in assess_lines(lines, assessor, today=TODAY)]
    assert days == ["2026-12-08", "2026-03-17"]


def test_reasons_add_the_training_letters_most_like_it(assessor: Assessor):
    (plain,), (told,) = (list(assess_lines([GOOD], assessor, today=TODAY, reasons=asked)) for asked in (False, True))
    answer = orjson.loads(told)
    similar = answer.pop("similar")
    assert answer == orjson.loads(plain)
    assert [sorted(one) for one in similar] == [["category", "id", "score", "shared"]] * 3


def test_a_letter_without_id_is_known_by_its_line(assessor: Assessor):
    (answer,) = assess_lines(['{"text":"拖欠工资"}'.encode()], assessor, today=TODAY)
    assert orjson.loads(answer)["letter_id"] == "1"


def test_workers_answer_as_one_process_does_and_in_the_order_of_the_lines(models_dir: Path):
    lines = [f'{{"text":"包工头拖欠第{n}号工地农民工工资"}}'.encode() for n in range(2 * STRETCH + 5)]
    lines[STRETCH + 1 : STRETCH + 3] = [b"{oops", b""]
    load = partial(load_assessor, models_dir)
    alone, together = (list(assess_with_workers(lines, load, today=TODAY, workers=workers)) for workers in (1, 2))
    assert list(map(str, together)) == list(map(str, alone))
    fault = together[STRETCH + 1]
    assert isinstance(fault, BadLine)
    assert (fault.line, fault.fault[:8]) == (STRETCH + 2, "not JSON")
