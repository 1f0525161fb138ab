"""Accusations never reach the accused: not in lists, not by id, not in answers, logs or pages of those who may not see them."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import cast

import pytest
from fastapi.testclient import TestClient
from msgspec.structs import replace

from classifier.assess import Assessor
from classifier.letter import Access, AccusedParty, Assessment, Letter
from classifier.neighbours import Neighbour
from service.access import new_key
from service.app import build_app
from service.settings import Settings

LETTER = {"title": "反映站长收礼", "text": "某站站长收受礼金，请组织核查。", "sender": "李某某 1380000xxxx"}


class Accusing:
    """The real assessor, but every letter is an accusation against the natural resources bureau."""

    def __init__(self, assessor: Assessor) -> None:
        self.assessor, self.taxonomy = assessor, assessor.taxonomy
        self.version, self.rules_digest = assessor.version, assessor.rules_digest
        self.cuts, self.contract, self.pair_scorer = assessor.cuts, assessor.contract, assessor.pair_scorer
        self.draft, self.calendar = assessor.draft, assessor.calendar

    def similar(self, letter: Letter) -> tuple[Neighbour, ...]:
        return self.assessor.similar(letter)

    def blocked_if_accusing(self, letter: Letter) -> tuple[str, ...]:
        return self.assessor.blocked_if_accusing(letter)

    def assess(self, letter: Letter, *, today: date) -> Assessment:
        found = self.assessor.assess(letter, today=today)
        route = replace(found.route, lead="JWJW", co=(), access=Access.RESTRICTED, blocked=("ZRZY",))
        signals = replace(found.signals, accused=(AccusedParty("自然资源局", "ZRZY"),))
        return replace(found, purpose=replace(found.purpose, value="ACCUSE"), route=route, signals=signals)


@pytest.fixture
def office(tmp_path: Path, assessor: Assessor) -> Iterator[dict[str, TestClient]]:
    roles = {"window": {"intake"}, "officer": {"intake", "review"}, "special": {"discipline"}}
    keys = {name: new_key(name, frozenset(role)) for name, role in roles.items()}
    rows = "\n".join(row for _, row in keys.values())
    (tmp_path / "keys.csv").write_text(f"prefix,sha256,officer,roles\n{rows}\n", "utf-8")
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'fenxin.db'}", api_keys_file=tmp_path / "keys.csv")
    app = build_app(settings, assessor=cast("Assessor", Accusing(assessor)))
    with TestClient(app) as open_hours:
        people = {name: TestClient(app, headers={"X-API-Key": key}) for name, (key, _) in keys.items()}
        for name, person in people.items():
            _sign_in(person, keys[name][0])
        yield people
        assert open_hours


def _sign_in(person: TestClient, key: str) -> None:
    token = person.get("/login").text.split('name="token" value="')[1].split('"')[0]
    assert person.post("/login", data={"token": token, "key": key}, follow_redirects=False).status_code == 303


def test_the_receipt_of_an_accusation_says_only_that_it_is_here(office: dict[str, TestClient]) -> None:
    receipt = office["window"].post("/v1/letters", json=LETTER).json()
    assert (receipt["access"], receipt["assessment"]) == ("restricted", None)


def test_an_accusation_is_invisible_without_the_role(office: dict[str, TestClient]) -> None:
    accusation = office["window"].post("/v1/letters", json=LETTER).json()["id"]
    officer = office["officer"]
    absent = officer.get("/v1/letters/none")
    hidden = officer.get(f"/v1/letters/{accusation}")
    assert (hidden.status_code, hidden.content) == (absent.status_code, absent.content)
    decision = {"category": "LAND.EXPROP", "reason": "x", "confirm": False}
    assert officer.post(f"/v1/letters/{accusation}/decision", json=decision).status_code == 404
    pages = ["/v1/letters", "/v1/review", "/letters", "/review", f"/letters/{accusation}"]
    for page in pages:
        shown = officer.get(page, headers={"Accept": "text/html"}).text
        assert LETTER["title"] not in shown
        assert "JWJW" not in shown.replace('value="JWJW"', ""), page
        assert accusation not in shown
    for page in ("/v1/letters?compartment=restricted", "/v1/review?compartment=restricted", "/letters?compartment=restricted"):
        assert officer.get(page).status_code == 403


def test_who_handles_accusations_finds_them_only_in_their_compartment(office: dict[str, TestClient]) -> None:
    accusation = office["window"].post("/v1/letters", json=LETTER).json()["id"]
    special = office["special"]
    assert special.get("/v1/letters").json()["items"] == []
    assert special.get("/v1/review").json()["items"] == []
    assert [one["id"] for one in special.get("/v1/letters?compartment=restricted").json()["items"]] == [accusation]
    assert special.get(f"/v1/letters/{accusation}").json()["sender"] == LETTER["sender"]
    assert LETTER["title"] in special.get("/letters?compartment=restricted").text


def test_the_accused_department_cannot_be_chosen(office: dict[str, TestClient]) -> None:
    accusation = office["window"].post("/v1/letters", json=LETTER).json()["id"]
    decision = {"category": "LAND.EXPROP", "department": "ZRZY", "purpose": "APPEAL", "reason": "x", "confirm": False}
    answer = office["special"].post(f"/v1/letters/{accusation}/decision", json=decision)
    assert (answer.status_code, answer.json()["errors"][0]["where"]) == (422, "department")


def test_it_leaves_the_compartment_only_when_an_officer_says_it_is_no_accusation(office: dict[str, TestClient]) -> None:
    accusation = office["window"].post("/v1/letters", json=LETTER).json()["id"]
    decide = f"/v1/letters/{accusation}/decision"
    office["special"].post(decide, json={"category": "LAND.EXPROP", "reason": "分类", "confirm": False})
    assert office["officer"].get(f"/v1/letters/{accusation}").status_code == 404
    office["special"].post(decide, json={"category": "LAND.EXPROP", "purpose": "APPEAL", "reason": "不是检举", "confirm": False})
    assert office["officer"].get(f"/v1/letters/{accusation}").status_code == 200


def test_an_officer_who_finds_an_accusation_sends_it_out_of_sight(tmp_path: Path, assessor: Assessor) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'fenxin.db'}")
    with TestClient(build_app(settings, assessor=assessor), base_url="http://localhost") as client:
        letter = client.post("/v1/letters", json={"text": "征地款没有发，请督促尽快发放"}).json()["id"]
        decision = {"category": "LAND.EXPROP", "purpose": "ACCUSE", "reason": "检举村干部", "confirm": False}
        answer = client.post(f"/v1/letters/{letter}/decision", json=decision)
        assert (answer.status_code, answer.json()["standing"]["access"]) == (201, "restricted")
        assert client.get(f"/v1/letters/{letter}").status_code == 404
        assert client.get("/v1/letters").json()["items"] == []


def test_what_an_officer_calls_an_accusation_cannot_go_to_a_unit_it_names(tmp_path: Path, assessor: Assessor) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'fenxin.db'}")
    with TestClient(build_app(settings, assessor=assessor), base_url="http://localhost") as client:
        sent = {"text": "征地款没有发，县自然资源局张局长让我们再等等，等了三年。"}
        letter = client.post("/v1/letters", json=sent).json()
        assert letter["access"] == "normal"
        decide = f"/v1/letters/{letter['id']}/decision"
        named = {"category": "DISCIP.DUTY", "department": "ZRZY", "reason": "反映局长失职", "confirm": False}
        refused = client.post(decide, json=named)
        assert (refused.status_code, refused.json()["errors"][0]["where"]) == (422, "department")
        taken = client.post(decide, json=named | {"department": "JWJW"}).json()["standing"]
        assert (taken["access"], taken["department"]) == ("restricted", "JWJW")


def test_a_receipt_asked_for_again_shows_nothing_of_what_has_become_an_accusation(tmp_path: Path, assessor: Assessor) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'fenxin.db'}")
    with TestClient(build_app(settings, assessor=assessor), base_url="http://localhost") as client:
        letter, once = {"text": "征地款没有发，请督促尽快发放"}, {"Idempotency-Key": "one"}
        first = client.post("/v1/letters", json=letter, headers=once).json()
        assert first["assessment"] is not None
        decision = {"category": "LAND.EXPROP", "purpose": "ACCUSE", "reason": "检举村干部", "confirm": False}
        client.post(f"/v1/letters/{first['id']}/decision", json=decision)
        again = client.post("/v1/letters", json=letter, headers=once)
        assert (again.status_code, again.json()["id"]) == (201, first["id"])
        assert (again.json()["access"], again.json()["assessment"]) == ("restricted", None)


def test_an_id_taken_by_an_accusation_reads_like_any_taken_id(office: dict[str, TestClient]) -> None:
    plain, accusing = ({"id": name, "text": "路灯不亮"} for name in ("plain-1", "accusing-1"))
    office["officer"].post("/v1/letters", json=LETTER | {"id": "accusing-1"})
    office["officer"].post("/v1/letters", json=LETTER | {"id": "plain-1"})
    answers = [office["officer"].post("/v1/letters", json=letter) for letter in (plain, accusing)]
    assert answers[0].status_code == answers[1].status_code == 409
    assert answers[0].content == answers[1].content


@pytest.mark.parametrize("door", ["/v1/letters", "/v1/review", "/v1/groups", "/v1/taxonomy"])
def test_an_unknown_name_in_the_address_line_is_refused_by_name(office: dict[str, TestClient], door: str) -> None:
    answer = office["officer"].get(f"{door}?sender=李某某")
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"where": "sender", "fault": "不认识的查询参数"}]
    assert "李某某" not in answer.text


def test_nothing_of_it_is_logged(
    office: dict[str, TestClient], caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level("DEBUG", logger="fenxin")
    accusation = office["window"].post("/v1/letters", json=LETTER).json()["id"]
    office["special"].get(f"/v1/letters/{accusation}")
    office["officer"].get(f"/v1/letters/{accusation}")
    fenxin = [record.getMessage() for record in caplog.records if record.name.startswith(("fenxin", "sqlalchemy", "uvicorn"))]
    said = "".join(fenxin) + "".join(capfd.readouterr())
    for secret in (LETTER["title"], LETTER["text"], "李某某", accusation):
        assert secret not in said
