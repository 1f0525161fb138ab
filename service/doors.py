"""Doors: the error responses that the OpenAPI document lists for each JSON endpoint."""

from __future__ import annotations

from typing import Any

from service.problems import MEDIA_TYPE


def problems_of(*statuses: int) -> dict[int | str, dict[str, Any]]:
    meanings = {
        400: "请求正文无法读取",
        401: "缺少或无效的 API 密钥",
        403: "没有权限",
        404: "没有找到",
        409: "与已存内容冲突",
        413: "请求过大",
        415: "内容类型不是 JSON",
        422: "内容不符合要求，errors 指出字段",
        503: "数据库或模型暂不可用，没有写入",
        507: "磁盘空间已满，没有写入",
    }
    schema = {"schema": {"$ref": "#/components/schemas/ProblemOut"}}
    return {status: {"description": meanings[status], "content": {MEDIA_TYPE: schema}} for status in statuses}


READING = problems_of(401, 403, 422, 503)
TAKING = problems_of(400, 401, 403, 413, 415, 422, 503)
WRITING = TAKING | problems_of(409, 507)
