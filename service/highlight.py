"""Highlight: cut a letter into plain and marked pieces from evidence spans; templates escape each piece."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Piece:
    """Consecutive characters that are marked as evidence, or not."""

    text: str
    marked: bool


def pieces(text: str, spans: Iterable[tuple[int, int]]) -> list[Piece]:
    """Cut ``text`` at the spans (characters ``start:end``); overlapping and touching spans are one mark.

    Spans outside the text are clipped, empty or backward ones ignored: a wrong span never loses a character.

    >>> [(piece.text, piece.marked) for piece in pieces("拖欠工资一年", [(0, 2), (1, 4)])]
    [('拖欠工资', True), ('一年', False)]
    """
    found: list[Piece] = []
    at = 0
    for start, end in _merged(spans, len(text)):
        if start > at:
            found.append(Piece(text[at:start], False))
        found.append(Piece(text[start:end], True))
        at = end
    if at < len(text):
        found.append(Piece(text[at:], False))
    return found


def beginning(cut: list[Piece], limit: int) -> list[Piece]:
    """Keep the first ``limit`` characters, and an ellipsis where the rest was left out.

    >>> "".join(piece.text for piece in beginning(pieces("拖欠工资一年", [(0, 2)]), 3))
    '拖欠工……'
    """
    kept: list[Piece] = []
    left = limit
    for piece in cut:
        if len(piece.text) > left:
            return [*kept, Piece(piece.text[:left], piece.marked), Piece("……", False)]
        kept.append(piece)
        left -= len(piece.text)
    return kept


def _merged(spans: Iterable[tuple[int, int]], size: int) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted((max(start, 0), min(end, size)) for start, end in spans):
        if start >= end:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
