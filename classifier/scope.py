"""What the scope head learns from: letters in the tone of real mail beside texts that are no petition, and what tells them apart.

See ``docs/decisions/0024-petitions-in-the-tone-of-the-board.md`` and ``0026-a-petition-wants-something.md``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags, hstack

from classifier.corpus import DECIDED, LabelledLetter
from classifier.model import CalibratedLinear

BOARD_ORIGIN = "board-round"  # letters written as people write on a web board: greeting, dates, plain request, thanks
REAL_TONE = (BOARD_ORIGIN, DECIDED)  # and those of this office, once officers have decided them
FEWEST_BOARD = 50  # with fewer, every petition is read and the tone of the writers counts
OTHERS = 6  # one petition in so many is not of the board
WRONGLY_DOUBTED = 0.1  # share of held-out letters of the board taken for none; of real mail a third as many (docs/benchmarks.md)
ONE_LINERS = 100  # titles that are learnt as letters
SHORTEST_TITLE = 4  # characters
CUE_SHARE = 0.3  # what a cue counts beside a term when the head learns
STRENGTH = 0.5  # weaker than the category head's: there are few texts, and they should not be learnt by heart


def one_liners(letters: Sequence[LabelledLetter]) -> list[LabelledLetter]:
    """Titles alone, as letters of the board: many people send one line, and news and advertisements are short as well.

    They are taken evenly from the petitions of all writers; none where there are too few letters of the board to join.
    """
    board = [x.in_scope and x.origin in REAL_TONE for x in letters]
    titled = [x for x, joins in zip(letters, board, strict=True) if x.in_scope and not joins and len(x.title) >= SHORTEST_TITLE]
    if sum(board) < FEWEST_BOARD or not titled:
        return []
    places = np.linspace(0, len(titled) - 1, min(len(titled), ONE_LINERS)).astype(np.int64)
    return [replace(titled[place], text="", origin=BOARD_ORIGIN) for place in places]


def scope_rows(letters: Sequence[LabelledLetter]) -> NDArray[np.int64]:
    """Numbers of the letters to learn from, ascending; those of the board come several times, so that both sides weigh alike.

    With too few letters of the board each letter comes once.

    >>> board = [LabelledLetter("", "请问", "LAND.EXPROP", origin=BOARD_ORIGIN)] * 50
    >>> others = [LabelledLetter("", "欠薪", "LABOR.WAGE")] * 60 + [LabelledLetter("", "通知", "")] * 120
    >>> len(scope_rows(board + others)), len(scope_rows(others))
    (240, 180)
    """
    places = np.arange(len(letters))
    inside = np.array([letter.in_scope for letter in letters], bool)
    board = inside & np.array([letter.origin in REAL_TONE for letter in letters], bool)
    if board.sum() < FEWEST_BOARD:
        return places
    strangers, rest = places[~inside], places[inside & ~board]
    few = rest[np.linspace(0, len(rest) - 1, min(len(rest), len(strangers) // OTHERS)).astype(np.int64)] if len(rest) else rest
    times = max(1, round((len(strangers) - len(few)) / int(board.sum())))
    return np.sort(np.concatenate([strangers, few, np.repeat(places[board], times)]))


def telling(terms: Sequence[Sequence[str]]) -> NDArray[np.float32]:
    """One for each term that may tell a petition from another text, nought for digits and Latin letters, (n_terms,).

    How many figures a letter has, and how its places are masked, is a habit of the source it came from.

    >>> telling([["请问", "0"], ["a"]]).tolist()
    [1.0, 0.0, 0.0]
    """
    return np.array([not any(c.isascii() for c in term) for block in terms for term in block], np.float32)


def fit_scope(
    rows: Any,  # noqa: ANN401
    letters: Sequence[LabelledLetter],
    terms: Sequence[Sequence[str]],
    folds: int,
    rounds: int,
    cues: NDArray[np.float32] | None = None,
) -> CalibratedLinear:
    """The head that tells ``out`` from ``in``, on TF-IDF rows (n_letters, n_terms), one a letter; then ``cues`` (n_letters, width).

    Cues (``classifier.purpose``) hear whether somebody asks, pleads, complains or tells of harm, whatever the topic.

    Texts that are no petition are held out writer by writer; petitions letter by letter, since only one writer took the
    tone of the board; each part held out has both. The border between the classes is where few held-out petitions are doubted.
    """
    chosen = scope_rows(letters)
    read = [letters[i] for i in chosen]
    origins = sorted({x.origin for x in read if not x.in_scope})
    several = len(origins) > 1
    parts = [i if letters[i].in_scope or not several else origins.index(letters[i].origin) for i in chosen]
    seen = rows @ diags(telling(terms))
    if cues is not None:
        seen = hstack([seen, csr_matrix(CUE_SHARE * cues)], format="csr")
    head = CalibratedLinear(STRENGTH, folds, rounds)
    head.fit(seen[chosen], ["in" if x.in_scope else "out" for x in read], [part % folds for part in parts])
    head.coef_[:, rows.shape[1] :] *= CUE_SHARE  # from here on it takes cues as they are
    return _leaning_in(head, np.array([x.in_scope for x in read], bool), np.array([x.origin in REAL_TONE for x in read], bool))


def _leaning_in(head: CalibratedLinear, inside: NDArray[np.bool_], board: NDArray[np.bool_]) -> CalibratedLinear:
    """The head with its border moved to where ``WRONGLY_DOUBTED`` of the held-out petitions (of the board) lie beyond."""
    judged = (inside & board if (inside & board).any() else inside) & np.isfinite(head.held_out_).all(axis=1)
    if not judged.any():
        return head
    p = np.clip(head.held_out_[judged][:, 1], 1e-12, 1 - 1e-12)
    odds, (slope, lift) = np.log(p / (1 - p)), head.caution_
    leads = (odds - np.sign(odds) * lift) / slope * head.temperature_  # of "out" over "in", as ``_linear`` gives them
    beyond = max(0.0, float(np.quantile(leads, 1 - WRONGLY_DOUBTED)))
    head.intercept_ = head.intercept_ + np.array([beyond / 2, -beyond / 2])
    return head
