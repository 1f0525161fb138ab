"""Drafts or profiles as they go from one process to another: a few long arrays instead of a dozen small ones a letter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from classifier.grouping.profile import Profile
from classifier.grouping.profiling import Draft

_ARRAYS = {
    Draft: (
        "numbers", "kinds", "times", "titled", "known", "name_numbers", "name_times", "signature", "fixed_keys", "categories",
        "likely",
    ),
    Profile: (
        "terms", "tf", "idf", "lengths", "keys", "name_numbers", "name_idf", "signature", "categories", "likely",
    ),
}  # fmt: skip
_PLAIN = ("id", "names", "digest", "arrived", "sender", "size")
Packed = tuple[list[NDArray[Any]], list[list[int]], list[list[Any]]]
Kind = TypeVar("Kind", bound=Draft | Profile)


def pack(letters: Sequence[Draft] | Sequence[Profile]) -> Packed:
    """Each kind of array end to end, where each letter's ends, and what is no array; one letter at least."""
    names = _ARRAYS[type(letters[0])]
    whole = [np.concatenate([getattr(one, name) for one in letters]) for name in names]
    ends = [np.cumsum([len(getattr(one, name)) for one in letters]).tolist() for name in names]
    return whole, ends, [[getattr(one, name) for one in letters] for name in _PLAIN]


def unpack(packed: Packed, kind: type[Kind]) -> list[Kind]:
    """The same drafts or profiles again."""
    whole, ends, plain = packed
    arrays = [
        [array[start:end] for start, end in zip([0, *last], last, strict=False)] for array, last in zip(whole, ends, strict=True)
    ]
    names = (*_ARRAYS[kind], *_PLAIN)
    return [kind(**dict(zip(names, one, strict=True))) for one in zip(*arrays, *plain, strict=True)]
