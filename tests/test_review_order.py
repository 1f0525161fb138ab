"""The review queue by need: urgency, then the last day to forward, then where a decision teaches most."""

from dataclasses import replace
from pathlib import Path

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
