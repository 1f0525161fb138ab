"""Checkpoints: SQLite's log is carried over into the store by a thread of its own, so that no letter waits for it.

Left to itself SQLite does it in the commit of whoever makes the log a thousand pages long, some forty letters: one letter in
forty then takes many times as long as the others. This thread does it beside the writer (a passive checkpoint stops nobody).
Should the writer never pause, so that the log cannot begin anew, the commit that makes it ``LONGEST`` pages long finishes the rest.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from threading import Event, Thread

EVERY = 16  # commits between two checkpoints
LONGEST = 16_384  # pages of the log (64 MB)


class Checkpoints:
    """Carries the log of one store over while it is open; the thread starts with the first commit."""

    def __init__(self, file: Path) -> None:
        self._file, self._commits = file, 0
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
        with suppress(sqlite3.Error), closing(sqlite3.connect(self._file, timeout=0)) as connection:
            last = False
            while not last and self._due.wait():
                self._due.clear()
                last = self._closed
                with suppress(sqlite3.OperationalError):  # busy or no room: the next one does it, or SQLite itself
                    connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
