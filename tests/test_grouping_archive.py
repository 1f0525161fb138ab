"""Group cases of a file: order, bad lines, stable names."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from classifier.assess import load_assessor
from classifier.errors import BadLine, GroupingError
from classifier.grouping.archive import FEW, group_file, survey
from classifier.grouping.linkage import Linker
from service.cli import fenxin

ROOT = Path(__file__).parent.parent
ASSESSOR = load_assessor(ROOT / "models")
DUST = "碧云华府小区北门外的混凝土搅拌站每天灰尘满天，罐车夜里两三点还在轰鸣，窗户不敢开，请环保部门查一查。"
WAGES = "石桥镇中学食堂改造工程拖欠我们十二个农民工的工资，包工头电话不接，请劳动监察大队帮我们讨回血汗钱。"


def lines(*records: dict[str, str] | str) -> bytes:
    return b"".join((r if isinstance(r, str) else json.dumps(r, ensure_ascii=False)).encode() + b"\n" for r in records)


def record(id: str, text: str, day: int) -> dict[str, str]:
    return {"id": id, "text": text, "received_at": f"2026-03-{day:02}T09:00:00", "sender": f"s{id}"}


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    file = tmp_path / "letters.jsonl"
    file.write_bytes(lines(record("late", DUST, 9), record("alone", WAGES, 5), "{bad", record("first", DUST, 1)))
    return file


def test_answers_come_in_input_order_and_a_group_is_named_after_its_first_letter(archive: Path) -> None:
    found = [r for r in group_file(archive, ASSESSOR, Linker()) if isinstance(r, bytes)]
    assert [(x["id"], x["group"]) for x in map(json.loads, found)] == [("late", "first"), ("alone", None), ("first", "first")]


def test_a_bad_line_is_named_and_the_others_are_done(archive: Path) -> None:
    found = list(group_file(archive, ASSESSOR, Linker()))
    assert [r.line for r in found if isinstance(r, BadLine)] == [3]
    assert len(found) == 4


def test_a_later_letter_changes_no_earlier_name(archive: Path) -> None:
    before = [r for r in group_file(archive, ASSESSOR, Linker()) if isinstance(r, bytes)]
    archive.write_bytes(archive.read_bytes() + lines(record("last", WAGES, 20)))
    after = [r for r in group_file(archive, ASSESSOR, Linker()) if isinstance(r, bytes)]
    assert json.loads(after[0])["group"] == json.loads(before[0])["group"]
    assert json.loads(after[1])["group"] == "alone"


def test_a_second_process_changes_no_answer(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive.write_bytes(lines(*(record(f"n{day}", (DUST, WAGES, "路灯不亮。")[day % 3], day) for day in range(1, 29))))
    alone = list(group_file(archive, ASSESSOR, Linker()))
    monkeypatch.setattr("classifier.grouping.archive.FEW", 0)
    monkeypatch.setattr("classifier.grouping.archive.CHUNK", 3)
    assert list(group_file(archive, ASSESSOR, Linker())) == alone


def test_a_reader_that_is_killed_ends_the_run_with_a_reason(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("classifier.grouping.archive.FEW", 0)
    monkeypatch.setattr("classifier.grouping.archive._read_chunk", lambda *_: os._exit(1))
    with pytest.raises(GroupingError, match="reads the letters"):
        list(group_file(archive, ASSESSOR, Linker()))


def _characters_read(process: str) -> int:
    return int(Path(f"/proc/{process}/io").read_text().split()[1])


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="only Linux tells a process's children in a file")
def test_who_is_asked_to_end_takes_his_reading_process_along_and_leaves_no_file(tmp_path: Path) -> None:
    file, out = tmp_path / "letters.jsonl", tmp_path / "groups.jsonl"
    file.write_bytes(lines("{bad", *(record(f"n{n}", f"{DUST}{n}号楼", 1 + n % 28) for n in range(3 * FEW))))
    command = [sys.executable, "-m", "service.cli", "group", str(file), "--out", str(out)]
    running = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, start_new_session=True)
    assert running.stderr is not None
    assert b"line 1" in running.stderr.readline()  # the survey is done, reading and linking begin
    readers = Path(f"/proc/{running.pid}/task/{running.pid}/children")
    while not (found := readers.read_text().split()) or _characters_read(found[0]) < 10_000:
        assert running.poll() is None
    running.send_signal(signal.SIGTERM)
    running.communicate(timeout=60)  # ends when nobody is left to write to it
    assert running.returncode != 0
    with pytest.raises(ProcessLookupError):
        os.killpg(running.pid, 0)
    assert not out.exists()


def test_letters_without_a_time_keep_the_order_of_the_file() -> None:
    found = survey(io.BytesIO(lines({"text": "甲"}, record("b", "乙", 3), {"text": "丙"}, record("d", "丁", 2))))
    assert found.order().tolist() == [0, 3, 1, 2]


def test_the_command_line_reports_bad_lines_in_its_status(archive: Path, tmp_path: Path) -> None:
    out = tmp_path / "groups.jsonl"
    result = CliRunner().invoke(fenxin, ["group", str(archive), "--out", str(out)])
    assert result.exit_code == 1
    assert "line 3" in result.output
    assert len(out.read_text(encoding="utf-8").splitlines()) == 3
