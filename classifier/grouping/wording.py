"""What only one of two letters says: the sentences that a copy adds to the shared text."""

from __future__ import annotations

import re

_SENTENCE = re.compile(r"[^。！？!?；;\n]+[。！？!?；;\n]*")


def sentences(text: str) -> list[str]:
    """The sentences of a text, with their ends."""
    return _SENTENCE.findall(text)


def only_here(text: str, other: str) -> list[str]:
    """The sentences of ``text`` that ``other`` does not hold, whatever the spaces and punctuation.

    >>> only_here("物业不管。我家三楼漏水！", "物业不管！")
    ['我家三楼漏水！']
    """
    held = {_bare(s) for s in sentences(other)}
    return [s.strip() for s in sentences(text) if _bare(s) and _bare(s) not in held]


def _bare(sentence: str) -> str:
    return "".join(filter(str.isalnum, sentence)).lower()
