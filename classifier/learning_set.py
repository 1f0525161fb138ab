"""What officers decided, as letters to learn from (学习集): checked, the newest of each letter, weighed; the exam kept apart.

The exam (考卷) are decided letters that no training ever reads: one matter in five, chosen by a digest of the matter (of the text,
where there is none), so that the choice holds over all trainings and twins of one matter stay on one side.
"""

from __future__ import annotations

import hashlib
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from classifier.corpus import DECIDED, LabelledLetter
from classifier.errors import BadTrainingData
from classifier.letter import Letter, Purpose, document
from classifier.tables import Row, Table, open_table
from classifier.text import read

CONFIRMED, CORRECTED, UPHELD, WRITTEN = "confirmed", "corrected", "upheld", "written"
KINDS = (CONFIRMED, CORRECTED, UPHELD)
ONE_IN = 5  # matters of which one is kept for the exam
SOURCE = "decisions"
DAYS_A_MONTH = 30.44
FAINTEST = 0.05  # however old: a label never counts less than this share of its weight


@dataclass(frozen=True, slots=True)
class Correction:
    """An officer's word on a letter; ``decided_at`` is ISO 8601 UTC, ``kind`` one of ``KINDS``, ``matter`` the group case's id."""

    letter: Letter
    category: str
    department: str | None
    purpose: str | None
    decided_at: str
    kind: str
    matter: str | None = None

    @property
    def moment(self) -> datetime:
        """When it was decided; raises BadTrainingData naming the letter."""
        try:
            moment = datetime.fromisoformat(self.decided_at)
        except (TypeError, ValueError):
            raise fault(self, f"decided_at {self.decided_at!r} is no ISO 8601 time such as 2026-11-22T08:00:00+00:00") from None
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class LabelWeights:
    """What a label counts by its kind, and after how many months half of it (None: never)."""

    weight: Mapping[str, float]
    half_life: Mapping[str, float | None]
    digest: str

    def of(self, kind: str, months: float = 0.0) -> float:
        """What a label of this kind and age counts.

        >>> load_weights().of("corrected"), load_weights().of("corrected", months=24)
        (2.0, 1.0)
        """
        half_life = self.half_life[kind]
        faded = 1.0 if half_life is None else 0.5 ** (max(months, 0.0) / half_life)
        return round(self.weight[kind] * max(faded, FAINTEST), 6)


def load_weights(county: Path | None = None) -> LabelWeights:
    """Read ``label_weights.csv``, the shipped or the county's.

    Raises:
        BadDataFile: names row and fault.
    """
    table = open_table("label_weights.csv", county, columns=("kind", "weight", "half_life_months"), key=("kind",))
    rows = {}
    for number, row in table:
        table.require_known(number, row["kind"], (WRITTEN, *KINDS), "kind")
        rows[row["kind"]] = (_positive(table, number, row, "weight"), _half_life(table, number, row))
    if missing := [kind for kind in (WRITTEN, *KINDS) if kind not in rows]:
        raise table.fault(None, f"no row for {', '.join(missing)}")
    return LabelWeights({k: w for k, (w, _) in rows.items()}, {k: h for k, (_, h) in rows.items()}, table.digest)


def _half_life(table: Table, number: int, row: Row) -> float | None:
    return _positive(table, number, row, "half_life_months") if row["half_life_months"] else None


def _positive(table: Table, number: int, row: Row, column: str) -> float:
    try:
        value = float(row[column])
    except ValueError:
        value = 0.0
    if not 0 < value < 1000:
        raise table.fault(number, f"{column} {row[column]!r} is no number above 0 and below 1000")
    return value


def newest(corrections: Iterable[Correction]) -> list[Correction]:
    """One correction a letter, the newest, in order of time and id.

    An officer who changes a decision means the later one. Two labels of one letter at the same moment: BadTrainingData.
    """
    found: dict[str, Correction] = {}
    for one in corrections:
        before = found.setdefault(one.letter.id, one)
        if before.moment == one.moment and before.category != one.category:
            labels = " and ".join(sorted((before.category, one.category)))
            raise fault(one, f"labelled {labels} at the same moment ({one.decided_at}); decide it again")
        if one.moment >= before.moment:
            found[one.letter.id] = one
    return sorted(found.values(), key=lambda one: (one.moment, one.letter.id))


def check(corrections: Iterable[Correction], codes: Container[str], departments: Container[str]) -> None:
    """Raise BadTrainingData naming the first letter whose label, department, purpose, kind, time or text cannot be learnt."""
    for one in corrections:
        if not one.category:
            raise fault(one, "the label is empty; a text that is no petition is no decision to learn from")
        if one.category not in codes:
            raise fault(one, f"unknown category {one.category!r}; add it to the taxonomy or to category_changes.csv")
        if one.department and one.department not in departments:
            raise fault(one, f"unknown department {one.department!r}; add it to departments.csv")
        if one.purpose and one.purpose not in tuple(Purpose):
            raise fault(one, f"unknown purpose {one.purpose!r}; one of {', '.join(Purpose)}")
        if one.kind not in KINDS:
            raise fault(one, f"unknown kind {one.kind!r}; one of {', '.join(KINDS)}")
        if not one.letter.text.strip() and not one.letter.title.strip():
            raise fault(one, "the text is empty")


def fault(correction: Correction, what: str) -> BadTrainingData:
    """The error to raise for a decision: names the letter."""
    return BadTrainingData(SOURCE, None, f"letter {correction.letter.id!r}: {what}")


def in_exam(correction: Correction) -> bool:
    """Whether the decision belongs to the exam: by digest of its matter, or of its text with digits masked and spaces left out."""
    return drawn(_key(correction), ONE_IN)


def drawn(key: str, one_in: int) -> bool:
    """Whether a key is one of so many, by its digest: the same at every training."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big") % one_in == 0


def _key(correction: Correction) -> str:
    if correction.matter:
        return f"matter {correction.matter}"
    return "text " + "".join(read(document(correction.letter.title, correction.letter.text)).masked.split())


def as_labelled(corrections: Sequence[Correction], weights: LabelWeights, today: date) -> list[LabelledLetter]:
    """The decisions as letters to learn from, weighed as of ``today``; upheld labels are not doubted again."""
    return [_labelled(one, weights.of(one.kind, (today - one.moment.date()).days / DAYS_A_MONTH)) for one in corrections]


def _labelled(one: Correction, weight: float) -> LabelledLetter:
    return LabelledLetter(
        title=one.letter.title,
        text=one.letter.text,
        category=one.category,
        id=one.letter.id,
        purpose=one.purpose or "",
        channel=one.letter.channel or "",
        origin=DECIDED,
        department=one.department or "",
        matter=one.matter or "",
        weight=weight,
        doubtable=one.kind != UPHELD,
    )
