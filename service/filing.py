"""Filing: the records that pass between intake, review and storage."""

from __future__ import annotations

from dataclasses import dataclass

from classifier.grouping.profiling import Draft
from classifier.letter import Letter


@dataclass(frozen=True, slots=True)
class Standing:
    """What currently holds for a letter (现状): the newest decision, else the newest assessment."""

    category: str
    department: str | None
    purpose: str
    urgency: int
    confidence: float
    disposition: str
    access: str
    decisions: int = 0


@dataclass(frozen=True, slots=True)
class Provenance:
    """Everything that is needed to replay an assessment: same input, model, taxonomy, rules and day give the same bytes."""

    model: str
    taxonomy: str
    taxonomy_digest: str
    rules_digest: str
    input_sha256: str
    assessed_on: str


@dataclass(frozen=True, slots=True)
class Filing:
    """A letter with its assessment, ready to be stored in one transaction; ``json`` is the assessment's public bytes."""

    letter: Letter
    received: str
    stored_at: str
    provenance: Provenance
    json: bytes
    standing: Standing
    doubts: tuple[str, ...] = ()
    draft: Draft | None = None  # what linking needs; None for accusations, which are linked to nothing
    affected: int | None = None


@dataclass(frozen=True, slots=True)
class LetterLink:
    """Another letter on the same matter, how likely that is, and what the two share."""

    letter_id: str
    title: str
    kind: str
    score: float
    shared: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Links:
    """What a letter is connected with (关联); ``department`` is the lead that a person confirmed for the group.

    ``answered`` is what was decided of the same sender's earlier letter on this matter: a hint to look afresh.
    """

    number: int | None = None
    state: str | None = None
    same_matter: tuple[LetterLink, ...] = ()
    repeat_of: str | None = None
    answered: Decision | None = None
    department: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """办理意见: what a named officer decided; it overrides the assessment and is never changed."""

    officer: str
    at: str
    category: str
    department: str | None
    purpose: str | None
    reason: str
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Case:
    """One stored letter as an officer opens it."""

    letter: Letter
    received: str
    stored_at: str
    assessment_seq: int
    provenance: Provenance
    json: bytes
    standing: Standing
    decisions: tuple[Decision, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list: enough to choose the letter, without its text and never its sender."""

    id: str
    title: str
    received: str
    standing: Standing


@dataclass(frozen=True, slots=True)
class Ticket:
    """An idempotency key as one caller used it for one request (``request_sha256`` covers method, path and body)."""

    caller: str
    key: str
    request_sha256: str


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as it went out; ``replayed`` when it was given before."""

    status: int
    body: bytes
    replayed: bool = False
