"""What each assessment proposed, beside its bytes, and the tightenings of the misroute contract."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the columns and the table; assessments made before count for no contract."""
    op.add_column("assessment", sa.Column("lead", sa.Text()))
    op.add_column("assessment", sa.Column("confidence", sa.Float()))
    op.add_column("assessment", sa.Column("alone", sa.Boolean()))
    op.create_index("ix_assessment_promise", "assessment", ["model", "lead", "created_at"])
    op.create_table(
        "tightening",
        sa.Column("seq", SEQUENCE, autoincrement=True, nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("accepted", sa.Float(), nullable=False),
        sa.Column("alone", sa.Integer(), nullable=False),
        sa.Column("astray", sa.Integer(), nullable=False),
        sa.Column("cut_before", sa.Float(), nullable=False),
        sa.Column("cut_after", sa.Float()),
        sa.PrimaryKeyConstraint("seq", name="pk_tightening"),
    )
    op.create_index("ix_tightening_model_department", "tightening", ["model", "department"])
