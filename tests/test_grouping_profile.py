"""What is kept of a letter, and what two letters share."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.assess import load_assessor
from classifier.errors import GroupingError
from classifier.grouping.background import MEMORY, Background
from classifier.grouping.names import find_names
from classifier.grouping.pair import PARTS, pair_parts
from classifier.grouping.profile import Profile
from classifier.grouping.profiling import KEPT, profile_of, sender_number
from classifier.grouping.scorer import load_background, load_scorer
from classifier.grouping.shelf import shelve, take_down
from classifier.letter import Letter

ASSESSOR = load_assessor(Path(__file__).parent.parent / "models")
BACKGROUND = load_background()
LETTERS = st.text(alphabet="碧云华府石井村搅拌站灰尘物业费我们的在，。\n3号线ab", min_size=1, max_size=120)


def profile(text: str, title: str = "", id: str = "x", sender: str | None = None) -> Profile:
    return profile_of(ASSESSOR.draft(Letter(id, text, title, sender=sender), BACKGROUND, arrived=20_000.5), BACKGROUND)


def same(one: Profile, other: Profile) -> bool:
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in Profile.__dataclass_fields__)


@settings(deadline=None, max_examples=60)
@given(text=LETTERS, title=LETTERS.map(lambda t: t.replace("\n", "")))
def test_bytes_give_the_same_profile_again(text: str, title: str) -> None:
    one = profile(text, title, sender="s")
    assert same(Profile.from_bytes("x", one.to_bytes()), one)


@settings(deadline=None, max_examples=40)
@given(content=st.binary(max_size=400))
def test_other_bytes_are_refused_and_not_misread(content: bytes) -> None:
    with pytest.raises(GroupingError, match="letter x"):
        Profile.from_bytes("x", content)


@settings(deadline=None, max_examples=40)
@given(text=LETTERS)
def test_a_profile_is_small_sorted_and_distinct(text: str) -> None:
    one = profile(text)
    assert len(one.terms) <= KEPT.sum()
    assert (np.diff(one.terms.astype(np.int64)) > 0).all()
    assert (np.diff(one.keys.astype(object)) > 0).all()


@settings(deadline=None, max_examples=40)
@given(text=LETTERS, other=LETTERS)
def test_what_two_letters_share_is_the_same_seen_from_either(text: str, other: str) -> None:
    one, two = profile(text), profile(other)
    (_, there), (_, back) = (pair_parts(a, shelve([b]), np.arange(1)) for a, b in ((one, two), (two, one)))
    for part in ("known words: cosine", "other pairs: cosine", "names: how many shared", "near copy", "category: affinity"):
        assert there[0, PARTS.index(part)] == pytest.approx(back[0, PARTS.index(part)], abs=1e-5)


def test_a_letter_taken_from_the_shelf_compares_as_before() -> None:
    one, two = profile("碧云华府搅拌站灰尘"), profile("石井村搅拌站太吵")
    shelf = shelve([two, one])
    _, parts = pair_parts(take_down(shelf, 1), shelf, np.array([0]))
    assert np.array_equal(parts, pair_parts(one, shelf, np.array([0]))[1])


def test_an_estate_has_one_name_with_and_without_its_district() -> None:
    short, long = profile("锦绣华庭物业乱收费"), profile("城东区锦绣华庭小区物业乱收费")
    assert "锦绣华庭" in short.names and "锦绣华庭" in long.names
    assert set(short.name_numbers) & set(long.name_numbers)


def test_only_equality_of_senders_is_kept() -> None:
    assert profile("搅拌站", sender="张三").sender == profile("物业", sender="张三").sender != profile("物业", sender="李四").sender
    assert "张三".encode() not in profile("搅拌站", sender="张三").to_bytes()
    assert sender_number(None) == sender_number("") == 0


def test_the_same_sender_says_less_the_more_letters_he_wrote() -> None:
    part = PARTS.index("same sender, over how many of the letters compared")
    new, others = profile("搅拌站灰尘", sender="张三"), [profile(text, sender="张三") for text in ("搅拌站噪音", "小学学位")]
    elsewhere = profile("搅拌站灰尘扰民", sender="李四")
    for n in (1, 2):
        order, parts = pair_parts(new, shelve([elsewhere, *others[:n]]), np.arange(n + 1))
        found = dict(zip(order.tolist(), parts[:, part].tolist(), strict=True))
        assert found == {0: 0} | {other: pytest.approx(1 / n) for other in range(1, n + 1)}


def test_a_telephone_number_is_no_term() -> None:
    assert np.array_equal(profile("请联系13800001234王").terms, profile("请联系13800005678王").terms)


def test_a_line_of_the_underground_is_a_term() -> None:
    assert not np.array_equal(profile("地铁3号线").terms, profile("地铁5号线").terms)


def test_two_transposed_characters_still_share_pairs() -> None:
    one, two = profile("茂中城商铺"), profile("中茂城商铺")
    _, parts = pair_parts(one, shelve([two]), np.arange(1))
    assert parts[0, PARTS.index("crossed pairs: cosine")] > 0


def test_what_every_letter_here_says_is_not_rare() -> None:
    background = load_background()
    draft = ASSESSOR.draft(Letter("a", "云溪县望山镇"), background, arrived=0.0)
    before = profile_of(draft, background).idf.max()
    for _ in range(600):
        background.add(draft.counted())
    assert profile_of(draft, background).idf.max(initial=0) < before


def test_old_counts_fade() -> None:
    background = Background(np.empty(0, np.uint64), np.empty(0, np.float32))
    background.letters = MEMORY - 1
    background.counters[:] = 8
    background.add(np.empty(0, np.uint64))
    assert (background.letters, int(background.counters.max())) == (MEMORY // 2, 4)


def test_more_in_common_never_lowers_the_score() -> None:
    scorer, rng = load_scorer(), np.random.default_rng(0)
    parts = rng.random((200, len(PARTS))).astype(np.float32)
    for part in ("known words: cosine", "title: other pairs", "near copy", "names: rarest shared", "category: affinity"):
        more = parts.copy()
        more[:, PARTS.index(part)] += 0.3
        assert (scorer.score(more) >= scorer.score(parts)).all()


def test_names_of_nothing_are_nothing() -> None:
    empty = np.empty(0, np.int64)
    spans, numbers = find_names(np.empty(0, np.uint32), empty, np.empty(0, np.float32))
    assert len(spans) == len(numbers) == 0
