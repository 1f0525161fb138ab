"""Filing: the records that pass between intake, review and storage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from classifier.grouping.profiling import Draft
from classifier.letter import Disposition, Letter, UrgencyLevel

NO_DAY = "9999-12-31"  # after every last day
OBJECTED, SUSPECTED = "objection", "suspect"
OVERDUE = list(UrgencyLevel).index(UrgencyLevel.R3)


@dataclass(frozen=True, slots=True)
class Standing:
    """What currently holds for a letter (现状): the newest decision, else the newest assessment.

    ``margin`` is how far apart the two likeliest categories lie; ``again`` is why a person is asked once more, ``OBJECTED`` or
    ``SUSPECTED``.
    """

    category: str
    department: str | None
    purpose: str
    urgency: int
    confidence: float
    disposition: str
    access: str
    decisions: int = 0
    forward_by: str = NO_DAY
    margin: float = 1.0
    again: str | None = None

    @property
    def waiting(self) -> bool:
        """Whether a person has to look at the letter: doubts and no decision yet, or asked again."""
        return self.again is not None or (self.disposition == Disposition.REVIEW and not self.decisions)

    @property
    def open(self) -> bool:
        """Whether nobody's decision holds: none was made, or the receiver objects to it."""
        return not self.decisions or self.again == OBJECTED

    def urgency_on(self, today: str) -> int:
        """The rank on a day (ISO): R3 once our own last day to forward has passed and nobody has decided; never lowered.

        Source: 信访工作条例 articles 22 (15 days) and 40 (督办).

        >>> waits = Standing("LAND.EXPROP", "ZRZY", "APPEAL", 4, 0.8, "review", "normal", forward_by="2026-12-07")
        >>> waits.urgency_on("2026-12-07"), waits.urgency_on("2026-12-08")
        (4, 3)
        """
        late = self.open and self.waiting and self.forward_by < today
        return min(self.urgency, OVERDUE) if late else self.urgency


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
    lead_confidence: float = 0.0


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
class Objection:
    """退回异议: a receiver's reasoned refusal; ``decisions`` is how many decisions there were before it.

    ``department`` and ``category`` are what then stood, ``right_…`` what the receiver thinks right, ``last_day`` ends the clock.
    """

    officer: str
    at: str
    department: str
    category: str
    right_category: str | None
    right_department: str | None
    reason: str
    article: str
    last_day: str | None
    decisions: int

    def outcome(self, decisions: Sequence[Decision]) -> str:
        """What the decision after it made of it: ``pending``, ``upheld`` or ``rejected``."""
        if len(decisions) <= self.decisions:
            return "pending"
        after = decisions[self.decisions]
        as_asked = self.right_category is not None and after.category == self.right_category != self.category
        return "upheld" if after.department != self.department or as_asked else "rejected"


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
    objections: tuple[Objection, ...] = ()

    @property
    def pending(self) -> Objection | None:
        """The objection that nobody has decided about, if there is one."""
        last = self.objections[-1] if self.objections else None
        return last if last and last.outcome(self.decisions) == "pending" else None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list: enough to choose the letter, without its text and never its sender."""

    id: str
    title: str
    received: str
    standing: Standing
    doubts: tuple[str, ...] = ()


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
