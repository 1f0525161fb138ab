"""Write queue: one thread writes; what waits at the same time is committed together, so that a rush costs one flush of the disk."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import Any

from service.database import Database

TOGETHER = 32  # pieces of work of one commit: a letter at the end of a rush waits for so many at most


@dataclass(frozen=True, slots=True)
class _Work:
    do: Callable[[], Any]
    done: Future[Any]

    def carry_out(self) -> Callable[[], None]:
        """Do it; gives how to tell the one who waits, which must not happen before it is on disk."""
        try:
            result = self.do()
        except Exception as error:
            return lambda error=error: self.done.set_exception(error)  # type: ignore[misc]
        return lambda: self.done.set_result(result)


class WriteQueue(Executor):
    """An executor of a single thread that writes to a store with one writer, in the order of arrival."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: SimpleQueue[_Work | None] = SimpleQueue()
        self._entrance, self._closed = Lock(), False
        self._thread = Thread(target=self._run, name="writer", daemon=True)
        self._thread.start()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:  # noqa: ANN401  (an executor takes all)
        """Queue a piece of work; the future is done when it is on disk."""
        work = _Work(lambda: fn(*args, **kwargs), Future())
        with self._entrance:
            if self._closed:
                raise RuntimeError("the write queue is closed")
            self._waiting.put(work)
        return work.done

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more work, finish what waits."""
        with self._entrance:
            if not self._closed:
                self._closed = True
                self._waiting.put(None)
        if wait:
            self._thread.join()

    def _run(self) -> None:
        while (first := self._waiting.get()) is not None:
            some, last = self._gather(first)
            self._do([work for work in some if work.done.set_running_or_notify_cancel()])
            if last:
                return

    def _gather(self, first: _Work) -> tuple[list[_Work], bool]:
        """What waits now, and whether the end of the queue was among it."""
        some = [first]
        while len(some) < TOGETHER:
            try:
                work = self._waiting.get_nowait()
            except Empty:
                break
            if work is None:
                return some, True
            some.append(work)
        return some, False

    def _do(self, works: list[_Work]) -> None:
        if len(works) > 1 and self._do_together(works):
            return
        for work in works:
            work.carry_out()()

    def _do_together(self, works: list[_Work]) -> bool:
        """Commit all or nothing; False when the store refused, so that each is tried alone and hears its own reason."""
        try:
            with self._database.together():
                tell = [work.carry_out() for work in works]
        except Exception:
            return False
        for one in tell:
            one()
        return True
