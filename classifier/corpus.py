"""Labelled letters: reading them from JSON Lines or CSV, one record a line, every fault named by file and row."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from classifier.errors import BadTrainingData, FenxinError
from classifier.letter import GroupLevel, Purpose, UrgencyLevel, document

OUT_OF_SCOPE_FILE = "out_of_scope.jsonl"
TEXT_COLUMNS, LABEL_COLUMNS = ("text", "title"), ("category", "label", "cat")
DECIDED = "decided"  # the origin of letters whose label is an officer's decision


@dataclass(frozen=True, slots=True)
class LabelledLetter:
    """A letter with what a person said of it; ``category`` is any label, empty for a text that is no petition.

    ``alternative`` is another label that a careful clerk could defend; ``second`` that of a second matter in the same letter.
    ``department`` is the lead a person named, empty where the category's own stands. Letters of one ``matter`` are held out
    together. ``weight`` is what the letter counts; ``doubtable``: its label is one officer's and may be a slip.
    """

    title: str
    text: str
    category: str
    id: str = ""
    alternative: str = ""
    second: str = ""
    purpose: str = ""
    group: str = "none"
    urgency: str = "none"
    channel: str = ""
    origin: str = ""
    department: str = ""
    matter: str = ""
    weight: float = 1.0
    doubtable: bool = False

    @property
    def document(self) -> str:
        """What features read: the title on the first line, then the text."""
        return document(self.title, self.text)

    @property
    def right(self) -> tuple[str, ...]:
        """The labels that count as right, the best one first."""
        return (self.category, self.alternative) if self.alternative else (self.category,)

    @property
    def in_scope(self) -> bool:
        """Whether the text is a petition at all."""
        return bool(self.category)


def read_labelled(sources: Iterable[Path]) -> list[LabelledLetter]:
    """All labelled letters of files (``.jsonl``, ``.csv``) and folders of such files, in order of name and row.

    A record has ``text``, perhaps ``title``, and ``category`` (or ``label``, ``cat``); only ``out_of_scope.jsonl`` has none.
    Raises BadTrainingData naming file, row and fault.
    """
    letters = [letter for source in sources for file in _files(Path(source)) for letter in _read_file(file)]
    if not letters:
        raise BadTrainingData(", ".join(map(str, sources)) or "(no files)", None, "no labelled letters found")
    return letters


def fingerprint(letters: Iterable[LabelledLetter]) -> str:
    """SHA-256 over everything that training reads of the letters, in order."""
    digest = hashlib.sha256()
    for letter in letters:
        read = [letter.title, letter.text, letter.category, letter.purpose, letter.origin]
        decided = [letter.department, letter.matter, letter.weight, letter.doubtable]
        digest.update(orjson.dumps(read + decided if letter.origin == DECIDED else read))
    return digest.hexdigest()


def _files(source: Path) -> list[Path]:
    if source.is_dir():
        return sorted(f for f in source.iterdir() if f.suffix in {".jsonl", ".csv"})
    if not source.is_file():
        raise BadTrainingData(str(source), None, "no such file or folder")
    return [source]


def _read_file(file: Path) -> Iterator[LabelledLetter]:
    try:
        content = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise BadTrainingData(file.name, None, f"not UTF-8 (byte {fault.start}); save it as UTF-8") from fault
    records = _csv_records(file.name, content) if file.suffix == ".csv" else _json_records(file.name, content)
    for row, record in records:
        yield _letter(file.name, row, record)


def _json_records(name: str, content: str) -> Iterator[tuple[int, dict[str, Any]]]:
    for row, line in enumerate(content.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            record = orjson.loads(line)
        except orjson.JSONDecodeError as fault:
            raise BadTrainingData(name, row, f"not JSON: {fault.msg} (column {fault.colno})") from fault
        if not isinstance(record, dict):
            raise BadTrainingData(name, row, "expected one JSON object a line")
        yield row, record


def _csv_records(name: str, content: str) -> Iterator[tuple[int, dict[str, Any]]]:
    reader = csv.DictReader(io.StringIO(content), strict=True)
    try:
        _check_header(name, reader.fieldnames or ())
        for record in reader:
            if None in record:  # a comma in a text without quotes: the rest of the letter would be lost
                raise BadTrainingData(name, reader.line_num, "more cells than the header has; put cells with a comma in quotes")
            yield reader.line_num, record
    except csv.Error as fault:
        raise BadTrainingData(name, reader.line_num, f"not CSV: {fault}") from fault


def _check_header(name: str, columns: Sequence[str]) -> None:
    for wanted in (TEXT_COLUMNS, LABEL_COLUMNS):
        if columns and set(columns).isdisjoint(wanted):
            found = ", ".join(map(repr, columns))
            raise BadTrainingData(name, 1, f"no column {' or '.join(wanted)} in the header, only {found}; cells end with commas")


def _letter(name: str, row: int, record: dict[str, Any]) -> LabelledLetter:
    def cell(key: str, default: str = "") -> str:
        value = record.get(key)
        if value is None:
            return default
        if not isinstance(value, str | int):
            raise BadTrainingData(name, row, f"{key}: expected text, found {type(value).__name__}")
        return str(value).strip()

    category = next(filter(None, map(cell, LABEL_COLUMNS)), "")
    if not category and name != OUT_OF_SCOPE_FILE:
        raise BadTrainingData(name, row, "neither category nor label; texts that are no petition belong in out_of_scope.jsonl")
    if not cell("text") and not cell("title"):
        raise BadTrainingData(name, row, "text is empty")
    return LabelledLetter(
        title=cell("title"),
        text=cell("text"),
        category=category,
        id=cell("id") or f"{name}:{row}",
        alternative=cell("alt"),
        second=cell("second"),
        purpose=_one_of(name, row, "purpose", cell("purpose"), Purpose) if cell("purpose") else "",
        group=_one_of(name, row, "group", cell("group", "none") or "none", GroupLevel),
        urgency=_one_of(name, row, "urgency", cell("urgency", "none") or "none", UrgencyLevel),
        channel=cell("channel"),
        origin=cell("origin"),
    )


def _one_of(name: str, row: int, key: str, value: str, allowed: type[Purpose] | type[GroupLevel] | type[UrgencyLevel]) -> str:
    if value not in set(allowed):
        raise BadTrainingData(name, row, f"{key} {value!r} is none of {', '.join(allowed)}")
    return value


def check_labels(letters: Iterable[LabelledLetter], known: Iterable[str]) -> bool:
    """Whether the letters are labelled with the taxonomy's codes (True) or with a label set of their own (False).

    Raises FenxinError when most labels are codes of the taxonomy and some are not: a typing error rather than another scheme.
    """
    codes = set(known)
    labels = {label for letter in letters for label in (letter.category, letter.second) if label}
    strange = sorted(labels - codes)
    if not strange:
        return True
    if len(strange) * 2 >= len(labels):
        return False
    example = next(letter for letter in letters if letter.category == strange[0] or letter.second == strange[0])
    raise FenxinError(
        f"label {strange[0]!r} of letter {example.id} is not in the taxonomy, most others are: correct it or add it there"
    )
