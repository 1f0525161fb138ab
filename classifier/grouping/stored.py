"""Stored profiles put on a shelf all at once: a database hands over some hundred for every letter."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from classifier.errors import GroupingError
from classifier.grouping.profile import ARRAYS, CATEGORIES, HEAD, LAYOUT, SIGNATURE, SPACES
from classifier.grouping.shelf import Shelf
from classifier.grouping.terms import Ints

_FIELDS = ("layout", "n_terms", "n_keys", "n_names", "n_categories", "n_text", "size")
_HEADER = np.dtype([*((name, "<u4") for name in _FIELDS), ("digest", "<u8"), ("sender", "<u8"), ("arrived", "<f8")])
_SKIPPED = {"keys"}  # of no use in a comparison


def shelve_stored(contents: Sequence[bytes]) -> Shelf:
    """Put profiles side by side that ``Profile.to_bytes`` wrote. Raises GroupingError for bytes of another layout or length."""
    n = len(contents)
    if any(len(content) < HEAD for content in contents):
        raise GroupingError("a stored profile is too short; make it again from the letter")
    head = np.frombuffer(b"".join([content[:HEAD] for content in contents]), _HEADER)
    if n and (head["layout"] != LAYOUT).any():
        raise GroupingError(f"a stored profile is not of layout {LAYOUT}; make it again from the letter")
    counts = {
        "terms": head["n_terms"],
        "tf": head["n_terms"],
        "idf": head["n_terms"],
        "lengths": np.full(n, SPACES),
        "keys": head["n_keys"],
        "name_numbers": head["n_names"],
        "name_idf": head["n_names"],
        "signature": np.full(n, SIGNATURE),
        "categories": head["n_categories"],
        "likely": head["n_categories"],
    }
    arrays: dict[str, NDArray[np.generic]] = {}
    start = np.full(n, HEAD, np.int64)
    for name, kind in ARRAYS:
        end = start + counts[name].astype(np.int64) * np.dtype(kind).itemsize
        if name not in _SKIPPED:
            spans = zip(contents, start.tolist(), end.tolist(), strict=True)
            arrays[name] = np.frombuffer(b"".join([content[a:b] for content, a, b in spans]), kind)
        start = end
    if (start + head["n_text"] != np.fromiter(map(len, contents), np.int64, n)).any():
        raise GroupingError("a stored profile does not fit its header; make it again from the letter")
    return _shelf(head, arrays)


def _shelf(head: NDArray[np.void], arrays: dict[str, NDArray[np.generic]]) -> Shelf:
    n = len(head)
    ends, name_ends = np.cumsum(head["n_terms"], dtype=np.int64), np.cumsum(head["n_names"], dtype=np.int64)
    places: NDArray[np.bool_] = np.arange(CATEGORIES) < head["n_categories"][:, None]
    categories, likely = np.zeros((n, CATEGORIES), np.uint16), np.zeros((n, CATEGORIES), np.uint8)
    categories[places], likely[places] = arrays["categories"], arrays["likely"]
    return Shelf(
        starts=_starts(ends),
        ends=ends,
        terms=arrays["terms"].astype(np.uint32),
        tf=arrays["tf"].astype(np.uint8),
        idf=arrays["idf"].astype(np.uint8),
        name_starts=_starts(name_ends),
        name_ends=name_ends,
        name_numbers=arrays["name_numbers"].astype(np.uint32),
        name_idf=arrays["name_idf"].astype(np.uint8),
        lengths=arrays["lengths"].astype(np.float32).reshape(n, SPACES),
        signatures=arrays["signature"].astype(np.uint16).reshape(n, SIGNATURE),
        digests=head["digest"].astype(np.uint64),
        categories=categories,
        likely=likely,
        arrived=head["arrived"].astype(np.float64),
        senders=head["sender"].astype(np.uint64),
        sizes=head["size"].astype(np.int64),
    )


def _starts(ends: Ints) -> Ints:
    starts = np.zeros(len(ends), np.int64)
    starts[1:] = ends[:-1]
    return starts
