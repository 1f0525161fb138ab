"""Normalising and segmenting a letter; the only door to jieba, rjieba and opencc.

One vectorised pass maps every character through a table (full width to half width, traditional to simplified, capitals to small,
zero-width and control characters away, emoji to a space), then joins Han characters that stray spaces or OCR line breaks tore
apart. Positions stay traceable: ``Reading.span`` leads back to the letter as it was sent.

Two engines read the same dictionary: rjieba (fast, in use) and jieba (the reference; ``tests/test_text.py`` holds them
together). Neither guesses unknown words (no hidden Markov model), so a person's name falls apart into characters instead of
becoming a term.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

SHIPPED_DICTIONARY = Path(__file__).parent / "data" / "dictionary.txt"
_DIGIT = re.compile(r"[1-9]")
_JOINER = re.compile(r"[-_.@+#&%/:\\=]")
_TORN = re.compile(r"(?<=[\u4e00-\u9fff\u3007])\s+(?=[\u4e00-\u9fff\u3007])")
DROP, SPACE, NEWLINE, UNKNOWN = 0, 0x20, 0x0A, 0x3013  # 〓 stands for a character we have no table row for

Codes = NDArray[np.uint32]
Positions = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Reading:
    """A document (title, newline, text) made readable.

    ``text`` is what rules read; ``masked`` is the same with every digit as 0, which is all that features may see (identity is
    not learned); ``origin[i]`` is the position in the document of character i (one more at the end), None where nothing moved.
    """

    text: str
    masked: str
    origin: Positions | None
    title_length: int

    def title_words(self, words: list[str]) -> int:
        """How many of the ``words`` it was cut into are the title's; the newline after the title is a word of its own."""
        return words.index("\n") if self.title_length else 0

    def shorter_than(self, least: int) -> bool:
        """Whether fewer than ``least`` characters can be part of a term: Han, Latin letters, digits."""
        return len(self.masked) < 2 * least + 8 and sum(map(str.isalnum, self.masked)) < least

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
    title_end = document.find("\n")
    text = document.lower()
    torn = _TORN.search(text, title_end + 1) or (title_end > 0 and _TORN.search(text, 0, title_end))
    if not torn and len(text) == len(document) and not _odd().search(text):
        return Reading(text, _mask(text), None, max(title_end, 0))
    return _repaired(document, title_end)


def _mask(text: str) -> str:
    """Digits become 0 and the joiners inside ASCII runs a space: both engines then cut alike."""
    return _JOINER.sub(" ", _DIGIT.sub("0", text))


def _repaired(document: str, title_end: int) -> Reading:
    """The slow way, for one letter in twenty: every character through the table, then the gaps inside Chinese words closed."""
    codes = np.frombuffer(document.encode("utf-32-le", "replace"), dtype="<u4")
    mapped = _character_table()[np.minimum(codes, 0xFFFF)]
    mapped = np.where(codes > 0xFFFF, _beyond_table(codes), mapped)
    kept = _keep(mapped, title_end)
    origin, title_length = None, max(title_end, 0)
    if kept is not None:
        mapped = mapped[kept]
        origin = np.append(kept, len(document))
        title_length = int(np.searchsorted(kept, title_end)) if title_end > 0 else 0
    text = mapped.astype("<u4", copy=False).tobytes().decode("utf-32-le")
    return Reading(text, _mask(text), origin, title_length)


def _keep(codes: Codes, title_end: int) -> Positions | None:
    """Positions to keep, None for all: drops what the table dropped and the gaps inside Chinese words."""
    hollow = _kind_table()[codes]
    empty = np.flatnonzero(hollow)
    if not empty.size or (empty.size == 1 and empty[0] == title_end):
        return None
    keep = codes != DROP
    solid = np.flatnonzero(hollow == 0)
    gaps = np.flatnonzero(solid[1:] - solid[:-1] > 1)
    for before, after in zip(solid[gaps].tolist(), solid[gaps + 1].tolist(), strict=True):
        across_title = before < title_end < after
        if not across_title and _is_han(int(codes[before])) and _is_han(int(codes[after])):
            keep[before + 1 : after] = False
    return None if keep.all() else np.flatnonzero(keep)


@cache
def _kind_table() -> NDArray[np.bool_]:
    """Which of 65,536 code points are no character to read: dropped, space or newline."""
    table = np.zeros(0x10000, dtype=bool)
    table[[DROP, SPACE, NEWLINE, 0x09, 0x0D, 0xA0, 0x3000]] = True
    return table


def _is_han(code: int) -> bool:
    return 0x4E00 <= code <= 0x9FFF or code == 0x3007


def _beyond_table(codes: Codes) -> Codes:
    emoji = (codes >= 0x1F000) & (codes < 0x1FB00)
    return np.where(emoji, SPACE, UNKNOWN).astype(np.uint32)


@cache
def _character_table() -> Codes:
    """65,536 code points and what each becomes."""
    table = np.arange(0x10000, dtype=np.uint32)
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
    table[0x41:0x5B] += 0x20
    _simplify(table)
    return table


def _simplify(table: Codes) -> None:
    from opencc import OpenCC

    converter = OpenCC("t2s")
    han = "\n".join(map(chr, range(0x4E00, 0xA000)))
    for old, new in zip(range(0x4E00, 0xA000), converter.convert(han).split("\n"), strict=True):
        if len(new) == 1 and ord(new) < 0x10000:
            table[old] = ord(new)


@cache
def _odd() -> re.Pattern[str]:
    """Finds a character that the table changes: then the document needs the slow way."""
    table = _character_table()
    changed = np.flatnonzero(table != np.arange(0x10000))
    listed = "".join(f"\\u{code:04x}" for code in changed.tolist() if not chr(code).isspace() or table[code] == DROP)
    return re.compile(f"[{listed}\\U00010000-\\U0010ffff]")


class Segmenter(Protocol):
    """Cuts normalised text into words that join up to the very same text."""

    def cut(self, text: str) -> list[str]:
        """The words, in order."""


@cache
def segmenter(dictionary: Path = SHIPPED_DICTIONARY) -> Segmenter:
    """The engine in use: jieba's dictionary and algorithm in Rust, with the domain dictionary added.

    >>> segmenter().cut("拖欠农民工工资")
    ['拖欠', '农民工工资']
    """
    import rjieba

    engine = rjieba.Jieba()
    for word, frequency, tag in dictionary_words(dictionary):
        engine.add_word(word, frequency, tag)
    return _Rust(engine)


class _Rust:
    def __init__(self, engine: object) -> None:
        self._cut = engine.cut  # type: ignore[attr-defined]

    def cut(self, text: str) -> list[str]:
        words: list[str] = self._cut(text, False)
        return words


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
