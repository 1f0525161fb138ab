"""How well letters were put into groups: pairwise figures, B-cubed on grouped letters, letters until the flag."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Grouping:
    """Precision, recall and F1 over pairs, and B-cubed: precision over letters that were grouped, recall over those that belong."""

    pair_precision: float
    pair_recall: float
    pair_f1: float
    cubed_precision: float
    cubed_recall: float
    cubed_f1: float


def f1(precision: float, recall: float) -> float:
    """The harmonic mean."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def judge(found: Sequence[str], true: Sequence[str]) -> Grouping:
    """Compare the groups found with the true ones; an empty name, or one nobody shares, is a letter that stands alone.

    >>> judge(["a", "a", "", "b"], ["m", "m", "", ""]).pair_f1
    1.0
    """
    found, true = _shared(found), _shared(true)
    found_size, true_size = Counter(filter(None, found)), Counter(filter(None, true))
    both = Counter((f, t) for f, t in zip(found, true, strict=True) if f and t)
    pairs = [sum(n * (n - 1) // 2 for n in sizes.values()) for sizes in (both, found_size, true_size)]
    precision, recall = pairs[0] / max(1, pairs[1]), pairs[0] / max(1, pairs[2])
    each = [(both[f, t] if t else 1) / found_size[f] for f, t in zip(found, true, strict=True) if f]
    whole = [(both[f, t] if f else 1) / true_size[t] for f, t in zip(found, true, strict=True) if t]
    cubed_precision, cubed_recall = sum(each) / max(1, len(each)), sum(whole) / max(1, len(whole))
    return Grouping(precision, recall, f1(precision, recall), cubed_precision, cubed_recall, f1(cubed_precision, cubed_recall))


@dataclass(frozen=True, slots=True)
class Flags:
    """Matters that reach five senders, and the flag that goes up when a group has so many senders.

    ``letters_after_second``: median over the matters of how many of their letters came after the second one until the flag stood,
    that letter among them. ``false_alarms``: flagged groups that do not hold so many senders of one matter, per 1,000 letters.
    """

    senders: int
    matters: int
    letters_after_second: float
    missed: int
    false_alarms: float


def judge_flags(found: Sequence[Sequence[str]], true: Sequence[str], senders: Sequence[str], least: int, big: int = 5) -> Flags:
    """``found[i]`` names the groups of letters 0 to i when letter i has come."""
    big_matters = sorted(
        {m for m in filter(None, set(true)) if len({s for s, t in zip(senders, true, strict=True) if t == m}) >= big}
    )
    delays: dict[str, int] = {}
    flagged: dict[str, list[int]] = {}
    for now, groups in enumerate(found):
        members = [i for i, group in enumerate(groups) if group == groups[now]]
        if len({senders[i] for i in members}) < least:
            continue
        flagged[groups[now]] = members
        for matter in {true[i] for i in members if true[i]} - delays.keys():
            if sum(true[i] == matter for i in members) >= 2:
                delays[matter] = sum(true[i] == matter for i in range(now + 1)) - 2
    seen = [delays[m] for m in big_matters if m in delays]
    false = sum(max(_senders_of_one(members, true, senders)) < least for members in flagged.values())
    return Flags(
        least,
        len(big_matters),
        float(median(seen)) if seen else float("nan"),
        len(big_matters) - len(seen),
        1000 * false / max(1, len(true)),
    )


def _senders_of_one(members: Sequence[int], true: Sequence[str], senders: Sequence[str]) -> list[int]:
    """How many senders of each matter a group holds; a letter that stands alone is a matter of its own."""
    held: defaultdict[str, set[str]] = defaultdict(set)
    for i in members:
        held[true[i] or f"alone {i}"].add(senders[i])
    return [len(one) for one in held.values()]


def _shared(names: Sequence[str]) -> list[str]:
    sizes = Counter(names)
    return [name if name and sizes[name] > 1 else "" for name in names]
