"""The records of ``classifier.letter`` as pydantic models, for the OpenAPI document alone: answers are written by the records."""

from __future__ import annotations

from functools import cache
from types import UnionType
from typing import TYPE_CHECKING, Any, Union, get_args, get_origin, get_type_hints

from msgspec import Struct
from msgspec.structs import fields
from pydantic import BaseModel, create_model

from classifier.elements import Elements
from classifier.letter import Assessment


@cache
def schema_of(record: type[Struct]) -> type[BaseModel]:
    """The model with the record's name, meaning and fields, and the same of every record inside it.

    >>> from classifier.letter import Matter
    >>> sorted(schema_of(Matter).model_json_schema()["$defs"])
    ['Access', 'Candidate', 'Evidence', 'Route']
    """
    hints = get_type_hints(record)
    shape: dict[str, Any] = {one.name: _described(hints[one.name]) for one in fields(record)}
    return create_model(record.__name__, __doc__=record.__doc__, **shape)


def _described(kind: Any) -> Any:  # noqa: ANN401 - any annotation
    """An annotation with models in place of records."""
    if isinstance(kind, type) and issubclass(kind, Struct):
        return schema_of(kind)
    if not get_args(kind):
        return kind
    parts = tuple(_described(one) for one in get_args(kind))
    return Union[parts] if get_origin(kind) is UnionType else get_origin(kind)[parts]  # noqa: UP007 - known only when it runs


if TYPE_CHECKING:
    AssessmentOut = Assessment
    LetterElements = Elements
else:
    AssessmentOut, LetterElements = schema_of(Assessment), schema_of(Elements)
