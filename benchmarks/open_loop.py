"""The client of ``serving``, in a process of its own: posts letters at a fixed rate whether or not answers keep up.

Open loop: a request has a scheduled time, and its latency counts from then, so a slow answer that delays the next request is
not forgiven (no coordinated omission). Standard output gets one JSON list, in order of time: the id it made up, the latency,
what went wrong; nothing of a letter.
"""

from __future__ import annotations

import argparse
import http.client
import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

CONNECTIONS = 32  # at 50 requests a second each is asked every 0.64 s
TIMEOUT = 30.0  # seconds
HEAD_START = 0.5  # seconds until the first request, for the threads to start
Outcome = tuple[str, float, str]  # id, latency in seconds, "" or what went wrong


def bodies(file: Path, number: int) -> list[tuple[str, bytes]]:
    """An id of our own and the JSON body of each request: the file's letters, from the start again where it has too few."""
    letters = [json.loads(line) for line in file.read_bytes().splitlines()]
    made = []
    for place in range(number):
        letter = letters[place % len(letters)]
        own = f"bench-{place:06d}"
        sent = {"id": own, "title": letter.get("title", ""), "text": letter["text"]}
        made.append((own, json.dumps(sent, ensure_ascii=False).encode()))
    return made


def post_all(port: int, requests: list[tuple[str, bytes]], rate: float) -> list[Outcome]:
    """Send each request at its scheduled time over one of ``CONNECTIONS`` kept-alive connections."""
    start = time.perf_counter() + HEAD_START
    planned = [(start + place / rate, own, body) for place, (own, body) in enumerate(requests)]
    with ThreadPoolExecutor(CONNECTIONS) as threads:
        lanes = threads.map(lambda lane: _post_lane(port, planned[lane::CONNECTIONS]), range(CONNECTIONS))
        return sorted(outcome for lane in lanes for outcome in lane)


def _post_lane(port: int, planned: list[tuple[float, str, bytes]]) -> list[Outcome]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)
    outcomes = []
    for at, own, body in planned:
        time.sleep(max(at - time.perf_counter(), 0))
        wrong = _post(connection, own, body)
        outcomes.append((own, time.perf_counter() - at, wrong))
    connection.close()
    return outcomes


def _post(connection: http.client.HTTPConnection, own: str, body: bytes) -> str:
    """Post one letter; "" when it was acknowledged, else the status or the kind of failure."""
    headers = {"Content-Type": "application/json", "Idempotency-Key": own}
    try:
        connection.request("POST", "/v1/letters", body, headers)
        answer = connection.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException) as fault:
        connection.close()
        return type(fault).__name__
    return "" if answer.status == http.client.CREATED else str(answer.status)


def main() -> None:
    """Read the command line, send, print."""
    parser = argparse.ArgumentParser(description="Post letters to a service on this machine at a fixed rate.")
    parser.add_argument("letters", type=Path)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--rate", type=float, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    asked = parser.parse_args()
    requests = bodies(asked.letters, int(asked.rate * asked.seconds))
    json.dump(post_all(asked.port, requests, asked.rate), sys.stdout)


if __name__ == "__main__":
    main()
