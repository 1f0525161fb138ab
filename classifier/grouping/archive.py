"""Group cases in a file of letters (``fenxin group``): JSON Lines in, one line a letter out, in input order.

The letters are linked in order of arrival, as the service would have done it: no letter sees a later one. A second process reads,
cuts and weighs them meanwhile. Only where each line begins is kept, so that a million letters fit into a modest memory.
"""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import orjson
from numpy.typing import NDArray

from classifier.assess import Assessor
from classifier.batch import CHINA, parse_letter
from classifier.errors import BadLine, GroupingError
from classifier.grouping.background import Background
from classifier.grouping.linkage import Decision, Linker, LinkKind, enter
from classifier.grouping.memory import MemoryIndex
from classifier.grouping.packed import Packed, pack, unpack
from classifier.grouping.profile import Profile
from classifier.grouping.profiling import Draft, profile_of
from classifier.grouping.scorer import load_background
from classifier.letter import Letter

DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Joined:
    """What is kept of a decision: the group a letter joined, and what tied it to its nearest letter there."""

    group: str
    kind: LinkKind
    score: float
    shared: tuple[str, ...]


@dataclass(slots=True)
class Archive:
    """Links letters one by one and remembers for each line what was decided."""

    linker: Linker
    background: Background
    index: MemoryIndex
    decided: dict[int, Joined] = field(default_factory=dict)
    into: dict[str, str] = field(default_factory=dict)

    def link(self, line: int, draft: Draft) -> tuple[Profile, Decision]:
        """Decide for the next letter in order of arrival; gives what a database would keep of it."""
        profile = profiled(draft, self.background)
        return profile, self.link_profile(line, profile)

    def link_profile(self, line: int, profile: Profile) -> Decision:
        """The same for a letter whose terms were weighed, and counted, elsewhere."""
        decision = self.linker.link(profile, self.index)
        enter(decision, profile, self.index)
        for group in decision.merged:
            self.into[group] = decision.group
        if decision.links:
            nearest = decision.links[0]
            self.decided[line] = Joined(decision.group, nearest.kind, nearest.score, nearest.shared)
        return decision

    def group(self, line: int, name: str) -> str:
        """The group that a letter is in at last; its own name where it stands alone."""
        group = self.decided[line].group if line in self.decided else name
        while group in self.into:
            group = self.into[group]
        return group


def profiled(draft: Draft, background: Background) -> Profile:
    """The next letter's profile, whose terms are counted after that."""
    profile = profile_of(draft, background)
    background.add(draft.counted())
    return profile


def new_archive(linker: Linker) -> Archive:
    """An empty archive."""
    return Archive(linker, load_background(), MemoryIndex(keep=max(linker.window, linker.reach)))


def arrival(letter: Letter, line: int) -> float | None:
    """Days since 1970 at which a letter arrived, China's clock where none is stated; None without ``received_at``."""
    if not letter.received_at:
        return None
    try:
        at = datetime.fromisoformat(letter.received_at)
    except ValueError:
        raise BadLine("no ISO 8601 time such as 2026-11-22T09:30:00+08:00", line=line, field="received_at") from None
    return (at if at.tzinfo else at.replace(tzinfo=CHINA)).astimezone(UTC).timestamp() / DAY


@dataclass(frozen=True, slots=True)
class Lines:
    """Where each good line begins, its number and when its letter arrived (NaN: not stated); faults of the others."""

    starts: NDArray[np.int64]
    numbers: NDArray[np.int64]
    arrived: NDArray[np.float64]
    faults: list[BadLine]

    def order(self) -> NDArray[np.int64]:
        """The good lines in order of arrival; a letter without a time comes right after the one before it in the file."""
        arrived = self.arrived.copy()
        for i in range(len(arrived)):
            if np.isnan(arrived[i]):
                arrived[i] = arrived[i - 1] if i else 0.0
        return np.argsort(arrived, kind="stable")


def survey(file: BinaryIO) -> Lines:
    """Read a file once: which lines are letters, and when they arrived."""
    starts, numbers, arrived, faults = array("q"), array("q"), array("d"), []
    at = 0
    for number, line in enumerate(file, start=1):
        start, at = at, at + len(line)
        if not line.strip():
            continue
        try:
            when = arrival(parse_letter(line, number), number)
        except BadLine as fault:
            faults.append(fault)
            continue
        starts.append(start)
        numbers.append(number)
        arrived.append(float("nan") if when is None else when)
    return Lines(np.array(starts, np.int64), np.array(numbers, np.int64), np.array(arrived, np.float64), faults)


def group_file(path: Path, assessor: Assessor, linker: Linker) -> Iterator[bytes | BadLine]:
    """One JSON line for each letter of a file, in input order, and what is wrong with each line that is no letter.

    ``{"id", "group"}``, with ``group`` null for a letter that stands alone; ``kind``, ``score`` and ``shared`` say what tied it
    to the earlier ones of its group. A group is named after its first letter.
    """
    with path.open("rb") as file:
        lines = survey(file)
    yield from lines.faults
    archive = new_archive(replace(linker, shown=1))  # the nearest letter is all that is said of each
    order = lines.order()
    for at, profile in zip(order.tolist(), _profiles(path, lines, order, assessor, archive.background), strict=True):
        archive.link_profile(at, profile)
    yield from _answers(order, archive)


def _profiles(path: Path, lines: Lines, order: NDArray[np.int64], assessor: Assessor, background: Background) -> Iterator[Profile]:
    """The letters in order, read and weighed in a process beside this one where there are many."""
    chunks = (order[i : i + CHUNK] for i in range(0, len(order), CHUNK))
    told = (lines.starts, lines.numbers, lines.arrived)
    work = ((path, list(zip(*(one[chunk].tolist() for one in told), strict=True))) for chunk in chunks)
    if len(order) < FEW:
        for one in work:
            yield from _read_chunk(one, assessor, background)
        return
    yield from _read_beside(work, assessor, background)


def _read_beside(work: Iterator[_Work], assessor: Assessor, background: Background) -> Iterator[Profile]:
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import get_context

    global _READER
    _READER = assessor, background  # a forked process finds it; nothing has to be loaded twice
    with ProcessPoolExecutor(1, get_context("fork")) as reader:  # one alone: what it counts goes on from chunk to chunk
        waiting = deque(reader.submit(_read_forked, one) for one in islice(work, AHEAD))
        while waiting:
            try:
                profiles = unpack(waiting.popleft().result(), Profile)
            except BrokenProcessPool as gone:
                raise GroupingError("the process that reads the letters was ended (no memory left?); no group is given") from gone
            waiting.extend(reader.submit(_read_forked, one) for one in islice(work, 1))
            yield from profiles


CHUNK, FEW = 256, 2_000  # letters given to the second process at a time; letters from which it is worth starting one
AHEAD = 6  # chunks a process may be ahead of the linking: what it read waits in memory
_READER: tuple[Assessor, Background] | None = None
_Work = tuple[Path, list[tuple[int, int, float]]]


def _read_forked(work: _Work) -> Packed:
    if _READER is None:
        raise RuntimeError("only a forked process reads chunks")
    return pack(_read_chunk(work, *_READER))


def _read_chunk(work: _Work, assessor: Assessor, background: Background) -> list[Profile]:
    path, places = work
    profiles = []
    with path.open("rb") as file:
        for start, number, arrived in places:
            file.seek(start)
            letter = parse_letter(file.readline(), number)
            draft = assessor.draft(letter, background, arrived=0.0 if arrived != arrived else arrived)
            profiles.append(profiled(draft, background))
    return profiles


def _answers(order: NDArray[np.int64], archive: Archive) -> Iterator[bytes]:
    ids, shared = archive.index.ids, {archive.group(at, "") for at in archive.decided}
    place = np.empty(len(order), np.int64)  # of a line in the order of arrival
    place[order] = np.arange(len(order))
    for at, number in enumerate(place.tolist()):
        group = archive.group(at, ids[number])
        answer: dict[str, Any] = {"id": ids[number], "group": group if group in shared else None}
        link = archive.decided.get(at)
        if link:
            answer |= {"kind": link.kind.value, "score": link.score, "shared": list(link.shared)}
        yield orjson.dumps(answer)
