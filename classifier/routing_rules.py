"""The rows of ``routing.csv`` (分流规则): which department leads and co-handles, for which category, place, signals and words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from classifier.letter import GroupLevel, LitigationState, Purpose, UrgencyLevel
from classifier.tables import Row, Table, values
from classifier.taxonomy import Taxonomy

RULE_COLUMNS = ("category", "place", "signal", "words", "lead", "co", "note", "source")

FACTS: Mapping[str, tuple[str, ...]] = {  # what a row's ``signal`` may ask of, and the values it may name
    "purpose": tuple(Purpose),
    "litigation": tuple(LitigationState),
    "urgency": tuple(UrgencyLevel),
    "group": tuple(GroupLevel),
    "anonymous": ("yes", "no"),
}


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """One row: ``number`` is its line in the file, ``note`` and ``source`` say why it is there.

    Empty ``place`` or ``signal`` and no ``words`` ask nothing.
    """

    number: int
    category: str
    place: str
    signal: tuple[tuple[str, frozenset[str]], ...]
    words: re.Pattern[str] | None
    lead: str
    co: tuple[str, ...]
    note: str
    source: str

    @property
    def unconditional(self) -> bool:
        """Whether the row takes every matter of its categories, so that no row below it can."""
        return not (self.place or self.signal or self.words)

    def covers(self, category: str) -> bool:
        """Whether the row speaks of this category: by its code, its domain (``LAND.*``) or ``*``."""
        return self.category in ("*", category, category.partition(".")[0] + ".*")

    def agrees(self, facts: Mapping[str, str]) -> bool:
        """Whether the signals of the letter are those that the row asks for."""
        return all(facts[fact] in wanted for fact, wanted in self.signal)

    def occurs(self, text: str, place: str | None) -> bool:
        """Whether the row's place is part of the matter's place and one of its words is in the text."""
        if self.place and (place is None or self.place not in place):
            return False
        return self.words is None or self.words.search(text) is not None


def read_rules(table: Table, taxonomy: Taxonomy) -> tuple[Rule, ...]:
    """The rows in order; each can match something, every category has a row that takes what is left; raises BadDataFile."""
    rules = tuple(_rule(table, number, row, taxonomy) for number, row in table)
    alive = {rule.number for category in taxonomy.categories for rule in reachable(rules, category)}
    for rule in rules:
        # a last row for a whole domain or for everything may stand in reserve
        if rule.number not in alive and not (rule.unconditional and rule.category.endswith("*")):
            raise table.fault(rule.number, "can never match: a row above takes every matter of its category; move it up")
    for category in taxonomy.categories:
        if not any(rule.unconditional for rule in reachable(rules, category)):
            raise table.fault(None, f"category {category} has no row without conditions; add one at the end")
    return rules


def reachable(rules: tuple[Rule, ...], category: str) -> tuple[Rule, ...]:
    """The rows that can match this category: down to the first that takes everything."""
    found = []
    for rule in rules:
        if rule.covers(category):
            found.append(rule)
            if rule.unconditional:
                break
    return tuple(found)


def any_of(words: Iterable[str]) -> re.Pattern[str] | None:
    """One check for many words, None for no words: an alternation is five times as quick as asking for each.

    >>> any_of(["电梯", "飞线"]).search("楼道飞线充电").group()
    '飞线'
    """
    words = sorted(set(words))
    return re.compile("|".join(map(re.escape, words))) if words else None


def joined(patterns: Iterable[re.Pattern[str]]) -> re.Pattern[str] | None:
    """One check that finds something where any of the patterns does; None for no patterns."""
    found = [pattern.pattern for pattern in patterns]
    return re.compile("|".join(found)) if found else None


def _rule(table: Table, number: int, row: Row, taxonomy: Taxonomy) -> Rule:
    table.require_filled(number, row, "category", "lead")
    patterns = {"*", *taxonomy.categories, *(f"{domain}.*" for domain in taxonomy.domains)}
    table.require_known(number, row["category"], patterns, "category")
    co = values(row["co"])
    for department in (row["lead"], *co):
        table.require_known(number, department, taxonomy.departments, "department")
    if row["lead"] in co or len(set(co)) < len(co):
        raise table.fault(number, "a department stands twice in lead and co")
    signal = tuple(_condition(table, number, part) for part in row["signal"].split("&")) if row["signal"] else ()
    return Rule(
        number=number,
        category=row["category"],
        place=row["place"],
        signal=signal,
        words=any_of(values(row["words"])),
        lead=row["lead"],
        co=co,
        note=row["note"],
        source=row["source"],
    )


def _condition(table: Table, number: int, text: str) -> tuple[str, frozenset[str]]:
    """``litigation=pending|concluded`` taken apart; a bare ``anonymous`` means yes."""
    fact, _, named = (part.strip() for part in text.partition("="))
    table.require_known(number, fact, FACTS, f"signal (one of {', '.join(FACTS)})")
    wanted = [value.strip() for value in named.split("|")] if named else ["yes"]
    for value in wanted:
        table.require_known(number, value, FACTS[fact], f"value of {fact} (one of {', '.join(FACTS[fact])})")
    return fact, frozenset(wanted)
