"""How letters name places and counterparties, for the elements of the register (``element_words.csv``, ``divisions.csv``)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from classifier.divisions import Divisions, load_divisions
from classifier.tables import WORD_COLUMNS, alternatives, open_table, word_parts
from classifier.text import segmenter

WORDS_FILE = "element_words.csv"
PARTS = ("kind", "counterparty", "party", "place_end", "begins_none", "generic")


@dataclass(frozen=True, slots=True)
class Naming:
    """What names end in and begin with.

    ``kinds`` stand behind a name, ``party`` is a counterparty without one; ``begins_none`` are words that begin no name,
    ``generic`` ones that name nobody in particular.
    """

    kinds: tuple[str, ...]
    counterparty_end: re.Pattern[str]
    place_end: re.Pattern[str]
    party: re.Pattern[str]
    begins_none: frozenset[str]
    generic: frozenset[str]
    divisions: Divisions

    def span(self, text: str, name: str) -> tuple[int, int] | None:
        """Where a name stands first, with its kind (锦绣华庭小区), without words that begin no name; None where nothing is left.

        >>> load_naming().span("搬进锦绣华庭小区以后", "搬进锦绣华庭"), load_naming().span("然后小区停水", "然后小区")
        ((2, 8), None)
        """
        start = max(text.find(name), 0)
        end = start + len(name)
        for word in segmenter().cut(name):
            if word not in self.begins_none:
                break
            start += len(word)
        end += len(next((kind for kind in self.kinds if text.startswith(kind, end)), ""))
        return (start, end) if end - start > 1 and text[start:end] not in self.generic else None


def load_naming(county: Path | None = None) -> Naming:
    """The naming by the county's or the shipped words.

    Raises:
        BadDataFile: an unknown or missing part, or a row without words; names file and row.
    """
    found = word_parts(open_table(WORDS_FILE, county, columns=WORD_COLUMNS), PARTS)
    return Naming(
        kinds=tuple(found["kind"]),
        counterparty_end=re.compile(rf"{alternatives(found['counterparty'])}$"),
        place_end=re.compile(rf"(?<!居民)(?<!生活)(?<!棚户)(?<!城区){alternatives(found['place_end'])}$"),
        party=re.compile(alternatives(found["party"])),
        begins_none=frozenset(found["begins_none"]),
        generic=frozenset(found["generic"]),
        divisions=load_divisions(county),
    )
