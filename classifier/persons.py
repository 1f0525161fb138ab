"""Names of persons for the extract: those that a word announces (我叫, 村民), and those that nothing does (张建国 in running text).

The latter are a surname that begins no word of the dictionary, beside words that stand beside people. The words are rows of
``person_words.csv``. It would rather miss a name than hide a place or a firm.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from classifier.identity import COMPOUND, NAME, SURNAMES
from classifier.tables import WORD_COLUMNS, alternatives, open_table, word_parts
from classifier.text import dictionary_names, segmenter

WORDS_FILE = "person_words.csv"
PARTS = (
    *("self", "kin", "child", "kin_after"),
    *(
        "before",
        "after",
        "never_after",
        "no_name",
        "no_surname",
        "title",
        "given_never",
        "single_never",
        "ending_never",
        "ambiguous",
    ),
)
FEWEST = 3  # characters of a name that one side's words are enough for
_HAN = re.compile(r"[\u4e00-\u9fff]+")
_PARTICLE = re.compile(r"[一-鿿][及要与或吗呢吧]|.物业")
_PLAIN = rf"(?:{COMPOUND}|[{SURNAMES}])[一-鿿]{{1,2}}"


@dataclass(frozen=True, slots=True)
class Persons:
    """Finds names by the words around them: ``before`` ends where a name begins, ``after`` and ``never_after`` begin at its end.

    ``ambiguous`` surnames are common words too and ask for words on both sides; ``not_given`` characters stand in no
    given name, ``not_alone`` are none by themselves, ``places`` end what is no name.
    """

    called: re.Pattern[str]
    listed: re.Pattern[str]
    own: re.Pattern[str]
    announced: tuple[re.Pattern[str], ...]
    before: re.Pattern[str]
    after: re.Pattern[str]
    never_after: re.Pattern[str]
    no_name: tuple[str, ...]
    titles: frozenset[str]
    surnames: frozenset[str]
    ambiguous: frozenset[str]
    not_given: frozenset[str]
    not_alone: frozenset[str]
    places: tuple[str, ...]

    def names(self, text: str) -> set[str]:
        """The names in a text.

        >>> sorted(load_persons().names("去年找张铁柱协商过，金茂公司的人也在。"))
        ['张铁柱']
        """
        found = {text[start:end] for start, end in self._candidates(text) if self._stands_as_a_name(text, start, end)}
        beside = (one for pattern in (*self.announced, self.listed) for one in pattern.finditer(text))
        found |= {name for one in beside for name in one.groups() if name and not name.endswith(self.places)}
        found |= {one[1] for one in self.own.finditer(text)}
        called = {one[1] for one in self.called.finditer(text)}
        return {name for name in found if not self.is_word(name)} | {name for name in called if not name.startswith(self.no_name)}

    def is_word(self, name: str) -> bool:
        """Whether it is an ordinary word that begins with a surname."""
        if name.startswith(self.no_name) or _PARTICLE.fullmatch(name) is not None:
            return True
        return name not in dictionary_names() and len(name) <= FEWEST and segmenter().cut(name) == [name]

    def _candidates(self, text: str) -> Iterator[tuple[int, int]]:
        """Surnames that are no part of a word, with what may be the given name behind them; words that are names themselves."""
        words, names = segmenter().cut(text), dictionary_names()
        at = 0
        for number, word in enumerate(words):
            if word in self.surnames:
                yield from ((at, at + len(word) + given) for given in self._given(words[number + 1 : number + 3]))
            elif word in names and word[0] in self.surnames and self._may_be_given(word[1:]):
                yield at, at + len(word)
                if len(word) == 2 and words[number + 1 : number + 2] and len(words[number + 1]) == 1:
                    yield from ((at, at + 3) for _ in [0] if self._may_be_given(words[number + 1]))
            at += len(word)

    def _stands_as_a_name(self, text: str, start: int, end: int) -> bool:
        if self.never_after.match(text, end) or text.startswith(self.no_name, start) or text.endswith(self.places, start, end):
            return False
        before, after = self.before.search(text, max(0, start - 4), start), self.after.match(text, end)
        if end - start < FEWEST or text[start] in self.ambiguous:
            if text[end - 1] in self.not_alone and end - start < FEWEST:
                return False
            left = before is not None or start == 0 or not _HAN.match(text, start - 1) or text[start - 1] == "的"
            return left and (after is not None or (before is not None and not _HAN.match(text, end)))
        return before is not None or after is not None

    def _given(self, words: Sequence[str]) -> Iterator[int]:
        """How long a given name may be that these words begin with: one word of two characters, or one or two single ones."""
        if not words or words[0] in self.titles or not self._may_be_given(words[0]):
            return
        if len(words[0]) == 1 and len(words) > 1 and len(words[1]) == 1 and self._may_be_given(words[1]):
            yield 2
        if len(words[0]) <= 2:
            yield len(words[0])

    def _may_be_given(self, word: str) -> bool:
        return _HAN.fullmatch(word) is not None and self.not_given.isdisjoint(word)


def load_persons(county: Path | None = None) -> Persons:
    """The finder with the county's or the shipped words.

    Raises:
        BadDataFile: an unknown or missing part, or a row without words; names file and row.
    """
    table = open_table(WORDS_FILE, county, columns=WORD_COLUMNS)
    found = word_parts(table, PARTS)
    return Persons(
        called=re.compile(  # a name in whatever form, where one is said to be called so
            r"(?:我叫|名叫|名字叫|小名叫?|姓名[:：是])\s?((?![了他她它来过人上天去不的你那这])"
            r"[一-鿿·]{2,9}|[a-z]{2,12}(?: [a-z]{2,12})?)(?=[，,。、；;！!(（\s]|$)"
        ),
        listed=re.compile(
            rf"(?<=[一-鿿：:\s，,])({NAME})(?=、{NAME}(?:、|等|联名|签名|[，,。\s]|$))"
            rf"|(?<=、)({NAME})(?=、|等\d|等人|联名|签名|[，,。\s]|$)|({NAME})(?=[ \u3000:：，,]{{0,2}}1\d{{10}})"
        ),
        own=re.compile(rf"{alternatives(found['self'])}[是为叫:：\s，,]{{0,3}}({_PLAIN})(?![一-鿿])"),
        announced=_announced(found),
        before=re.compile(rf"{alternatives(found['before'])}$"),
        after=re.compile(alternatives(found["after"])),
        never_after=re.compile(alternatives(found["never_after"])),
        no_name=tuple(found["no_name"]),
        titles=frozenset(found["title"]),
        surnames=frozenset(SURNAMES).union(COMPOUND.split("|")).difference(found["no_surname"]),
        ambiguous=frozenset(found["ambiguous"]),
        not_given=frozenset(found["given_never"]),
        not_alone=frozenset(found["single_never"]),
        places=tuple(found["ending_never"]),
    )


def _announced(words: dict[str, list[str]]) -> tuple[re.Pattern[str], ...]:
    """A name right behind a word for a child or kin, and one that is said to be somebody's kin."""
    return (
        re.compile(
            rf"{alternatives(words['child'])}(?:名?叫|是|[:：（(])?\s?({_PLAIN})(?=[，,。.、；;！!（(\s在被今上读就打骂把和与跟]|$)"
        ),
        re.compile(
            rf"(?:{alternatives(words['kin'])}|我的名字|我是|(?<![一-鿿])我[，,])(?:名?叫|是)?\s?({NAME}?)"
            rf"(?=[，,。、；;的和与及等在被都也已把（(\s]|$)|({NAME})(?=是我的?{alternatives(words['kin_after'])})"
        ),
    )
