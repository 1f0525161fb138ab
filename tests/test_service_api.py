"""The JSON doors: what is stored comes back, what is wrong is told exactly, what was decided holds."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from classifier.assess import Assessor
from service.access import new_key
from service.app import build_app
from service.settings import Settings

WAGES = {"title": "拖欠工资", "text": "我们38名工人在工地干活，包工头拖欠工资三十余万元，请求帮助讨要。"}


@pytest.fixture
def client(tmp_path: Path, assessor: Assessor) -> Iterator[TestClient]:
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'fenxin.db'}")
    with TestClient(build_app(settings, assessor=assessor), base_url="http://127.0.0.1") as opened:
        yield opened


def _file(client: TestClient, **more: str) -> str:
    answer = client.post("/v1/letters", json=WAGES | more)
    assert answer.status_code == 201
    return str(answer.json()["id"])


def test_one_letter_gets_one_assessment_and_nothing_is_stored(client: TestClient) -> None:
    answer = client.post("/v1/assess", json=WAGES | {"id": "a"})
    assert answer.status_code == 200
    assert answer.json()["letter_id"] == "a"
    assert client.get("/v1/letters").json()["items"] == []


def test_many_letters_get_assessments_in_their_order(client: TestClient) -> None:
    letters = [WAGES | {"id": name} for name in ("c", "a", "b")]
    answer = client.post("/v1/assess", json={"letters": letters})
    assert [one["letter_id"] for one in answer.json()["assessments"]] == ["c", "a", "b"]


def test_a_stored_letter_comes_back_with_the_same_assessment(client: TestClient) -> None:
    stored = client.post("/v1/letters", json=WAGES | {"sender": "李某", "received_at": "2026-11-20", "place": "和平县"})
    case = client.get(f"/v1/letters/{stored.json()['id']}").json()
    assert case["assessment"] == stored.json()["assessment"]
    assert (case["text"], case["received_at"], case["place"]) == (WAGES["text"], "2026-11-20", "和平县")
    assert set(case["provenance"]) == {"model", "taxonomy", "taxonomy_digest", "rules_digest", "input_sha256", "assessed_on"}


def test_a_list_shows_neither_text_nor_sender(client: TestClient) -> None:
    _file(client, sender="李某某")
    listed = client.get("/v1/letters").text
    assert WAGES["title"] in listed
    assert "讨要" not in listed
    assert "李某某" not in listed


def test_every_letter_gets_its_own_id(client: TestClient) -> None:
    assert len({_file(client) for _ in range(5)}) == 5


def test_the_same_id_with_the_same_letter_is_one_letter_with_another_a_conflict(client: TestClient) -> None:
    _file(client, id="a")
    again = client.post("/v1/letters", json=WAGES | {"id": "a"})
    assert (again.status_code, again.headers["idempotency-replayed"]) == (200, "true")
    other = client.post("/v1/letters", json=WAGES | {"id": "a", "text": "征地款没有发"})
    assert other.status_code == 409
    assert len(client.get("/v1/letters").json()["items"]) == 1


def test_a_key_sent_twice_gives_the_same_bytes_and_one_letter(client: TestClient) -> None:
    first, second = (client.post("/v1/letters", json=WAGES, headers={"Idempotency-Key": "k"}) for _ in range(2))
    assert (second.status_code, second.content) == (first.status_code, first.content)
    assert "idempotency-replayed" not in first.headers
    assert second.headers["idempotency-replayed"] == "true"
    other = client.post("/v1/letters", json=WAGES | {"title": "别的"}, headers={"Idempotency-Key": "k"})
    assert other.status_code == 409
    assert len(client.get("/v1/letters").json()["items"]) == 1


@pytest.mark.parametrize("key", ["", "k" * 201, "\x01"])
def test_an_unusable_key_is_refused(client: TestClient, key: str) -> None:
    answer = client.post("/v1/letters", json=WAGES, headers={"Idempotency-Key": key})
    assert (answer.status_code, answer.json()["errors"][0]["where"]) == (422, "Idempotency-Key")


BAD_BODIES = {
    "nothing": (b"", 400, "为空"),
    "not json": (b"{", 400, "第 1 行第 2 列"),
    "not utf-8": ('{"text":"征地'.encode() + b'\xff"}', 400, "第 16 个字节"),
    "utf-16": ('{"text":"征地"}'.encode("utf-16"), 400, "UTF-8"),
    "a lone surrogate": (b'{"text":"\\ud800"}', 400, "JSON"),
    "an array": (b"[]", 422, "JSON 对象"),
    "no text": (b"{}", 422, "text"),
    "empty text": (b'{"text":""}', 422, "没有可读的文字"),
    "white space": (b'{"text":" \\n\\u3000"}', 422, "没有可读的文字"),
    "one emoji": ('{"text":"😀"}'.encode(), 422, "没有可读的文字"),
    "NUL": (b'{"text":"ab\\u0000c"}', 422, "第 3 个字符"),
    "NUL in the sender": (b'{"text":"ab","sender":"\\u0000"}', 422, "sender"),
    "an unknown field": (b'{"text":"ab","mood":"bad"}', 422, "mood：不认识的字段"),
    "a wrong type": (b'{"text":12}', 422, "text：应为字符串"),
    "a wrong id": (b'{"text":"ab","id":"a/b"}', 422, "id"),
    "a wrong time": (b'{"text":"ab","received_at":"yesterday"}', 422, "received_at"),
    "a time out of range": (b'{"text":"ab","received_at":"0001-01-01"}', 422, "received_at"),
    "too long": (b'{"text":"' + b"a" * 2_000_000 + b'"}', 422, "不超过 200000 个字符"),
    "too large": (b'{"text":"' + b"a" * 8_000_000 + b'"}', 413, "8000000 字节"),
}


@pytest.mark.parametrize("door", ["/v1/letters", "/v1/assess"])
@pytest.mark.parametrize("case", BAD_BODIES)
def test_bad_input_is_told_as_a_problem_and_nothing_is_stored(client: TestClient, case: str, door: str) -> None:
    body, status, told = BAD_BODIES[case]
    answer = client.post(door, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert told in problem["detail"]
    assert client.get("/v1/letters").json()["items"] == []


def test_a_bad_letter_among_many_is_named_by_its_place(client: TestClient) -> None:
    answer = client.post("/v1/assess", json={"letters": [WAGES, {"text": ""}]})
    assert [one["where"] for one in answer.json()["errors"]] == ["letters[1].text"]


def test_more_than_a_thousand_letters_are_refused(client: TestClient) -> None:
    assert client.post("/v1/assess", json={"letters": [{"text": "征地"}] * 1001}).status_code == 422
    assert client.post("/v1/assess", json={"letters": []}).status_code == 422


def test_a_problem_never_quotes_the_letter(client: TestClient) -> None:
    answer = client.post("/v1/letters", json={"text": "包工头张某\0", "title": 5, "sender": ["李某某"]})
    assert answer.status_code == 422
    assert "张某" not in answer.text
    assert "李某某" not in answer.text


def test_another_content_type_is_refused(client: TestClient) -> None:
    answer = client.post("/v1/letters", content=json.dumps(WAGES), headers={"Content-Type": "text/plain"})
    assert answer.status_code == 415


def test_a_body_that_grows_beyond_the_limit_is_stopped_whatever_its_announced_length(client: TestClient) -> None:
    chunks = (b"a" * 1_000_000 for _ in range(20))
    answer = client.post("/v1/letters", content=chunks, headers={"Content-Type": "application/json"})
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("query", "where"),
    [("limit=0", "limit"), ("limit=201", "limit"), ("cursor=x", "cursor"), ("since=soon", "since"), ("until=9999-12-31", "until")],
)
def test_a_wrong_filter_is_named(client: TestClient, query: str, where: str) -> None:
    answer = client.get(f"/v1/letters?{query}")
    assert (answer.status_code, answer.json()["errors"][0]["where"]) == (422, where)


def test_an_unknown_letter_and_an_unknown_door_are_problems(client: TestClient) -> None:
    for path in ("/v1/letters/none", "/v1/nothing", "/nothing"):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert client.put("/v1/letters", json=WAGES).status_code == 405
    assert "网址" in client.get("/v1/none").json()["detail"]


def test_a_decision_overrides_and_every_decision_stays(client: TestClient) -> None:
    letter = _file(client)
    for category, reason in (("LAND.EXPROP", "实为征地"), ("LABOR.WAGE", "再核")):
        body = {"category": category, "reason": reason, "confirm": False, "department": "RSJ"}
        assert client.post(f"/v1/letters/{letter}/decision", json=body).status_code == 201
    case = client.get(f"/v1/letters/{letter}").json()
    assert [one["category"] for one in case["decisions"]] == ["LAND.EXPROP", "LABOR.WAGE"]
    assert all(one["officer"] == "本机经办人" and one["at"] for one in case["decisions"])
    assert (case["standing"]["category"], case["standing"]["state"]) == ("LABOR.WAGE", "decided")
    assert [one["id"] for one in client.get("/v1/letters?category=LABOR.WAGE&state=decided").json()["items"]] == [letter]


def test_an_unknown_category_is_answered_with_near_ones(client: TestClient) -> None:
    answer = client.post(f"/v1/letters/{_file(client)}/decision", json={"category": "LAND.EXPRO", "reason": "x", "confirm": False})
    assert answer.status_code == 422
    assert "LAND.EXPROP" in [one["code"] for one in answer.json()["errors"][0]["near"]]


def test_a_decision_made_on_an_old_reading_is_a_conflict(client: TestClient) -> None:
    letter = _file(client)
    body = {"category": "LAND.EXPROP", "reason": "实为征地", "confirm": False, "seen": 0}
    assert client.post(f"/v1/letters/{letter}/decision", json=body).status_code == 201
    assert client.post(f"/v1/letters/{letter}/decision", json=body).status_code == 409


def test_a_decision_sent_twice_under_one_key_is_one_decision(client: TestClient) -> None:
    letter, key = _file(client), {"Idempotency-Key": "k"}
    body = {"category": "LAND.EXPROP", "reason": "实为征地", "confirm": False}
    first, second = (client.post(f"/v1/letters/{letter}/decision", json=body, headers=key) for _ in range(2))
    assert first.content == second.content
    assert len(client.get(f"/v1/letters/{letter}").json()["decisions"]) == 1


def test_the_taxonomy_is_given_whole(client: TestClient, assessor: Assessor) -> None:
    given = client.get("/v1/taxonomy").json()
    assert [one["code"] for one in given["categories"]] == list(assessor.taxonomy.categories)
    assert given["digest"] == assessor.taxonomy.digest


def test_health_and_readiness(client: TestClient, assessor: Assessor) -> None:
    assert client.get("/healthz").json() == {"status": "alive"}
    assert client.get("/readyz").json() == {"status": "ready", "model": assessor.version, "taxonomy": assessor.taxonomy.version}


def test_the_openapi_document_is_chinese_and_complete(client: TestClient) -> None:
    document = client.get("/v1/openapi.json").json()
    schemas = document["components"]["schemas"]
    for path, methods in document["paths"].items():
        for operation in methods.values():
            assert any("一" <= character <= "鿿" for character in operation["summary"]), path
    references = {part.split('"')[0] for part in json.dumps(document).split("#/components/schemas/")[1:]}
    assert references <= set(schemas)
    assert schemas["LetterIn"]["examples"]
    assert schemas["DecisionIn"]["examples"]


def test_keys_open_only_the_doors_of_their_roles(tmp_path: Path, assessor: Assessor) -> None:
    key, row = new_key("收件系统", frozenset({"intake"}))
    (tmp_path / "keys.csv").write_text(f"prefix,sha256,officer,roles\n{row}\n", "utf-8")
    settings = Settings(host="0.0.0.0", database_url=f"sqlite:///{tmp_path / 'fenxin.db'}", api_keys_file=tmp_path / "keys.csv")
    with TestClient(build_app(settings, assessor=assessor)) as client:
        nobody = client.post("/v1/letters", json=WAGES)
        assert (nobody.status_code, nobody.headers["www-authenticate"]) == (401, 'Bearer realm="fenxin"')
        assert client.post("/v1/letters", json=WAGES, headers={"X-API-Key": "fx_wrong"}).status_code == 401
        assert client.post("/v1/letters", json=WAGES, headers={"Authorization": f"Bearer {key}"}).status_code == 201
        assert client.get("/v1/letters", headers={"X-API-Key": key}).status_code == 403
        assert client.get("/v1/taxonomy").status_code == 401
        assert client.get("/healthz").status_code == 200
