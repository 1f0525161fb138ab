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


def in_common(text: str, other: str, most: int = 5, shortest: int = 3) -> list[str]:
    """The longest runs of characters that both texts hold, longest first; for showing, next to the shared names.

    >>> in_common("碧云华府的搅拌站太吵", "反映碧云华府旁边搅拌站")
    ['碧云华府', '搅拌站']
    """
    found: list[str] = []
    start = 0
    while start <= len(text) - shortest:
        end = start + shortest
        if not text[start:end].isalnum() or text[start:end] not in other:
            start += 1
            continue
        while end < len(text) and text[end].isalnum() and text[start : end + 1] in other:
            end += 1
        found.append(text[start:end])
        start = end
    return sorted(dict.fromkeys(found), key=lambda run: -len(run))[:most]
