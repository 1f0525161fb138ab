"""The index in arrays against the rule written out plainly."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.grouping import memory, postings
from classifier.grouping.index import COMMON, MOST_CANDIDATES, PER_KEY
from classifier.grouping.memory import MemoryIndex
from classifier.grouping.profile import SIGNATURE, SPACES, Profile

KEYS = st.sets(st.integers(0, 30), min_size=1, max_size=8)


def entry(id: str, keys: set[int], arrived: float) -> Profile:
    return Profile(
        id=id,
        terms=np.array([1, 2], np.uint32),
        tf=np.array([16, 16], np.uint8),
        idf=np.array([60, 60], np.uint8),
        lengths=np.ones(SPACES, np.float32),
        keys=np.array(sorted(keys), np.uint64) << np.uint64(40),
        name_numbers=np.array([7], np.uint32),
        name_idf=np.array([50], np.uint8),
        signature=np.zeros(SIGNATURE, np.uint16),
        digest=1,
        categories=np.array([5], np.uint16),
        likely=np.array([250], np.uint8),
        arrived=arrived,
        sender=0,
        size=10,
    )


def plainly(letters: list[Profile], keys: np.ndarray, since: float, common: int = COMMON) -> list[str]:
    holders = defaultdict(list)
    for one in letters:
        if one.arrived >= since:
            for key in one.keys.tolist():
                holders[key].insert(0, one.id)
    found: dict[str, None] = {}
    for key in sorted((k for k in keys.tolist() if 0 < len(holders[k]) <= common), key=lambda k: (len(holders[k]), k)):
        for id in holders[key][:PER_KEY]:
            if len(found) < MOST_CANDIDATES:
                found.setdefault(id)
    return list(found)


@settings(deadline=None, max_examples=80)
@given(letters=st.lists(KEYS, min_size=1, max_size=40), asked=KEYS, since=st.integers(0, 40))
def test_candidates_follow_the_rule(letters: list[set[int]], asked: set[int], since: int) -> None:
    index, entered = MemoryIndex(), [entry(f"l{day}", keys, day) for day, keys in enumerate(letters)]
    for one in entered:
        index.add(one, one.id)
    keys = entry("new", asked, 50).keys
    short = index.candidates(keys, since)
    assert list(short.ids[:]) == plainly(entered, keys, since)
    assert list(short.groups[:]) == list(short.ids[:])
    assert [float(short.shelf.arrived[row]) for row in short.rows] == [float(id[1:]) for id in short.ids[:]]


@settings(deadline=None, max_examples=40)
@given(letters=st.lists(KEYS, min_size=30, max_size=60), asked=KEYS)
def test_forgetting_old_letters_loses_none_of_the_window(letters: list[set[int]], asked: set[int]) -> None:
    forgetful, faithful = MemoryIndex(keep=10), MemoryIndex()
    before, memory.TIDY = memory.TIDY, 8
    try:
        for day, keys in enumerate(letters):
            for index in (forgetful, faithful):
                index.add(entry(f"l{day}", keys, day), f"l{day - 1}" if day % 5 == 1 else f"l{day}")
    finally:
        memory.TIDY = before
    keys, since = entry("new", asked, 0).keys, len(letters) - 10
    one, other = forgetful.candidates(keys, since), faithful.candidates(keys, since)
    assert list(one.ids[:]) == list(other.ids[:])
    assert list(one.groups[:]) == list(other.groups[:])


def test_merged_groups_have_one_name_and_one_size() -> None:
    index = MemoryIndex()
    for id, group in (("a", "a"), ("b", "a"), ("c", "c"), ("d", "c"), ("e", "c")):
        index.add(entry(id, {1}, 1), group)
    index.merge("c", "a")
    index.add(entry("f", {1}, 2), "a")
    assert index.size("a") == 6
    assert set(index.candidates(entry("x", {1}, 3).keys, 0).groups[:]) == {"a"}


def test_a_group_is_as_new_as_its_newest_letter_also_merged() -> None:
    index = MemoryIndex()
    for id, group, day in (("a", "a", 1), ("b", "b", 2), ("c", "b", 9), ("d", "d", 4)):
        index.add(entry(id, {1}, day), group)
    assert [index.latest(group) for group in ("a", "b", "d", "unknown")] == [1, 9, 4, float("-inf")]
    index.merge("b", "a")
    assert index.latest("a") == 9
    index.merge("a", "d")
    assert index.latest("d") == 9


def test_a_letter_alone_counts_as_one() -> None:
    index = MemoryIndex()
    index.add(entry("a", {1}, 1), "a")
    assert index.size("a") == 1


@settings(deadline=None, max_examples=60)
@given(
    letters=st.lists(st.tuples(KEYS, st.integers(0, 30)), min_size=1, max_size=50),
    asked=st.lists(st.tuples(KEYS, st.integers(0, 40)), min_size=1, max_size=6),
    ordered=st.booleans(),
)
def test_counts_hold_however_windows_and_letters_come(
    letters: list[tuple[set[int], int]], asked: list[tuple[set[int], int]], ordered: bool
) -> None:
    """Windows that go back and letters out of order are answered too; a key that too many hold is not followed."""
    index, entered = MemoryIndex(), list[Profile]()
    before, postings.COMMON = postings.COMMON, 4
    try:
        for number, (keys, day) in enumerate(sorted(letters, key=lambda one: one[1]) if ordered else letters):
            entered.append(entry(f"l{number}", keys, day))
            index.add(entered[-1], entered[-1].id)
            asked_keys, since = asked[number % len(asked)]
            wanted = entry("new", asked_keys, 50).keys
            assert list(index.candidates(wanted, since).ids) == plainly(entered, wanted, since, common=4)
    finally:
        postings.COMMON = before


def test_many_keys_make_the_table_grow_and_forgetting_makes_it_small_again() -> None:
    index, before = MemoryIndex(keep=5), memory.TIDY
    memory.TIDY = 50
    try:
        for day in range(400):
            index.candidates(entry("x", {day}, day).keys, day - 5)
            index.add(entry(f"l{day}", set(range(day * 30, day * 30 + 31)), day), f"l{day}")
    finally:
        memory.TIDY = before
    assert list(index.candidates(entry("x", {399 * 30}, 400).keys, 394.0).ids) == ["l399", "l398"]
    assert list(index.candidates(entry("x", {1}, 400).keys, 394.0).ids) == []
