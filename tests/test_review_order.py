"""The review queue by need: urgency, then the last day to forward, then where a decision teaches most."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text

from classifier.letter import Letter
from service.database import Database, open_database
from service.filing import Filing, Provenance, Standing
from service.listing import Wanted, list_letters
from service.storage import add_letter

NOW = "2026-11-22T00:00:00.000000Z"
STAND = Standing("LAND.EXPROP", "ZRZY", "APPEAL", 4, 0.8, "review", "normal", forward_by="2026-12-07", margin=0.5)
MADE_BY = Provenance("m", "1.0", "t" * 64, "r" * 64, "i" * 64, "2026-11-22")
OLD = {
    "doubts": ["tie"],
    "matters": [{"candidates": [{"category": "A", "p": 0.5}, {"category": "B", "p": 0.42}]}],
    "route": {"deadlines": {"forward_by": "2026-12-01"}},
}


def queue(database: Database) -> list[str]:
    found, cursor = [], None
    with database.reading() as connection:
        while True:
            page = list_letters(connection, Wanted(queue=True), cursor=cursor, limit=1)
            found += [line.id for line in page.lines]
            if not (cursor := page.next):
                return found


def test_urgency_comes_first_then_the_last_day_then_the_doubt(database: Database) -> None:
    needs = {
        "plain": STAND,
        "unsure": replace(STAND, margin=0.01),
        "soon": replace(STAND, forward_by="2026-11-23", margin=0.9),
        "urgent": replace(STAND, urgency=0, forward_by="2026-12-31", margin=0.9),
        "sure": replace(STAND, disposition="auto"),
        "decided": replace(STAND, decisions=1),
        "objected": replace(STAND, decisions=1, again="objection", forward_by="2026-11-22"),
    }
    with database.writing() as connection:
        for name, standing in needs.items():
            add_letter(connection, Filing(Letter(name, "征地"), NOW, NOW, MADE_BY, b'{"doubts":["tie"]}', standing))
    assert queue(database) == ["urgent", "objected", "soon", "unsure", "plain"]
    with database.reading() as connection:
        assert list_letters(connection, Wanted(queue=True), cursor=None, limit=1).lines[0].doubts == ("tie",)


def test_our_own_deadline_passed_raises_to_r3_and_lowers_nothing() -> None:
    late = replace(STAND, forward_by="2026-11-21")
    assert [replace(late, urgency=rank).urgency_on("2026-11-22") for rank in range(5)] == [0, 1, 2, 3, 3]
    assert replace(late, decisions=1, again="objection").urgency_on("2026-11-22") == 3


@pytest.mark.parametrize(
    "rests", [{"forward_by": "2026-11-22"}, {"decisions": 1}, {"disposition": "auto"}, {"decisions": 1, "again": "suspect"}]
)
def test_nothing_is_overdue_before_its_day_is_over_nor_where_nobody_waits(rests: dict[str, Any]) -> None:
    assert replace(STAND, **({"forward_by": "2026-11-21"} | rests)).urgency_on("2026-11-22") == 4


def test_an_overdue_letter_stands_behind_r2_and_before_what_is_in_time(database: Database) -> None:
    needs = {
        "in time": STAND,
        "late": replace(STAND, forward_by="2026-11-21", margin=0.9),
        "clock": replace(STAND, urgency=2, forward_by="2026-12-31"),
        "says so": replace(STAND, urgency=3, forward_by="2026-12-31"),
    }
    with database.writing() as connection:
        for name, standing in needs.items():
            add_letter(connection, Filing(Letter(name, "征地"), NOW, NOW, MADE_BY, b'{"doubts":["tie"]}', standing))
    assert queue(database) == ["clock", "says so", "late", "in time"]
    with database.reading() as connection:
        lines = list_letters(connection, Wanted(queue=True), cursor=None, limit=9).lines
    ranks = [line.standing.urgency_on("2026-11-22") for line in lines]
    assert ranks == sorted(ranks) == [2, 3, 3, 4]


@pytest.mark.parametrize("made", [orjson.dumps(OLD), b"{}", b"no json"])
def test_what_waited_before_the_upgrade_still_waits_in_its_place(tmp_path: Path, made: bytes) -> None:
    url = f"sqlite:///{tmp_path / 'old.db'}"
    engine = create_engine(url)
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent.parent / "service" / "migrations"))
        config.attributes["connection"] = connection
        command.upgrade(config, "0003")
        connection.execute(text("INSERT INTO letter VALUES ('a', '', '征', NULL, :t, :t, NULL, NULL, '')"), {"t": NOW})
        columns = "letter_id, created_at, assessed_on, model, taxonomy, taxonomy_digest, rules_digest, input_sha256, json"
        connection.execute(
            text(f"INSERT INTO assessment ({columns}) VALUES ('a', :t, '', '', '', '', '', '', :j)"), {"t": NOW, "j": made}
        )
        stands = "INSERT INTO standing VALUES ('a', :t, 'LAND', NULL, 'APPEAL', 4, 0.5, 'review', 'normal', 0)"
        connection.execute(text(stands), {"t": NOW})
    engine.dispose()
    database = open_database(url)
    with database.reading() as connection:
        stands = connection.execute(text("SELECT forward_by, margin, waiting FROM standing")).one()
    database.close()
    assert stands == (("2026-12-01", 0.08, 1) if made.startswith(b'{"d') else ("9999-12-31", 1.0, 1))
