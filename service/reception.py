"""Reception: what every JSON endpoint does first: check the body, identify the caller, read the idempotency key."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Container, Coroutine, Iterable, Iterator
from typing import Annotated, Any

import orjson
from fastapi import Depends, Header
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from classifier.errors import BadInput
from service.access import Caller
from service.desk import Desk, desk_of
from service.filing import Reply, Ticket

KEY_LIMIT = 200


class JsonRoute(APIRoute):
    """A route that tells faults exactly: which type, which byte, which place of the body; which name of the address line."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Look at the body before FastAPI does."""
        handle = super().get_route_handler()
        known = frozenset(_query_names(self.dependant))

        async def checked(request: Request) -> Response:
            check_query(request.query_params, known)
            if self.body_field is not None:
                check_json(request.headers.get("content-type", ""), await request.body())
            return await handle(request)

        return checked


def _query_names(dependant: Dependant) -> Iterator[str]:
    """The names that a route and what it depends on read from the address line."""
    yield from (field.alias for field in dependant.query_params)
    for inner in dependant.dependencies:
        yield from _query_names(inner)


def check_query(sent: Iterable[str], known: Container[str]) -> None:
    """Refuse names that mean nothing here: a filter that is passed over in silence shows letters nobody asked for.

    Raises:
        RequestValidationError: names every one of them.
    """
    unknown = [name for name in sent if name not in known]
    if unknown:
        raise RequestValidationError([{"type": "unknown_parameter", "loc": ("query", name)} for name in unknown])


def check_json(content_type: str, body: bytes) -> None:
    """Refuse a body that is not UTF-8 JSON.

    Raises:
        HTTPException: 415 for another content type, 400 for bytes that cannot be read.
    """
    if content_type.partition(";")[0].strip().lower() != "application/json":
        raise HTTPException(415, "请求正文应为 JSON：请设置 Content-Type: application/json")
    if not body:
        raise HTTPException(400, "请求正文为空")
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as wrong:
        raise HTTPException(400, f"请求正文第 {wrong.start + 1} 个字节起不是有效的 UTF-8 编码") from None
    try:
        orjson.loads(body)
    except orjson.JSONDecodeError as wrong:
        raise HTTPException(400, f"请求正文不是有效的 JSON：第 {wrong.lineno} 行第 {wrong.colno} 列附近有误") from None


async def _caller(request: Request) -> Caller:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    shown = request.headers.get("x-api-key") or (token.strip() if scheme.lower() == "bearer" else None)
    return desk_of(request).doorkeeper.recognise(shown)


async def _desk(request: Request) -> Desk:
    return desk_of(request)


async def _ticket(
    request: Request,
    caller: Annotated[Caller, Depends(_caller)],
    key: Annotated[
        str | None, Header(alias="Idempotency-Key", description="幂等键：同一键重发同一请求，得到同一答复，不会重复登记")
    ] = None,
) -> Ticket | None:
    return ticket_for(caller, key, f"{request.method} {request.url.path}", await request.body())


def ticket_for(caller: Caller, key: str | None, request: str, body: bytes) -> Ticket | None:
    """Make the ticket of an idempotency key.

    Raises:
        BadInput: the key is empty, too long or not plain text.
    """
    if key is None:
        return None
    if not key or len(key) > KEY_LIMIT or not key.isascii() or not key.isprintable():
        raise BadInput(f"应为 1 至 {KEY_LIMIT} 个可见的 ASCII 字符", field="Idempotency-Key")
    return Ticket(caller.officer, key, hashlib.sha256(request.encode() + b"\n" + body).hexdigest())


CallerDep = Annotated[Caller, Depends(_caller)]
DeskDep = Annotated[Desk, Depends(_desk)]
TicketDep = Annotated[Ticket | None, Depends(_ticket)]


def json_response(body: bytes, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Send bytes that are JSON already."""
    return Response(body, status, headers, "application/json")


def reply_response(reply: Reply, headers: dict[str, str] | None = None) -> Response:
    """Send a reply; one that was given before says so."""
    told = dict(headers or {})
    if reply.replayed:
        told["Idempotency-Replayed"] = "true"
    return json_response(reply.body, reply.status, told)
