"""Learning tables: receivers' objections, labels that want a second look, and jobs; all but jobs are only ever added to."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Double, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from service.tables import METADATA, MOMENT, SEQUENCE

# A receiver's reasoned refusal. What became of it is the decision that follows: decision number ``decisions`` (counted from 0).
OBJECTION = Table(
    "objection",
    METADATA,
    Column("seq", SEQUENCE, primary_key=True, autoincrement=True),
    Column("letter_id", ForeignKey("letter.id"), nullable=False, index=True),
    Column("at", MOMENT, nullable=False),
    Column("officer", Text, nullable=False),
    Column("department", Text, nullable=False),  # who objects: the department that then stood
    Column("category", Text, nullable=False),  # the category that then stood
    Column("right_category", Text),
    Column("right_department", Text),
    Column("reason", Text, nullable=False),
    Column("article", Text, nullable=False),
    Column("last_day", String(10)),  # until which it could be raised; None: the county sets no such clock
    Column("decisions", Integer, nullable=False),  # how many there were before it
)

# A label that the model, or another letter of the same words, speaks against; a person looks again, nothing is learnt meanwhile.
SUSPICION = Table(
    "suspicion",
    METADATA,
    Column("seq", SEQUENCE, primary_key=True, autoincrement=True),
    Column("letter_id", ForeignKey("letter.id"), nullable=False, index=True),
    Column("at", MOMENT, nullable=False),
    Column("job", SEQUENCE, nullable=False),
    Column("given", Text, nullable=False),
    Column("likely", Text, nullable=False),
    Column("p", Double, nullable=False),
)

# Work that takes minutes. ``active`` is true or NULL, and unique: one job at a time, whoever starts it.
JOB = Table(
    "job",
    METADATA,
    Column("number", SEQUENCE, primary_key=True, autoincrement=True),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("active", Boolean),
    Column("officer", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("created_at", MOMENT, nullable=False),
    Column("started_at", MOMENT),
    Column("ended_at", MOMENT),
    Column("beat_at", MOMENT),  # the worker's last sign of life
    Column("attempt", Integer, nullable=False),  # grows with each start: what an earlier worker still writes is ignored
    Column("step", Text, nullable=False),
    Column("share", Double, nullable=False),  # done, 0 to 1
    Column("outcome", LargeBinary),  # JSON
    Column("fault", Text),
    Index("ix_job_active", "active", unique=True),
)
