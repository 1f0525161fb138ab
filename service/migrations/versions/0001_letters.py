"""Letters, their senders, assessments, decisions, what stands, and remembered replies."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.String(27)
DIGEST = sa.String(64)


def upgrade() -> None:
    """Create the first tables."""
    _letters()
    _history()
    _standing()
    op.create_table(
        "reply",
        sa.Column("caller", sa.String(100), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("request_sha256", DIGEST, nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("caller", "key", name="pk_reply"),
    )
    op.create_table(
        "pulse",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_pulse"),
    )


def _letters() -> None:
    op.create_table(
        "letter",
        sa.Column("id", sa.String(100), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("received_at", sa.String(40)),
        sa.Column("received", MOMENT, nullable=False),
        sa.Column("stored_at", MOMENT, nullable=False),
        sa.Column("channel", sa.Text()),
        sa.Column("place", sa.Text()),
        sa.Column("input_sha256", DIGEST, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_letter"),
    )
    op.create_table(
        "sender",
        sa.Column("letter_id", sa.String(100), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name="fk_sender_letter_id"),
        sa.PrimaryKeyConstraint("letter_id", name="pk_sender"),
    )


def _history() -> None:
    op.create_table(
        "assessment",
        sa.Column("seq", SEQUENCE, autoincrement=True, nullable=False),
        sa.Column("letter_id", sa.String(100), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("assessed_on", sa.String(10), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("taxonomy", sa.Text(), nullable=False),
        sa.Column("taxonomy_digest", DIGEST, nullable=False),
        sa.Column("rules_digest", DIGEST, nullable=False),
        sa.Column("input_sha256", DIGEST, nullable=False),
        sa.Column("json", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name="fk_assessment_letter_id"),
        sa.PrimaryKeyConstraint("seq", name="pk_assessment"),
    )
    op.create_index("ix_assessment_letter_id", "assessment", ["letter_id"])
    op.create_table(
        "decision",
        sa.Column("seq", SEQUENCE, autoincrement=True, nullable=False),
        sa.Column("letter_id", sa.String(100), nullable=False),
        sa.Column("assessment_seq", SEQUENCE, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("officer", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("department", sa.Text()),
        sa.Column("purpose", sa.Text()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["assessment_seq"], ["assessment.seq"], name="fk_decision_assessment_seq"),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name="fk_decision_letter_id"),
        sa.PrimaryKeyConstraint("seq", name="pk_decision"),
    )
    op.create_index("ix_decision_letter_id", "decision", ["letter_id"])


def _standing() -> None:
    op.create_table(
        "standing",
        sa.Column("letter_id", sa.String(100), nullable=False),
        sa.Column("received", MOMENT, nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("department", sa.Text()),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("urgency", sa.Integer(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("disposition", sa.Text(), nullable=False),
        sa.Column("access", sa.Text(), nullable=False),
        sa.Column("decisions", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name="fk_standing_letter_id"),
        sa.PrimaryKeyConstraint("letter_id", name="pk_standing"),
    )
    op.create_index("ix_standing_recent", "standing", ["received", "letter_id"])
    op.create_index("ix_standing_access", "standing", ["access", "received", "letter_id"])
    op.create_index("ix_standing_category", "standing", ["category", "received", "letter_id"])
    op.create_index("ix_standing_department", "standing", ["department", "received", "letter_id"])
    op.create_index("ix_standing_queue", "standing", ["disposition", "decisions", "urgency", "received", "letter_id"])
