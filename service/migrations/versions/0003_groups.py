"""Group cases: letters by matter, the keys they are found by, their links, what persons decided of groups."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.String(27)
LETTER_ID = sa.String(100)


def upgrade() -> None:
    """Add the tables; letters stored before are entered at the next start."""
    _members()
    for name in ("matter_key", "kept_key"):
        op.create_table(
            name,
            sa.Column("key", sa.BigInteger(), nullable=False, autoincrement=False),
            sa.Column("arrived", sa.Double(), nullable=False),
            sa.Column("seq", SEQUENCE, nullable=False, autoincrement=False),
            sa.PrimaryKeyConstraint("key", "arrived", "seq", name=f"pk_{name}"),
            sqlite_with_rowid=False,
        )
    _cases()
    op.create_table(
        "grouping",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("counters", sa.LargeBinary()),
        sa.Column("seen", SEQUENCE, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_grouping"),
    )


def _members() -> None:
    op.create_table(
        "member",
        sa.Column("seq", SEQUENCE, autoincrement=True, nullable=False),
        sa.Column("letter_id", LETTER_ID, nullable=False),
        sa.Column("matter", LETTER_ID, nullable=False),
        sa.Column("arrived", sa.Double(), nullable=False),
        sa.Column("sender_number", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.Text()),
        sa.Column("affected", sa.Integer()),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name="fk_member_letter_id"),
        sa.PrimaryKeyConstraint("seq", name="pk_member"),
    )
    op.create_index("ix_member_letter_id", "member", ["letter_id"], unique=True)
    op.create_index("ix_member_matter", "member", ["matter", "seq"])
    op.create_table(
        "profile",
        sa.Column("seq", SEQUENCE, nullable=False, autoincrement=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["seq"], ["member.seq"], name="fk_profile_seq"),
        sa.PrimaryKeyConstraint("seq", name="pk_profile"),
    )
    op.create_table(
        "link",
        sa.Column("letter_id", LETTER_ID, nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("other_id", LETTER_ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("shared", sa.LargeBinary(), nullable=False),
        sa.Column("parts", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name="fk_link_letter_id"),
        sa.ForeignKeyConstraint(["other_id"], ["letter.id"], name="fk_link_other_id"),
        sa.PrimaryKeyConstraint("letter_id", "rank", name="pk_link"),
    )
    op.create_index("ix_link_other_id", "link", ["other_id"])


def _cases() -> None:
    op.create_table(
        "group_case",
        sa.Column("number", SEQUENCE, autoincrement=True, nullable=False),
        sa.Column("matter", LETTER_ID),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("opened", MOMENT, nullable=False),
        sa.Column("newest", MOMENT, nullable=False),
        sa.Column("letters", sa.Integer(), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("senders", sa.Integer(), nullable=False),
        sa.Column("affected_sum", sa.Integer()),
        sa.Column("affected_most", sa.Integer()),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("place", sa.Text()),
        sa.Column("department", sa.Text()),
        sa.Column("merged_into", SEQUENCE),
        sa.PrimaryKeyConstraint("number", name="pk_group_case"),
    )
    op.create_index("ix_group_case_matter", "group_case", ["matter"], unique=True)
    op.create_index("ix_group_case_newest", "group_case", ["newest", "number"])
    op.create_table(
        "group_decision",
        sa.Column("seq", SEQUENCE, autoincrement=True, nullable=False),
        sa.Column("number", SEQUENCE, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("officer", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("other", SEQUENCE),
        sa.Column("letters", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["number"], ["group_case.number"], name="fk_group_decision_number"),
        sa.PrimaryKeyConstraint("seq", name="pk_group_decision"),
    )
    op.create_index("ix_group_decision_number", "group_decision", ["number"])
    op.create_table(
        "group_bond",
        sa.Column("seq", SEQUENCE, autoincrement=True, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("letter_id", LETTER_ID),
        sa.Column("number", SEQUENCE, nullable=False),
        sa.Column("other", SEQUENCE),
        sa.ForeignKeyConstraint(["number"], ["group_case.number"], name="fk_group_bond_number"),
        sa.PrimaryKeyConstraint("seq", name="pk_group_bond"),
    )
    for name in ("letter_id", "number", "other"):
        op.create_index(f"ix_group_bond_{name}", "group_bond", [name])
