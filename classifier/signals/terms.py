"""The rows of ``signal_terms.csv`` (信号词表) and one pass that finds all of them.

A row holds when one of its ``words`` stands in the document, ``near`` (a regular expression) matches within ``reach`` characters
of the word, and ``unless`` matches nowhere in the same sentence. A row with value ``none`` silences its signal in its sentence.
``{past}`` in near or unless stands for the words of the row ``phrase,past``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from msgspec import Struct

from classifier.letter import Evidence, GroupLevel, LitigationState, UrgencyLevel
from classifier.tables import Row, Table, open_table, values
from classifier.text import WordList, codes_of, word_list

TERMS_FILE = "signal_terms.csv"
TERM_COLUMNS = ("signal", "value", "words", "near", "unless", "reach", "note", "source")

COMPANIONS = frozenset({"now", "plea", "weary"})  # mean nothing alone, stand in every third letter: looked at only beside WANTING
WANTING = frozenset({"peril", "danger", "farewell"})

REACH = 20  # characters on either side of the word in which ``near`` is looked for, where the row names no other
SENTENCE = 60  # characters; a longer sentence is cut, so that one letter without punctuation is not one sentence
_UP_TO_A_MARK, _NO_MARK = re.compile(r"(?s:.*)[。!?！？\n；;…]"), re.compile(r"[^。!?！？\n；;…]*")
_PHRASE = re.compile(r"\{([a-z_]+)\}")
_BRACKETS = re.compile(r"\\.|\[(?:\\.|[^\]])*\]|[()|]")

VALUES: Mapping[str, tuple[str, ...]] = {  # what a row's signal may say, besides department codes under ``accused``
    "group": (GroupLevel.LIKELY, GroupLevel.POSSIBLE, "none"),
    "urgency": (
        UrgencyLevel.R0,
        UrgencyLevel.R1,
        UrgencyLevel.R2,
        UrgencyLevel.R3,
        "threat",
        "peril",
        "danger",
        "now",
        "plea",
        "farewell",
        "weary",
        "none",
    ),
    "litigation": (LitigationState.PENDING, LitigationState.CONCLUDED, "filed", "none"),
    "accused": ("misconduct", "improper", "inquiry", "none"),
    "anonymous": ("yes", "none"),
}


@dataclass(frozen=True, slots=True)
class Condition:
    """What must (``near``) or must not (``unless``) stand around a word: a regular expression, one of some phrases or words.

    ``words`` are the plain alternatives of an ``unless``: asking for each is several times as quick as one long alternation.
    """

    pattern: re.Pattern[str] | None = None
    phrases: frozenset[str] = frozenset()
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Term:
    """Row ``row``: what it says (``signal``, ``value``) when one of ``words`` stands in the right surroundings."""

    row: int
    signal: str
    value: str
    words: tuple[str, ...]
    near: Condition | None = None
    unless: Condition | None = None
    reach: int = REACH


class Hit(Struct, frozen=True, gc=False):
    """A row that holds: characters ``start:end`` of the document, from the word to what stands near it."""

    row: int
    signal: str
    value: str
    start: int
    end: int


Quote = Callable[[int, int], Evidence]  # evidence of the words between two positions
Places = Sequence[Sequence[int]]  # words that stand in a document: end, start and number of each
Phrases = Mapping[str, Sequence[str]]  # a phrase's name and its words
Candidates = tuple[list[Term], int, int]  # the terms of one word, and where it stands
Phrased = Mapping[str, Sequence[tuple[int, int]]]  # where in a document each phrase's words stand


class Terms:
    """All rows in one list of words; ``find`` costs one pass over the document and a look around each word that occurs."""

    def __init__(self, terms: Iterable[Term], phrases: Phrases = MappingProxyType({})) -> None:
        by_word: dict[str, tuple[list[Term], list[Term], list[str]]] = {}
        for term in terms:
            for word in term.words:
                terms_of, companions, _ = by_word.setdefault(word, ([], [], []))
                (companions if term.value in COMPANIONS else terms_of).append(term)
        for name, words in phrases.items():
            for word in words:
                by_word.setdefault(word, ([], [], []))[2].append(name)
        self._entries = list(by_word.values())
        self.words: WordList = word_list(by_word)

    def find(self, document: str, places_of_words: Places | None = None) -> dict[str, list[Hit]]:
        """The rows that hold in this document, by signal, in the order of their words' ends.

        ``places_of_words`` is what ``words`` find in it, where that is known already.
        """
        if places_of_words is None:
            places_of_words = self.words.places(codes_of(document)).tolist()
        places: dict[str, list[tuple[int, int]]] = {}
        candidates: list[Candidates] = []
        companions: list[Candidates] = []
        entries = self._entries
        for end, start, index in sorted(places_of_words):
            terms, beside, names = entries[index]
            if terms:
                candidates.append((terms, start, end))
            if beside:
                companions.append((beside, start, end))
            for name in names:
                places.setdefault(name, []).append((start, end))
        found: dict[str, list[Hit]] = {}
        _hold(document, candidates, places, found)
        if companions and any(hit.value in WANTING for hit in found.get("urgency", ())):
            _hold(document, companions, places, found)
        for signal, hits in found.items():
            if any([hit.value == "none" for hit in hits]):
                found[signal] = list(_not_silenced(document, hits))
        return found


def load_terms(county: Path | None = None, departments: Iterable[str] = (), *further: Term) -> Terms:
    """The rows of the county's or the shipped ``signal_terms.csv``, and ``further`` terms to be found in the same pass.

    Raises:
        BadDataFile: unknown signal, value or phrase, no words, or a broken regular expression; names file and row.
    """
    table = open_table(TERMS_FILE, county, columns=TERM_COLUMNS)
    allowed = {**VALUES, "accused": (*VALUES["accused"], *departments)}
    phrases: dict[str, tuple[str, ...]] = {}
    terms = []
    for number, row in table:
        table.require_filled(number, row, "signal", "value", "words")
        if row["signal"] == "phrase":
            if row["value"] in phrases:
                raise table.fault(number, f"phrase {row['value']} is named twice")
            phrases[row["value"]] = values(row["words"])
            continue
        table.require_known(number, row["signal"], allowed, f"signal (one of phrase, {', '.join(VALUES)})")
        table.require_known(number, row["value"], allowed[row["signal"]], f"value of {row['signal']}")
        terms.append(_term(table, number, row, phrases))
    looked_up = {name for term in terms for condition in (term.near, term.unless) if condition for name in condition.phrases}
    return Terms([*terms, *further], {name: words for name, words in phrases.items() if name in looked_up})


def sentence(document: str, start: int, end: int) -> tuple[int, int]:
    """The sentence around ``start:end``, at most SENTENCE characters to either side.

    >>> sentence("先说一件。他说不想活了，怎么办？再说一件。", 7, 11)
    (5, 15)
    """
    left = max(0, start - SENTENCE)
    before, after = _UP_TO_A_MARK.match(document, left, start), _NO_MARK.match(document, end, end + SENTENCE)
    return before.end() if before else left, after.end() if after else end


def plain_quote(document: str) -> Quote:
    """The document's own words as evidence of a rule."""
    return lambda start, end: Evidence(document[start:end], start, end, None, "")


def quotes(quote: Quote, hits: Iterable[Hit]) -> tuple[Evidence, ...]:
    """The hits' words in document order, each place once."""
    return tuple([quote(start, end) for start, end in sorted({(hit.start, hit.end) for hit in hits})])


def _hold(document: str, candidates: Iterable[Candidates], places: Phrased, found: dict[str, list[Hit]]) -> None:
    """Add the candidates that stand in the right surroundings to what is found."""
    for terms, start, end in candidates:
        around: tuple[int, int] | None = None
        for term in terms:
            span = _reach(term, document, start, end, places)
            if span is None:
                continue
            if term.unless is not None:
                around = around or sentence(document, start, end)
                if _excused(term.unless, document, *around, places):
                    continue
            found.setdefault(term.signal, []).append(Hit(term.row, term.signal, term.value, *span))


def _reach(term: Term, document: str, start: int, end: int, places: Phrased) -> tuple[int, int] | None:
    """Where the term stands together with what must stand near it; None where that is missing."""
    if term.near is None:
        return start, end
    near = _stands(term.near, document, max(0, start - term.reach), end + term.reach, places)
    if near is None:
        return None
    if term.signal == "accused" and term.value not in VALUES["accused"]:  # a department is where its name stands, no further
        return start, end
    return min(start, near[0]), max(end, near[1])


def _excused(condition: Condition, document: str, left: int, right: int, places: Phrased) -> bool:
    """Whether the condition is met between left and right, no matter where."""
    if condition.words:
        around = document[left:right]
        for word in condition.words:
            if word in around:
                return True
    return _stands(condition, document, left, right, places) is not None


def _stands(condition: Condition, document: str, left: int, right: int, places: Phrased) -> tuple[int, int] | None:
    """Where the condition is met between left and right."""
    for name in condition.phrases:
        for place in places.get(name, ()):
            if left <= place[0] and place[1] <= right:
                return place
    found = condition.pattern.search(document, left, right) if condition.pattern is not None else None
    return found.span() if found is not None else None


def _not_silenced(document: str, hits: list[Hit]) -> Iterator[Hit]:
    silent = [sentence(document, hit.start, hit.end) for hit in hits if hit.value == "none"]
    for hit in hits:
        if hit.value != "none" and not any(left <= hit.start < right for left, right in silent):
            yield hit


def _term(table: Table, number: int, row: Row, phrases: Phrases) -> Term:
    reach = row["reach"] or str(REACH)
    if not reach.isdecimal() or not 0 < int(reach) <= SENTENCE:
        raise table.fault(number, f"reach {reach!r} is not a number of characters from 1 to {SENTENCE}")
    near, unless = (_condition(table, number, row, column, phrases) for column in ("near", "unless"))
    return Term(number, row["signal"], row["value"], values(row["words"]), near, unless, int(reach))


def _is_plain(alternative: str) -> bool:
    return bool(alternative) and re.escape(alternative) == alternative


def _condition(table: Table, number: int, row: Row, column: str, phrases: Phrases) -> Condition | None:
    """The column's alternatives: a phrase alone is looked up among the automaton's finds, the rest is one regular expression."""

    def words(reference: re.Match[str]) -> str:
        table.require_known(number, reference[1], phrases, f"phrase in column {column} (name it in a row above)")
        return "(?:" + "|".join(map(re.escape, phrases[reference[1]])) + ")"

    parts = _alternatives(row[column])
    if len(parts) > 1 and "" in parts:
        raise table.fault(number, f"column {column} matches anything, even nothing; check for a stray | at its end")
    alone = frozenset(found[1] for part in parts if (found := _PHRASE.fullmatch(part)))
    plain = tuple(part for part in parts if column == "unless" and _is_plain(part))
    source = _PHRASE.sub(words, "|".join(part for part in parts if not _PHRASE.fullmatch(part) and part not in plain))
    for name in alone:
        table.require_known(number, name, phrases, f"phrase in column {column} (name it in a row above)")
    if not source:
        return Condition(None, alone, plain) if alone or plain else None
    try:
        pattern = re.compile(source)
    except re.error as error:
        raise table.fault(number, f"column {column} is no regular expression: {error}") from error
    if pattern.match(""):
        raise table.fault(number, f"column {column} matches anything, even nothing; check for a stray | at its end")
    return Condition(pattern, alone, plain)


def _alternatives(source: str) -> list[str]:
    """The alternatives of a regular expression outside all brackets.

    >>> _alternatives("a|(b|{past})|{past}|[|]")
    ['a', '(b|{past})', '{past}', '[|]']
    """
    depth, cuts = 0, [-1]
    for mark in _BRACKETS.finditer(source):
        depth += (mark[0] == "(") - (mark[0] == ")")
        if mark[0] == "|" and depth == 0:
            cuts.append(mark.start())
    return [source[left + 1 : right] for left, right in zip(cuts, [*cuts[1:], len(source)], strict=True)]
