"""The command line: good lines are done, bad ones named, errors are one clear sentence and never a traceback."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner

from service.cli import fenxin

REPOSITORY = Path(__file__).parent.parent
LETTER = '{"id":"1","text":"包工头拖欠农民工工资半年"}\n'


def _fenxin(*words: object, cwd: Path, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    script = "from service.cli import main; main()"
    environment = {"PYTHONPATH": str(REPOSITORY), "PATH": "/usr/bin:/bin", "PYTHONUTF8": "1"}
    return subprocess.run(
        [sys.executable, "-c", script, *map(str, words)], cwd=cwd, input=stdin, capture_output=True, env=environment
    )


def test_the_module_runs_as_the_command(tmp_path: Path):
    environment = {"PYTHONPATH": str(REPOSITORY), "PATH": "/usr/bin:/bin"}
    done = subprocess.run([sys.executable, "-m", "service.cli", "--help"], cwd=tmp_path, capture_output=True, env=environment)
    assert done.returncode == 0 and b"assess" in done.stdout


def test_assess_writes_one_answer_a_line_and_reports_the_bad_one(tmp_path: Path, models_dir: Path):
    (tmp_path / "in.jsonl").write_text(f"{LETTER}{{oops\n{LETTER}", encoding="utf-8")
    done = _fenxin("assess", "in.jsonl", "--out", "out.jsonl", "--model", models_dir, cwd=tmp_path)
    answers = [orjson.loads(line) for line in (tmp_path / "out.jsonl").read_bytes().splitlines()]
    assert [a["letter_id"] for a in answers] == ["1", "1"]
    assert done.returncode == 1
    assert b"line 2: not JSON" in done.stderr
    assert b"1 of 3 lines could not be read" in done.stderr
    assert b"Traceback" not in done.stderr


def test_assess_reads_and_writes_standard_streams(tmp_path: Path, models_dir: Path):
    done = _fenxin("assess", "-", "--model", models_dir, cwd=tmp_path, stdin=LETTER.encode())
    assert done.returncode == 0, done.stderr
    assert orjson.loads(done.stdout)["matters"][0]["domain"] == "LABOR"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("assess", "none.jsonl", "--model", "{models}"), b"none.jsonl: No such file"),
        (("assess", "in.jsonl", "--model", "nowhere"), b"no champion in nowhere"),
        (("assess", "in.jsonl", "--model", "{models}", "--out", "no/such/folder/out.jsonl"), b"nothing was written"),
        (("assess", "in.jsonl", "--model", "{models}", "--county", "county"), b"routing.csv:2: "),
        (("assess", "in.jsonl", "--model", "{models}", "--out", "in.jsonl"), b"is the input itself"),
        (("assess", "in.jsonl", "--model", "{models}", "--out", "/dev/null"), b"not a regular file"),
        (("train", "in.jsonl"), b"in.jsonl:1: neither category nor label"),
        (("group", "county", "--model", "{models}"), b"county: not a regular file"),
        (("evaluate", "own.jsonl", "--model", "{models}"), b"such as '\xe5\x8a\xb3\xe5\x8a\xa8'; name its model"),
        (("models", "list", "--models", "nowhere"), b"nowhere: no such folder"),
        (("models", "list", "--models", "county"), b"county: holds no model versions"),
        (("replay", "1"), b"FENXIN_DATABASE_URL: "),
    ],
)
def test_an_error_is_one_sentence_that_says_what_and_where(tmp_path: Path, models_dir: Path, words, told):
    (tmp_path / "in.jsonl").write_text(LETTER, encoding="utf-8")
    (tmp_path / "own.jsonl").write_text('{"text": "老板拖欠工资", "label": "劳动"}', encoding="utf-8")
    (tmp_path / "county").mkdir()
    header = "category,place,signal,words,lead,co,note,source\n"
    (tmp_path / "county" / "routing.csv").write_text(f"{header}LAND.NOSUCH,,,,ZRZY,,,\n", encoding="utf-8")
    done = _fenxin(*(str(word).format(models=models_dir) for word in words), cwd=tmp_path)
    assert done.returncode == 1
    assert told in done.stderr
    assert done.stderr.startswith(b"fenxin: ")
    assert b"Traceback" not in done.stderr
    assert not (tmp_path / "out.jsonl").exists()


def test_a_file_without_letters_is_said_to_hold_none(tmp_path: Path, models_dir: Path):
    (tmp_path / "in.jsonl").write_text("\n\n", encoding="utf-8")
    done = _fenxin("assess", "in.jsonl", "--model", models_dir, cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"fenxin: in.jsonl: holds no letters\n")


def test_a_wrong_day_is_told_before_anything_is_trained(tmp_path: Path):
    done = _fenxin("train", "none.jsonl", "--day", "tomorrow", cwd=tmp_path)
    assert done.returncode == 2 and b"'tomorrow'" in done.stderr


def test_train_evaluate_and_models_work_on_any_label_set(tmp_path: Path):
    labels = {"劳动": "老板拖欠工资不给，工人讨薪", "国土": "村里征地没有公告，补偿款没到位"}
    rows = [{"text": f"{text}{n}", "label": label} for n in "一二三四五六" for label, text in labels.items()]
    (tmp_path / "own.jsonl").write_bytes(b"\n".join(map(orjson.dumps, rows)))
    made = _fenxin("train", "own.jsonl", "--out", "models", "--day", "2026-11-22", "--promote", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    with (tmp_path / "own.jsonl").open("a", encoding="utf-8") as file:
        file.write('\n{"text": "路灯不亮", "label": "城管"}')
    judged = _fenxin("evaluate", "own.jsonl", "--model", "models", "--json", cwd=tmp_path)
    assert b"1 of 13 letters have a label that model" in judged.stderr
    assert orjson.loads(judged.stdout)["at_1"] == pytest.approx(12 / 13, abs=1e-4)
    listed = _fenxin("models", "list", cwd=tmp_path)
    assert listed.stdout.startswith(b"* 2026-11-22-")
    answer = orjson.loads(_fenxin("assess", "-", "--model", "models", cwd=tmp_path, stdin=LETTER.encode()).stdout)
    assert answer["matters"][0]["category"] == "劳动"
    assert answer["route"]["lead"] is None


def test_models_and_train_keep_to_the_folder_of_the_settings(tmp_path: Path, models_dir: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FENXIN_MODELS", str(models_dir))
    listed = CliRunner().invoke(fenxin, ["models", "list"])
    assert (listed.exit_code, listed.stdout[:2]) == (0, "* ")
