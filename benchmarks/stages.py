"""Where the time of one assessment goes: the functions of each stage, timed in place.

The functions are wrapped only while this runs, so the race in ``speed`` is not slowed. Where a function is gone (renamed,
merged) its time counts as ``rest`` until the table below is corrected; ``tests/test_benchmarks.py`` notices.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from time import perf_counter_ns
from typing import Any

import numpy as np

import classifier.assess
from benchmarks.speed import DAY, NS_PER_US
from classifier.assess import Assessor
from classifier.glance import Glancer
from classifier.letter import Letter, assessment_json
from classifier.routing import Router
from classifier.signals.reader import SignalReader

REST, JSON = "rest", "json"


def stage_functions() -> list[tuple[str, Any, str]]:
    """Stage, where its function is looked up, under which name; none of them calls another."""
    return [
        ("read", classifier.assess, "read"),
        ("numbers", Glancer, "whole"),
        ("explain", Assessor, "_matter"),
        ("purpose", Assessor, "_purpose"),
        ("signals", SignalReader, "read"),
        ("route", Router, "route"),
    ]


def stage_medians(assessor: Assessor, letters: Sequence[Letter]) -> dict[str, float]:
    """Median microseconds a letter spends in each stage, in everything else (``rest``) and in its JSON."""
    rows: list[Counter[str]] = []
    with _stopwatch() as spent:
        for letter in letters:
            spent.clear()
            begin = perf_counter_ns()
            assessment = assessor.assess(letter, today=DAY)
            middle = perf_counter_ns()
            assessment_json(assessment)
            spent[JSON] = perf_counter_ns() - middle
            spent[REST] = middle - begin - sum(ns for stage, ns in spent.items() if stage != JSON)
            rows.append(Counter(spent))
    names = [*dict.fromkeys(stage for stage, _, _ in stage_functions()), REST, JSON]
    return {name: float(np.median([row[name] for row in rows])) / NS_PER_US for name in names}


@contextmanager
def _stopwatch() -> Iterator[Counter[str]]:
    """Nanoseconds spent by stage since the counter was last cleared."""
    spent: Counter[str] = Counter()
    functions = [(stage, owner, name) for stage, owner, name in stage_functions() if hasattr(owner, name)]
    before = [getattr(owner, name) for _, owner, name in functions]
    try:
        for (stage, owner, name), function in zip(functions, before, strict=True):
            setattr(owner, name, _timed(function, stage, spent))
        yield spent
    finally:
        for (_, owner, name), function in zip(functions, before, strict=True):
            setattr(owner, name, function)


def _timed(function: Callable[..., Any], stage: str, spent: Counter[str]) -> Callable[..., Any]:
    def timed(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - stands for any function
        begin = perf_counter_ns()
        try:
            return function(*args, **kwargs)
        finally:
            spent[stage] += perf_counter_ns() - begin

    return timed
