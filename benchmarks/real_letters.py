"""Real letters to measure on: read from a folder outside the repository, never written anywhere."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson

from classifier.corpus import LabelledLetter
from classifier.errors import BadTrainingData
from classifier.letter import Letter, document


@dataclass(frozen=True, slots=True)
class GoldLetter:
    """A letter with what careful readers said of it; ``right`` holds the categories that count as right, the best one first.

    ``affected`` is the stated number of people touched, ``litigation`` whether a procedure is pending or concluded, ``sure``
    False for a hard case.
    """

    letter: Letter
    right: tuple[str, ...]
    purpose: str
    group: str
    affected: int | None
    urgency: str
    litigation: bool
    lead: str
    sure: bool

    @property
    def document(self) -> str:
        """Title and text, as features read them."""
        return document(self.letter.title, self.letter.text)


@dataclass(frozen=True, slots=True)
class CodedLetter:
    """A letter whose title was coded: ``codes`` are categories (``LABOR.WAGE``) or whole domains (``DEMO``)."""

    letter: Letter
    codes: tuple[str, ...]


def read_gold(folder: Path) -> list[GoldLetter]:
    """The letters of ``gold.jsonl``; raises BadTrainingData naming file and row."""
    return [_gold(record) for record in _records(folder / "gold.jsonl", {"cat", "purpose", "group", "urgency", "sure"})]


def read_core_four(folder: Path) -> list[CodedLetter]:
    """The letters of ``core_four.jsonl``; raises BadTrainingData naming file and row."""
    return [CodedLetter(_letter(record), tuple(record["codes"])) for record in _records(folder / "core_four.jsonl", {"codes"})]


def read_stream(folder: Path, most: int) -> list[Letter]:
    """The first ``most`` letters of ``stream.jsonl``; raises BadTrainingData naming file and row."""
    return [_letter(record) for record, _ in zip(_records(folder / "stream.jsonl", set()), range(most), strict=False)]


def _gold(record: dict[str, Any]) -> GoldLetter:
    return GoldLetter(
        letter=_letter(record),
        right=(record["cat"], record["alt"]) if record.get("alt") else (record["cat"],),
        purpose=record["purpose"],
        group=record["group"],
        affected=record.get("affected"),
        urgency=record["urgency"],
        litigation=bool(record.get("litigation")),
        lead=record.get("lead", ""),
        sure=bool(record["sure"]),
    )


def _letter(record: dict[str, Any]) -> Letter:
    return Letter(str(record["id"]), record["text"], record.get("title", ""))


def _records(file: Path, keys: set[str]) -> Iterator[dict[str, Any]]:
    """The records of a file; a fault names the row, never its words."""
    try:
        lines = file.read_bytes().splitlines()
    except OSError as fault:
        raise BadTrainingData(str(file), None, f"{fault.strerror}; name the folder of real letters with --real") from fault
    for row, line in enumerate(lines, start=1):
        try:
            record = orjson.loads(line)
        except orjson.JSONDecodeError:
            raise BadTrainingData(file.name, row, "not JSON") from None
        if missing := {"id", "text", *keys} - set(record):
            raise BadTrainingData(file.name, row, f"without {', '.join(sorted(missing))}")
        yield record


def read_labels(folder: Path) -> tuple[list[LabelledLetter], list[int]]:
    """The letters of ``letters_labelled.jsonl`` and the fold of each; raises BadTrainingData naming file and row."""
    records = list(_records(folder / "letters_labelled.jsonl", {"label", "fold"}))
    letters = [LabelledLetter(r.get("title") or "", r["text"], r["label"], id=str(r["id"])) for r in records]
    return letters, [int(r["fold"]) for r in records]


def read_stream_of_labels(folder: Path) -> tuple[list[LabelledLetter], list[LabelledLetter]]:
    """The letters of ``letters_labelled.jsonl`` in order of time, and those of fold 0, which are for measuring.

    Where the day is known it places the letter; the others, whose rows stand label by label, are spread by a digest of their id.
    """
    records = list(_records(folder / "letters_labelled.jsonl", {"label", "fold"}))
    letters = [LabelledLetter(r.get("title") or "", r["text"], r["label"], id=str(r["id"])) for r in records]
    places = _places([(str(r["id"]), r.get("received_at") or "") for r in records])
    order = sorted((n for n, r in enumerate(records) if int(r["fold"])), key=lambda n: (places[n], n))
    return [letters[n] for n in order], [x for x, r in zip(letters, records, strict=True) if not int(r["fold"])]


def _places(ids_and_days: list[tuple[str, str]]) -> list[float]:
    """Where each letter stands in the year, 0 to 1: by its day among the known days, else by chance."""
    days = sorted(day for _, day in ids_and_days if day)
    return [
        bisect_left(days, day) / len(days) if day else int(sha256(one.encode()).hexdigest()[:8], 16) / 2**32
        for one, day in ids_and_days
    ]
