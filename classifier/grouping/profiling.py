"""From a letter as classification has read it to its profile (事项特征)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.grouping.background import RAREST, Background
from classifier.grouping.names import find_names
from classifier.grouping.profile import CATEGORIES, SIGNATURE, Halves, Profile
from classifier.grouping.terms import (
    CROSSED,
    PAIRS,
    Bytes,
    Codes,
    Flags,
    Floats,
    Ints,
    Numbers,
    collect,
    count,
    falling,
    readable,
)
from classifier.kernels import kernel
from classifier.kernels.term_table import GOLDEN, WORD, term_number
from classifier.text import Reading

KEPT = np.array([64, 96, 48, 32, 10], np.int64)  # most telling terms of each kind
NAMES = 8  # most telling names
RARE_KEYS, BANDS = 32, 8  # keys of the index: telling terms and names; bands of the near-copy signature
SHINGLE = 5  # characters
KNOWN = 128  # added to a term's idf where the written letters know it, to its tf where it stands in the title
_BAND_KIND, _DIGEST_KIND, _SENDER_KIND = np.uint64(0x9FB21C651E98DF25), np.uint64(0xC13FA9A902A6328F), np.uint64(0x91E10DA5C79E7B1D)


@kernel
def space_of(kind: int, known: bool) -> int:
    """In which of the seven parts a term is compared: words, pairs, triples each known and not; crossed pairs; numbers."""
    if kind == 0:
        return 0 if known else 1
    if kind == 1:
        return 2 if known else 3
    if kind == 2:
        return 4
    return 5 if kind == 3 else 6


@kernel
def _choose(
    numbers: Numbers, kinds: Bytes, times: Ints, titled: Flags, known: Floats, seen: Floats, kept: Ints
) -> tuple[NDArray[np.uint32], Bytes, Bytes, Floats, Ints]:
    n = len(numbers)
    idf, weight = np.empty(n, np.float32), np.empty(n, np.float32)
    lengths = np.zeros(7, np.float32)
    rank = np.empty(n, np.float32)
    for at in range(n):
        share = max(known[at], seen[at], np.float32(1e-4))
        idf[at] = -np.log(min(share, np.float32(1)))
        weight[at] = (1 + np.log(np.float32(times[at]))) * idf[at]
        sure = known[at] > 0
        lengths[space_of(kinds[at], sure)] += weight[at] ** 2
        rank[at] = weight[at] * (2 if titled[at] else 1)
    lengths = np.sqrt(lengths)
    order = falling(rank)
    taken = np.zeros(5, np.int64)
    keep = np.zeros(n, np.bool_)
    for at in order:
        kind = kinds[at]
        if kind == 3 and known[at] > 0:
            continue
        if taken[kind] < kept[kind] and idf[at] > 1:
            keep[at] = True
            taken[kind] += 1
    size = keep.sum()
    terms, tf, rare = np.empty(size, np.uint32), np.empty(size, np.uint8), np.empty(size, np.uint8)
    i = 0
    for kind in range(5):  # numbers ascend, so that kind by kind the terms do
        for at in range(n):
            if keep[at] and kinds[at] == kind:
                terms[i] = (np.uint32(kind) << np.uint32(29)) | np.uint32(numbers[at] >> np.uint64(35))
                tf[i] = min(127, int((1 + np.log(np.float32(times[at]))) * 16 + 0.5)) + (128 if titled[at] else 0)
                rare[i] = min(127, int(idf[at] * 12 + 0.5)) + (128 if known[at] > 0 else 0)
                i += 1
    return terms, tf, rare, lengths, order


@kernel
def _sign(codes: Codes, known: Flags, shingle: int, size: int) -> tuple[NDArray[np.uint32], np.uint64]:
    """Smallest of each of ``size`` hashes over runs of readable characters, and a digest of all readable characters."""
    lowest = np.full(size, np.uint32(0xFFFFFFFF), np.uint32)
    digest = np.uint64(0)
    run = np.empty(len(codes), np.uint32)
    n = 0
    for code in codes:
        if code < 0x10000 and known[code]:
            run[n] = code
            n += 1
            digest = (digest + np.uint64(code)) * np.uint64(0x9E3779B97F4A7C15)
            digest ^= digest >> np.uint64(29)
    for at in range(max(1, n - shingle + 1)):
        number = np.uint64(0x2545F4914F6CDD1D)
        for i in range(at, min(at + shingle, n)):
            number = (number + np.uint64(run[i])) * np.uint64(0x9E3779B97F4A7C15)
            number ^= number >> np.uint64(29)
        other = (number >> np.uint64(32)) | np.uint64(1)
        for i in range(size):
            value = np.uint32((number + np.uint64(i) * other * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(32))
            if value < lowest[i]:
                lowest[i] = value
    return lowest, digest


@cache
def category_number(code: str) -> int:
    """A category's code as 16 bits, the same whatever the model; the first five are its domain's."""
    domain = int.from_bytes(hashlib.blake2b(code.split(".")[0].encode(), digest_size=2).digest(), "little") & 0xF800
    return domain | (int.from_bytes(hashlib.blake2b(code.encode(), digest_size=2).digest(), "little") & 0x07FF)


def sender_number(sender: str | None) -> int:
    """A number that only tells equal from not equal; 0 for an unknown sender."""
    if not sender:
        return 0
    return int.from_bytes(hashlib.blake2b(sender.encode(), digest_size=8, person=b"fenxin-sender").digest(), "little")


@dataclass(frozen=True, slots=True)
class Draft:
    """A letter read and counted, before it is known how common its terms are here; can be made in another process."""

    id: str
    numbers: Numbers
    kinds: Bytes
    times: Ints
    titled: Flags
    known: Floats
    names: tuple[str, ...]
    name_numbers: Numbers
    name_times: Ints
    signature: Halves
    fixed_keys: Numbers
    digest: int
    categories: Halves
    likely: Bytes
    arrived: float
    sender: int
    size: int

    def counted(self) -> Numbers:
        """The terms to be counted in the background once the letter is linked."""
        return np.concatenate([self.numbers, self.name_numbers])


def draft(
    id: str,
    reading: Reading,
    ends: Ints,
    likely: Sequence[tuple[str, float]],
    background: Background,
    *,
    arrived: float,
    sender: int,
) -> Draft:
    """Read a letter for comparison; ``likely`` are its most probable categories, best first, ``arrived`` days since 1970."""
    codes = np.frombuffer(reading.masked.encode("utf-32-le", "replace"), np.uint32)
    plain = np.frombuffer(reading.text.encode("utf-32-le", "replace"), np.uint32)
    numbers, kinds, times, titled = count(*collect(codes, plain, ends, readable()), reading.title_length)
    spans, name_numbers = find_names(codes, ends, background.known(word_numbers(codes, ends)))
    names: dict[int, list[Any]] = {}
    for (start, end, _), number in zip(spans.tolist(), name_numbers.tolist(), strict=True):
        names.setdefault(number, [reading.text[start:end], 0])[1] += 1
    lowest, digest = _sign(codes[reading.title_length + 1 :], readable(), SHINGLE, SIGNATURE)
    best = likely[:CATEGORIES]
    return Draft(
        id=id,
        numbers=numbers,
        kinds=kinds,
        times=times,
        titled=titled,
        known=background.known(numbers),
        names=tuple(text for text, _ in names.values()),
        name_numbers=np.array(list(names), np.uint64),
        name_times=np.array([n for _, n in names.values()], np.int64),
        signature=(lowest & 0xFFFF).astype(np.uint16),
        fixed_keys=_fixed_keys(lowest, digest, sender),
        digest=int(digest),
        categories=np.array([category_number(c) for c, _ in best], np.uint16),
        likely=np.array([round(255 * p) for _, p in best], np.uint8),
        arrived=arrived,
        sender=sender,
        size=len(codes),
    )


def profile_of(draft: Draft, background: Background) -> Profile:
    """The profile: terms weighed by how rare they are now, the most telling ones kept, and the keys of the index."""
    seen = background.seen(draft.numbers)
    terms, tf, idf, lengths, order = _choose(draft.numbers, draft.kinds, draft.times, draft.titled, draft.known, seen, KEPT)
    rarity = -np.log(np.minimum(np.maximum(background.seen(draft.name_numbers), RAREST), 1))
    best = np.argsort(-rarity * (1 + np.log(np.maximum(draft.name_times, 1))), kind="stable")[:NAMES]
    return Profile(
        id=draft.id,
        terms=terms,
        tf=tf,
        idf=idf,
        lengths=lengths,
        keys=_index_keys(draft, order, draft.name_numbers[best]),
        name_numbers=(draft.name_numbers[best] >> np.uint64(32)).astype(np.uint32),
        name_idf=np.minimum(255, rarity[best] * 12 + 0.5).astype(np.uint8),
        signature=draft.signature,
        digest=draft.digest,
        categories=draft.categories,
        likely=draft.likely,
        arrived=draft.arrived,
        sender=draft.sender,
        size=draft.size,
        names=tuple(draft.names[i] for i in best.tolist()),
    )


@kernel
def word_numbers(codes: Codes, ends: Ints) -> Numbers:
    """The numbers of the words that end there."""
    numbers = np.empty(len(ends), np.uint64)
    start = 0
    for at in range(len(ends)):
        numbers[at] = term_number(codes, start, ends[at], WORD)
        start = ends[at]
    return numbers


def _index_keys(draft: Draft, order: Ints, names: Numbers) -> Numbers:
    """Names, the most telling terms, and the keys that no other letter changes."""
    return _distinct(np.concatenate([names, _telling(order, draft.numbers, draft.kinds, draft.known, RARE_KEYS), draft.fixed_keys]))


@kernel
def _telling(order: Ints, numbers: Numbers, kinds: Bytes, known: Floats, most: int) -> Numbers:
    """The first terms in order that can lead to a letter: words, triples, numbers, and crossed pairs the written letters lack."""
    found = np.empty(most, np.uint64)
    size = 0
    for at in order:
        if kinds[at] == PAIRS or (kinds[at] == CROSSED and known[at] > 0):
            continue
        found[size] = numbers[at]
        size += 1
        if size == most:
            break
    return found[:size]


@kernel
def _distinct(keys: Numbers) -> Numbers:
    ordered = np.sort(keys)
    size = 0
    for key in ordered:
        if size == 0 or ordered[size - 1] != key:
            ordered[size] = key
            size += 1
    return ordered[:size]


def _fixed_keys(lowest: NDArray[np.uint32], digest: np.uint64, sender: int) -> Numbers:
    """The bands of the near-copy signature, the whole text, the sender."""
    special = [np.uint64(digest) ^ _DIGEST_KIND]
    if sender:
        special.append(np.uint64(sender) ^ _SENDER_KIND)
    return np.concatenate([_bands(lowest), np.array(special, np.uint64)])


@kernel
def _bands(lowest: NDArray[np.uint32]) -> Numbers:
    rows = len(lowest) // BANDS
    bands = np.empty(BANDS, np.uint64)
    for at in range(BANDS):
        band = np.uint64(at) * _BAND_KIND
        for row in range(rows):
            band = (band + np.uint64(lowest[at * rows + row])) * GOLDEN
            band ^= band >> np.uint64(29)
        bands[at] = band
    return bands
