"""Which group a letter joins: decided when it arrives, from the letters that came before, by the mean of its best pairs.

A letter joins the group whose best three letters (all, if there are fewer) are on average likely enough to be about its matter.
One strong pair is therefore not enough to join a large group, and a chain of letters that only drift from one subject to the next
is cut. When a letter is at home in two groups, their letters are compared again, and the groups become one if their pairs say so.
What a person decided stands above all of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from classifier.grouping.index import REACH, WINDOW, MatterIndex, Shortlist
from classifier.grouping.pair import PARTS, pair_parts
from classifier.grouping.profile import Profile
from classifier.grouping.scorer import PairScorer, load_scorer
from classifier.grouping.shelf import Shelf, take_down
from classifier.grouping.terms import Floats, Ints
from classifier.kernels import kernel

if TYPE_CHECKING:
    from classifier.assess import Assessor

JOIN = 0.5  # mean probability from which a letter joins a group
BRIDGE = 0.6  # mean probability from which two groups that a letter joins become one
BEST = 3  # letters of a group that speak for it
COPY = 0.5  # share of the near-copy signature from which two texts are one text with changes
SHOWN = 5  # links kept with a decision
ROUNDING = 1e-6  # by how much a sum of scores may differ with the way of adding
_NEAR_COPY = PARTS.index("near copy")


class LinkKind(StrEnum):
    """What links two letters: shared text, the same sender again, or the same matter in other words."""

    COPY = "copy"
    REPEAT = "repeat"
    SAME_MATTER = "same_matter"


@dataclass(frozen=True, slots=True)
class Link:
    """One earlier letter about the same matter, how likely that is, and what the two share."""

    letter_id: str
    kind: LinkKind
    score: float
    shared: tuple[str, ...]
    parts: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Decision:
    """The group a letter is in (its own id where it stands alone), why, and which groups it brought together."""

    group: str
    score: float | None = None
    merged: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Bonds:
    """What persons decided; never undone by the machine.

    ``must``: the group this letter was put into. ``never``: groups it must not join (split off, dismissed). ``fixed``: confirmed or
    closed groups, which are never merged into another one by the machine.
    """

    must: str | None = None
    never: frozenset[str] = frozenset()
    fixed: frozenset[str] = frozenset()


NO_BONDS = Bonds()


def linker_of(assessor: Assessor) -> Linker:
    """The linker with the scorer that came with the model, the shipped one where there is none."""
    return Linker() if assessor.pair_scorer is None else Linker(assessor.pair_scorer)


@dataclass(frozen=True, slots=True)
class Linker:
    """Decides for one letter at a time; holds nothing that changes."""

    scorer: PairScorer = field(default_factory=load_scorer)
    window: float = WINDOW
    reach: float = REACH
    join: float = JOIN
    bridge: float = BRIDGE
    shown: int = SHOWN

    def link(self, profile: Profile, index: MatterIndex, bonds: Bonds = NO_BONDS) -> Decision:
        """The group for a new letter; the index stays as it is (see ``enter``)."""
        found = index.candidates(profile.keys, self.since(profile))
        places, parts = pair_parts(profile, found.shelf, found.rows)
        scores, least = self.scorer.score(parts), min(self.join, self.bridge)
        if bonds.must is None and _highest(found.same, places, scores) < least - ROUNDING:
            return Decision(profile.id)  # as most letters: nothing needs a name
        near = _compared(profile, found, places, parts, scores)
        if bonds.must is not None:
            return Decision(bonds.must, None, (), near.links(profile, {bonds.must}, self.shown))
        means = near.means(index, least)
        order = sorted((g for g in means if self._may_join(g, means[g], bonds)), key=lambda g: (-means[g], g))
        order = [group for group in order if near.open(group, index, profile.arrived - self.window)]
        if not order:
            return Decision(profile.id)
        names = [order[0], *self._bridged(profile, order, means, near, bonds)]
        names.sort(key=lambda g: (g not in bonds.fixed, near.first_arrival(g), g)) if len(names) > 1 else None
        return Decision(names[0], round(means[order[0]], 4), tuple(names[1:]), near.links(profile, set(names), self.shown))

    def since(self, profile: Profile) -> float:
        """The day from which letters are looked at."""
        return profile.arrived - max(self.reach, self.window)

    def _may_join(self, group: str, mean: float, bonds: Bonds) -> bool:
        return mean >= self.join and group not in bonds.never

    def _bridged(
        self, profile: Profile, order: Sequence[str], means: Mapping[str, float], near: _Compared, bonds: Bonds
    ) -> list[str]:
        """The other groups this letter is at home in, if their letters among the candidates agree with those of the first.

        Nobody brings together two groups of his own letters: whoever writes about many things writes of all in the same words.
        """
        here, own = near.rows_of(order[0]), near.only_of(profile.sender, order[0])
        merged = []
        for other in order[1:]:
            if means[other] < self.bridge:
                break
            if {order[0], other} <= bonds.fixed or (own and near.only_of(profile.sender, other)):
                continue
            across = [
                float(self.scorer.score(pair_parts(take_down(near.shelf, row), near.shelf, here)[1]).max())
                for row in near.rows_of(other)[:BEST]
            ]
            if sum(across) / len(across) >= self.join:
                merged.append(other)
        return merged


@kernel
def _highest(same: Ints, order: Ints, scores: Floats) -> float:
    """The largest sum that the best letters of one group come to, ``same`` telling the groups apart."""
    highest = 0.0
    for first in range(len(order)):
        one, two, three = 0.0, 0.0, 0.0  # BEST of them
        for at in range(len(order)):
            score = np.float64(scores[at])
            if same[order[at]] != same[order[first]]:
                continue
            if score > one:
                one, two, three = score, one, two
            elif score > two:
                two, three = score, two
            elif score > three:
                three = score
        highest = max(highest, one + two + three)
    return highest


def _compared(profile: Profile, found: Shortlist, places: Ints, parts: Floats, scores: Floats) -> _Compared:
    """A letter entered before is not compared with itself."""
    keep = [at for at, i in enumerate(places.tolist()) if found.ids[i] != profile.id]
    if len(keep) < len(places):
        places, parts, scores = places[keep], parts[keep], scores[keep]
    rows: list[int] = found.rows[places].tolist()
    ids, groups = ([names[i] for i in places.tolist()] for names in (found.ids, found.groups))
    return _Compared(found.shelf, rows, ids, groups, parts, scores.tolist())


@dataclass(frozen=True, slots=True)
class _Compared:
    """The best candidates and what came of the comparison, best first."""

    shelf: Shelf
    rows: list[int]
    ids: list[str]
    groups: list[str]
    parts: Floats
    scores: list[float]

    def means(self, index: MatterIndex, least: float) -> dict[str, float]:
        """For each group the mean of its best letters' scores; a letter that is no candidate counts as 0.

        Groups that cannot reach ``least``, however small they are, are left out: for most letters no size has to be asked.
        """
        by_group: defaultdict[str, list[float]] = defaultdict(list)
        for group, score in zip(self.groups, self.scores, strict=True):
            by_group[group].append(score)
        sums = {group: sum(sorted(found, reverse=True)[:BEST]) for group, found in by_group.items()}
        return {group: total / min(BEST, max(1, index.size(group))) for group, total in sums.items() if total >= least}

    def rows_of(self, group: str) -> Ints:
        return np.array([row for row, name in zip(self.rows, self.groups, strict=True) if name == group], np.int64)

    def only_of(self, sender: int, group: str) -> bool:
        """Whether all letters here of a group are by one known sender."""
        return bool(sender) and bool((self.shelf.senders[self.rows_of(group)] == np.uint64(sender)).all())

    def first_arrival(self, group: str) -> float:
        return float(self.shelf.arrived[self.rows_of(group)].min())

    def open(self, group: str, index: MatterIndex, since: float) -> bool:
        """Whether a group got a letter from that day on; the index is only asked where no letter here says so."""
        return bool(self.shelf.arrived[self.rows_of(group)].max() >= since) or index.latest(group) >= since

    def links(self, profile: Profile, groups: set[str], most: int) -> tuple[Link, ...]:
        at = [i for i, group in enumerate(self.groups) if group in groups]
        return tuple(self._link(profile, i) for i in sorted(at, key=lambda i: -self.scores[i])[:most])

    def _link(self, profile: Profile, i: int) -> Link:
        row, parts = self.rows[i], self.parts[i]
        theirs = set(self.shelf.name_numbers[self.shelf.name_starts[row] : self.shelf.name_ends[row]].tolist())
        return Link(
            letter_id=self.ids[i],
            kind=_kind(profile, int(self.shelf.senders[row]), int(self.shelf.digests[row]), float(parts[_NEAR_COPY])),
            score=round(self.scores[i], 4),
            shared=tuple(name for name, n in zip(profile.names, profile.name_numbers.tolist(), strict=True) if n in theirs),
            parts={name: round(value, 3) for name, value in zip(PARTS, parts.tolist(), strict=True)},
        )


def enter(decision: Decision, profile: Profile, index: MatterIndex) -> None:
    """Carry a decision out: fold the merged groups, then add the letter."""
    for group in decision.merged:
        index.merge(group, decision.group)
    index.add(profile, decision.group)


def _kind(profile: Profile, sender: int, digest: int, near_copy: float) -> LinkKind:
    """The same sender first, then shared text, else the same matter in other words."""
    if profile.sender and profile.sender == sender:
        return LinkKind.REPEAT
    return LinkKind.COPY if near_copy >= COPY or profile.digest == digest else LinkKind.SAME_MATTER
