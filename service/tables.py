"""Tables: what is kept of a letter (信访件), its assessments, decisions and replies; no column describes a person.

Letters, assessments and decisions are only ever added. ``standing`` is the one row per letter that changes: what currently holds
(the newest decision, else the newest assessment), kept so that lists and the queue need no join over history.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    false,
)

METADATA = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)
SEQUENCE = BigInteger().with_variant(Integer, "sqlite")  # SQLite numbers rows by itself only for INTEGER
MOMENT = String(27)  # moments.utc_text: fixed width, text order is time order

LETTER = Table(
    "letter",
    METADATA,
    Column("id", String(100), primary_key=True),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("received_at", String(40)),  # as sent; None when the sender gave none
    Column("received", MOMENT, nullable=False),
    Column("stored_at", MOMENT, nullable=False),
    Column("channel", Text),
    Column("place", Text),
    Column("input_sha256", String(64), nullable=False),
)

# Apart from the letter so that no list, filter or search can touch it: only for answering.
SENDER = Table(
    "sender",
    METADATA,
    Column("letter_id", ForeignKey("letter.id"), primary_key=True),
    Column("sender", Text, nullable=False),
)

ASSESSMENT = Table(
    "assessment",
    METADATA,
    Column("seq", SEQUENCE, primary_key=True, autoincrement=True),
    Column("letter_id", ForeignKey("letter.id"), nullable=False, index=True),
    Column("created_at", MOMENT, nullable=False),
    Column("assessed_on", String(10), nullable=False),  # the `today` it was assessed with: replaying needs it
    Column("model", Text, nullable=False),
    Column("taxonomy", Text, nullable=False),
    Column("taxonomy_digest", String(64), nullable=False),
    Column("rules_digest", String(64), nullable=False),
    Column("input_sha256", String(64), nullable=False),
    Column("json", LargeBinary, nullable=False),
    # What was proposed, beside the bytes: the watch over the misroute contract counts by these.
    Column("lead", Text),
    Column("confidence", Float),  # in the lead, as the cuts have it
    Column("alone", Boolean),
    Index("ix_assessment_promise", "model", "lead", "created_at"),
)

# The misroute contract, tightened: from then on the model's letters for this department need the higher cut (None: a person).
TIGHTENING = Table(
    "tightening",
    METADATA,
    Column("seq", SEQUENCE, primary_key=True, autoincrement=True),
    Column("at", MOMENT, nullable=False),
    Column("model", Text, nullable=False),
    Column("department", Text, nullable=False),
    Column("accepted", Float, nullable=False),
    Column("alone", Integer, nullable=False),
    Column("astray", Integer, nullable=False),
    Column("cut_before", Float, nullable=False),
    Column("cut_after", Float),
    Index("ix_tightening_model_department", "model", "department"),
)

DECISION = Table(
    "decision",
    METADATA,
    Column("seq", SEQUENCE, primary_key=True, autoincrement=True),
    Column("letter_id", ForeignKey("letter.id"), nullable=False, index=True),
    Column("assessment_seq", ForeignKey("assessment.seq"), nullable=False),
    Column("at", MOMENT, nullable=False),
    Column("officer", Text, nullable=False),
    Column("category", Text, nullable=False),
    Column("department", Text),
    Column("purpose", Text),
    Column("reason", Text, nullable=False),
    Column("confirmed", Boolean, nullable=False),
)

STANDING = Table(
    "standing",
    METADATA,
    Column("letter_id", ForeignKey("letter.id"), primary_key=True),
    Column("received", MOMENT, nullable=False),
    Column("category", Text, nullable=False),
    Column("department", Text),
    Column("purpose", Text, nullable=False),
    Column("urgency", Integer, nullable=False),  # rank, 0 is the most urgent
    Column("confidence", Float, nullable=False),
    Column("disposition", Text, nullable=False),
    Column("access", Text, nullable=False),
    Column("decisions", Integer, nullable=False),  # how many officers' decisions there are
    # The review queue by need: urgency, the last day to forward, then how near the two likeliest categories lie.
    Column("forward_by", String(10), nullable=False, server_default="9999-12-31"),
    Column("margin", Double, nullable=False, server_default="1"),
    Column("again", Text),  # why a person is asked although it was decided or sent: objection, suspect
    Column("waiting", Boolean, nullable=False, server_default=false()),
    Index("ix_standing_recent", "received", "letter_id"),
    Index("ix_standing_access", "access", "received", "letter_id"),
    Index("ix_standing_category", "category", "received", "letter_id"),
    Index("ix_standing_department", "department", "received", "letter_id"),
    Index("ix_standing_queue", "waiting", "urgency", "forward_by", "margin", "received", "letter_id"),
)

REPLY = Table(
    "reply",
    METADATA,
    Column("caller", String(100), primary_key=True),
    Column("key", String(200), primary_key=True),
    Column("request_sha256", String(64), nullable=False),
    Column("status", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("created_at", MOMENT, nullable=False),
)

# Group cases (群体件). A letter's place in one: numbers instead of words; senders are salted numbers that tell equal from others.
# ``matter`` is the name the linker gives a group: the id of one of its letters; a letter that stands alone is named like itself.
MEMBER = Table(
    "member",
    METADATA,
    Column("seq", SEQUENCE, primary_key=True, autoincrement=True),
    Column("letter_id", ForeignKey("letter.id"), nullable=False),
    Column("matter", String(100), nullable=False),
    Column("arrived", Double, nullable=False),  # days since 1970, as the linker counts them
    Column("sender_number", BigInteger, nullable=False),  # 0: unknown
    Column("digest", BigInteger, nullable=False),  # equal for equal texts
    Column("place", Text),
    Column("affected", Integer),  # how many the text says are affected
    Index("ix_member_letter_id", "letter_id", unique=True),
    Index("ix_member_matter", "matter", "seq"),
)

# Apart from the member, so that counting a group reads little.
PROFILE = Table(
    "profile",
    METADATA,
    Column("seq", ForeignKey("member.seq"), primary_key=True, autoincrement=False),
    Column("content", LargeBinary, nullable=False),
)


def _keys(name: str) -> Table:
    """Clustered by key and arrival, so that the newest letters of a key are one walk."""
    return Table(
        name,
        METADATA,
        Column("key", BigInteger, primary_key=True, autoincrement=False),
        Column("arrived", Double, primary_key=True, autoincrement=False),
        Column("seq", SEQUENCE, primary_key=True, autoincrement=False),
        sqlite_with_rowid=False,
    )


MATTER_KEY = _keys("matter_key")
KEPT_KEY = _keys("kept_key")  # the same for letters whose matter a person keeps open, found beyond the window too

LINK = Table(
    "link",
    METADATA,
    Column("letter_id", ForeignKey("letter.id"), primary_key=True),
    Column("rank", Integer, primary_key=True, autoincrement=False),  # 0 is the nearest
    Column("other_id", ForeignKey("letter.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("score", Double, nullable=False),
    Column("shared", LargeBinary, nullable=False),  # JSON
    Column("parts", LargeBinary, nullable=False),  # JSON
    Index("ix_link_other_id", "other_id"),
)

GROUP_CASE = Table(
    "group_case",
    METADATA,
    Column("number", SEQUENCE, primary_key=True, autoincrement=True),
    Column("matter", String(100)),  # None once it was folded into another
    Column("state", Text, nullable=False),
    Column("version", Integer, nullable=False),  # grows with whatever takes letters away or is decided
    Column("opened", MOMENT, nullable=False),
    Column("newest", MOMENT, nullable=False),
    Column("letters", Integer, nullable=False),
    Column("counted", Integer, nullable=False),  # identical text within an hour once
    Column("senders", Integer, nullable=False),
    Column("affected_sum", Integer),
    Column("affected_most", Integer),
    Column("category", Text, nullable=False),
    Column("place", Text),
    Column("department", Text),  # as a person confirmed it
    Column("merged_into", SEQUENCE),
    Index("ix_group_case_matter", "matter", unique=True),
    Index("ix_group_case_newest", "newest", "number"),
)

GROUP_DECISION = Table(
    "group_decision",
    METADATA,
    Column("seq", SEQUENCE, primary_key=True, autoincrement=True),
    Column("number", ForeignKey("group_case.number"), nullable=False, index=True),
    Column("at", MOMENT, nullable=False),
    Column("officer", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("other", SEQUENCE),  # the group that came in, or that was split off
    Column("letters", LargeBinary, nullable=False),  # JSON: the letters it was about
)

# What follows from decisions for the linker: ``must`` and ``never`` for a letter and a group, ``apart`` for two groups.
GROUP_BOND = Table(
    "group_bond",
    METADATA,
    Column("seq", SEQUENCE, primary_key=True, autoincrement=True),
    Column("kind", Text, nullable=False),
    Column("letter_id", String(100), index=True),
    Column("number", ForeignKey("group_case.number"), nullable=False, index=True),
    Column("other", SEQUENCE, index=True),
)

# One row an installation: the salt of its sender numbers, and how common terms are in the letters seen until ``counted``.
GROUPING = Table(
    "grouping",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("salt", LargeBinary, nullable=False),
    Column("counters", LargeBinary),
    Column("seen", SEQUENCE, nullable=False),
)

PULSE = Table("pulse", METADATA, Column("id", Integer, primary_key=True), Column("at", MOMENT, nullable=False))
