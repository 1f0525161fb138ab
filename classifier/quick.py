"""Frozen records that are quick to make: a letter's assessment holds some twenty."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, TypeVar

Record = TypeVar("Record")


def quick(cls: type[Record]) -> type[Record]:
    """A frozen dataclass with slots whose records are made in half the time; for fields without default factories.

    ``dataclasses`` sets each field of a frozen record by a call around its own guard. Here a record is born without the guard,
    takes its fields by plain assignment, and is guarded from then on.

    >>> from dataclasses import dataclass
    >>> @quick
    ... @dataclass(frozen=True, slots=True)
    ... class Place:
    ...     start: int
    ...     end: int = 9
    >>> Place(1)
    Place(start=1, end=9)
    >>> Place(1).end = 2
    Traceback (most recent call last):
    dataclasses.FrozenInstanceError: cannot assign to field 'end'
    """
    guarded: Any = cls
    names = [field.name for field in fields(guarded)]
    born = type(cls.__name__, (), {"__slots__": guarded.__slots__})
    body = ["put(self, '__class__', born)", *(f"self.{name} = {name}" for name in names), "self.__class__ = guarded"]
    made: dict[str, Any] = {"born": born, "guarded": guarded, "put": object.__setattr__}
    exec(f"def __init__(self, {', '.join(names)}):\n    " + "\n    ".join(body), made)
    for kept in ("__defaults__", "__qualname__", "__annotations__", "__doc__"):
        setattr(made["__init__"], kept, getattr(guarded.__init__, kept))
    guarded.__init__ = made["__init__"]
    return cls
