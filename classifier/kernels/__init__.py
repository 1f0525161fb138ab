"""The arithmetic of one letter, compiled to machine code by numba; the only door to it, opened when a model is loaded.

characters what a letter's characters become
words      words of a list found by their beginnings; a letter cut into words
terms      known terms, scores, each word's part; ``term_table`` is where they are looked up
candidates the likeliest categories
spans      the runs of words worth quoting as reasons
cues       how often and where cues of the purpose stand, and which together
alarm      the stretch that sounds most like a life in danger
glance     all of them in one call; ``layout`` says where in its arrays what stands

Plain loops over arrays: numpy's own calls cost more than the numbers they move when a letter has two hundred characters. No fast
mathematics, so that every machine adds in the same order and a replay gives the same bytes. ``NUMBA_DISABLE_JIT=1`` runs all of it
as ordinary Python.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

Compiled = TypeVar("Compiled", bound=Callable[..., Any])


def kernel(function: Compiled) -> Compiled:
    """Compile a function at its first call; the machine code is kept beside the source where that can be written.

    It is kept until any file beside the function's own or in this folder changes: functions call each other across files, and numba
    itself looks only at the function's own.
    """
    import numba

    try:
        compiled: Any = numba.njit(cache=True)(function)
    except RuntimeError:  # nowhere to keep it: a read-only installation compiles at every start
        return cast(Compiled, numba.njit(function))
    if compiled is not function:  # else it runs as ordinary Python
        own = Path(function.__code__.co_filename).parent
        compiled._cache._cache_file._source_stamp = (*_stamp(Path(__file__).parent), *_stamp(own))
    return cast(Compiled, compiled)


@cache
def _stamp(folder: Path) -> tuple[tuple[str, float, int], ...]:
    return tuple((file.name, file.stat().st_mtime, file.stat().st_size) for file in sorted(folder.glob("*.py")))
