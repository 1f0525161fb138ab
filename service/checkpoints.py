"""Checkpoints: SQLite's log is carried over into the store by a thread of its own, so that no letter waits for it.

Left to itself SQLite does it in the commit of whoever makes the log a thousand pages long, some forty letters: one letter in
forty then takes many times as long as the others. This thread does it beside the writer (a passive checkpoint stops nobody).
Should the writer never pause, so that the log cannot begin anew, the commit that makes it ``LONGEST`` pages long finishes the rest.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Thread

EVERY = 16  # commits between two checkpoints
LONGEST = 16_384  # pages of the log (64 MB)


class Checkpoints:
    """Has the log of one store carried over while it is open; the thread starts with the first commits.

    ``carry_over`` does it, in that thread, and raises nothing: what it could not do, a later one does.
    """

    def __init__(self, carry_over: Callable[[], None]) -> None:
        self._carry_over, self._commits = carry_over, 0
        self._due, self._closed = Event(), False
        self._thread: Thread | None = None

    def committed(self) -> None:
        """Say that something was committed; only the writer, who is alone, calls this."""
        self._commits += 1
        if self._commits % EVERY:
            return
        if self._thread is None:
            self._thread = Thread(target=self._run, name="checkpoints", daemon=True)
            self._thread.start()
        self._due.set()

    def close(self) -> None:
        """Stop; whoever closes the store last carries the rest over."""
        self._closed = True
        self._due.set()
        if self._thread is not None:
            self._thread.join()
        self._thread, self._closed = None, False
        self._due.clear()

    def _run(self) -> None:
        last = False
        while not last and self._due.wait():
            self._due.clear()
            last = self._closed
            self._carry_over()
