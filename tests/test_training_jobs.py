"""Training in a process of its own: killed at any step it is taken up again or told failed; the champion is never touched."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from fastapi.testclient import TestClient

from classifier import registry
from classifier.corpus import LabelledLetter
from classifier.errors import FenxinError
from service.app import build_app
from service.handwork import retrain_now
from service.jobs import Busy
from service.settings import Settings

WAGES = "包工头拖欠我们{number}名工人工资三十余万元，工程早已完工，请求帮助讨要工钱。"
LAND = "村里征地{number}亩没有公告，补偿款也没有发到户，请求核查征地手续。"
FEW = ("LABOR.MIGRANTWAGE", "LABOR.WAGE", "LAND.EXPROP", "")
ENDED = ("done", "failed")


@pytest.fixture(scope="session")
def training_data(letters: list[LabelledLetter], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few of the tiny model's letters as a folder."""
    folder = tmp_path_factory.mktemp("training")
    for name, inside in (("in", True), ("out_of_scope", False)):
        chosen = [x for x in letters if x.in_scope == inside and x.category in FEW][::4]
        rows = [{"id": x.id, "title": x.title, "text": x.text, "category": x.category} for x in chosen]
        (folder / f"{name}.jsonl").write_bytes(b"\n".join(map(orjson.dumps, rows)))
    return folder


@pytest.fixture
def settings(models_dir: Path, training_data: Path, tmp_path: Path) -> Settings:
    models = Path(shutil.copytree(models_dir, tmp_path / "models"))
    return Settings(database_url=f"sqlite:///{tmp_path / 'fenxin.db'}", models=models, training_data=training_data)


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    with TestClient(build_app(settings), base_url="http://127.0.0.1") as opened:
        decided(opened)
        yield opened


def decided(client: TestClient) -> None:
    """Some letters with decisions to learn from."""
    for number in range(12):
        text, category = ((WAGES, "LABOR.MIGRANTWAGE"), (LAND, "LAND.EXPROP"))[number % 2]
        assert client.post("/v1/letters", json={"id": f"d{number}", "text": text.format(number=number)}).status_code == 201
        opinion = {"category": category, "department": "XZ", "reason": "经核实", "confirm": False}
        assert client.post(f"/v1/letters/d{number}/decision", json=opinion).status_code == 201


def until(client: TestClient, number: int, *states: str) -> Any:
    """Wait for processes until the job is in one of these states."""
    while True:
        client.app.state.desk.foreman.wait()  # type: ignore[attr-defined]
        job = client.get(f"/v1/jobs/{number}").json()
        if job["state"] in states:
            return job


def test_a_training_without_any_decision_says_so_in_chinese(settings: Settings) -> None:
    with TestClient(build_app(settings), base_url="http://127.0.0.1") as office:
        number = office.post("/v1/models/train", json={"reason": "试"}).json()["number"]
        job = until(office, number, *ENDED)
    assert (job["state"], "还没有可以学习的办理意见" in job["fault"]) == ("failed", True)


def worker(client: TestClient) -> int:
    """The process that works at the job, as soon as there is one."""
    while (found := client.app.state.desk.foreman.process_id) is None:  # type: ignore[attr-defined]
        client.get("/healthz")
    return int(found)


def test_a_training_killed_is_taken_up_again_and_its_challenger_waits_for_a_person(client: TestClient, settings: Settings) -> None:
    champion = registry.champion(settings.models)
    ordered = client.post("/v1/models/train", json={"reason": "本月"})
    assert (ordered.status_code, ordered.json()["state"]) == (202, "queued")
    number = ordered.json()["number"]
    os.kill(worker(client), signal.SIGKILL)
    second = client.post("/v1/models/train", json={})
    assert (second.status_code, second.json()["errors"][0]["job"]) == (409, number)
    assert f"训练任务 {number}" in client.get("/models", headers={"accept": "text/html"}).text
    job = until(client, number, *ENDED)
    assert (job["state"], job["attempt"], job["share"]) == ("done", 2, 1.0), job["fault"]
    assert job["outcome"]["corrections"] == 12
    made = client.get(f"/v1/models/{job['outcome']['version']}").json()
    assert made["verdict"]["accepted"] is job["outcome"]["verdict"]["accepted"]
    assert registry.champion(settings.models) == champion
    assert job["outcome"]["version"] in client.get("/models", headers={"accept": "text/html"}).text
    assert client.post("/v1/assess", json={"text": LAND}).json()["model"] == champion


def test_a_training_that_cannot_be_done_says_why(settings: Settings, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    lacking = settings.model_copy(update={"training_data": empty})
    with TestClient(build_app(lacking), base_url="http://127.0.0.1") as client:
        decided(client)
        number = client.post("/v1/models/train", json={}).json()["number"]
        job = until(client, number, *ENDED)
    assert (job["state"], "no labelled letters found" in job["fault"], "在用模型未变" in job["fault"]) == ("failed", True, True)


def test_a_service_stopped_in_the_middle_goes_on_after_its_start(settings: Settings) -> None:
    with TestClient(build_app(settings), base_url="http://127.0.0.1") as client:
        decided(client)
        number = client.post("/v1/models/train", json={}).json()["number"]
        worker(client)
    with TestClient(build_app(settings), base_url="http://127.0.0.1") as client:
        job = until(client, number, *ENDED)
    assert (job["state"], job["attempt"]) == ("done", 1), job["fault"]


def test_the_command_line_does_the_same_and_only_one_at_a_time(settings: Settings) -> None:
    told: list[float] = []
    with TestClient(build_app(settings), base_url="http://127.0.0.1") as client:
        decided(client)
        outcome = retrain_now(settings, "张敏", "手工", lambda _, share: told.append(share))
        assert told == sorted(told)
        assert client.get("/v1/jobs/1").json()["outcome"]["version"] == outcome["version"]
    with pytest.raises(Busy):
        retrain_now(settings, "甲", "", lambda *_: retrain_now(settings, "乙", "", lambda *_: None))  # type: ignore[func-returns-value]


def test_a_training_left_waiting_is_done_from_the_command_line(settings: Settings) -> None:
    with TestClient(build_app(settings), base_url="http://127.0.0.1") as client:
        decided(client)
        number = client.post("/v1/models/train", json={"reason": "夜间"}).json()["number"]
        worker(client)
    outcome = retrain_now(settings, "张敏", "", lambda *_: None)
    with TestClient(build_app(settings), base_url="http://127.0.0.1") as client:
        job = client.get(f"/v1/jobs/{number}").json()
    assert (job["state"], job["reason"], job["outcome"]["version"]) == ("done", "夜间", outcome["version"])


def test_a_models_folder_that_cannot_be_written_leaves_nothing_half_done(settings: Settings) -> None:
    with TestClient(build_app(settings), base_url="http://127.0.0.1") as client:
        decided(client)
    before = sorted(settings.models.rglob("*"))

    def fill(_step: str, share: float) -> None:
        if share >= 0.5 and not (settings.models / "full").exists():
            raise FenxinError("磁盘空间已满")

    with pytest.raises(FenxinError, match="磁盘"):
        retrain_now(settings, "张敏", "", fill)
    assert sorted(settings.models.rglob("*")) == before
    with TestClient(build_app(settings), base_url="http://127.0.0.1") as client:
        assert "磁盘空间已满" in client.get("/v1/jobs/1").json()["fault"]


def test_only_where_an_operator_set_it_a_challenger_answers_by_itself(settings: Settings) -> None:
    with TestClient(build_app(settings), base_url="http://127.0.0.1") as client:
        decided(client)
    outcome = retrain_now(settings.model_copy(update={"promote_alone": True}), "张敏", "", lambda *_: None)
    accepted = outcome["verdict"]["accepted"]
    assert outcome["promoted"] is accepted
    assert (registry.champion(settings.models) == outcome["version"]) is accepted
    if accepted:
        assert "FENXIN_PROMOTE_ALONE" in registry.history(settings.models)[-1].officer
