"""A file of letters: per core against the textbook pipeline in its batch way, and what a second core adds; ratios of one run.

What one core does is counted in its own time (CPU seconds), so that another process on the machine does not count; what a second
core adds can only be seen on the clock, and only where nothing else wants it. So what sharing the work costs is told apart, in
processor time: a machine that is busy elsewhere gives two workers little more than one, however little they cost.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from time import perf_counter, process_time

import jieba
import numpy as np
import orjson

from benchmarks.peers import Pipeline
from benchmarks.speed import DAY
from classifier.assess import Assessor
from classifier.batch import assess_lines
from classifier.letter import Letter, document
from classifier.text import read, segmenter
from classifier.workers import assess_with_workers

ROUNDS = 5
COPIES = 4  # of the letters in the file that workers share, so that starting processes is not what is measured


Work = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Throughput:
    """Letters a second of one core, and ratios: medians over rounds in which the ways take turns.

    ``times_textbook``: ours to the textbook's. ``of_segmentation``: ours to normalising and cutting into words alone; ``of_jieba``:
    to cutting alone by jieba itself. ``second_core``: two workers to one, the start of the processes included, loading the model
    not. ``shared_work``: processor time of one process to that of two workers and their parent together for the same letters; 1
    where sharing costs nothing.
    """

    letters: int
    ours: float
    textbook: float
    segmentation: float
    times_textbook: float
    of_segmentation: float
    second_core: float
    shared_work: float = 0.0
    jieba: float = 0.0
    of_jieba: float = 0.0


def throughput(assessor: Assessor, textbook: Pipeline, letters: Sequence[Letter], rounds: int = ROUNDS) -> Throughput:
    """Measure on these letters: JSON Lines in, JSON Lines out for ours; labels for the textbook's."""
    documents = [document(letter.title, letter.text) for letter in letters]
    lines = [orjson.dumps({"id": letter.id, "title": letter.title, "text": letter.text}) for letter in letters]
    cutter = segmenter()
    alone: list[Work] = [
        lambda: list(assess_lines(lines, assessor, today=DAY)),
        lambda: textbook.model.predict(textbook.vectorizer.transform(documents)),
        lambda: [cutter.ends(read(each).hidden) for each in documents],
        lambda: [jieba.lcut(each) for each in documents],
    ]
    shared: list[Work] = [
        lambda: list(assess_lines(lines * COPIES, assessor, today=DAY)),
        lambda: list(assess_with_workers(lines * COPIES, lambda: assessor, today=DAY, workers=2)),
    ]
    taken = [
        [*(_seconds(way, process_time) for way in alone), *(second for way in shared for second in _clock_and_work(way))]
        for _ in range(rounds)
    ]
    ours, theirs, cutting, jiebas, one, work_of_one, two, work_of_two = np.array(taken).T
    return Throughput(
        letters=len(letters),
        ours=len(letters) / float(np.median(ours)),
        textbook=len(letters) / float(np.median(theirs)),
        segmentation=len(letters) / float(np.median(cutting)),
        times_textbook=float(np.median(theirs / ours)),
        of_segmentation=float(np.median(cutting / ours)),
        second_core=float(np.median(one / two)),
        shared_work=float(np.median(work_of_one / work_of_two)),
        jieba=len(letters) / float(np.median(jiebas)),
        of_jieba=float(np.median(jiebas / ours)),
    )


def _seconds(work: Work, clock: Callable[[], float]) -> float:
    begin = clock()
    work()
    return clock() - begin


def _clock_and_work(work: Work) -> tuple[float, float]:
    """Seconds on the clock, and seconds of processor time of this process and those that it started and saw end."""
    before = _spent()
    seconds = _seconds(work, perf_counter)
    return seconds, _spent() - before


def _spent() -> float:
    return sum(used.ru_utime + used.ru_stime for used in map(getrusage, (RUSAGE_SELF, RUSAGE_CHILDREN)))
