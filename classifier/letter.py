"""The records everything else speaks in: a letter (信访件) in, an assessment (研判结果) out.

All are frozen structs of msgspec, which are made, and turned into JSON, several times faster than dataclasses. Field names are the
keys of the public JSON: stable, additions allowed. The unit of analysis is the matter (信访事项), never the person: there is
deliberately no record about a petitioner.
"""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct, field
from msgspec.json import Encoder


class Purpose(StrEnum):
    """信访目的: what the writer wants of the organ (《信访工作条例》 Art. 29-31)."""

    SUGGEST = "SUGGEST"
    ACCUSE = "ACCUSE"
    APPEAL = "APPEAL"
    CONSULT = "CONSULT"
    OTHER = "OTHER"


class GroupLevel(StrEnum):
    """How clearly the letter itself speaks for several people (群体信号)."""

    NONE = "none"
    POSSIBLE = "possible"
    LIKELY = "likely"


class UrgencyLevel(StrEnum):
    """紧急程度, most urgent first; the service may raise it, never lower it."""

    R0 = "R0"
    R1 = "R1"
    R2 = "R2"
    R3 = "R3"
    NONE = "none"


class LitigationState(StrEnum):
    """诉访分离: whether a court, arbitration or reconsideration procedure is pending or concluded."""

    NONE = "none"
    PENDING = "pending"
    CONCLUDED = "concluded"


class Disposition(StrEnum):
    """Whether the proposal may go out by itself (auto) or waits for a person (review 人工复核)."""

    AUTO = "auto"
    REVIEW = "review"


class Access(StrEnum):
    """Who may see the matter; ``restricted`` (检举控告) only the discipline intake role."""

    NORMAL = "normal"
    SENSITIVE = "sensitive"
    RESTRICTED = "restricted"


class Letter(Struct, frozen=True, gc=False):
    """One incoming text (信访件); ``text`` is never empty, times are ISO 8601 as received."""

    id: str
    text: str
    title: str = ""
    received_at: str | None = None
    sender: str | None = None
    channel: str | None = None
    place: str | None = None


_ONE_LINE = {ord(end): " " for end in "\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"}


def document(title: str, text: str) -> str:
    """Title and text as one string, the title on the first line; every character keeps its place.

    >>> document("讨薪", "老板跑了")
    '讨薪\\n老板跑了'
    """
    return f"{title if title.isprintable() else title.translate(_ONE_LINE)}\n{text}"


class Evidence(Struct, frozen=True, gc=False):
    """Quoted words that led to a value: characters ``start:end`` of the letter's ``field`` (``title`` or ``text``) as sent.

    ``weight`` is the part of the linear score these words carry, None for a rule's match. Negative: they pulled away; such words
    stand last.
    """

    text: str
    start: int
    end: int
    weight: float | None = None
    field: str = "text"


class Candidate(Struct, frozen=True, gc=False):
    """One category with its calibrated probability."""

    category: str
    p: float


class Matter(Struct, frozen=True, gc=False):
    """One concrete problem (信访事项) in the letter; ``span`` is its characters in ``text``.

    ``route`` is where a further matter goes by itself; None for the first one, which goes where the letter goes.
    """

    category: str
    name: str
    confidence: float
    domain: str
    domain_confidence: float
    candidates: tuple[Candidate, ...]
    evidence: tuple[Evidence, ...]
    span: tuple[int, int]
    route: Route | None = None


class PurposeSignal(Struct, frozen=True, gc=False):
    """信访目的 with its probability."""

    value: str
    p: float
    evidence: tuple[Evidence, ...] = ()


class GroupSignal(Struct, frozen=True, gc=False):
    """Several people behind one letter: who signed (信访人数) and who is touched (涉及人数), never mixed."""

    level: GroupLevel = GroupLevel.NONE
    petitioner_count: int | None = None
    affected_count: int | None = None
    evidence: tuple[Evidence, ...] = ()


class UrgencySignal(Struct, frozen=True, gc=False):
    """紧急程度 with the quoted words."""

    level: UrgencyLevel = UrgencyLevel.NONE
    evidence: tuple[Evidence, ...] = ()


class LitigationSignal(Struct, frozen=True, gc=False):
    """诉讼、仲裁、复议 state with the quoted words."""

    state: LitigationState = LitigationState.NONE
    evidence: tuple[Evidence, ...] = ()


class AccusedParty(Struct, frozen=True, gc=False):
    """The unit or office complained of in an accusation; ``department`` is its code when it is one of ours.

    Not ``certain``: it stands beside words of misconduct, and only a person can tell whether it is accused. It is kept from the
    letter all the same.
    """

    name: str
    department: str | None = None
    evidence: tuple[Evidence, ...] = ()
    certain: bool = True


class Signals(Struct, frozen=True, gc=False):
    """What the letter itself shows (信号), each with its quoted words."""

    group: GroupSignal = GroupSignal()
    urgency: UrgencySignal = UrgencySignal()
    litigation: LitigationSignal = LitigationSignal()
    accused: tuple[AccusedParty, ...] = ()
    anonymous: bool = False


class Route(Struct, frozen=True, gc=False):
    """Who should get the matter, on which statutory road, by when, and which row of which table says so.

    ``lead`` is None where nobody may be proposed (outside the taxonomy, or the natural lead is the accused).
    """

    lead: str | None
    lead_name: str = ""
    co: tuple[str, ...] = ()
    place: str | None = None
    pathways: tuple[str, ...] = ()
    rule: str = ""
    deadlines: dict[str, str] = field(default_factory=dict)
    access: Access = Access.NORMAL
    blocked: tuple[str, ...] = ()


class Links(Struct, frozen=True, gc=False):
    """Other letters on the same matter; filled by the service, which knows the other letters."""

    group_case: str | None = None
    same_matter: tuple[dict[str, object], ...] = ()
    repeat_of: str | None = None


class Assessment(Struct, frozen=True, gc=False):
    """研判结果: everything the service says of one letter, with its evidence. A proposal: a person decides.

    ``lead_confidence`` is how likely the lead is right: what all candidates that lead there come to.
    """

    letter_id: str
    model: str
    taxonomy: str
    matters: tuple[Matter, ...]
    purpose: PurposeSignal
    signals: Signals
    route: Route
    lead_confidence: float
    disposition: Disposition
    doubts: tuple[str, ...]
    links: Links = Links()


_encode = Encoder().encode


def assessment_json(assessment: Assessment) -> bytes:
    """The public JSON of an assessment, keys in the order of the records.

    Raises UnicodeEncodeError where the letter's words are no Unicode (a lone surrogate).
    """
    return _encode(assessment)
