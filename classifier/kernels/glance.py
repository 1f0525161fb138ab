"""One letter from its characters to all that numbers say of it, in one call: words, terms, scores, reasons, cues, alarm.

What is found goes into two arrays (``layout``), because each array that is handed over costs as much as a hundred characters.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.kernels import kernel
from classifier.kernels.alarm import loudest_stretch
from classifier.kernels.candidates import leading
from classifier.kernels.cues import cue_row, pulling_cues
from classifier.kernels.layout import (
    ALARM,
    CANDIDATE_AT,
    CANDIDATES,
    COLUMNS,
    CUE_ACCUSE_AT,
    CUE_AT,
    CUES,
    CUES_ACCUSE,
    HITS,
    KNOWN,
    LAST,
    LOUD,
    MISCONDUCT,
    MOST,
    PARTS,
    PULLS,
    PULLS_ACCUSE,
    REASON_AT,
    REASONS,
    SHARES,
    TURNS,
    WORDS,
)
from classifier.kernels.spans import quoted_spans
from classifier.kernels.terms import add_up, letter_terms, probabilities, read_letter
from classifier.kernels.words import cut_words, find_in_lists

Codes = NDArray[np.uint32]
Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Numbers = NDArray[np.float64]
Tables = tuple[Any, ...]


@kernel
def glance(
    codes: Codes,
    hidden: Codes,
    title: int,
    said: Numbers,
    cutting: Tables,
    model: Tables,
    matter: Tables,
    lists: Tables,
    cues: Tables,
    purpose: Tables,
    alarm: Tables,
) -> Ints:
    """Fill in the numbers ``said`` and give the whole numbers; the rest are tables, each as its kernel asks."""
    ends = cut_words(hidden, *cutting)
    hits, edges = find_in_lists(codes, *lists)
    heard, last = cue_row(codes, title, hits[edges[2] :], *cues)
    found = np.zeros(HITS + 3 * edges[1], np.int64)
    _matter(hidden, ends, title, heard, model, matter, said, found)
    _purpose(heard, last, ends, cues[-1], purpose, said, found)
    score, found[LOUD], found[LAST] = loudest_stretch(codes, *alarm)
    said[ALARM], found[TURNS] = score, edges[2] - edges[1]
    found[HITS:] = hits[: edges[1]].reshape(-1)
    return found


@kernel
def glance_at_part(hidden: Codes, said: Numbers, cutting: Tables, model: Tables, matter: Tables) -> Ints:
    """The same of a part of a letter, of which no more than its matter is asked."""
    found = np.zeros(HITS, np.int64)
    _matter(hidden, cut_words(hidden, *cutting), 0, np.empty(0, np.float32), model, matter, said, found)
    return found


@kernel
def categories_of_parts(hidden: Codes, places: Ints, cutting: Tables, model: Tables) -> NDArray[np.float32]:
    """The probabilities of the first head's classes for parts of a letter, (n_parts, n_classes)."""
    slots, sieve, blocks, idf, growth, steps, scales, intercepts, heads, cautions, title_weight, _, _ = model
    shares = np.empty((len(places), heads[1]), np.float32)
    for part in range(len(places)):
        codes = hidden[places[part, 0] : places[part, 1]]
        rows, values = letter_terms(codes, cut_words(codes, *cutting), 0, slots, sieve, blocks, idf, growth, title_weight)
        scores = intercepts[: heads[1]].copy()
        add_up(rows, values, steps, scales, heads[:2], scores)
        shares[part] = probabilities(scores, heads[:2], cautions)
    return shares


@kernel
def _matter(
    hidden: Codes, ends: Ints, title: int, heard: Floats, model: Tables, matter: Tables, said: Numbers, found: Ints
) -> None:
    """The likeliest categories, the reasons, all probabilities; ``matter``: domains, columns of misconduct, how many, limits."""
    domains, misconduct, most, limits = matter
    p, _, parts, known = read_letter(hidden, ends, title, heard, *model)
    order, shares = leading(p[: len(domains)], domains, most)
    places, weights = quoted_spans(parts, ends, hidden, *limits)
    said[SHARES : SHARES + len(shares)], found[CANDIDATE_AT : CANDIDATE_AT + len(order)] = shares, order
    said[PARTS : PARTS + len(weights)], found[REASON_AT : REASON_AT + places.size] = weights, places.reshape(-1)
    found[WORDS], found[KNOWN], found[CANDIDATES], found[REASONS] = len(ends), known, len(order), len(weights)
    said[COLUMNS:], said[MISCONDUCT] = p, 0.0
    for column in misconduct:
        said[MISCONDUCT] += np.float64(p[column])


@kernel
def _purpose(heard: Floats, last: Ints, ends: Ints, pairs: Ints, purpose: Tables, said: Numbers, found: Ints) -> None:
    """The cues that pulled most, towards the likeliest purpose and, where there is one, towards an accusation."""
    weights, first, accusation = purpose
    if len(weights) == 0:
        return
    best = int(said[COLUMNS + first : COLUMNS + first + len(weights)].argmax())
    found[CUES] = _strongest(weights[best], heard, last, ends, pairs, said[PULLS:], found[CUE_AT:])
    if accusation >= 0:
        found[CUES_ACCUSE] = _strongest(weights[accusation], heard, last, ends, pairs, said[PULLS_ACCUSE:], found[CUE_ACCUSE_AT:])


@kernel
def _strongest(weights: Floats, heard: Floats, last: Ints, ends: Ints, pairs: Ints, pulls: Numbers, at: Ints) -> int:
    """Fill in what the cues that pulled most by these weights pulled, and where they stand; gives how many."""
    places, parts = pulling_cues(weights, heard, last, MOST, pairs, ends)
    pulls[: len(parts)], at[: places.size] = parts, places.reshape(-1)
    return len(parts)
