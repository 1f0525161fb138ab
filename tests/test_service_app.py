"""Starting: refused clearly when it would be unsafe or cannot work; guarded against other sites when open."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import cast

import pytest
from fastapi.testclient import TestClient

from classifier.assess import Assessor
from classifier.errors import BadInput, ModelError, StorageFailed
from classifier.letter import Assessment, Letter
from service.app import build_app, serve
from service.settings import Settings

WAGES = {"text": "包工头拖欠工资"}


@pytest.fixture
def client(tmp_path: Path, assessor: Assessor) -> Iterator[TestClient]:
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'fenxin.db'}")
    with TestClient(build_app(settings, assessor=assessor), base_url="http://127.0.0.1:8000") as opened:
        yield opened


@pytest.mark.parametrize("start", [build_app, serve])
def test_without_keys_it_does_not_listen_to_others(tmp_path: Path, start: Callable[[Settings], object]) -> None:
    settings = Settings(host="0.0.0.0", database_url=f"sqlite:///{tmp_path / 'fenxin.db'}")
    with pytest.raises(BadInput, match="FENXIN_API_KEYS_FILE"):
        start(settings)
    assert list(tmp_path.iterdir()) == []


def test_without_a_model_it_does_not_start(tmp_path: Path) -> None:
    with pytest.raises(ModelError):
        build_app(Settings(models=tmp_path / "none", database_url=f"sqlite:///{tmp_path / 'fenxin.db'}"))
    assert not (tmp_path / "fenxin.db").exists()


def test_without_a_store_it_does_not_start(tmp_path: Path, assessor: Assessor) -> None:
    with pytest.raises(StorageFailed):
        build_app(Settings(database_url=f"sqlite:///{tmp_path}"), assessor=assessor)


def test_an_unknown_local_role_is_refused(assessor: Assessor) -> None:
    with pytest.raises(BadInput, match="FENXIN_LOCAL_ROLES"):
        build_app(Settings(local_roles=("boss",)), assessor=assessor)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8000", "[::1]:8000", "LOCALHOST:1"])
def test_this_machines_own_names_are_served(client: TestClient, host: str) -> None:
    assert client.get("/healthz", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8000", ""])
def test_any_other_host_name_is_refused(client: TestClient, host: str) -> None:
    assert client.get("/healthz", headers={"Host": host}).status_code == 421


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "http://evil.example"}, {"Origin": "null"}, {"Origin": "http://127.0.0.1:9"}, {"Sec-Fetch-Site": "cross-site"}],
)
def test_another_sites_page_cannot_write(client: TestClient, headers: dict[str, str]) -> None:
    assert client.post("/v1/letters", json=WAGES, headers=headers).status_code == 403
    assert client.get("/v1/letters").json()["items"] == []


def test_our_own_page_can_write(client: TestClient) -> None:
    own = {"Origin": "http://127.0.0.1:8000", "Sec-Fetch-Site": "same-origin"}
    assert client.post("/v1/letters", json=WAGES, headers=own).status_code == 201


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
def test_a_proxy_does_not_make_everybody_the_local_officer(client: TestClient, header: str) -> None:
    assert client.get("/v1/letters", headers={header: "10.0.0.9"}).status_code == 403


@pytest.mark.parametrize("path", ["/", "/healthz", "/nothing", "/static/fenxin.css", "/v1/letters/none"])
def test_every_answer_carries_the_safe_headers(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["content-security-policy"].startswith("default-src 'self'")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"  # with no-referrer a browser sends our own forms as "Origin: null"


class Broken:
    """An assessor that fails with a letter's words in its mouth."""

    version, rules_digest = "broken", "0" * 64

    def __init__(self, assessor: Assessor) -> None:
        self.taxonomy, self.cuts, self.pair_scorer = assessor.taxonomy, assessor.cuts, assessor.pair_scorer

    def assess(self, letter: Letter, *, today: date) -> Assessment:
        raise RuntimeError(f"cannot read {letter.text} of {letter.sender}")


def test_an_unexpected_failure_tells_and_logs_no_word_of_the_letter(
    tmp_path: Path, assessor: Assessor, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'fenxin.db'}")
    with TestClient(build_app(settings, assessor=cast("Assessor", Broken(assessor))), base_url="http://localhost") as client:
        answer = client.post("/v1/letters", json={"text": "包工头拖欠工资", "sender": "李某某"})
        assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
        assert client.get("/v1/letters").json()["items"] == []
    said = answer.text + caplog.text + "".join(capfd.readouterr())
    assert "RuntimeError" in caplog.text
    for secret in ("拖欠", "李某某", "Traceback"):
        assert secret not in said
