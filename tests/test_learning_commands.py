"""The commands that look back at the store: a replay prints the stored bytes or says what differs."""

import os
import subprocess
import sys
from pathlib import Path

from fastapi.testclient import TestClient

from service.app import build_app
from service.settings import Settings

ROOT = Path(__file__).parent.parent
SCRIPT = "from service.cli import main; main()"


def test_fenxin_replay_prints_the_same_bytes_or_says_why_not(tmp_path: Path, models_dir: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'fenxin.db'}", models=models_dir)
    with TestClient(build_app(settings), base_url="http://127.0.0.1") as client:
        letter = client.post("/v1/letters", json={"text": "包工头拖欠我们三个月工资，请求帮助。"}).json()["id"]
        with client.app.state.desk.database.reading() as connection:  # type: ignore[attr-defined]
            stored = connection.exec_driver_sql("SELECT json FROM assessment").scalar()

    def replay(models: Path, wanted: str) -> subprocess.CompletedProcess[bytes]:
        chosen = {"FENXIN_DATABASE_URL": settings.database_url, "FENXIN_MODELS": str(models), "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-c", SCRIPT, "replay", wanted]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, env=os.environ | chosen)

    again = replay(models_dir, letter)
    assert (again.returncode, again.stdout) == (0, stored)
    gone = replay(tmp_path / "nowhere", letter)
    assert (gone.returncode, b"differs in model" in gone.stderr, gone.stdout) == (1, True, b"")
    assert replay(models_dir, "none").returncode == 1
