"""The arithmetic of one letter, compiled to machine code by numba; the only door to it, opened at a kernel's first call.

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

import logging
from collections.abc import Callable
from functools import cache, update_wrapper
from pathlib import Path
from typing import Any, TypeVar, cast

Compiled = TypeVar("Compiled", bound=Callable[..., Any])


def kernel(function: Compiled) -> Compiled:
    """Compile a function at its first call; the machine code is kept beside the source where that can be written."""
    return cast(Compiled, Kernel(function))


class Kernel:
    """A function that becomes machine code at its first call: half a second of numba is not spent where nothing is computed."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        update_wrapper(self, function)

    def __call__(self, *arguments: Any) -> Any:  # noqa: ANN401
        """Call the machine code."""
        return self.compiled(*arguments)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        """The machine code when it is first asked for, as ``compiled``; numba asks for it as ``_numba_type_`` in other kernels."""
        if name == "compiled":
            self.compiled = _compile(self.function)
            return self.compiled
        if name == "_numba_type_":
            return getattr(self.compiled, name)
        raise AttributeError(name)


def _compile(function: Callable[..., Any]) -> Callable[..., Any]:
    njit = _open_numba()
    try:
        dispatcher = njit(cache=True)(function)
    except RuntimeError:  # nowhere to keep it: a read-only installation compiles at every start
        _announce_the_wait("nothing can be kept here, so at every start: let NUMBA_CACHE_DIR name a folder")
        return cast(Callable[..., Any], njit(function))
    if dispatcher is not function:  # NUMBA_DISABLE_JIT gives the function back
        _look_there_first(dispatcher._cache)
        _notice_neighbours(dispatcher._cache, Path(function.__code__.co_filename).parent)
    return cast(Callable[..., Any], dispatcher)


def _look_there_first(kept: Any) -> None:  # noqa: ANN401 - numba's own class of a function's kept machine code
    """Read kept machine code without filling the compiler's tables beforehand, as numba does; who compiles fills them."""
    from numba.core.runtime.nrt import rtsys

    def load_overload(signature: object, target: object) -> object:
        rtsys.initialize(target)  # what running needs: counted memory
        found = None
        with kept._guard_against_spurious_io_errors():
            found = kept._load_overload(signature, target)
        if found is None:
            _announce_the_wait("kept for later starts")
        return found

    kept.load_overload = load_overload


@cache
def _announce_the_wait(kept: str) -> None:
    """Once, and loud enough for a console without any logging: a minute of silence looks like a program that hangs."""
    logging.getLogger("fenxin").warning("compiling machine code for this processor, which takes about a minute; %s", kept)


def _notice_neighbours(kept: Any, own: Path) -> None:  # noqa: ANN401
    """Keep machine code until any file beside the function's own or in this folder changes: functions call each other."""
    kept._cache_file._source_stamp = (*_stamp(Path(__file__).parent), *_stamp(own))


@cache
def _stamp(folder: Path) -> tuple[tuple[str, float, int], ...]:
    return tuple((file.name, file.stat().st_mtime, file.stat().st_size) for file in sorted(folder.glob("*.py")))


@cache
def _open_numba() -> Callable[..., Any]:
    """numba's door. No kernel multiplies matrices, and looking for a library that does would import scipy.linalg."""
    import numba
    from numba.np import linalg

    look_for_blas, linalg.ensure_blas = linalg.ensure_blas, _no_blas
    try:
        from numba.np import arraymath  # noqa: F401  # looks once, while it is imported
    finally:
        linalg.ensure_blas = look_for_blas
    return cast(Callable[..., Any], numba.njit)


def _no_blas() -> None:
    raise ImportError("not looked for: see classifier.kernels")
