"""The duty officer's channel: the id and the level, inside the closed network, tried again, never in the way."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from queue import Queue
from threading import Event, Thread

import orjson
import pytest
from fastapi.testclient import TestClient

from classifier.assess import Assessor
from classifier.errors import BadInput
from service.app import build_app
from service.duty import Duty
from service.settings import Settings

DESPAIR = {"title": "", "text": "我不想活了，农药就在手边，厂里拖欠我一年的工资不给。"}
PATIENCE = 20.0  # seconds a test waits for a thread before it is given up


class Receiver:
    """A duty room on this machine; ``statuses`` are answered one after the other, then 204."""

    def __init__(self, *statuses: int) -> None:
        self.heard: Queue[bytes] = Queue()
        self.statuses = list(statuses)
        room = self

        class Door(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(room.statuses.pop(0) if room.statuses else 204)
                self.end_headers()
                room.heard.put(body)

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Door)
        self.url = f"http://127.0.0.1:{self.server.server_port}/ring"
        Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def room() -> Iterator[Receiver]:
    receiver = Receiver(503, 500)
    yield receiver
    receiver.server.shutdown()
    receiver.server.server_close()


def test_a_call_is_tried_again_until_it_is_taken(room: Receiver) -> None:
    duty = Duty(room.url, waits=(0.01,))
    duty.ring("a", "R0")
    heard = [room.heard.get(timeout=PATIENCE) for _ in range(3)]
    duty.close()
    assert heard == [orjson.dumps({"letter_id": "a", "level": "R0"})] * 3
    assert room.heard.empty()


def test_calls_go_out_in_order() -> None:
    sent: Queue[bytes] = Queue()
    duty = Duty(post=sent.put)
    for name in "abc":
        duty.ring(name, "R0")
    assert [orjson.loads(sent.get(timeout=PATIENCE))["letter_id"] for _ in range(3)] == ["a", "b", "c"]
    duty.close()


def test_ringing_never_waits_for_a_receiver_that_hangs() -> None:
    hang, called = Event(), Event()

    def post(_body: bytes) -> None:
        called.set()
        hang.wait(PATIENCE)

    duty = Duty(post=post)
    duty.ring("a", "R0")
    assert called.wait(PATIENCE)
    duty.ring("b", "R0")  # comes back although the first call still hangs
    hang.set()
    duty.close()


def test_without_an_address_nothing_is_sent_and_closing_is_quiet() -> None:
    duty = Duty()
    duty.ring("a", "R0")
    duty.close()
    duty.ring("b", "R0")


@pytest.mark.parametrize(
    "url", ["http://8.8.8.8/x", "ftp://10.0.0.1/", "10.0.0.1", "http://a:b@10.0.0.1/", "http://10.0.0.1:notaport/", "http://[::1/"]
)
def test_an_address_outside_or_no_address_is_refused_at_the_start(url: str) -> None:
    with pytest.raises(BadInput, match="FENXIN_DUTY_URL"):
        Duty(url)


def test_a_letter_in_danger_rings_with_its_id_and_shows_a_red_bar_until_it_is_decided(
    tmp_path: Path, assessor: Assessor, room: Receiver
) -> None:
    room.statuses.clear()
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'fenxin.db'}", duty_url=room.url)
    with TestClient(build_app(settings, assessor=assessor), base_url="http://localhost") as client:
        assert "生命危险" not in client.get("/").text
        client.post("/v1/letters", json={"text": "路灯不亮，请派人来修一修，谢谢。"})
        letter = client.post("/v1/letters", json=DESPAIR).json()["id"]
        assert room.heard.get(timeout=PATIENCE) == orjson.dumps({"letter_id": letter, "level": "R0"})
        assert "1 件来信显示有人有生命危险" in client.get("/").text
        assert "12356" in client.get(f"/letters/{letter}").text
        standing = client.get(f"/v1/letters/{letter}").json()["standing"]
        decision = {"category": standing["category"], "reason": "已电话联系，人已安全", "confirm": True}
        assert client.post(f"/v1/letters/{letter}/decision", json=decision).status_code == 201
        assert "生命危险" not in client.get("/").text
    assert room.heard.empty()


def test_what_is_undecided_rings_again_after_a_restart(tmp_path: Path, assessor: Assessor, room: Receiver) -> None:
    room.statuses.clear()
    address = f"sqlite:///{tmp_path / 'fenxin.db'}"
    with TestClient(build_app(Settings(database_url=address), assessor=assessor), base_url="http://localhost") as client:
        letter = client.post("/v1/letters", json=DESPAIR).json()["id"]
    with TestClient(build_app(Settings(database_url=address, duty_url=room.url), assessor=assessor)):
        assert orjson.loads(room.heard.get(timeout=PATIENCE))["letter_id"] == letter
