"""Meters: counts for a monitoring system, in Prometheus' text format; nothing of a letter, and nothing about accusations.

Restricted letters are counted nowhere: a count of one would tell an office's people that an accusation has come.
"""

from __future__ import annotations

from collections.abc import Mapping

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from classifier.contract import Cuts
from classifier.letter import Access
from service.filing import Decision, Filing

MEDIA_TYPE = CONTENT_TYPE_LATEST
SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)


class Meters:
    """One service's meters."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._letters = Counter("fenxin_letters", "Letters taken in, by disposition", ["disposition"], registry=self._registry)
        self._doubts = Counter("fenxin_doubts", "Reasons to ask a person", ["doubt"], registry=self._registry)
        self._decisions = Counter("fenxin_decisions", "Officers' decisions", ["kind"], registry=self._registry)
        self._cuts = Gauge("fenxin_cut", "Cut in force; 2 where a person reads all", ["department"], registry=self._registry)
        self._groups = Gauge("fenxin_groups", "Group cases that were not dismissed, by level", ["level"], registry=self._registry)
        self._assessing = Histogram("fenxin_assess_seconds", "Time to assess one letter", buckets=SECONDS, registry=self._registry)

    def took(self, filing: Filing, seconds: float) -> None:
        """Count a letter that was taken in."""
        self._assessing.observe(seconds)
        if filing.standing.access == Access.RESTRICTED:
            return
        self._letters.labels(filing.standing.disposition).inc()
        for doubt in filing.doubts:
            self._doubts.labels(doubt).inc()

    def decided(self, decision: Decision, access: str) -> None:
        """Count a decision."""
        if access != Access.RESTRICTED:
            self._decisions.labels("confirmed" if decision.confirmed else "corrected").inc()

    def cuts(self, cuts: Cuts) -> None:
        """Show the cuts in force."""
        for department, cut in cuts.items():
            self._cuts.labels(department).set(2 if cut is None else cut)

    def groups(self, counts: Mapping[str, int]) -> None:
        """Show how many groups there are on each level."""
        for level, count in counts.items():
            self._groups.labels(level).set(count)

    def page(self) -> bytes:
        """All meters as text."""
        return generate_latest(self._registry)
