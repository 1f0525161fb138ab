"""Normalising and segmenting a letter; the only door to jieba and opencc.

Every character goes through a table (full width to half width, traditional to simplified, capitals to small, zero-width and
control characters away, emoji to a space), then Han characters that stray spaces or OCR line breaks tore apart are joined.
Positions stay traceable: ``Reading.span`` leads back to the letter as it was sent.

Words are cut by jieba's algorithm with jieba's dictionary, in ``classifier.kernels.words``; jieba itself is the reference
(``tests/test_text.py`` holds the two together). Unknown words are not guessed (no hidden Markov model), so a person's name falls
apart into characters instead of becoming a term.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Protocol

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

SHIPPED_DICTIONARY = Path(__file__).parent / "data" / "dictionary.txt"
DROP, SPACE, NEWLINE = 0, 0x20, 0x0A
DOTTED = "\u0130"  # the one character whose small form is two
MOST_COUNTED = 4096  # a term that stands in one letter more often than that counts as so many
PREFIXES = 500_000  # words of jieba's dictionary and their beginnings

Codes = NDArray[np.uint32]
Positions = NDArray[np.int64]


class Reading(Struct, frozen=True, eq=False, gc=False):
    """A document (title, newline, text) made readable.

    ``text`` is what rules read, ``codes`` are its characters; ``hidden`` are the same behind the mask, with every digit as 0, which
    is all that features may see (identity is not learned); ``origin[i]`` is the position in the document of character i (one more
    at the end), None where nothing moved.
    """

    text: str
    codes: Codes
    hidden: Codes
    origin: Positions | None
    title_length: int

    @property
    def masked(self) -> str:
        """What features may see, as text."""
        return text_of(self.hidden)

    def title_words(self, words: list[str]) -> int:
        """How many of the ``words`` it was cut into are the title's; the newline after the title is a word of its own."""
        return words.index("\n") if self.title_length else 0

    def shorter_than(self, least: int) -> bool:
        """Whether fewer than ``least`` characters can be part of a term: Han, Latin letters, digits."""
        return len(self.text) < 2 * least + 8 and sum(map(str.isalnum, self.masked)) < least

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where characters ``start:end`` of the reading stand in the document as sent.

        >>> read("征​地 补偿").span(0, 4)
        (0, 6)
        """
        if self.origin is None:
            return start, end
        return int(self.origin[start]), int(self.origin[end - 1]) + 1


def read(document: str) -> Reading:
    """Make a document readable; the first line is its title.

    >>> read("拖欠農民工工資\\n包 工 頭 ＡＢ 2021年").text
    '拖欠农民工工资\\n包工头 ab 2021年'
    """
    normalise, table = _normaliser()
    sent = codes_of(document)
    codes, hidden, origin = np.empty(len(sent), np.uint32), np.empty(len(sent), np.uint32), np.empty(len(sent) + 1, np.int64)
    size, title_length, same = normalise(sent, document.find("\n"), table, codes, hidden, origin)
    if size == len(sent):
        return Reading(document if same else text_of(codes), codes, hidden, None, title_length)
    codes = codes[:size].copy()
    return Reading(text_of(codes), codes, hidden[:size].copy(), origin[: size + 1], title_length)


def codes_of(text: str) -> Codes:
    """The code points of a text."""
    return np.frombuffer(bytearray(text.encode("utf-32-le", "surrogatepass")), np.uint32)


def text_of(codes: Codes) -> str:
    """The text of code points."""
    return codes.tobytes().decode("utf-32-le")


@cache
def _normaliser() -> tuple[Callable[..., tuple[int, int, bool]], NDArray[np.uint16]]:
    from classifier.kernels.characters import normalise

    return normalise, _character_table()


@cache
def _character_table() -> NDArray[np.uint16]:
    """65,536 code points and what each becomes."""
    every = "".join(map(chr, range(0x10000)))
    table = codes_of(every.replace(DOTTED, "I").lower()).astype(np.uint16)
    table[ord(DOTTED)] = ord(DOTTED)
    table[:SPACE] = DROP
    table[[0x7F, 0xAD, 0x2060, 0xFEFF]] = DROP
    for first, last in ((0x80, 0x9F), (0x200B, 0x200F), (0x202A, 0x202E), (0xFE00, 0xFE0F), (0xD800, 0xDFFF)):
        table[first : last + 1] = DROP
    for first, last in ((0x2600, 0x27BF), (0x2B00, 0x2BFF), (0xE000, 0xF8FF)):
        table[first : last + 1] = SPACE
    table[[0x09, 0x0D, 0xA0, 0x3000]] = [0x09, 0x0D, 0xA0, 0x3000]
    table[NEWLINE] = NEWLINE
    for wide in [*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B)]:
        table[wide] = ord(chr(wide - 0xFEE0).lower())
    _simplify(table)
    return table


def _simplify(table: NDArray[np.uint16]) -> None:
    from opencc import OpenCC

    converter = OpenCC("t2s")
    han = "\n".join(map(chr, range(0x4E00, 0xA000)))
    for old, new in zip(range(0x4E00, 0xA000), converter.convert(han).split("\n"), strict=True):
        if len(new) == 1 and ord(new) < 0x10000:
            table[old] = ord(new)


class Segmenter(Protocol):
    """Cuts normalised text into words that join up to the very same text."""

    def cut(self, text: str) -> list[str]:
        """The words, in order."""


@dataclass(frozen=True, slots=True)
class Cutter:
    """The engine in use: ``slots`` hold all words, ``shares`` how frequent they are (see ``classifier.kernels.words``)."""

    cut_words: Callable[[Codes, NDArray[np.uint64], NDArray[np.float64]], Positions]
    slots: NDArray[np.uint64]
    shares: NDArray[np.float64]

    def ends(self, codes: Codes) -> Positions:
        """Where each word ends."""
        return self.cut_words(codes, self.slots, self.shares)

    def cut(self, text: str) -> list[str]:
        """The words, in order."""
        ends = self.ends(codes_of(text)).tolist()
        return [text[start:end] for start, end in zip([0, *ends], ends, strict=False)]


@cache
def segmenter(dictionary: Path = SHIPPED_DICTIONARY) -> Cutter:
    """The engine in use: jieba's dictionary and algorithm as machine code, with the domain dictionary added.

    >>> segmenter().cut("拖欠农民工工资")
    ['拖欠', '农民工工资']
    """
    from classifier.kernels.words import cut_words, read_dictionary

    added = "".join(f"{word} {frequency} {tag}\n" for word, frequency, tag in dictionary_words(dictionary))
    slots = np.zeros(1 << (4 * (PREFIXES + len(added)) // 3).bit_length(), np.uint64)  # at most three in four are taken
    shares = read_dictionary(codes_of(_jieba_dictionary().read_text(encoding="utf-8") + added), slots)
    return Cutter(cut_words, slots, shares)


def _jieba_dictionary() -> Path:
    """jieba's own list of words; found without importing jieba, which would read it into dictionaries of its own."""
    package = find_spec("jieba")
    if package is None or not package.submodule_search_locations:
        raise ModuleNotFoundError("jieba")
    return Path(package.submodule_search_locations[0]) / "dict.txt"


@cache
def dictionary_names() -> frozenset[str]:
    """The words that jieba's list calls names of persons (nr), of two and three characters."""
    lines = (line.split(" ") for line in _jieba_dictionary().read_text(encoding="utf-8").splitlines())
    return frozenset(word for word, _, tag in lines if tag.startswith("nr") and 2 <= len(word) <= 3)


@dataclass(frozen=True, slots=True)
class WordList:
    """A list of words, found in a text in one pass."""

    words: tuple[str, ...]
    find_words: Callable[[Codes, NDArray[np.uint64], NDArray[np.uint8]], Positions]
    slots: NDArray[np.uint64]
    sieve: NDArray[np.uint8]

    def places(self, codes: Codes) -> Positions:
        """Each occurrence of a word, those inside others too: its end, its start and which word, (n_found, 3); by start."""
        return self.find_words(codes, self.slots, self.sieve)

    def find(self, codes: Codes) -> list[list[int]]:
        """The same in the order of their ends."""
        return sorted(self.places(codes).tolist())


def word_list(words: Collection[str]) -> WordList:
    """A list of different words.

    >>> word_list(["法院", "起诉", "院"]).find(codes_of("向法院起诉"))
    [[3, 1, 0], [3, 2, 2], [5, 3, 1]]
    """
    from classifier.kernels.words import SIEVE, add_to_list, find_words

    slots = np.zeros(1 << (2 * sum(map(len, words)) + 1).bit_length(), np.uint64)
    sieve = np.zeros(SIEVE // 8, np.uint8)
    for number, word in enumerate(words, start=1):
        add_to_list(slots, sieve, codes_of(word), number)
    return WordList(tuple(words), find_words, slots, sieve)


@dataclass(frozen=True, slots=True)
class JointList:
    """Several lists in one table; ``numbers`` (n_lists, n_words) is each word's number on each list, -1 where it is not on it."""

    whole: WordList
    numbers: Positions
    find_in_lists: Callable[[Codes, NDArray[np.uint64], NDArray[np.uint8], Positions], tuple[Positions, Positions]]

    @property
    def tables(self) -> tuple[NDArray[np.uint64], NDArray[np.uint8], Positions]:
        """What ``find_in_lists`` asks for."""
        return self.whole.slots, self.whole.sieve, self.numbers

    def places(self, codes: Codes) -> list[Positions]:
        """For each list what its own ``places`` would give, from one pass over the text."""
        rows, edges = self.find_in_lists(codes, *self.tables)
        return [rows[start:end] for start, end in pairwise(edges.tolist())]


def joint_list(*lists: WordList) -> JointList:
    """Several lists of words as one.

    >>> both = joint_list(word_list(["起诉", "法院"]), word_list(["院"]))
    >>> [found.tolist() for found in both.places(codes_of("向法院起诉"))]
    [[[3, 1, 1], [5, 3, 0]], [[3, 2, 0]]]
    """
    from classifier.kernels.words import find_in_lists

    whole = word_list(dict.fromkeys(word for one in lists for word in one.words))
    numbers = np.full((len(lists), len(whole.words)), -1, np.int64)
    place = {word: at for at, word in enumerate(whole.words)}
    for row, one in zip(numbers, lists, strict=True):
        row[[place[word] for word in one.words]] = range(len(one.words))
    return JointList(whole, numbers, find_in_lists)


def reference_segmenter(dictionary: Path = SHIPPED_DICTIONARY) -> Segmenter:
    """jieba itself on the same dictionary: slower by far, kept as the judge of the fast engine."""
    import jieba

    engine = jieba.Tokenizer()
    for word, frequency, tag in dictionary_words(dictionary):
        engine.add_word(word, frequency, tag)
    return _Reference(engine)


class _Reference:
    def __init__(self, engine: object) -> None:
        self._lcut = engine.lcut  # type: ignore[attr-defined]

    def cut(self, text: str) -> list[str]:
        words: list[str] = self._lcut(text, HMM=False)
        return words


_ENTRY = re.compile(r"^(\S+) (\d+)(?: (\S+))?$")


def dictionary_words(path: Path) -> list[tuple[str, int, str]]:
    """The entries ``word frequency [tag]`` of a jieba user dictionary.

    Raises BadDataFile for a line of another form.
    """
    from classifier.errors import BadDataFile

    entries = []
    for row, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        match = _ENTRY.match(line.strip())
        if not match:
            raise BadDataFile(path.name, row, f"expected 'word frequency [tag]', found {line!r}")
        entries.append((match[1], int(match[2]), match[3] or "n"))
    return entries
