"""A file of letters on several cores: worker processes take stretches of lines, answers come back in the order of the lines."""

from __future__ import annotations

import gc
import multiprocessing
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from itertools import repeat

from classifier.assess import Assessor
from classifier.batch import assess_lines
from classifier.errors import BadLine

STRETCH = 50  # lines a worker takes at once: few, so that no worker waits long for the last one
FORKS = sys.platform == "linux"  # there a process inherits the loaded model; elsewhere each worker loads its own

Answer = bytes | tuple[str, int, str]  # as it travels between processes: JSON, or a fault with its line and field

_held: list[Assessor] = []  # in a worker: its assessor


def assess_with_workers(
    lines: Sequence[bytes], load: Callable[[], Assessor], *, today: date, workers: int, reasons: bool = False
) -> Iterator[bytes | BadLine]:
    """The same as ``assess_lines`` with the assessor that ``load`` gives, by as many processes; one works in this process.

    ``load`` must be a function that another process can import, such as a partial of ``load_assessor``.
    """
    if workers <= 1:
        assessor = load()
        gc.freeze()
        yield from assess_lines(lines, assessor, today=today, reasons=reasons)
        return
    firsts = range(0, len(lines), STRETCH)
    with _pool(load, workers) as pool:
        for answers in pool.map(_assess, (lines[at : at + STRETCH] for at in firsts), firsts, repeat(today), repeat(reasons)):
            for answer in answers:
                yield answer if isinstance(answer, bytes) else BadLine(answer[0], line=answer[1], field=answer[2])


def _pool(load: Callable[[], Assessor], workers: int) -> ProcessPoolExecutor:
    if not FORKS:
        return ProcessPoolExecutor(workers, initializer=_hold, initargs=(load,))
    assessor = load()
    gc.freeze()  # what is loaded is never looked at again, so that the workers go on sharing its memory
    return ProcessPoolExecutor(
        workers, mp_context=multiprocessing.get_context("fork"), initializer=_hold, initargs=(lambda: assessor,)
    )


def _hold(load: Callable[[], Assessor]) -> None:
    _held[:] = [load()]


def _assess(lines: Sequence[bytes], before: int, today: date, reasons: bool) -> list[Answer]:
    answers = assess_lines(lines, _held[0], today=today, first=before + 1, reasons=reasons)
    return [answer if isinstance(answer, bytes) else (answer.fault, answer.line, answer.field) for answer in answers]
