"""Models at the doors: promotion while requests fly, refusal with reasons, followers, preview, replay to the same bytes."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Semaphore

import pytest
from fastapi.testclient import TestClient
from test_promotion import copy_version

from classifier import registry
from classifier.assess import load_assessor
from classifier.corpus import LabelledLetter
from classifier.drift import reference, vitals
from classifier.letter import Letter, assessment_json
from classifier.text import SHIPPED_DICTIONARY
from classifier.training import Recipe, train
from service.access import new_key
from service.app import build_app
from service.moments import china_day
from service.rounds import follow_champion
from service.settings import Settings

NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)
WAGES = {"title": "拖欠工资", "text": "包工头拖欠我们工人工资三十余万元，工程早已完工，请求帮助讨要工钱。"}
WHY = {"reason": "预览无异常"}
REFUSED = {"accepted": False, "reasons": ["LAND.EXPROP 变差"], "measures": {}}
HTML = {"accept": "text/html"}


@pytest.fixture(scope="module")
def two_models(models_dir: Path, letters: list[LabelledLetter], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The champion and a model that answers otherwise."""
    folder = Path(shutil.copytree(models_dir, tmp_path_factory.mktemp("two") / "models"))
    trained = train(letters[::5], None, Recipe(max_terms=300, folds=2, max_iter=10))
    registry.save(folder, trained.state, SHIPPED_DICTIONARY, {"day": "2026-11-29"}, "card")
    return folder


@pytest.fixture
def models(two_models: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(two_models, tmp_path / "models"))


@pytest.fixture
def settings(models: Path, tmp_path: Path) -> Settings:
    return Settings(database_url=f"sqlite:///{tmp_path / 'fenxin.db'}", models=models)


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    with TestClient(build_app(settings, now=lambda: NOON), base_url="http://127.0.0.1") as opened:
        yield opened


def versions(models: Path) -> tuple[str, str]:
    """The champion and the other one."""
    old = str(registry.champion(models))
    return old, next(one["version"] for one in registry.versions(models) if one["version"] != old)


def test_a_promotion_while_requests_fly_fails_none_and_mixes_none(client: TestClient, models: Path) -> None:
    both = versions(models)
    asked = [Letter(str(n), text, "") for n, text in enumerate([WAGES["text"], "村里征地没有公告，补偿款没到位。"], 1)]
    today = china_day(NOON)
    right = {
        b'{"assessments":[' + b",".join(assessment_json(one.assess(letter, today=today)) for letter in asked) + b"]}"
        for one in (load_assessor(models, None, version) for version in both)
    }
    assert len(right) == 2
    over, landed, answers = Event(), Semaphore(0), []

    def ask() -> None:
        while not over.is_set():
            answers.append(client.post("/v1/assess", json={"letters": [{"text": letter.text} for letter in asked]}))
            landed.release()

    with ThreadPoolExecutor(4) as people:
        asking = [people.submit(ask) for _ in range(4)]
        for version in (both[1], both[0], both[1]):
            assert client.post(f"/v1/models/{version}/promote", json=WHY).json()["answering"] == version
            for _ in range(8):
                assert landed.acquire(timeout=60)
        over.set()
        for one in asking:
            one.result()
    assert {answer.status_code for answer in answers} == {200}
    assert {answer.content for answer in answers} == right


def test_another_replica_follows_by_itself(client: TestClient, settings: Settings, models: Path) -> None:
    _, new = versions(models)
    with TestClient(build_app(settings), base_url="http://127.0.0.1") as replica:
        assert client.post(f"/v1/models/{new}/promote", json=WHY).status_code == 200
        while replica.post("/v1/assess", json=WAGES).json()["model"] != new:  # its rounds find the pointer
            continue
        registry.rollback(models, officer="夜班", reason="试")  # as the command line does
        follow_champion(replica.app.state.desk)  # type: ignore[attr-defined]
        assert replica.get("/readyz").json()["model"] != new


def test_a_refused_version_answers_with_its_reasons_until_a_person_answers_for_it(client: TestClient, models: Path) -> None:
    refused = copy_version(models, "2026-11-29-bbbbbb", verdict=REFUSED)
    old, _ = versions(models)
    answer = client.post(f"/v1/models/{refused}/promote", json=WHY)
    assert (answer.status_code, "LAND.EXPROP 变差" in answer.json()["detail"]) == (409, True)
    assert registry.champion(models) == old
    answer = client.post(f"/v1/models/{refused}/promote", json=WHY | {"despite_verdict": True})
    newest = answer.json()["history"][0]
    assert (newest["officer"], newest["reason"], newest["despite_verdict"]) == ("本机经办人", WHY["reason"], True)


@pytest.mark.parametrize(
    ("body", "status"),
    [({}, 422), ({"reason": " "}, 422), (WHY | {"seen": "2026-01-01-000000"}, 409), (WHY | {"despite_verdict": "yes"}, 422)],
)
def test_a_promotion_without_reason_or_with_an_old_look_changes_nothing(
    client: TestClient, models: Path, body: dict[str, str], status: int
) -> None:
    old, new = versions(models)
    answer = client.post(f"/v1/models/{new}/promote", json=body)
    assert (answer.status_code, "请刷新后再决定" in answer.json()["detail"]) == (status, status == 409)
    assert registry.champion(models) == old


@pytest.mark.parametrize("version", ["2020-01-01-abcdef", "..", "%2e%2e%2fetc", "champions"])
def test_a_strange_version_is_not_found(client: TestClient, version: str) -> None:
    assert client.get(f"/v1/models/{version}").status_code == 404
    assert client.post(f"/v1/models/{version}/promote", json=WHY).status_code == 404


def test_a_version_that_cannot_be_used_is_refused_and_the_old_one_goes_on(client: TestClient, models: Path) -> None:
    old, new = versions(models)
    newer = copy_version(models, "2026-12-01-cccccc", layout=99)
    answer = client.post(f"/v1/models/{newer}/promote", json=WHY)
    assert (answer.status_code, "layout 99" in answer.json()["detail"]) == (409, True)
    (models / new / registry.MODEL_FILE).write_bytes(b"damaged")
    (models / registry.CHAMPION).write_text(f"{new}\n")  # by hand, past all doors
    follow_champion(client.app.state.desk)  # type: ignore[attr-defined]
    told = client.get("/v1/models").json()
    assert (told["champion"], told["answering"], "SHA-256" in told["fault"]) == (new, old, True)
    assert client.post("/v1/assess", json=WAGES).json()["model"] == old
    assert "无法使用" in client.get("/models", headers=HTML).text


def test_the_same_key_rolls_back_once(client: TestClient, models: Path) -> None:
    old, new = versions(models)
    client.post(f"/v1/models/{new}/promote", json=WHY)
    answers = [client.post("/v1/models/rollback", json=WHY, headers={"Idempotency-Key": "r"}) for _ in range(2)]
    assert answers[0].content == answers[1].content
    assert registry.champion(models) == old
    assert client.post("/v1/models/rollback", json=WHY | {"seen": new}).status_code == 409


def test_with_nothing_before_a_rollback_is_a_conflict(models_dir: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(models_dir, tmp_path / "one"))
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'fenxin.db'}", models=folder)
    with TestClient(build_app(settings), base_url="http://127.0.0.1") as client:
        assert client.post("/v1/models/rollback", json=WHY).status_code == 409


def test_only_the_role_model_changes_anything(settings: Settings, models: Path, tmp_path: Path) -> None:
    key, row = new_key("张敏", frozenset({"review"}))
    (tmp_path / "keys.csv").write_text(f"prefix,sha256,officer,roles\n{row}\n", "utf-8")
    guarded = settings.model_copy(update={"api_keys_file": tmp_path / "keys.csv"})
    with TestClient(build_app(guarded), headers={"X-API-Key": key}) as officer:
        assert officer.get("/v1/models").status_code == 200
        for door in ("train", "rollback", f"{versions(models)[1]}/promote"):
            assert officer.post(f"/v1/models/{door}", json=WHY).status_code == 403


def test_a_preview_tells_which_letters_would_move_and_no_accusation(client: TestClient, models: Path) -> None:
    old, new = versions(models)
    texts = [WAGES["text"], "村里征地没有公告，补偿款没到位。", "房子被强拆了，没有任何手续。", "公司欠薪三个月。"]
    for number, text in enumerate([*texts, "实名举报村支书贪污补偿款，请纪委查处。"]):
        filed = client.post("/v1/letters", json={"id": f"n{number}", "text": text}).json()
    assert filed["access"] == "restricted"
    told = client.get(f"/v1/models/{new}/preview").json()
    expected = set()
    for number, text in enumerate(texts):
        was, will = (
            load_assessor(models, None, one).assess(Letter(f"n{number}", text), today=china_day(NOON)) for one in (old, new)
        )
        key = [(one.matters[0].category, one.route.lead, one.disposition) for one in (was, will)]
        expected |= {f"n{number}"} if key[0] != key[1] else set()
    assert expected
    assert {one["letter_id"] for one in told["letters"]} == expected
    assert (told["before"], told["after"], told["looked_at"]) == (old, new, 4)
    page = client.get(f"/models/{new}", headers=HTML).text
    assert all(f'href="/letters/{one}"' in page for one in expected)
    assert 'href="/letters/n4"' not in page
    accusation = {"category": "DISCIP.CORRUPT", "purpose": "ACCUSE", "reason": "检举", "confirm": False}
    for one in expected:
        assert client.post(f"/v1/letters/{one}/decision", json=accusation).status_code == 201
    told = client.get(f"/v1/models/{new}/preview").json()  # remembered, and yet without them
    assert (told["letters"], told["moved"]) == ([], 0)
    page = client.get(f"/models/{new}", headers=HTML).text
    assert not any(f'href="/letters/{one}"' in page for one in expected)


def test_a_verdict_against_an_earlier_champion_says_so(client: TestClient, models: Path) -> None:
    old, new = versions(models)
    judged = copy_version(models, "2026-11-30-eeeeee", champion=old, verdict=REFUSED | {"accepted": True, "reasons": []})
    assert client.get(f"/v1/models/{judged}").json()["compared_with"] == old
    assert "没有与它比较过" not in client.get(f"/models/{judged}", headers=HTML).text
    client.post(f"/v1/models/{new}/promote", json=WHY)
    assert "没有与它比较过" in client.get(f"/models/{judged}", headers=HTML).text


def test_a_version_tells_what_group_decisions_taught(client: TestClient, models: Path) -> None:
    old, _ = versions(models)
    measures = {"matters": 24, "exam_pairs": 31, "f1_before": 0.7, "f1_after": 0.75, "wrong_before": 6, "wrong_after": 4}
    taught = copy_version(models, "2026-11-30-aaaaaa", groups={"accepted": True, "reasons": [], "measures": measures})
    few = copy_version(models, "2026-11-30-bbbbbb", groups={"accepted": False, "reasons": ["已判断的群体件只有 3 个，不足 20 个"]})
    assert client.get(f"/v1/models/{taught}").json()["groups"]["measures"] == measures
    assert client.get(f"/v1/models/{old}").json()["groups"] is None
    page = client.get(f"/models/{taught}", headers=HTML).text
    assert all(part in page for part in ("已从群体件的办理意见学习", "0.700 → 0.750", "误连 6 对 → 4 对"))
    assert "不足 20 个" in client.get(f"/models/{few}", headers=HTML).text
    assert "群体件判断" not in client.get(f"/models/{old}", headers=HTML).text


def test_a_stored_letter_replays_to_the_same_bytes_under_another_champion(client: TestClient, models: Path) -> None:
    letter = client.post("/v1/letters", json=WAGES | {"sender": "周某某"}).json()["id"]
    _, new = versions(models)
    client.post(f"/v1/models/{new}/promote", json=WHY)
    again = client.get(f"/v1/letters/{letter}/replay").json()
    assert (again["same"], again["differs"]) == (True, [])
    assert again["assessment"] == client.get(f"/v1/letters/{letter}").json()["assessment"]


def test_a_replay_says_what_is_no_longer_the_same(client: TestClient, models: Path, settings: Settings, tmp_path: Path) -> None:
    letter = client.post("/v1/letters", json=WAGES).json()["id"]
    old, new = versions(models)
    county = tmp_path / "county"
    county.mkdir()
    (county / "contracts.csv").write_text("department,accepted\n*,0.2\n", "utf-8")
    elsewhere = settings.model_copy(update={"county": county})
    with TestClient(build_app(elsewhere), base_url="http://127.0.0.1") as changed:
        assert changed.get(f"/v1/letters/{letter}/replay").json()["differs"] == ["rules"]
    client.post(f"/v1/models/{new}/promote", json=WHY)
    shutil.rmtree(models / old)
    gone = client.get(f"/v1/letters/{letter}/replay").json()
    assert (gone["same"], gone["differs"], gone["assessment"]) == (False, ["model"], None)
    assert client.get("/v1/letters/none/replay").status_code == 404


def test_the_page_promotes_and_rolls_back_with_a_reason(client: TestClient, models: Path) -> None:
    old, new = versions(models)
    page = client.get(f"/models/{new}", headers=HTML)
    form = {"token": client.cookies["fenxin_form"], "reason": "预览无异常", "seen": old}
    assert "启用这个版本" in page.text
    assert client.post(f"/models/{new}/promote", data=form | {"token": "x"}, headers=HTML).status_code == 403
    assert client.post(f"/models/{new}/promote", data=form, headers=HTML, follow_redirects=False).status_code == 303
    assert "预览无异常" in client.get("/models", headers=HTML).text
    assert registry.champion(models) == new
    back = form | {"seen": new, "reason": "转错", "key": "k"}
    assert client.post("/models/rollback", data=back, headers=HTML, follow_redirects=False).status_code == 303
    assert registry.champion(models) == old


def test_drift_is_measured_against_the_models_own_yardstick(client: TestClient, models: Path) -> None:
    none = client.get("/v1/drift").json()
    assert (none["reference"], none["measures"]) == (0, [])
    assert "没有自带对照" in client.get("/models", headers=HTML).text
    assessor = load_assessor(models)
    texts = [f"村里征地{number}亩没有公告，补偿款没到位。" for number in range(60)]
    yardstick = reference(vitals(assessor, (Letter(str(n), text) for n, text in enumerate(texts))))
    small = copy_version(models, "2026-11-30-cccccc", reference=yardstick | {"letters": 10})
    client.post(f"/v1/models/{small}/promote", json=WHY)
    assert "自带对照 10 件，近30天信访件 0 件，两边都满 50 件" in client.get("/models", headers=HTML).text
    watched = copy_version(models, "2026-11-30-dddddd", reference=yardstick)
    client.post(f"/v1/models/{watched}/promote", json=WHY)
    for number in range(60):
        filed = client.post("/v1/letters", json={"id": f"w{number}", "text": f"{WAGES['text']}共{number}人。"}).json()
    department = filed["assessment"]["route"]["lead"]
    for number in range(5):
        opinion = {"category": "LABOR.CONTRACT", "department": "FY", "confirm": False, "reason": "不属本单位"}
        assert client.post(f"/v1/letters/w{number}/decision", json=opinion).status_code == 201
    told = client.get("/v1/drift").json()
    assert (told["reference"], told["letters"]) == (60, 60)
    assert next(one for one in told["measures"] if one["name"] == "categories")["alarm"]
    assert [(one["department"], one["decided"], one["overridden"]) for one in told["departments"]] == [(department, 5, 5)]
    page = client.get("/models", headers=HTML).text
    assert ("有变化" in page, 'href="/letters/w' in page) == (True, True)
    accusation = {"category": "DISCIP.CORRUPT", "purpose": "ACCUSE", "reason": "检举", "confirm": False}
    for number in range(60):
        assert client.post(f"/v1/letters/w{number}/decision", json=accusation).status_code == 201
    assert 'href="/letters/w' not in client.get("/models", headers=HTML).text  # remembered, and yet without them
