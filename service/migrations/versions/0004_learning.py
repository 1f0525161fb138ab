"""Learning from decisions: objections, labels to look at again, jobs; the review queue ordered by need."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0004_learning"
down_revision = "0003"
branch_labels = None
depends_on = None

SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.String(27)
LETTER_ID = sa.String(100)
TOGETHER = 500


def upgrade() -> None:
    """Add tables and columns; letters that wait for a person get their place in the new order."""
    op.drop_index("ix_standing_queue", "standing")
    op.add_column("standing", sa.Column("forward_by", sa.String(10), nullable=False, server_default="9999-12-31"))
    op.add_column("standing", sa.Column("margin", sa.Double(), nullable=False, server_default="1"))
    op.add_column("standing", sa.Column("again", sa.Text()))
    op.add_column("standing", sa.Column("waiting", sa.Boolean(), nullable=False, server_default=sa.false()))
    _place_what_waits()
    op.create_index("ix_standing_queue", "standing", ["waiting", "urgency", "forward_by", "margin", "received", "letter_id"])
    _objections()
    _jobs()


def _place_what_waits() -> None:
    letters = sa.table("standing", *map(sa.column, ("letter_id", "disposition", "decisions", "forward_by", "margin", "waiting")))
    made = sa.table("assessment", *map(sa.column, ("seq", "letter_id", "json")))
    connection = op.get_bind()
    connection.execute(
        letters.update().where(letters.c.disposition == "review", letters.c.decisions == 0).values(waiting=sa.true())
    )
    newest = sa.select(made.c.letter_id, sa.func.max(made.c.seq).label("seq")).group_by(made.c.letter_id).subquery()
    query = sa.select(made.c.letter_id, made.c.json).join(newest, newest.c.seq == made.c.seq)
    query = query.join(letters, letters.c.letter_id == made.c.letter_id).where(letters.c.waiting == sa.true())
    rows = connection.execute(query.order_by(made.c.seq)).all()
    for row in rows:
        connection.execute(letters.update().where(letters.c.letter_id == row.letter_id).values(**_place(row.json)))


def _place(assessment: bytes) -> dict[str, object]:
    try:
        told = json.loads(bytes(assessment))
        chances = [one["p"] for matter in told["matters"][:1] for one in matter["candidates"][:2]]
        margin = round(chances[0] - chances[1], 4) if len(chances) == 2 else 1.0
        return {"forward_by": told["route"]["deadlines"].get("forward_by", "9999-12-31"), "margin": margin}
    except (ValueError, KeyError, TypeError):
        return {"margin": 1.0}


def _objections() -> None:
    op.create_table(
        "objection",
        sa.Column("seq", SEQUENCE, autoincrement=True, nullable=False),
        sa.Column("letter_id", LETTER_ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("officer", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("right_category", sa.Text()),
        sa.Column("right_department", sa.Text()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("article", sa.Text(), nullable=False),
        sa.Column("last_day", sa.String(10)),
        sa.Column("decisions", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name="fk_objection_letter_id"),
        sa.PrimaryKeyConstraint("seq", name="pk_objection"),
    )
    op.create_index("ix_objection_letter_id", "objection", ["letter_id"])
    op.create_table(
        "suspicion",
        sa.Column("seq", SEQUENCE, autoincrement=True, nullable=False),
        sa.Column("letter_id", LETTER_ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("job", SEQUENCE, nullable=False),
        sa.Column("given", sa.Text(), nullable=False),
        sa.Column("likely", sa.Text(), nullable=False),
        sa.Column("p", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name="fk_suspicion_letter_id"),
        sa.PrimaryKeyConstraint("seq", name="pk_suspicion"),
    )
    op.create_index("ix_suspicion_letter_id", "suspicion", ["letter_id"])


def _jobs() -> None:
    op.create_table(
        "job",
        sa.Column("number", SEQUENCE, autoincrement=True, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean()),
        sa.Column("officer", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("started_at", MOMENT),
        sa.Column("ended_at", MOMENT),
        sa.Column("beat_at", MOMENT),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("share", sa.Double(), nullable=False),
        sa.Column("outcome", sa.LargeBinary()),
        sa.Column("fault", sa.Text()),
        sa.PrimaryKeyConstraint("number", name="pk_job"),
    )
    op.create_index("ix_job_active", "job", ["active"], unique=True)
