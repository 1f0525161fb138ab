"""Many profiles in a few arrays: what the comparison walks over, whether they came from memory or from a database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.grouping.profile import CATEGORIES, SIGNATURE, SPACES, Profile, Terms
from classifier.grouping.terms import Bytes, Floats, Ints


@dataclass(slots=True)
class Shelf:
    """Profiles side by side; row ``i`` owns ``terms[starts[i]:ends[i]]`` and ``name_numbers[name_starts[i]:name_ends[i]]``."""

    starts: Ints
    ends: Ints
    terms: Terms
    tf: Bytes
    idf: Bytes
    name_starts: Ints
    name_ends: Ints
    name_numbers: Terms
    name_idf: Bytes
    lengths: Floats
    signatures: NDArray[np.uint16]
    digests: NDArray[np.uint64]
    categories: NDArray[np.uint16]
    likely: Bytes
    arrived: NDArray[np.float64]
    senders: NDArray[np.uint64]
    sizes: Ints

    def arrays(self) -> tuple[NDArray[np.generic], ...]:
        """All arrays, in the order the kernels take them."""
        found: tuple[NDArray[np.generic], ...] = _ARRAYS(self)
        return found


_ARRAYS = attrgetter(*(one.name for one in fields(Shelf)))


def shelve(profiles: Sequence[Profile]) -> Shelf:
    """Put profiles side by side."""
    n = len(profiles)
    ends = np.cumsum([len(p.terms) for p in profiles], dtype=np.int64)
    name_ends = np.cumsum([len(p.name_numbers) for p in profiles], dtype=np.int64)
    shelf = Shelf(
        starts=np.concatenate([[0], ends[:-1]]) if n else ends,
        ends=ends,
        terms=_joined([p.terms for p in profiles], np.uint32),
        tf=_joined([p.tf for p in profiles], np.uint8),
        idf=_joined([p.idf for p in profiles], np.uint8),
        name_starts=np.concatenate([[0], name_ends[:-1]]) if n else name_ends,
        name_ends=name_ends,
        name_numbers=_joined([p.name_numbers for p in profiles], np.uint32),
        name_idf=_joined([p.name_idf for p in profiles], np.uint8),
        lengths=np.zeros((n, SPACES), np.float32),
        signatures=np.zeros((n, SIGNATURE), np.uint16),
        digests=np.zeros(n, np.uint64),
        categories=np.zeros((n, CATEGORIES), np.uint16),
        likely=np.zeros((n, CATEGORIES), np.uint8),
        arrived=np.zeros(n, np.float64),
        senders=np.zeros(n, np.uint64),
        sizes=np.zeros(n, np.int64),
    )
    for row, profile in enumerate(profiles):
        set_row(shelf, row, profile)
    return shelf


def set_row(shelf: Shelf, row: int, profile: Profile) -> None:
    """Write what every letter has one of, or equally many of, into its row."""
    known = len(profile.categories)
    shelf.lengths[row] = profile.lengths
    shelf.signatures[row] = profile.signature
    shelf.digests[row] = profile.digest
    shelf.categories[row, :known], shelf.categories[row, known:] = profile.categories, 0
    shelf.likely[row, :known], shelf.likely[row, known:] = profile.likely, 0
    shelf.arrived[row] = profile.arrived
    shelf.senders[row] = profile.sender
    shelf.sizes[row] = profile.size


def _joined(arrays: Sequence[NDArray[Any]], kind: type) -> NDArray[Any]:
    return np.concatenate(arrays) if arrays else np.empty(0, kind)


def take_down(shelf: Shelf, row: int) -> Profile:
    """One letter of a shelf as a profile again, for another comparison; its keys and the wording of its names stay behind."""
    terms, names = slice(shelf.starts[row], shelf.ends[row]), slice(shelf.name_starts[row], shelf.name_ends[row])
    return Profile(
        id="",
        terms=shelf.terms[terms],
        tf=shelf.tf[terms],
        idf=shelf.idf[terms],
        lengths=shelf.lengths[row],
        keys=np.empty(0, np.uint64),
        name_numbers=shelf.name_numbers[names],
        name_idf=shelf.name_idf[names],
        signature=shelf.signatures[row],
        digest=int(shelf.digests[row]),
        categories=shelf.categories[row],
        likely=shelf.likely[row],
        arrived=float(shelf.arrived[row]),
        sender=int(shelf.senders[row]),
        size=int(shelf.sizes[row]),
    )
