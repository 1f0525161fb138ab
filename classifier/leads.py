"""Leads: the department that each category would send a labelled letter to; misroutes are measured by it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from classifier.corpus import LabelledLetter
from classifier.letter import Access, Purpose
from classifier.routing import Router, load_router
from classifier.signals.reader import SignalReader, load_reader
from classifier.taxonomy import Taxonomy
from classifier.text import read

ANY_DAY = date(2026, 1, 5)  # leads do not depend on the day


class Leads:
    """Routes letters as the service would, with the label's purpose instead of the model's."""

    def __init__(self, router: Router, reader: SignalReader) -> None:
        self._router, self._reader = router, reader

    def of(self, letter: LabelledLetter, categories: Iterable[str]) -> list[str | None]:
        """The lead under each category; None where a person names it anyway: restricted, or a unit complained of."""
        text = read(letter.document).text
        purpose = letter.purpose or Purpose.APPEAL
        signals = self._reader.read(text, purpose=purpose)
        routes = [
            self._router.route(category, text=text, place=None, purpose=purpose, signals=signals, received_on=ANY_DAY)
            for category in categories
        ]
        return [None if route.blocked or route.access is Access.RESTRICTED else route.lead for route in routes]


def load_leads(taxonomy: Taxonomy, county: Path | None = None) -> Leads:
    """Read routing and signal tables, the shipped or the county's.

    Raises:
        BadDataFile: names file, row and fault.

    >>> from classifier.taxonomy import load_taxonomy
    >>> leads = load_leads(load_taxonomy())
    >>> leads.of(LabelledLetter("讨薪", "包工头拖欠工资", "LABOR.MIGRANTWAGE"), ["LABOR.MIGRANTWAGE", "DISCIP.CORRUPT"])
    ['RSJ', None]
    """
    return Leads(load_router(taxonomy, county), load_reader(taxonomy, county))
