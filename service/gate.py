"""Gate: what every request passes first and every answer last: size, host, origin, safe headers, no traceback."""

from __future__ import annotations

from collections.abc import Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.problems import log_failure, problem_of

LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
FORWARDING = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
SAFE_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # not no-referrer: browsers would then send our own forms with "Origin: null"
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}

Tell = Callable[[Request, Exception], Response]


class Gate:
    """Middleware around the whole service.

    Args:
        body_limit: largest request body in bytes.
        local: callers are trusted without a key, so only this machine's own names and pages may be used to get here.
        tell: how an error is shown to the one who asked.
    """

    def __init__(self, app: ASGIApp, *, body_limit: int, local: bool, tell: Tell) -> None:
        self.app, self.body_limit, self.local, self.tell = app, body_limit, local, tell

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request through, or tell why not."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request, answer = Request(scope, receive), _Answer(send)
        try:
            self._check(request)
            await self.app(scope, _Counted(receive, self.body_limit), answer)
        except ClientDisconnect:
            return  # nobody is left to answer; what was not acknowledged was not stored
        except Exception as error:
            log_failure(request, problem_of(error), error)
            if answer.begun:
                return  # nothing more can be said on this connection
            await self.tell(request, error)(scope, receive, answer)

    def _check(self, request: Request) -> None:
        headers = request.headers
        length = headers.get("content-length", "")
        if length.isdecimal() and int(length[:20]) > self.body_limit:
            raise _too_large(self.body_limit)
        if self.local:
            _check_local(headers)
        if request.method not in SAFE_METHODS:
            _check_origin(headers)


def _check_local(headers: Headers) -> None:
    if _name(headers.get("host", "")) not in LOCAL_NAMES:
        raise HTTPException(421, "本机服务只接受 localhost、127.0.0.1 或 [::1] 作为主机名")
    if any(name in headers for name in FORWARDING):
        raise HTTPException(403, "请求经代理转来，而本服务未设置 API 密钥；请先设置 FENXIN_API_KEYS_FILE")


def _check_origin(headers: Headers) -> None:
    """Refuse what another site's page sends with this browser's rights."""
    origin = headers.get("origin")
    if origin is not None and origin.partition("://")[2].lower() != headers.get("host", "").lower():
        raise HTTPException(403, "请求来自其他网站，已拒绝")
    if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise HTTPException(403, "请求来自其他网站，已拒绝")


def _name(host: str) -> str:
    """Take the port off a Host header.

    >>> _name("localhost:8000"), _name("[::1]:8000"), _name("evil.example")
    ('localhost', '[::1]', 'evil.example')
    """
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0].lower()


def _too_large(limit: int) -> HTTPException:
    return HTTPException(413, f"请求正文不得超过 {limit} 字节")


class _Counted:
    """Receives a body and stops as soon as it is too large, whatever length was announced."""

    def __init__(self, receive: Receive, limit: int) -> None:
        self.receive, self.limit, self.left = receive, limit, limit

    async def __call__(self) -> Message:
        message = await self.receive()
        self.left -= len(message.get("body", b""))
        if self.left < 0:
            raise _too_large(self.limit)
        return message


class _Answer:
    """Sends an answer with the safe headers; remembers whether it has begun."""

    def __init__(self, send: Send) -> None:
        self.send, self.begun = send, False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.begun = True
            headers = MutableHeaders(scope=message)
            for name, value in SAFE_HEADERS.items():
                headers.setdefault(name, value)
        await self.send(message)
