"""Storage: tables equal their migrations, a page of a list leads to the next, decisions are only ever added."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, func, select

from classifier.errors import BadInput, Conflict, NotFound, StorageFailed
from classifier.letter import Letter
from service.cursors import place_of, write_cursor
from service.database import Database, open_database
from service.filing import Decision, Filing, Provenance, Reply, Standing, Ticket
from service.listing import PLACE, Wanted, list_letters, make_cursor
from service.storage import add_decision, add_letter, answer_once, forget_replies, open_case
from service.tables import ASSESSMENT, LETTER, METADATA, STANDING

NOW = "2026-11-22T00:00:00.000000Z"
STAND = Standing("LAND.EXPROP", "ZRZY", "APPEAL", 4, 0.8, "review", "normal")
MADE_BY = Provenance("m", "1.0", "t" * 64, "r" * 64, "i" * 64, "2026-11-22")


def _filing(letter_id: str, *, received: str = NOW, standing: Standing = STAND, sender: str | None = None) -> Filing:
    return Filing(Letter(letter_id, "征地款没有发", sender=sender), received, NOW, MADE_BY, b"{}", standing)


def _store(database: Database, *filings: Filing) -> None:
    with database.writing() as connection:
        for filing in filings:
            add_letter(connection, filing)


def _decision(officer: str) -> Decision:
    return Decision(officer, NOW, "LAND.EXPROP", None, None, "", True)


def test_the_migrations_make_exactly_the_tables(database: Database) -> None:
    with database.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


def test_opening_twice_changes_nothing(url: str) -> None:
    first = open_database(url)
    _store(first, _filing("a"))
    first.close()
    second = open_database(url)
    with second.reading() as connection:
        assert open_case(connection, "a", restricted=False).letter.text == "征地款没有发"
    second.close()


def test_sqlite_writes_through_to_the_disk(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'fenxin.db'}")
    with database.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2  # FULL
    database.close()


def test_a_transaction_that_fails_leaves_nothing(database: Database) -> None:
    with pytest.raises(RuntimeError), database.writing() as connection:
        add_letter(connection, _filing("a"))
        raise RuntimeError
    with database.reading() as connection:
        counts = [connection.scalar(select(func.count()).select_from(table)) for table in (LETTER, ASSESSMENT, STANDING)]
    assert counts == [0, 0, 0]


@pytest.mark.parametrize("url", ["nonsense", "sqlite+nothing:///x", "postgresql+missing://x"])
def test_an_unreadable_address_is_refused(url: str) -> None:
    with pytest.raises(BadInput, match="FENXIN_DATABASE_URL: 无法识别"):
        open_database(url)


def test_a_store_that_should_be_there_is_not_made_by_mistake(tmp_path: Path) -> None:
    file = tmp_path / "fenxin.db"
    with pytest.raises(BadInput, match=r"FENXIN_DATABASE_URL: .*fenxin\.db 不存在"):
        open_database(f"sqlite:///{file}", create=False)
    assert not file.exists()
    open_database(f"sqlite:///{file}").close()
    open_database(f"sqlite:///{file}", create=False).close()


def test_a_missing_folder_says_so(tmp_path: Path) -> None:
    with pytest.raises(StorageFailed, match="文件夹"):
        open_database(f"sqlite:///{tmp_path / 'none' / 'fenxin.db'}")


def test_the_second_of_two_decisions_on_the_same_reading_is_refused(database: Database) -> None:
    _store(database, _filing("a"))
    with database.reading() as connection:
        case = open_case(connection, "a", restricted=False)
    with database.writing() as connection:
        add_decision(connection, case, _decision("甲"), STAND)
    with pytest.raises(Conflict), database.writing() as connection:
        add_decision(connection, case, _decision("乙"), STAND)
    with database.reading() as connection:
        assert [one.officer for one in open_case(connection, "a", restricted=False).decisions] == ["甲"]


def test_a_restricted_letter_reads_like_none_at_all(database: Database) -> None:
    _store(database, _filing("a", standing=replace(STAND, access="restricted")))
    with database.reading() as connection:
        with pytest.raises(NotFound) as hidden:
            open_case(connection, "a", restricted=False)
        with pytest.raises(NotFound) as absent:
            open_case(connection, "b", restricted=False)
        assert str(hidden.value) == str(absent.value)
        assert open_case(connection, "a", restricted=True).letter.id == "a"


def test_a_key_gives_its_first_reply_until_it_is_forgotten(database: Database) -> None:
    ticket, calls = Ticket("甲", "k", "0" * 64), count(1)

    def ask(one: Ticket) -> Reply:
        return answer_once(database, one, lambda _: Reply(201, str(next(calls)).encode()), now=NOW)

    assert ask(ticket) == Reply(201, b"1")
    assert ask(ticket) == Reply(201, b"1", replayed=True)
    assert ask(replace(ticket, caller="乙")).body == b"2"
    with pytest.raises(Conflict):
        ask(replace(ticket, request_sha256="1" * 64))
    with database.writing() as connection:
        forget_replies(connection, before="2026-12-01")
    assert ask(ticket).body == b"3"


def test_replicas_that_start_and_write_together_agree(url: str) -> None:
    ticket = Ticket("甲", "k", "0" * 64)

    def write(database: Database) -> Reply:
        def act(connection: Connection) -> Reply:
            add_letter(connection, _filing("a"))
            return Reply(201, b"{}")

        return answer_once(database, ticket, act, now=NOW)

    with ThreadPoolExecutor(4) as threads:
        replicas = list(threads.map(open_database, [url] * 4))
        replies = list(threads.map(write, replicas * 3))
    assert sum(not reply.replayed for reply in replies) == 1
    for replica in replicas:
        replica.close()


LETTERS = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 4), st.sampled_from(["normal", "sensitive", "restricted"])), max_size=14
)


@settings(max_examples=25, deadline=None)
@given(LETTERS, st.integers(1, 5), st.booleans(), st.booleans())
def test_pages_together_are_the_whole_list_in_order(
    tmp_path_factory: pytest.TempPathFactory, letters: list[tuple[int, int, str]], limit: int, queue: bool, restricted: bool
) -> None:
    database = open_database(f"sqlite:///{tmp_path_factory.mktemp('pages') / 'fenxin.db'}")
    days = [(f"{number:02}", f"2026-11-1{day}T00:00:00.000000Z", rank, who) for number, (day, rank, who) in enumerate(letters)]
    _store(database, *(_filing(one, received=at, standing=replace(STAND, urgency=rank, access=who)) for one, at, rank, who in days))
    shown = [entry for entry in days if (entry[3] == "restricted") == restricted]
    key = (lambda entry: (entry[2], entry[1], entry[0])) if queue else (lambda entry: (entry[1], entry[0]))
    expected = [entry[0] for entry in sorted(shown, key=key, reverse=not queue)]
    wanted, cursor, found = Wanted(queue=queue, restricted=restricted), None, []
    with database.reading() as connection:
        while True:
            page = list_letters(connection, wanted, cursor=cursor, limit=limit)
            found += [line.id for line in page.lines]
            cursor = page.next
            if cursor is None:
                break
    database.close()
    assert found == expected


def test_filters_choose_by_category_domain_department_state_and_day(database: Database) -> None:
    other = Standing("LABOR.WAGE", "RSJ", "APPEAL", 4, 0.9, "auto", "normal")
    _store(database, _filing("a"), _filing("b", received="2026-11-25T00:00:00.000000Z", standing=other))

    def ids(wanted: Wanted) -> list[str]:
        with database.reading() as connection:
            return [line.id for line in list_letters(connection, wanted, cursor=None, limit=10).lines]

    assert ids(Wanted(category="LAND")) == ids(Wanted(category="LAND.EXPROP")) == ids(Wanted(department="ZRZY")) == ["a"]
    assert ids(Wanted(category="LAN")) == ids(Wanted(category="L%")) == []
    assert ids(Wanted(disposition="auto")) == ids(Wanted(since="2026-11-24")) == ["b"]
    assert ids(Wanted(before="2026-11-24")) == ["a"]
    assert ids(Wanted(state="open")) == ["b", "a"]
    assert ids(Wanted(state="decided")) == []
    assert ids(Wanted(queue=True)) == ["a"]


@given(st.text(max_size=40))
def test_a_made_up_cursor_is_refused_clearly(cursor: str) -> None:
    with pytest.raises(BadInput, match="cursor"):
        place_of(cursor, Wanted(), PLACE)


@pytest.mark.parametrize("place", [[0, "", 2**63, "", ""], [True, "", 0.5, "", ""], [0, "", 0.5, ""], ["0", "", 0.5, "", ""]])
def test_a_place_that_no_list_could_have_written_is_refused(place: list[object]) -> None:
    with pytest.raises(BadInput, match="无法识别"):
        place_of(write_cursor(Wanted(), place), Wanted(), PLACE)


@given(st.text(min_size=1, max_size=100), st.integers(0, 4))
def test_a_cursor_reads_back_but_not_for_another_choice(letter_id: str, urgency: int) -> None:
    line = type("Line", (), {"id": letter_id, "received": NOW, "standing": replace(STAND, urgency=urgency)})()
    cursor = make_cursor(line, Wanted(category="LAND"))
    assert place_of(cursor, Wanted(category="LAND"), PLACE) == (urgency, STAND.forward_by, STAND.margin, NOW, letter_id)
    with pytest.raises(BadInput, match="筛选"):
        place_of(cursor, Wanted(), PLACE)
