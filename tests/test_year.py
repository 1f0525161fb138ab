"""The year's own arithmetic: letters in order, tables and plots of whatever parts were run; no real letter is needed."""

from __future__ import annotations

import json
import xml.etree.ElementTree as xml
from pathlib import Path

from benchmarks.real_letters import read_stream_of_labels
from benchmarks.year_page import draw, tables

ROWS = json.loads((Path(__file__).parent.parent / "benchmarks" / "results" / "year.json").read_text(encoding="utf-8"))


def test_known_days_order_the_stream_and_fold_0_is_kept_apart(tmp_path: Path):
    rows = [{"id": n, "text": "x", "label": "l", "fold": n % 2, "received_at": f"20{20 - n:02}-01-01"} for n in range(8)]
    (tmp_path / "letters_labelled.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    stream, held = read_stream_of_labels(tmp_path)
    assert [x.id for x in stream] == ["7", "5", "3", "1"]
    assert {x.id for x in held} == {"0", "2", "4", "6"}


def test_tables_and_plots_show_the_parts_that_were_run():
    assert {"year", "after"} <= set(tables(ROWS))
    assert tables({}) == {}
    for drawing in draw(ROWS).values():
        assert xml.fromstring(drawing).tag.endswith("svg")
