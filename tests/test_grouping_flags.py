"""When a group is shown: people and matters are counted, nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from classifier.errors import BadDataFile
from classifier.grouping.flags import HOUR, GroupCount, Member, count_group, load_flags


def test_identical_text_within_an_hour_counts_once() -> None:
    assert count_group([Member(n, 60.0 * n, 7) for n in range(1, 9)]) == GroupCount(letters=8, senders=1, distinct=1)


def test_identical_text_after_more_than_an_hour_counts_again() -> None:
    assert count_group([Member(1, 0, 7), Member(2, HOUR + 1, 7)]).senders == 2


def test_one_senders_letters_make_no_group() -> None:
    count = count_group([Member(1, 100_000.0 * n, n) for n in range(12)])
    assert count.senders == 1
    assert load_flags().highest(count) is None


@pytest.mark.parametrize(("senders", "code"), [(2, None), (3, "hint"), (4, "hint"), (5, "group"), (10, "joint10"), (30, "joint30")])
def test_flags_follow_the_number_of_senders(senders: int, code: str | None) -> None:
    flag = load_flags().highest(GroupCount(senders, senders, senders))
    assert (flag.code if flag else None) == code


def test_senders_nobody_knows_count_each() -> None:
    assert count_group([Member(0, 1e6 * n, n) for n in range(3)]).senders == 3


def test_a_county_sets_its_own_thresholds(tmp_path: Path) -> None:
    (tmp_path / "group_flags.csv").write_text("code,senders,name,advice\ngroup,4,群体件,\n", encoding="utf-8")
    flag = load_flags(tmp_path).highest(GroupCount(4, 4, 4))
    assert flag is not None and flag.code == "group"


def test_a_threshold_that_is_no_number_names_file_and_row(tmp_path: Path) -> None:
    (tmp_path / "group_flags.csv").write_text("code,senders,name,advice\ngroup,many,群体件,\n", encoding="utf-8")
    with pytest.raises(BadDataFile, match=r"group_flags\.csv:2"):
        load_flags(tmp_path)
