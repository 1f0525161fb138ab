"""Stored profiles put on a shelf all at once: a database hands over some dozens for every letter."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from classifier.errors import GroupingError
from classifier.grouping.profile import ARRAYS, CATEGORIES, HEAD, LAYOUT, SIGNATURE, SPACES
from classifier.grouping.shelf import Shelf
from classifier.grouping.terms import Bytes, Ints
from classifier.kernels import kernel

_FIELDS = ("layout", "n_terms", "n_keys", "n_names", "n_categories", "n_text", "size")
_HEADER = np.dtype([*((name, "<u4") for name in _FIELDS), ("digest", "<u8"), ("sender", "<u8"), ("arrived", "<f8")])


def shelve_stored(contents: Sequence[bytes]) -> Shelf:
    """Put profiles side by side that ``Profile.to_bytes`` wrote. Raises GroupingError for bytes of another layout or length."""
    n = len(contents)
    lengths = np.fromiter(map(len, contents), np.int64, n)
    if n and lengths.min() < HEAD:
        raise GroupingError("a stored profile is too short; make it again from the letter")
    head = np.frombuffer(b"".join([content[:HEAD] for content in contents]), _HEADER)
    if n and (head["layout"] != LAYOUT).any():
        raise GroupingError(f"a stored profile is not of layout {LAYOUT}; make it again from the letter")
    terms, names, known = (head[name].astype(np.int64) for name in ("n_terms", "n_names", "n_categories"))
    counts = [
        terms,
        terms,
        terms,
        np.full(n, SPACES),
        head["n_keys"].astype(np.int64),
        names,
        names,
        np.full(n, SIGNATURE),
        known,
        known,
    ]
    sizes = np.array([np.dtype(kind).itemsize for _, kind in ARRAYS]) * np.array(counts).reshape(len(ARRAYS), n).T
    if (HEAD + sizes.sum(axis=1) + head["n_text"] != lengths).any() or (n and known.max() > CATEGORIES):
        raise GroupingError("a stored profile does not fit its header; make it again from the letter")
    ends, name_ends = np.cumsum(terms), np.cumsum(names)
    shelf = _empty(n, head, ends, name_ends)
    places = np.cumsum(lengths) - lengths + HEAD
    _spread(
        np.frombuffer(b"".join(contents), np.uint8), places, sizes, ends, name_ends,
        shelf.terms.view(np.uint8), shelf.tf, shelf.idf, shelf.lengths.view(np.uint8), shelf.name_numbers.view(np.uint8),
        shelf.name_idf, shelf.signatures.view(np.uint8), shelf.categories.view(np.uint8), shelf.likely,
    )  # fmt: skip
    return shelf


def _empty(n: int, head: NDArray[np.void], ends: Ints, name_ends: Ints) -> Shelf:
    terms, names = int(ends[-1]) if n else 0, int(name_ends[-1]) if n else 0
    return Shelf(
        starts=ends - head["n_terms"],
        ends=ends,
        terms=np.empty(terms, np.uint32),
        tf=np.empty(terms, np.uint8),
        idf=np.empty(terms, np.uint8),
        name_starts=name_ends - head["n_names"],
        name_ends=name_ends,
        name_numbers=np.empty(names, np.uint32),
        name_idf=np.empty(names, np.uint8),
        lengths=np.empty((n, SPACES), np.float32),
        signatures=np.empty((n, SIGNATURE), np.uint16),
        digests=head["digest"].astype(np.uint64),
        categories=np.zeros((n, CATEGORIES), np.uint16),
        likely=np.zeros((n, CATEGORIES), np.uint8),
        arrived=head["arrived"].astype(np.float64),
        senders=head["sender"].astype(np.uint64),
        sizes=head["size"].astype(np.int64),
    )


@kernel
def _spread(
    content: Bytes, places: Ints, sizes: Ints, ends: Ints, name_ends: Ints,
    terms: Bytes, tf: Bytes, idf: Bytes, lengths: Bytes, names: Bytes, name_idf: Bytes, signatures: Bytes, categories: Bytes,
    likely: Bytes,
) -> None:  # fmt: skip
    """Copy the arrays of all letters, which lie one after another from ``places`` on, each kind to its own (as bytes)."""
    for row in range(len(places)):
        at, size = places[row], sizes[row]
        term, name = ends[row] - size[1], name_ends[row] - size[6]
        _copy(content, at, terms, 4 * term, size[0])
        at += size[0]
        _copy(content, at, tf, term, size[1])
        at += size[1]
        _copy(content, at, idf, term, size[2])
        at += size[2]
        lengths[row, :] = content[at : at + size[3]]
        at += size[3] + size[4]  # the keys are of no use in a comparison
        _copy(content, at, names, 4 * name, size[5])
        at += size[5]
        _copy(content, at, name_idf, name, size[6])
        at += size[6]
        signatures[row, :] = content[at : at + size[7]]
        at += size[7]
        categories[row, : size[8]] = content[at : at + size[8]]
        at += size[8]
        likely[row, : size[9]] = content[at : at + size[9]]


@kernel
def _copy(content: Bytes, at: int, into: Bytes, start: int, size: int) -> None:
    source, target = content[at : at + size], into[start : start + size]  # both from 0, so that many bytes go at once
    for i in range(size):
        target[i] = source[i]
