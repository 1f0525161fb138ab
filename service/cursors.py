"""Cursors: where a page of a list ended, as opaque text that belongs to one choice of filters."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Sequence
from dataclasses import astuple
from types import UnionType
from typing import TYPE_CHECKING, Any

import orjson

from classifier.errors import BadInput

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

LARGEST = 1 << 62  # of a number in a cursor: beyond it a database's integer would overflow


def write_cursor(wanted: DataclassInstance, place: Sequence[object]) -> str:
    """Write the place after which the next page begins; ``wanted`` is the choice of filters."""
    return base64.urlsafe_b64encode(orjson.dumps([_digest(wanted), *place])).rstrip(b"=").decode("ascii")


def place_of(cursor: str, wanted: DataclassInstance, kinds: Sequence[type | UnionType]) -> tuple[Any, ...]:
    """Read the place back, one value of each kind.

    Raises:
        BadInput: this service did not write the cursor, or wrote it for another choice of filters.
    """
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        digest, *place = orjson.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (UnicodeEncodeError, binascii.Error, orjson.JSONDecodeError, TypeError, ValueError):
        raise BadInput("无法识别的游标；请从第一页重新开始", field="cursor") from None
    if len(place) != len(kinds) or not all(map(_fits, place, kinds)):
        raise BadInput("无法识别的游标；请从第一页重新开始", field="cursor")
    if digest != _digest(wanted):
        raise BadInput("游标属于另一组筛选条件；请从第一页重新开始", field="cursor")
    return tuple(place)


def _fits(part: object, kind: type | UnionType) -> bool:
    if not isinstance(part, kind) or isinstance(part, bool):
        return False
    return not isinstance(part, int | float) or abs(part) < LARGEST


def _digest(wanted: DataclassInstance) -> str:
    return hashlib.sha256(orjson.dumps(astuple(wanted))).hexdigest()[:12]
