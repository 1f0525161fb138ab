"""The real server under a steady stream of letters: how soon it is ready, what it needs, how fast it acknowledges, what survives.

``fenxin serve`` runs on a free loopback port with a temporary database; it is killed the hard way (SIGKILL) after the last
letter and started again, and every acknowledged letter is asked for. Everything is gone afterwards.
"""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.machine import filesystem
from benchmarks.open_loop import Outcome
from classifier.errors import FenxinError

RATE, SECONDS = 50, 20  # requests a second, for so long
READY_WITHIN = 60.0  # seconds
POLL = 0.01  # seconds
CLIENT_GRACE = 60.0  # seconds beyond the planned ones until the client is given up
MS = 1_000


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds from the scheduled time until acknowledged; ``settled`` without the first second. NaN where nothing was."""

    first_ms: float
    p50_ms: float
    p99_ms: float
    worst_ms: float
    settled_p50_ms: float
    settled_p99_ms: float


@dataclass(frozen=True, slots=True)
class Serving:
    """One run. Times to ready in order: new database, after the kill, once more. Memory is resident, in MB (10^6 bytes).

    ``lost`` letters were acknowledged and not there after the kill.
    """

    filesystem: str
    ready_s: list[float]
    memory_ready_mb: float | None
    memory_after_mb: float | None
    rate: int
    seconds: int
    requests: int
    acknowledged: int
    errors: dict[str, int]
    latency: Latency
    lost: int


@dataclass(frozen=True, slots=True)
class Server:
    """A running service."""

    process: subprocess.Popen[bytes]
    port: int
    ready_s: float

    def memory_mb(self) -> float | None:
        """Resident memory in MB, None where the system does not say."""
        try:
            lines = Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8").splitlines()
        except OSError:
            return None
        return next(int(line.split()[1]) * 1024 / 1e6 for line in lines if line.startswith("VmRSS"))


def measure(models: Path, letters: Path, rate: int = RATE, seconds: int = SECONDS) -> Serving:
    """Serve the model, post the letters of a JSON Lines file, kill, start again and count."""
    with tempfile.TemporaryDirectory(prefix="fenxin-bench-") as scratch:
        room = Path(scratch)
        with _server(models, room) as server:
            ready, memory = [server.ready_s], server.memory_mb()
            outcomes = _post(server.port, letters, rate, seconds)
            memory_after = server.memory_mb()
            server.process.kill()
        acknowledged = [own for own, _, wrong in outcomes if not wrong]
        with _server(models, room) as server:
            ready.append(server.ready_s)
            lost = _lost(server.port, acknowledged)
        with _server(models, room) as server:
            ready.append(server.ready_s)
        return Serving(
            filesystem=filesystem(room),
            ready_s=ready,
            memory_ready_mb=memory,
            memory_after_mb=memory_after,
            rate=rate,
            seconds=seconds,
            requests=len(outcomes),
            acknowledged=len(acknowledged),
            errors=dict(Counter(wrong for _, _, wrong in outcomes if wrong)),
            latency=latencies(outcomes, rate),
            lost=lost,
        )


def latencies(outcomes: Sequence[Outcome], rate: int) -> Latency:
    """How long the acknowledged ones waited; ``outcomes`` in the order of their schedule, ``rate`` of them a second."""
    waited = [float("nan") if wrong else latency * MS for _, latency, wrong in outcomes]
    return Latency(
        first_ms=waited[0],
        p50_ms=_quantile(waited, 0.5),
        p99_ms=_quantile(waited, 0.99),
        worst_ms=_quantile(waited, 1),
        settled_p50_ms=_quantile(waited[rate:], 0.5),
        settled_p99_ms=_quantile(waited[rate:], 0.99),
    )


def _quantile(waited: Sequence[float], share: float) -> float:
    known = [ms for ms in waited if ms == ms]  # NaN is not itself
    return float(np.quantile(known, share)) if known else float("nan")


@contextmanager
def _server(models: Path, room: Path) -> Iterator[Server]:
    """The service on a free loopback port, ready; stopped at the end. Its log stays in the temporary folder."""
    port = _free_port()
    own = {
        "FENXIN_DATABASE_URL": f"sqlite:///{room / 'bench.db'}",
        "FENXIN_LOCAL_ROLES": "intake,review,discipline",  # accusations, too, must be there afterwards
        "FENXIN_MODELS": str(models.resolve()),
    }
    others = {name: value for name, value in os.environ.items() if not name.startswith("FENXIN_")}
    command = [str(Path(sys.executable).with_name("fenxin")), "serve", "--port", str(port)]
    with (room / "server.log").open("ab") as log:
        begin = time.perf_counter()
        process = subprocess.Popen(command, env=others | own, cwd=room, stdout=log, stderr=log)
        try:
            _wait_until_ready(process, port, begin + READY_WITHIN)
            yield Server(process, port, time.perf_counter() - begin)
        finally:
            _stop(process)


def _wait_until_ready(process: subprocess.Popen[bytes], port: int, deadline: float) -> None:
    while time.perf_counter() < deadline:
        if process.poll() is not None:
            raise FenxinError(f"fenxin serve ended with status {process.returncode} before it was ready; run it by hand to see why")
        if _status(port, "/readyz") == http.client.OK:
            return
        time.sleep(POLL)
    raise FenxinError(f"fenxin serve was not ready within {READY_WITHIN:.0f} s; run it by hand to see why")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _status(port: int, path: str) -> int | None:
    """The status of a GET; None where nobody listens yet."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def _post(port: int, letters: Path, rate: int, seconds: int) -> list[Outcome]:
    client = Path(__file__).with_name("open_loop.py")
    command = [sys.executable, str(client), str(letters), "--port", str(port), "--rate", str(rate), "--seconds", str(seconds)]
    done = subprocess.run(command, capture_output=True, timeout=seconds + CLIENT_GRACE, check=False)
    if done.returncode:
        raise FenxinError(f"{client.name} ended with status {done.returncode}; run it by hand to see why")
    return [(own, latency, wrong) for own, latency, wrong in json.loads(done.stdout)]


def _lost(port: int, acknowledged: Sequence[str]) -> int:
    """How many of these letters the service does not have."""
    return sum(_status(port, f"/v1/letters/{own}") != http.client.OK for own in acknowledged)
