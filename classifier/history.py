"""Who let which model version answer, when and why: an append-only file of JSON lines beside the pointer it explains.

A line is on disk before the pointer moves, and a second one, ``{"carried_out": …}``, after: whatever kills the process between,
the file never tells of a promotion that did not happen.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from classifier.errors import ModelError

HISTORY, LOCK = "history.jsonl", ".lock"


@dataclass(frozen=True, slots=True)
class Promotion:
    """One change of the champion; ``kind`` is ``promote`` or ``rollback``, ``at`` an ISO moment in UTC.

    ``despite_verdict``: a named person wanted it although the version had been refused.
    """

    at: str
    officer: str
    reason: str
    kind: str
    before: str | None
    after: str
    despite_verdict: bool = False


@contextmanager
def alone(models: Path) -> Iterator[None]:
    """Only one process at a time changes the pointer; the lock ends with the process, however that ends."""
    import fcntl

    try:
        models.mkdir(parents=True, exist_ok=True)
        with (models / LOCK).open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
    except OSError as fault:
        raise ModelError(f"cannot write in {models}: {fault.strerror or fault}") from fault


def begin(models: Path, promotion: Promotion, champion: str | None) -> None:
    """Write down what is about to happen; what was begun before and did happen is marked first."""
    _settle(models, champion)
    _append(models, asdict(promotion))


def finish(models: Path, promotion: Promotion) -> None:
    """Write down that it happened."""
    _append(models, {"carried_out": promotion.at})


def read_history(models: Path, champion: str | None) -> list[Promotion]:
    """All promotions that happened, oldest first; a line torn by a crash is passed over."""
    begun, carried_out = _lines(models)
    last = begun[-1] if begun else None
    return [one for one in begun if one.at in carried_out or (one is last and one.after == champion)]


def _settle(models: Path, champion: str | None) -> None:
    begun, carried_out = _lines(models)
    if begun and begun[-1].at not in carried_out and begun[-1].after == champion:
        finish(models, begun[-1])


def _lines(models: Path) -> tuple[list[Promotion], set[str]]:
    file = models / HISTORY
    begun: list[Promotion] = []
    carried_out: set[str] = set()
    for line in file.read_text(encoding="utf-8", errors="replace").splitlines() if file.is_file() else []:
        try:
            record = json.loads(line)
            if "carried_out" in record:
                carried_out.add(record["carried_out"])
            else:
                begun.append(Promotion(**record))
        except (ValueError, TypeError):
            continue
    return begun, carried_out


def _append(models: Path, record: dict[str, Any]) -> None:
    try:
        with (models / HISTORY).open("a+b") as file:
            file.seek(0, os.SEEK_END)
            if file.tell():
                file.seek(-1, os.SEEK_END)
                torn = file.read(1) != b"\n"
            else:
                torn = False
            file.write((b"\n" if torn else b"") + json.dumps(record, ensure_ascii=False).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as fault:
        raise ModelError(f"cannot write {models / HISTORY}: {fault.strerror or fault}; nothing was promoted") from fault
