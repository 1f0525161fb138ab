"""Problems: the one table that turns errors into HTTP statuses, told as problem+json (RFC 9457), never with a letter's words."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import orjson
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from classifier.errors import (
    BadDataFile,
    BadInput,
    Conflict,
    FenxinError,
    Forbidden,
    ModelError,
    NotFound,
    StorageFailed,
)
from service.access import Unknown
from service.database import DiskFull
from service.jobs import Busy
from service.review import UnknownCode

LOG = logging.getLogger("fenxin")
MEDIA_TYPE = "application/problem+json"

# error -> (status, slug of the problem type, title); the nearest class in the error's own line of descent is taken
TABLE: Mapping[type[Exception], tuple[int, str, str]] = {
    BadInput: (422, "bad-input", "内容不符合要求"),
    Unknown: (401, "unknown-caller", "未识别的调用方"),
    Forbidden: (403, "forbidden", "没有权限"),
    NotFound: (404, "not-found", "没有找到"),
    Conflict: (409, "conflict", "与已存内容冲突"),
    DiskFull: (507, "disk-full", "存储空间已满"),
    StorageFailed: (503, "storage-failed", "存储暂不可用"),
    ModelError: (503, "model-failed", "模型不可用"),
    BadDataFile: (500, "bad-data-file", "数据文件有误"),
    FenxinError: (500, "failed", "处理失败"),
    Exception: (500, "failed", "处理失败"),
}
HTTP: Mapping[int, tuple[str, str]] = {  # what the web itself refuses: status -> (slug, title)
    400: ("unreadable", "请求无法读取"),
    403: ("forbidden", "没有权限"),
    404: ("not-found", "没有找到"),
    405: ("wrong-method", "不支持的方法"),
    413: ("too-large", "请求过大"),
    415: ("wrong-type", "不支持的内容类型"),
    421: ("wrong-host", "主机名不符"),
}
PLAIN = {"not-found": "没有这个网址，请检查是否写错", "wrong-method": "这个网址不支持该请求方法"}  # where the web gives no detail
SAYINGS = {
    "missing": "缺少必填字段",
    "extra_forbidden": "不认识的字段",
    "unknown_parameter": "不认识的查询参数",
    "string_type": "应为字符串",
    "bool_type": "应为 true 或 false",
    "int_type": "应为整数",
    "list_type": "应为数组",
    "model_type": "应为 JSON 对象",
    "model_attributes_type": "应为 JSON 对象",
    "dict_type": "应为 JSON 对象",
    "string_unicode": "含有无法存储的字符（不成对的 UTF-16 代理）",
    "date_from_datetime_parsing": "应为日期，例如 2026-11-22",
    "date_parsing": "应为日期，例如 2026-11-22",
    "int_parsing": "应为整数",
}
LIMITS = {
    "string_too_long": "不超过 {max_length} 个字符",
    "string_too_short": "至少 {min_length} 个字符",
    "too_long": "不超过 {max_length} 件",
    "too_short": "至少 {min_length} 件",
    "less_than_equal": "不大于 {le}",
    "greater_than_equal": "不小于 {ge}",
    "literal_error": "应为 {expected} 之一",
    "value_error": "{error}",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem as the caller reads it; ``errors`` name fields."""

    status: int
    slug: str
    title: str
    detail: str
    errors: Sequence[Mapping[str, Any]] = field(default=())

    def response(self) -> Response:
        """Write it as problem+json."""
        content: dict[str, Any] = {
            "type": f"urn:fenxin:problem:{self.slug}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
        }
        if self.errors:
            content["errors"] = list(self.errors)
        return Response(orjson.dumps(content), self.status, self.headers, MEDIA_TYPE)

    @property
    def headers(self) -> dict[str, str]:
        """Give the headers that belong to the status."""
        if self.status == HTTPStatus.UNAUTHORIZED:
            return {"WWW-Authenticate": 'Bearer realm="fenxin"'}
        return {"Retry-After": "5"} if self.status == HTTPStatus.SERVICE_UNAVAILABLE else {}


def problem_of(error: Exception) -> Problem:
    """Tell any error as a problem; what is unexpected is told only as such."""
    if isinstance(error, RequestValidationError):
        return _invalid(error)
    if isinstance(error, HTTPException):
        phrase = HTTPStatus(error.status_code).phrase
        slug, title = HTTP.get(error.status_code, ("http", phrase))
        return Problem(error.status_code, slug, title, PLAIN.get(slug, title) if error.detail == phrase else str(error.detail))
    status, slug, title = next(TABLE[kind] for kind in type(error).__mro__ if kind in TABLE)
    told = str(error) if isinstance(error, FenxinError) else "服务内部出错；没有回执的内容请重新提交，仍不行请联系管理员查看日志"
    return Problem(status, slug, title, told, _fields(error))


def _fields(error: Exception) -> list[dict[str, Any]]:
    if isinstance(error, Busy):
        return [{"where": "job", "fault": f"任务 {error.job} 正在进行", "job": error.job}]
    if not isinstance(error, BadInput) or not error.field:
        return []
    entry: dict[str, Any] = {"where": error.field, "fault": error.fault}
    if isinstance(error, UnknownCode):
        entry["near"] = [{"code": code, "name": name} for code, name in error.near]
    return [entry]


def _invalid(error: RequestValidationError) -> Problem:
    errors = [{"where": _where(one["loc"]), "fault": fault_of(one)} for one in error.errors()[:20]]
    detail = "；".join(f"{one['where']}：{one['fault']}" for one in errors[:3])
    return Problem(422, "bad-input", TABLE[BadInput][2], detail, errors)


def _where(place: Sequence[int | str]) -> str:
    """Write a place as ``letters[3].text``; the first part says body, query or header."""
    source, *rest = place
    parts = [part for part in rest if part not in ("one", "many")]
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part[:60]}" for part in parts).lstrip(".")
    return path or {"body": "请求正文"}.get(str(source), str(source))


def fault_of(one: Mapping[str, Any]) -> str:
    """Say in Chinese what pydantic found wrong; never quotes the value."""
    if one["type"] in LIMITS:
        return LIMITS[one["type"]].format(**one.get("ctx", {}))
    return SAYINGS.get(one["type"], "值不符合要求")


def log_failure(request: Request, problem: Problem, error: Exception) -> None:
    """Note a server's failure: kind and place in the code, never the message of a foreign error (it may quote a letter)."""
    if problem.status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return
    known = str(error) if isinstance(error, FenxinError) else ""
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    places = " < ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in reversed(frames))
    LOG.error("%s %s -> %s %s %s [%s]", request.method, _route(request), problem.status, type(error).__name__, known, places)


def _route(request: Request) -> str:
    """Name the route's pattern, not the address asked for: an id is nobody's business in a log."""
    return str(getattr(request.scope.get("route"), "path", "?"))
