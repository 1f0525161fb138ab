"""What the characters of a letter become: mapped one by one, gaps inside Chinese words closed, digits masked."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from classifier.kernels import kernel

Codes = NDArray[np.uint32]
Positions = NDArray[np.int64]

DROP, SPACE, UNKNOWN = 0, 0x20, 0x3013  # 〓 stands for a character we have no table row for
TABLE = 0x10000
_JOINERS = np.array([chr(code) in "-_.@+#&%/:\\=" for code in range(128)])


@kernel
def become(code: int, table: NDArray[np.uint16]) -> int:
    """What a character becomes; DROP takes it away."""
    if code < TABLE:
        return int(table[code])
    return SPACE if 0x1F000 <= code < 0x1FB00 else UNKNOWN  # emoji


@kernel
def is_han(code: int) -> bool:
    """Whether a gap beside this character may be one inside a Chinese word."""
    return 0x4E00 <= code <= 0x9FFF or code == 0x3007


@kernel
def is_gap(code: int) -> bool:
    """Whether it is a space or a line's end of the kind that scanners and pages put between any two characters."""
    return code <= 0x3000 and code in (0x09, 0x0A, 0x0D, 0x20, 0xA0, 0x3000)  # most characters are beyond


@kernel
def masked(code: int) -> int:
    """Digits become 0, joiners inside runs of Latin letters a space."""
    if 0x31 <= code <= 0x39:
        return 0x30
    return SPACE if code < 128 and _JOINERS[code] else code


@kernel
def normalise(
    sent: Codes, title_end: int, table: NDArray[np.uint16], read: Codes, hidden: Codes, origin: Positions
) -> tuple[int, int, bool]:
    """Fill in the characters as ``read``, the same ``hidden`` behind the mask, and where each stood.

    Gives how many they are, how many of them are the title's, and whether they are the same as they were sent. A gap between two
    Han characters goes, but not the title's end.
    """
    size = solid_size = title = 0
    same = True
    solid_at = -1
    for at in range(len(sent)):
        if at == title_end:
            title = size
        code = become(int(sent[at]), table)
        same &= code == sent[at]
        if code == DROP:
            continue
        if not is_gap(code):
            torn = size > solid_size > 0 and is_han(read[solid_size - 1]) and is_han(code)
            if torn and not solid_at < title_end < at:
                size = solid_size
            solid_size, solid_at = size + 1, at
        read[size], hidden[size], origin[size] = code, masked(code), at
        size += 1
    origin[size] = len(sent)
    return size, title, same and size == len(sent)
