"""Several people behind one letter (群体信号): how clearly, who signed and who is touched."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from classifier.letter import GroupLevel, GroupSignal
from classifier.signals.counts import ROLES, Count, Kind, find_counts
from classifier.signals.terms import Hit, Quote

NOBODY = GroupSignal()  # speaks for several people
SIGNATURE = 48  # characters at the end of a letter in which a signature block is looked for

_DATE = r"(?:\d{2,4}[年./-]\d{1,2}(?:[月./-](?:\d{1,2}[日号]?)?)?|[〇零一二三四五六七八九十]{4}年.{0,8})?"
_SIGNATURE = re.compile(
    rf"(?:全体[^。，,!！?？]{{0,10}}(?:{ROLES}|买受人)|业主委员会|业委会|{ROLES}代表)"
    rf"\s*(?:敬上|呈上?|叩上|[(（][^()（）]{{0,10}}[)）])?\s*[::]?\s*{_DATE}[\d*（）()\s-]{{0,15}}[。.!！]?$"
)


_PLAIN_SIGNATURE = re.compile(rf"{ROLES}[::]?\s*{_DATE}[。.!！]?$")  # a signature only where "we" speak
_LAST_CLAUSE = re.compile(r"[^。，,!！?？;；\n]*$")


def read_group(document: str, hits: Sequence[Hit], gates: Sequence[Hit], quote: Quote) -> GroupSignal:
    """The group signal of a document, from the numbers at its gates, its signature and the rows of signal ``group`` that hold."""
    counts = find_counts(document, [gate.start for gate in gates]) if gates else []
    signature = _signature(document)
    if not (hits or counts or signature):
        return NOBODY
    likely = [hit for hit in hits if hit.value == GroupLevel.LIKELY]
    joint = [count for count in counts if count.kind is not Kind.TOUCHED]
    level = GroupLevel.LIKELY if likely or signature or joint else GroupLevel.POSSIBLE
    signed = [count for count in counts if count.kind is Kind.SIGNED]
    places = {(hit.start, hit.end) for hit in hits} | {(count.start, count.end) for count in counts}
    if signature:
        places.add(signature)
    return GroupSignal(level, _largest(signed), _touched(counts), tuple([quote(*place) for place in sorted(places)]))


def _signature(document: str) -> tuple[int, int] | None:
    """Where a group signs at the letter's end: 全体业主 with a date, a committee, or villagers who have said "we" before."""
    last = max(0, len(document) - SIGNATURE)
    tail = document[last:]
    if "全体" in tail or "委" in tail or "代表" in tail:
        found = _SIGNATURE.search(document, last)
        if found:
            return found.span()
    if document.count("我们") > 1:
        found = _PLAIN_SIGNATURE.search(document, last)
        clause = _LAST_CLAUSE.search(document, max(last, found.start() - 24), found.start()) if found else None
        if found and clause and clause.end() - clause.start() > 2:
            return clause.start(), found.end()
    return None


def _largest(counts: Iterable[Count]) -> int | None:
    return max((count.number for count in counts), default=None)


def _touched(counts: Sequence[Count]) -> int | None:
    """The largest number of people the matter touches; those who signed only for others are not among them."""
    return _largest(count for count in counts if not (count.kind is Kind.SIGNED and count.representative))
