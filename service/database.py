"""Database: one engine for SQLite or PostgreSQL, brought up to date at start; every refusal becomes StorageFailed.

SQLite has one writer at a time: writers queue on a lock here instead of failing with "database is locked".
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock, local
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from classifier.errors import BadInput, StorageFailed
from service.checkpoints import LONGEST, Checkpoints

LEAST_ROOM = 16 * 2**20  # bytes: some thousand letters
BUSY_MS = 10_000  # how long one process waits for another's write before giving up
CACHE_KB = 32_768  # of pages that a connection keeps: linking reads many small rows all over the index
URL_SETTING = "FENXIN_DATABASE_URL"
UPGRADE_LOCK = 7_220_430  # any number of our own: replicas that start together upgrade one after the other
_FULL = {sqlite3.SQLITE_FULL}
_READ_ONLY = {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH}


class DiskFull(StorageFailed):
    """There is no room left; nothing was stored."""


@dataclass(slots=True)
class _Gathered:
    """A transaction that others are part of; ``refused`` once the store has failed one of them."""

    connection: Connection
    refused: bool = False


class Database:
    """A store that is open and up to date."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.single_writer = engine.dialect.name == "sqlite"
        self._turn: AbstractContextManager[Any] = Lock() if self.single_writer else nullcontext()
        self._own = local()  # of each thread: the transaction that it has gathered its writes in
        file = engine.url.database if self.single_writer else None
        self._file = Path(file).resolve() if file and file != ":memory:" else None
        self._checkpoints = Checkpoints(self._carry_over) if self._file else None

    @property
    def missing(self) -> Path | None:
        """The store's file where it is not there yet; None for a store that is there or lies in no file."""
        return self._file if self._file and not self._file.exists() else None

    def check_room(self) -> None:
        """Say so before the disk is full: a store in a file needs some room to go on.

        Raises:
            DiskFull: less than LEAST_ROOM is left where the file lies.
        """
        if self._file and shutil.disk_usage(self._file.parent).free < LEAST_ROOM:
            raise DiskFull(f"数据库所在磁盘剩余空间不足 {LEAST_ROOM // 2**20} MB，请清理后再登记")

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a read transaction: one consistent view; within ``together`` it sees what was written there before."""
        gathered: _Gathered | None = getattr(self._own, "gathered", None)
        if gathered is not None:
            yield gathered.connection
            return
        with _refusals(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open a write transaction; it is committed, on disk, when the block has ended.

        Raises:
            StorageFailed: nothing of the block was written.
        """
        gathered: _Gathered | None = getattr(self._own, "gathered", None)
        if gathered is None:
            with self._turn, _refusals(), self.engine.connect() as connection:
                with _begin_write(connection):
                    yield connection
                self._committed()
            return
        try:
            with _refusals(), gathered.connection.begin_nested():
                yield gathered.connection
        except StorageFailed:
            gathered.refused = True
            raise

    @contextmanager
    def together(self) -> Iterator[None]:
        """Gather the write transactions that this thread opens in the block into one; on disk when the block has ended.

        One that fails by itself (a conflict) takes back only its own writes.

        Raises:
            StorageFailed: the store refused one of them or the commit: nothing of the block was written.
        """
        with self._turn, _refusals(), self.engine.connect() as connection:
            with _begin_write(connection):
                gathered = self._own.gathered = _Gathered(connection)
                try:
                    yield
                finally:
                    self._own.gathered = None
                if gathered.refused:
                    raise StorageFailed("数据库拒绝写入，没有写入任何内容；请重试")
            self._committed()

    def _committed(self) -> None:
        if self._checkpoints:
            self._checkpoints.committed()

    def _carry_over(self) -> None:
        with suppress(SQLAlchemyError, sqlite3.Error), closing(self.engine.raw_connection()) as connection:  # in no transaction
            connection.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)")

    def close(self) -> None:
        """Close every connection."""
        if self._checkpoints:
            self._checkpoints.close()
        self.engine.dispose()


def open_database(url: str, *, create: bool = True) -> Database:
    """Open the store at ``url`` and bring its tables up to date; ``create``: make a SQLite file that is not there.

    Raises:
        BadInput: the URL cannot be read, or names a file that is not there and is not to be made.
        StorageFailed: the store cannot be opened or changed.
    """
    database = Database(_engine(url))
    try:
        if not create and database.missing:
            raise BadInput(f"数据库文件 {database.missing} 不存在；请在服务所在的文件夹中运行，或改正此项设置", field=URL_SETTING)
        with database.writing() as connection:
            _upgrade(connection)
    except BaseException:
        database.close()
        raise
    return database


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
        if parsed.drivername == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        # hide_parameters: a driver's complaint must never carry a letter's words into a log
        engine = create_engine(parsed, hide_parameters=True, pool_size=10, max_overflow=10)
    except (ArgumentError, SQLAlchemyError, ImportError) as wrong:
        raise BadInput("无法识别的数据库地址，应为 sqlite:///文件 或 postgresql://主机/库名", field=URL_SETTING) from wrong
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _begin_write(connection: Connection) -> AbstractContextManager[Any]:
    return connection.execution_options(fenxin_writes=True).begin()


def _prepare_sqlite(connection: Any, _record: ConnectionPoolEntry) -> None:  # noqa: ANN401  (the driver's own connection)
    connection.isolation_level = None  # the driver must not begin by itself: _begin_sqlite does
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")  # an acknowledged letter survives a power cut
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute(f"PRAGMA cache_size = -{CACHE_KB}")
    cursor.execute(f"PRAGMA wal_autocheckpoint = {LONGEST}")  # see checkpoints
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("fenxin_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _upgrade(connection: Connection) -> None:
    from alembic import command  # takes a third of a second to open, and only a start needs it
    from alembic.config import Config

    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": UPGRADE_LOCK})
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except IntegrityError:
        raise  # a caller's race, not a broken store: storage decides
    except DBAPIError as refused:
        raise _failure(refused) from refused
    except (OSError, SQLAlchemyError) as refused:
        raise StorageFailed(f"数据库不可用（{type(refused).__name__}），没有写入任何内容") from refused


def _failure(refused: DBAPIError) -> StorageFailed:
    code = getattr(refused.orig, "sqlite_errorcode", 0) & 0xFF
    state = getattr(refused.orig, "sqlstate", None) or ""
    if code in _FULL or state in {"53100", "53200"}:
        return DiskFull("磁盘空间已满，没有写入任何内容；请清理磁盘后重试")
    if code in _READ_ONLY or state in {"25006", "42501"}:
        return StorageFailed("数据库为只读，没有写入任何内容；请检查数据库文件、所在文件夹的权限及挂载方式")
    if code == sqlite3.SQLITE_CANTOPEN:
        return StorageFailed("数据库文件无法打开；请检查 FENXIN_DATABASE_URL 指向的文件夹是否存在、是否可写")
    return StorageFailed(f"数据库不可用（{type(refused.orig).__name__}），没有写入任何内容；请稍后重试")
