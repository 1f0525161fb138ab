"""The index in the database finds what the index in memory finds, whatever is stored, and forgets a letter without a trace."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
import pytest
from sqlalchemy import func, select

from classifier.assess import Assessor
from classifier.corpus import LabelledLetter
from classifier.grouping.memory import MemoryIndex
from classifier.grouping.profile import Profile
from classifier.grouping.profiling import profile_of
from classifier.letter import Letter
from service.database import Database
from service.filing import Filing, Provenance, Standing
from service.grouping import Grouping
from service.matter_index import SqlIndex, signed, signed_number, unsigned_number
from service.storage import add_letter
from service.tables import KEPT_KEY, MATTER_KEY, MEMBER, METADATA, PROFILE

MADE_BY = Provenance("m", "1.0", "t" * 64, "r" * 64, "i" * 64, "2026-11-22")
STAND = Standing("LAND.EXPROP", "ZRZY", "APPEAL", 4, 0.8, "review", "normal")
NOW = "2026-11-22T00:00:00.000000Z"


@pytest.fixture(scope="session")
def profiles(assessor: Assessor, letters: list[LabelledLetter]) -> list[Profile]:
    """Two hundred letters about some places, in order of arrival; several arrive at the same moment."""
    chance, seen = random.Random(0), Grouping.unlearnt(b"salt")
    found = []
    for number, one in enumerate(chance.sample(letters, 200)):
        place = chance.choice(["翠云苑", "锦泰花园", "和平县南山村", "永康路"])
        letter = Letter(f"L{number}", f"{place}：{one.text}", one.title, sender=f"u{chance.randrange(60)}")
        draft = seen.draft(assessor, letter, f"2026-{1 + number // 20:02}-{1 + number // 2 % 10:02}T00:00:00.000000Z")
        found.append(profile_of(draft, seen.background))
        seen.learn(draft, number)
    return found


def _store(database: Database, profiles: Sequence[Profile]) -> None:
    with database.writing() as connection:
        for number, profile in enumerate(profiles):
            add_letter(connection, Filing(Letter(profile.id, "征地"), NOW, NOW, MADE_BY, b"{}", STAND))
            SqlIndex(connection).add(profile, f"L{number % 7}")


@pytest.mark.parametrize("window", [30.0, 90.0, 1000.0])
def test_both_indexes_find_the_same_letters_in_the_same_order(database: Database, profiles: list[Profile], window: float) -> None:
    memory, asked = MemoryIndex(), profiles[150:]
    for number, profile in enumerate(profiles[:150]):
        memory.add(profile, f"L{number % 7}")
    _store(database, profiles[:150])
    with database.reading() as connection:
        index = SqlIndex(connection)
        for profile in asked:
            here, there = (one.candidates(profile.keys, profile.arrived - window) for one in (index, memory))
            assert list(here.ids) == list(there.ids)
            assert list(here.groups) == list(there.groups)
            assert {group: index.size(group) for group in here.groups} == {group: memory.size(group) for group in here.groups}
            assert [index.latest(group) for group in here.groups] == [memory.latest(group) for group in here.groups]


def test_a_letter_read_back_is_the_same_profile(database: Database, profiles: list[Profile]) -> None:
    _store(database, profiles[:1])
    with database.reading() as connection:
        found = SqlIndex(connection).candidates(profiles[0].keys, 0.0)
    assert (found.shelf.terms == profiles[0].terms).all()
    assert found.shelf.digests.tolist() == [profiles[0].digest]


def test_a_letter_kept_open_is_found_beyond_the_window_until_it_lapses(database: Database, profiles: list[Profile]) -> None:
    _store(database, profiles[:3])
    keys, late = profiles[0].keys, profiles[0].arrived + 500
    with database.writing() as connection:
        index = SqlIndex(connection)
        assert index.candidates(keys, late).ids == []
        index.keep_open("L0")
        assert "L0" in SqlIndex(connection).candidates(keys, late).ids
        assert SqlIndex(connection).candidates(keys, 0.0).ids.count("L0") == 1
        index.let_lapse("L0")
        assert SqlIndex(connection).candidates(keys, late).ids == []
        assert connection.scalar(select(func.count()).select_from(KEPT_KEY)) == 0


def test_a_letter_taken_out_leaves_no_row(database: Database, profiles: list[Profile]) -> None:
    _store(database, profiles[:2])
    with database.writing() as connection:
        index = SqlIndex(connection)
        index.keep_open("L0")
        assert index.remove("L0") == "L0"
        assert index.remove("L0") is None
        left = {table.name: connection.scalar(select(func.count()).select_from(table)) for table in (MEMBER, PROFILE, KEPT_KEY)}
        assert left == {"member": 1, "profile": 1, "kept_key": 0}
        assert connection.scalar(select(func.count()).select_from(MATTER_KEY)) == len(profiles[1].keys)


def test_sixty_four_bits_survive_the_database() -> None:
    numbers = np.array([0, 1, 2**63 - 1, 2**63, 2**64 - 1], np.uint64)
    assert [unsigned_number(one) for one in signed(numbers)] == numbers.tolist()
    assert [signed_number(int(one)) for one in numbers] == signed(numbers)


def test_the_keys_are_clustered_so_that_the_newest_of_a_key_is_one_walk(tmp_path_factory: pytest.TempPathFactory) -> None:
    from service.database import open_database

    opened = open_database(f"sqlite:///{tmp_path_factory.mktemp('plan') / 'fenxin.db'}")
    with opened.reading() as connection:
        walk = "SELECT seq FROM matter_key WHERE key = 1 AND arrived >= 2 ORDER BY arrived DESC, seq DESC LIMIT 60"
        plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {walk}")]
    opened.close()
    assert plan == ["SEARCH matter_key USING PRIMARY KEY (key=? AND arrived>?)"]
    assert METADATA.tables["matter_key"].primary_key.columns.keys() == ["key", "arrived", "seq"]
