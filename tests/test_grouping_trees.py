"""Trees answered by masks give what walking down each of them gives."""

from __future__ import annotations

import numpy as np
import pytest

from classifier.grouping.pair import PARTS
from classifier.grouping.scorer import PairScorer, load_scorer
from classifier.grouping.trees import LEAVES, forks_of


def walked(scorer: PairScorer, parts: np.ndarray) -> np.ndarray:
    sums = np.full(len(parts), scorer.start, np.float32)
    for row in range(len(parts)):
        for root in scorer.roots:
            node = root
            while scorer.feature[node] >= 0:
                below = parts[row, scorer.feature[node]] <= scorer.cut[node]
                node = scorer.left[node] if below else scorer.right[node]
            sums[row] += scorer.value[node]
    return 1 / (1 + np.exp(-sums))


def test_every_row_ends_in_the_leaves_that_walking_finds() -> None:
    scorer, rng = load_scorer(), np.random.default_rng(0)
    parts = rng.choice(scorer.cut, (40, len(PARTS))) + rng.choice([-1e-3, 0, 1e-3], (40, len(PARTS)))  # at the cuts and beside them
    parts = parts.astype(np.float32)
    parts[0], parts[1] = 0, np.nan  # what is no number goes to the right everywhere
    assert np.allclose(scorer.score(parts), walked(scorer, parts), rtol=1e-5)


def test_no_rows_get_no_scores() -> None:
    assert len(load_scorer().score(np.empty((0, len(PARTS)), np.float32))) == 0


def test_a_tree_with_too_many_leaves_is_refused() -> None:
    n = LEAVES  # a chain of forks: one leaf each and one at the end
    feature = np.array([0, -1] * n + [-1], np.int16)
    cut = np.arange(2 * n + 1, dtype=np.float32)
    left, right = np.arange(1, 2 * n + 2, dtype=np.int32), np.arange(2, 2 * n + 3, dtype=np.int32)
    with pytest.raises(ValueError, match="leaves"):
        forks_of(feature, cut, left, right, cut, np.zeros(1, np.int32), 1)
