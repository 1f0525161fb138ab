"""Drafts as they go from one process to another: a few long arrays instead of a dozen small ones a letter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.grouping.profiling import Draft

_ARRAYS = (
    "numbers", "kinds", "times", "titled", "known", "name_numbers", "name_times", "signature", "fixed_keys", "categories", "likely",
)  # fmt: skip
_PLAIN = ("id", "names", "digest", "arrived", "sender", "size")
Packed = tuple[list[NDArray[Any]], list[list[int]], list[list[Any]]]


def pack(drafts: Sequence[Draft]) -> Packed:
    """Each kind of array end to end, where each letter's ends, and what is no array."""
    whole = [np.concatenate([getattr(draft, name) for draft in drafts]) for name in _ARRAYS]
    ends = [np.cumsum([len(getattr(draft, name)) for draft in drafts]).tolist() for name in _ARRAYS]
    return whole, ends, [[getattr(draft, name) for draft in drafts] for name in _PLAIN]


def unpack(packed: Packed) -> list[Draft]:
    """The same drafts again."""
    whole, ends, plain = packed
    arrays = [
        [array[start:end] for start, end in zip([0, *last], last, strict=False)] for array, last in zip(whole, ends, strict=True)
    ]
    names = (*_ARRAYS, *_PLAIN)
    return [Draft(**dict(zip(names, one, strict=True))) for one in zip(*arrays, *plain, strict=True)]
