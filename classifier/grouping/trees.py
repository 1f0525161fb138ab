"""Boosted trees answered part by part instead of tree by tree: which leaves a row can still reach is a bit mask for each tree.

After QuickScorer (Lucchese and others, SIGIR 2015): the cuts of each part lie in order, and those that a row exceeds strike out the
leaves on their left. What remains lowest is the leaf that walking down the tree would end in, without guessing at every fork.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifier.grouping.terms import Floats, Ints, Numbers
from classifier.kernels import kernel

LEAVES = 64  # of a tree at most: a bit each
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
_BRUIJN = np.uint64(0x03F79D71B4CB0A89)  # every six bits in a row of it differ: tells the lowest bit's place
_TOP = np.uint64(58)
_PLACES = np.argsort([((int(_BRUIJN) << place) & int(_ALL)) >> 58 for place in range(LEAVES)])


@dataclass(frozen=True, slots=True)
class Forks:
    """The forks of all trees by part: ``starts[p]:starts[p + 1]`` are those of part ``p``, by ``cuts`` ascending.

    Of each its tree and ``left``, the bits that stay when it is passed on the right; ``leaves`` are the values of the trees' leaves
    from left to right, those of tree ``t`` from ``firsts[t]`` on.
    """

    starts: Ints
    cuts: Floats
    trees: NDArray[np.int32]
    left: Numbers
    firsts: Ints
    leaves: Floats


def forks_of(
    feature: NDArray[np.int16], cut: Floats, left: NDArray[np.int32], right: NDArray[np.int32], value: Floats,
    roots: NDArray[np.int32], parts: int,
) -> Forks:  # fmt: skip
    """Sort the forks of trees laid out node by node. Raises ValueError for a tree of more than LEAVES leaves."""
    found: list[_Fork] = []
    leaves: list[float] = []
    firsts = []
    for tree, root in enumerate(roots.tolist()):
        firsts.append(len(leaves))
        _descend(root, tree, firsts[-1], (feature, cut, left, right, value), found, leaves)
        if len(leaves) - firsts[-1] > LEAVES:
            raise ValueError(f"a tree of more than {LEAVES} leaves")
    found.sort()
    part = np.array([one[0] for one in found], np.int64)
    return Forks(
        starts=np.searchsorted(part, np.arange(parts + 1)).astype(np.int64),
        cuts=np.array([one[1] for one in found], np.float32),
        trees=np.array([one[2] for one in found], np.int32),
        left=np.array([one[3] for one in found], np.uint64),
        firsts=np.array(firsts, np.int64),
        leaves=np.array(leaves, np.float32),
    )


_Fork = tuple[int, float, int, int]  # part, cut, tree, bits that stay
_Nodes = tuple[NDArray[np.int16], Floats, NDArray[np.int32], NDArray[np.int32], Floats]


def _descend(node: int, tree: int, first: int, nodes: _Nodes, found: list[_Fork], leaves: list[float]) -> None:
    feature, cut, left, right, value = nodes
    if feature[node] < 0:
        leaves.append(float(value[node]))
        return
    before = len(leaves) - first
    _descend(int(left[node]), tree, first, nodes, found, leaves)
    struck = (1 << (len(leaves) - first)) - (1 << before)
    found.append((int(feature[node]), float(cut[node]), tree, int(_ALL) & ~struck))
    _descend(int(right[node]), tree, first, nodes, found, leaves)


@kernel
def _probabilities(
    parts: Floats, start: np.float32, starts: Ints, cuts: Floats, trees: NDArray[np.int32], left: Numbers, firsts: Ints,
    leaves: Floats, places: Ints,
) -> Floats:  # fmt: skip
    scores, open_leaves = np.empty(len(parts), np.float32), np.empty(len(firsts), np.uint64)
    for row in range(len(parts)):
        open_leaves[:] = _ALL
        for part in range(len(starts) - 1):
            fork, end, found = starts[part], starts[part + 1], parts[row, part]
            while fork < end and not found <= cuts[fork]:
                open_leaves[trees[fork]] &= left[fork]
                fork += 1
        total = start
        for tree in range(len(firsts)):
            lowest = open_leaves[tree] & (~open_leaves[tree] + np.uint64(1))
            total += leaves[firsts[tree] + places[(lowest * _BRUIJN) >> _TOP]]
        scores[row] = 1 / (1 + np.exp(-total))
    return scores


def probabilities(forks: Forks, parts: Floats, start: float) -> Floats:
    """The probability for each row of parts, (n,): ``start`` and the leaf of every tree are log odds, added in the trees' order."""
    f = forks
    found: Floats = _probabilities(parts, np.float32(start), f.starts, f.cuts, f.trees, f.left, f.firsts, f.leaves, _PLACES)
    return found
