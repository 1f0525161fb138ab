"""Duty: the duty officer's channel (值班提醒); a letter that shows a life in danger rings at once, inside the closed network.

Off unless ``FENXIN_DUTY_URL`` is set. What is sent is the letter's id and its level, never a word of it; of a letter in the
restricted compartment not even the id. This is the one place of the service that opens a connection.
"""

from __future__ import annotations

import http.client
import ipaddress
import logging
import socket
from collections import deque
from collections.abc import Callable, Sequence
from threading import Condition, Thread
from time import monotonic
from urllib.parse import SplitResult, urlsplit

import orjson

from classifier.errors import BadInput

LOG = logging.getLogger("fenxin")
WAITS = (1.0, 2.0, 5.0, 15.0, 60.0)  # seconds before trying again; the last is repeated
PATIENCE = 24 * 3600.0  # seconds a call is tried for
TIMEOUT = 5.0  # seconds for one try
MOST = 1000  # calls that wait; beyond that the oldest are given up, the red bar still shows their letters

Post = Callable[[bytes], None]


class Duty:
    """Rings in a thread of its own, so that neither intake nor decisions ever wait for it; without an address it does nothing."""

    def __init__(self, url: str | None = None, *, post: Post | None = None, waits: Sequence[float] = WAITS) -> None:
        self._post = post or (_poster(url) if url else None)
        self._waits = waits
        self._calls: deque[tuple[bytes, float]] = deque(maxlen=MOST)
        self._changed = Condition()
        self._closed = False
        self._thread: Thread | None = None

    def ring(self, letter_id: str | None, level: str) -> None:
        """Tell the duty officer of a letter; ``letter_id`` None where the id itself is restricted. Never blocks, never fails."""
        if self._post is None:
            return
        with self._changed:
            if self._closed:
                return
            self._calls.append((orjson.dumps({"letter_id": letter_id, "level": level}), monotonic()))
            if self._thread is None:
                self._thread = Thread(target=self._work, name="duty", daemon=True)
                self._thread.start()
            self._changed.notify()

    def close(self) -> None:
        """Stop; what was not delivered is rung again at the next start, while its letter is undecided."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join(TIMEOUT + 1)

    def _work(self) -> None:
        failures = 0
        while (call := self._next(failures)) is not None:
            body, since = call
            failures = 0 if self._delivered(body) else failures + 1
            if not failures or monotonic() - since > PATIENCE:
                with self._changed:
                    if self._calls and self._calls[0] is call:
                        self._calls.popleft()

    def _next(self, failures: int) -> tuple[bytes, float] | None:
        """The oldest call, once there is one and the wait after so many failures is over; None when closed."""
        with self._changed:
            if failures:
                self._changed.wait_for(self._is_closed, self._waits[min(failures, len(self._waits)) - 1])
            self._changed.wait_for(lambda: self._closed or bool(self._calls))
            return None if self._closed else self._calls[0]

    def _is_closed(self) -> bool:
        return self._closed

    def _delivered(self, body: bytes) -> bool:
        assert self._post is not None
        try:
            self._post(body)
        except (OSError, http.client.HTTPException) as wrong:
            LOG.warning("the duty officer's channel cannot be reached (%s); it will be tried again", type(wrong).__name__)
            return False
        return True


def is_inside(address: str) -> bool:
    """Say whether an address belongs to a closed network.

    >>> is_inside("10.1.2.3"), is_inside("127.0.0.1"), is_inside("8.8.8.8"), is_inside("fd00::1")
    (True, True, False, True)
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    return ip.is_private and not ip.is_unspecified


def _poster(url: str) -> Post:
    """The sender to this address.

    Raises:
        BadInput: it is no http address, carries a password, or lies outside the closed network.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise BadInput("不是网址", field="FENXIN_DUTY_URL") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
        raise BadInput("应为 http:// 或 https:// 开头的内网地址，不带用户名", field="FENXIN_DUTY_URL")
    if _is_number(parts.hostname) and not is_inside(parts.hostname):
        raise BadInput("只能是内网地址", field="FENXIN_DUTY_URL")
    return lambda body: _send(parts, parts.hostname or "", port, body)


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _send(parts: SplitResult, host: str, port: int, body: bytes) -> None:
    """One try; raises OSError where the host lies outside, does not answer, or does not answer 2xx. Follows no redirection."""
    found = [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not all(is_inside(address) for address in found):
        raise PermissionError("outside the closed network")
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(host if parts.scheme == "https" else found[0], port, timeout=TIMEOUT)
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body, {"Host": parts.netloc, "Content-Type": "application/json"})
        status = connection.getresponse().status
    finally:
        connection.close()
    if not 200 <= status < 300:
        raise ConnectionError(f"answered {status}")
