"""How common terms are: in written letters beforehand, in the letters seen here as they come."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from classifier.grouping.term_table import fill_table
from classifier.grouping.terms import Floats, Numbers, look_up
from classifier.kernels import kernel

ROWS, WIDTH = 2, 1 << 20  # of the counters: two hashes a term, 8 MB
SURE_FROM = 300  # letters; before so many have come, the letters seen here say little of how common a term is
RAREST = 1e-4  # share of letters; what is rarer counts as this rare, so that a larger archive means no other scores
MEMORY = 200_000  # letters; then all counts are halved, so that last year's common words fade

Counters = NDArray[np.uint32]


@kernel
def tally(counters: Counters, terms: Numbers) -> None:
    """Count a letter that holds these terms."""
    mask = np.uint64(counters.shape[1] - 1)
    for at in range(len(terms)):
        one, two = np.int64((terms[at] >> np.uint64(20)) & mask), np.int64((terms[at] >> np.uint64(42)) & mask)
        more = min(counters[0, one], counters[1, two]) + np.uint32(1)
        counters[0, one] = max(counters[0, one], more)  # only the lower counter grows: two terms that share one
        counters[1, two] = max(counters[1, two], more)  # do not push each other up


@kernel
def shares_of(counters: Counters, terms: Numbers, letters: int) -> Floats:
    """How often each term was counted, over ``letters``."""
    mask = np.uint64(counters.shape[1] - 1)
    shares = np.empty(len(terms), np.float32)
    for at in range(len(terms)):
        one, two = np.int64((terms[at] >> np.uint64(20)) & mask), np.int64((terms[at] >> np.uint64(42)) & mask)
        shares[at] = min(counters[0, one], counters[1, two]) / letters
    return shares


@dataclass(slots=True)
class Background:
    """Shares of letters that use a term: of the written letters (fixed) and of the letters seen here (``counters``, growing).

    ``numbers`` are the terms of the written letters and ``shares`` how many of them use each; unknown terms are in none.
    """

    numbers: Numbers
    shares: Floats
    counters: Counters = field(default_factory=lambda: np.zeros((ROWS, WIDTH), np.uint32))
    letters: int = 0
    _table: tuple[Numbers, NDArray[np.int32]] = field(init=False)

    def __post_init__(self) -> None:
        slots = 1 << (4 * len(self.numbers) // 3 + 1).bit_length()
        self._table = np.zeros(slots, np.uint64), np.full(slots, -1, np.int32)
        fill_table(*self._table, self.numbers)

    def known(self, terms: Numbers) -> Floats:
        """The share of written letters that use each term, 0 for an unknown one."""
        return look_up(terms, *self._table, self.shares)

    def seen(self, terms: Numbers) -> Floats:
        """The share of the letters seen here that use each term."""
        shares: Floats = shares_of(self.counters, terms, self.letters + SURE_FROM)
        return shares

    def add(self, terms: Numbers) -> None:
        """Count a letter's terms; after ``MEMORY`` letters everything is halved."""
        tally(self.counters, terms)
        self.letters += 1
        if self.letters >= MEMORY:
            self.counters //= np.uint32(2)
            self.letters //= 2
