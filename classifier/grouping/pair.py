"""Two letters compared: about fifty numbers, each with a name, that say what they share and where they differ."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from classifier.grouping.meeting import SLOTS, first_of, meet, places_of
from classifier.grouping.profile import Profile
from classifier.grouping.shelf import Shelf
from classifier.grouping.terms import Bytes, Floats, Ints
from classifier.kernels import kernel

Terms = NDArray[np.uint32]
Halves = NDArray[np.uint16]

SPACE_NAMES = ("known words", "other words", "known pairs", "other pairs", "triples", "crossed pairs", "numbers")
PARTS = (
    *(f"{space}: cosine" for space in SPACE_NAMES),
    *(f"{space}: rarity of what is shared" for space in SPACE_NAMES),
    *(f"{space}: rarest shared" for space in SPACE_NAMES),
    *(f"{space}: fourth rarest shared" for space in SPACE_NAMES),
    "title: known words",
    "title: other words",
    "title: known pairs",
    "title: other pairs",
    "title: triples",
    "title: numbers",
    "title of the new letter found in the other",
    "title of the other letter found in the new",
    "title of the new letter not found, rarity",
    "title of the other letter not found, rarity",
    "names: rarest shared",
    "names: how many shared",
    "names: rarest of the new letter not shared",
    "names: rarest of the other letter not shared",
    "category: affinity",
    "category: same",
    "category: same domain",
    "days apart",
    "same sender, over how many of the letters compared",
    "shorter over longer",
    "characters of the shorter, log",
    "characters of the longer, log",
    "near copy",
    "place among the candidates",
    "cosine over the best candidate's",
    "cosine over the fifth candidate's",
    "cosine over the fifteenth candidate's",
    "coarse cosine",
)
COMPARED = 24  # candidates compared part by part
SURE, FAINT = 3, 0.04  # so many are always compared, others only from this quick cosine


class One(NamedTuple):
    """The new letter, as the kernels take it (see ``Profile``)."""

    terms: Terms
    tf: Bytes
    idf: Bytes
    lengths: Floats
    names: Terms
    name_idf: Bytes
    signature: Halves
    categories: Halves
    likely: Bytes
    arrived: float
    sender: np.uint64
    size: int


class Many(NamedTuple):
    """The letters it is compared with (see ``Shelf``)."""

    starts: Ints
    ends: Ints
    terms: Terms
    tf: Bytes
    idf: Bytes
    name_starts: Ints
    name_ends: Ints
    names: Terms
    name_idf: Bytes
    lengths: Floats
    signatures: Halves
    digests: NDArray[np.uint64]
    categories: Halves
    likely: Bytes
    arrived: NDArray[np.float64]
    senders: NDArray[np.uint64]
    sizes: Ints


def pair_parts(profile: Profile, shelf: Shelf, rows: Ints) -> tuple[Ints, Floats]:
    """Which of ``rows`` are the best candidates (positions, best first) and the parts of each comparison, (n, len(PARTS))."""
    p = profile
    one = One(
        p.terms, p.tf, p.idf, p.lengths, p.name_numbers, p.name_idf, p.signature, p.categories, p.likely, p.arrived,
        np.uint64(p.sender), p.size,
    )  # fmt: skip
    found: tuple[Ints, Floats] = _compare_all(one, Many(*shelf.arrays()), rows, COMPARED, len(PARTS))  # type: ignore[arg-type]
    return found


@kernel
def _space(term: np.uint32, rare: np.uint8) -> int:
    """In which of the seven parts a term is compared."""
    kind = int(term >> np.uint32(29))
    if kind == 0:
        return 0 if rare >= 128 else 1
    if kind == 1:
        return 2 if rare >= 128 else 3
    return kind + 2


@kernel
def _quick_cosine(a: One, b: Many, row: int, here: Ints, there: Ints, size: int) -> np.float32:
    """A cosine over words and over pairs, added up: for the order of candidates."""
    words, pairs = np.float32(0), np.float32(0)
    for i in range(size):
        at, other = here[i], there[i]
        both = np.float32((a.tf[at] & 127) * (b.tf[other] & 127)) * (a.idf[at] & 127) * (b.idf[other] & 127)
        if a.terms[at] >> np.uint32(29) == 0:
            words += both
        else:
            pairs += both
    la, lb = a.lengths, b.lengths[row]
    word_length = np.sqrt((la[0] ** 2 + la[1] ** 2) * (lb[0] ** 2 + lb[1] ** 2)) + np.float32(1)
    pair_length = np.sqrt((la[2] ** 2 + la[3] ** 2) * (lb[2] ** 2 + lb[3] ** 2)) + np.float32(1)
    return np.float32((words / word_length + pairs / pair_length) / np.float32(36_864))  # sixteenths twice, twelfths twice


@kernel
def _walk(a: One, b: Many, here: Ints, there: Ints, size: int, sums: Floats, titles: Floats) -> None:
    """Walk over the terms of both letters and add up what they share.

    ``sums`` (7, 6): for each space the product of weights, the rarity shared, the four rarest shared. ``titles`` (7, 5): rarity in
    both titles, in the new one, in the other one (these two from ``_titles``), of the new one in the other letter, of the other one
    in the new letter.
    """
    for i in range(size):
        at, other = here[i], there[i]
        space = _space(a.terms[at], a.idf[at])
        weight = np.float32(a.idf[at] & 127) / np.float32(12)
        times = np.float32((a.tf[at] & 127) * (b.tf[other] & 127)) / np.float32(256)
        sums[space, 0] += times * weight * (b.idf[other] & 127) / np.float32(12)
        sums[space, 1] += weight
        place = weight
        for rank in range(2, 6):
            if place > sums[space, rank]:
                place, sums[space, rank] = sums[space, rank], place
        in_a, in_b = a.tf[at] >= 128, b.tf[other] >= 128
        titles[space, 0] += weight if in_a and in_b else np.float32(0)
        titles[space, 3] += weight if in_a else np.float32(0)
        if in_b:  # one weight for a term in both letters, as it was when the newer one came
            titles[space, 4] += weight
            titles[space, 2] += weight - np.float32(b.idf[other] & 127) / np.float32(12)


@kernel
def _titles(terms: Terms, tf: Bytes, idf: Bytes, start: int, end: int, titles: Floats, column: int) -> None:
    """The rarity of what stands in one letter's title, by space."""
    for at in range(start, end):
        if tf[at] >= 128:
            titles[_space(terms[at], idf[at]), column] += np.float32(idf[at] & 127) / np.float32(12)


@kernel
def _write_terms(a: One, b: Many, row: int, sums: Floats, titles: Floats, out: Floats) -> None:
    for space in range(7):
        out[space] = sums[space, 0] / (a.lengths[space] * b.lengths[row, space] + np.float32(0.5))
        out[7 + space], out[14 + space], out[21 + space] = sums[space, 1], sums[space, 2], sums[space, 5]
    at = 28
    for space in (0, 1, 2, 3, 4, 6):
        both = titles[space, 1] * titles[space, 2]
        out[at] = titles[space, 0] / np.sqrt(both) if both > 0 else np.float32(-1)
        at += 1
    pairs = titles[2] + titles[3]
    out[34] = pairs[3] / pairs[1] if pairs[1] > 0 else np.float32(-1)
    out[35] = pairs[4] / pairs[2] if pairs[2] > 0 else np.float32(-1)
    out[36], out[37] = pairs[1] - pairs[3], pairs[2] - pairs[4]


@kernel
def _write_names(a: One, b: Many, row: int, out: Floats) -> None:
    shared, rarest, alone, other_alone = 0, 0, 0, 0
    found_there = np.zeros(b.name_ends[row] - b.name_starts[row], np.bool_)
    for i in range(len(a.names)):
        found = False
        for j in range(len(found_there)):
            if a.names[i] == b.names[b.name_starts[row] + j]:
                found = found_there[j] = True
        if found:
            shared += 1
            rarest = max(rarest, int(a.name_idf[i]))
        else:
            alone = max(alone, int(a.name_idf[i]))
    for j in range(len(found_there)):
        if not found_there[j]:
            other_alone = max(other_alone, int(b.name_idf[b.name_starts[row] + j]))
    out[38], out[39] = rarest / np.float32(12), shared
    out[40], out[41] = alone / np.float32(12), other_alone / np.float32(12)


@kernel
def _write_rest(a: One, b: Many, row: int, out: Floats) -> None:
    affinity = np.float32(0)
    for i in range(len(a.categories)):
        for j in range(b.categories.shape[1]):
            if a.categories[i] == b.categories[row, j]:
                affinity += np.sqrt(np.float32(a.likely[i]) * np.float32(b.likely[row, j])) / np.float32(255)
    out[42] = affinity
    if len(a.categories):
        out[43] = 1 if a.categories[0] == b.categories[row, 0] else 0
        out[44] = 1 if a.categories[0] >> 11 == b.categories[row, 0] >> 11 else 0
    out[45] = min(abs(a.arrived - b.arrived[row]), 400)
    out[46] = 1 if a.sender != 0 and a.sender == b.senders[row] else 0
    small, large = min(a.size, b.sizes[row]), max(a.size, b.sizes[row])
    out[47], out[48], out[49] = small / np.float32(large), np.log(np.float32(small)), np.log(np.float32(large))
    same = 0
    for i in range(len(a.signature)):
        same += 1 if a.signature[i] == b.signatures[row, i] else 0
    out[50] = same / np.float32(len(a.signature))


@kernel
def _compare_all(a: One, b: Many, rows: Ints, most: int, n_parts: int) -> tuple[Ints, Floats]:
    cosines, places = np.empty(len(rows), np.float32), places_of(a.terms)
    here, there = np.empty(SLOTS, np.int64), np.empty(SLOTS, np.int64)
    for i in range(len(rows)):
        start, end = b.starts[rows[i]], b.ends[rows[i]]
        end = first_of(b.terms, start, end, np.uint32(2) << np.uint32(29))  # words and pairs come first
        size = meet(a.terms, places, b.terms, start, end, here, there)
        cosines[i] = _quick_cosine(a, b, rows[i], here, there, size)
    order = np.argsort(-cosines, kind="mergesort")[:most]
    kept = len(order)
    while kept > SURE and cosines[order[kept - 1]] < FAINT:  # hardly anything in common: not worth a closer look
        kept -= 1
    order = order[:kept]
    parts = np.zeros((len(order), n_parts), np.float32)
    sums, titles, title = np.empty((7, 6), np.float32), np.empty((7, 5), np.float32), np.zeros((7, 5), np.float32)
    _titles(a.terms, a.tf, a.idf, 0, len(a.terms), title, 1)
    same_sender = np.float32(0)
    for i in range(len(order)):
        row, cosine = rows[order[i]], cosines[order[i]]
        sums[:], titles[:] = 0, title
        _titles(b.terms, b.tf, b.idf, b.starts[row], b.ends[row], titles, 2)
        size = meet(a.terms, places, b.terms, b.starts[row], b.ends[row], here, there)
        _walk(a, b, here, there, size, sums, titles)
        _write_terms(a, b, row, sums, titles, parts[i])
        _write_names(a, b, row, parts[i])
        _write_rest(a, b, row, parts[i])
        same_sender += parts[i, 46]
        parts[i, 51] = i
        parts[i, 52] = cosine / (cosines[order[0]] + np.float32(1e-6))
        parts[i, 53] = cosine / ((cosines[order[4]] if len(order) > 4 else np.float32(0)) + np.float32(0.02))
        parts[i, 54] = cosine / ((cosines[order[14]] if len(order) > 14 else np.float32(0)) + np.float32(0.02))
        parts[i, 55] = cosine
    parts[:, 46] /= max(same_sender, np.float32(1))  # whoever writes often writes about many things: that it is the same says less
    return order, parts
