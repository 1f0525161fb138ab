"""Nothing is lost: full disk, read-only store, killed process, fifty at once; what was acknowledged is there, whole."""

import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event, Thread
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event

from classifier.assess import Assessor
from service.app import build_app
from service.settings import Settings

WAGES = {"text": "我们38名工人在工地干活，包工头拖欠工资三十余万元，请求帮助讨要。"}


@pytest.fixture
def client(tmp_path: Path, assessor: Assessor) -> Iterator[TestClient]:
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'fenxin.db'}")
    with TestClient(build_app(settings, assessor=assessor), base_url="http://127.0.0.1") as opened:
        yield opened


def _pragma(client: TestClient, statement: str) -> None:
    """Let every connection of the running service begin with a pragma: how SQLite is told of a full or read-only disk."""

    def told(connection: Any, _record: object, _proxy: object) -> None:
        connection.execute(statement)

    event.listen(client.app.state.desk.database.engine, "checkout", told)  # type: ignore[attr-defined]


def _counts(database: Path) -> set[int]:
    with sqlite3.connect(database) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        tables = ("letter", "assessment", "standing")
        return {connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables}


def test_a_full_disk_is_said_and_leaves_no_half_letter(client: TestClient, tmp_path: Path) -> None:
    stored = client.post("/v1/letters", json=WAGES).json()["id"]
    _pragma(client, "PRAGMA max_page_count = 1")  # SQLite takes the present size: no page more
    answers = [client.post("/v1/letters", json={"text": "征" * 20_000}) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {507}
    assert answers[0].headers["content-type"] == "application/problem+json"
    assert "磁盘" in answers[0].json()["detail"]
    assert [one["id"] for one in client.get("/v1/letters").json()["items"]] == [stored]
    assert _counts(tmp_path / "fenxin.db") == {1}


def test_a_store_that_became_read_only_is_said_and_can_still_be_read(client: TestClient) -> None:
    stored = client.post("/v1/letters", json=WAGES).json()["id"]
    _pragma(client, "PRAGMA query_only = 1")
    for answer in (client.post("/v1/letters", json=WAGES), client.get("/readyz")):
        assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
        assert "只读" in answer.json()["detail"]
        assert answer.headers["retry-after"]
    assert client.get("/healthz").status_code == 200
    assert client.get(f"/v1/letters/{stored}").status_code == 200


def test_fifty_at_once_are_fifty_letters(client: TestClient, tmp_path: Path) -> None:
    with ThreadPoolExecutor(50) as people:
        answers = list(people.map(lambda number: client.post("/v1/letters", json=WAGES | {"id": f"n{number}"}), range(50)))
    assert {answer.status_code for answer in answers} == {201}
    assert _counts(tmp_path / "fenxin.db") == {50}


def test_one_key_from_twenty_threads_is_one_letter(client: TestClient, tmp_path: Path) -> None:
    key = {"Idempotency-Key": "same"}
    with ThreadPoolExecutor(20) as people:
        answers = list(people.map(lambda _: client.post("/v1/letters", json=WAGES, headers=key), range(20)))
    assert len({answer.content for answer in answers}) == 1
    assert sum("idempotency-replayed" not in answer.headers for answer in answers) == 1
    assert _counts(tmp_path / "fenxin.db") == {1}


def test_a_store_busy_with_another_process_is_waited_for(client: TestClient, tmp_path: Path) -> None:
    begun, finish = Event(), Event()

    def hold() -> None:
        with sqlite3.connect(tmp_path / "fenxin.db", isolation_level=None) as other:
            other.execute("BEGIN IMMEDIATE")
            begun.set()
            finish.wait(10)
            other.execute("COMMIT")

    holder = Thread(target=hold)
    holder.start()
    begun.wait(10)
    with ThreadPoolExecutor(1) as person:
        answer = person.submit(client.post, "/v1/letters", json=WAGES)
        finish.set()
        assert answer.result().status_code == 201
    holder.join()


SERVE = """
import sys
from service.app import serve
from service.settings import Settings
serve(Settings(host="127.0.0.1", port=0, models=sys.argv[1], database_url="sqlite:///" + sys.argv[2]))
"""


def _serve(models: Path, database: Path) -> tuple[subprocess.Popen[str], str]:
    command = [sys.executable, "-c", SERVE, str(models), str(database)]
    root = str(Path(__file__).parents[1])
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([root, os.environ.get("PYTHONPATH", "")])}
    server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment)
    assert server.stderr
    for line in server.stderr:
        if found := re.search(r"running on (http://127\.0\.0\.1:\d+)", line):
            return server, found[1]
    raise AssertionError("the server did not start")


def test_what_was_acknowledged_survives_kill_9(tmp_path: Path, models_dir: Path) -> None:
    database = tmp_path / "fenxin.db"
    server, address = _serve(models_dir, database)
    acknowledged: list[str] = []

    def send(number: int) -> None:
        try:
            answer = people_online.post("/v1/letters", json=WAGES | {"id": f"n{number}"})
        except httpx2.HTTPError:
            return  # killed in the middle: not acknowledged
        if answer.status_code == 201:
            acknowledged.append(f"n{number}")
            if len(acknowledged) >= 40:
                server.send_signal(signal.SIGKILL)

    with httpx2.Client(base_url=address, timeout=30) as people_online, ThreadPoolExecutor(8) as people:
        list(people.map(send, range(120)))
    assert server.wait(30) == -signal.SIGKILL
    assert server.stderr
    server.stderr.close()
    assert len(acknowledged) >= 40
    with sqlite3.connect(database) as connection:
        stored = {row[0] for row in connection.execute("SELECT id FROM letter")}
    assert set(acknowledged) <= stored
    assert _counts(database) == {len(stored)}
