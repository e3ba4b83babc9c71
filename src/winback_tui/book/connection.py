"""One door to the SQLite file: looked at before it is opened, and every write one transaction."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final, Self

from winback_tui.book.faults import explain, plain_errors
from winback_tui.book.file import (
    address,
    latest_version,
    look,
    newer,
    refuse_upgraded,
    size_beside,
    writable,
)
from winback_tui.errors import BadInputError, BookError

__all__ = ["BUSY_TIMEOUT", "Book", "explain", "plain_errors"]

#: How long a writer waits for another one, in milliseconds.
BUSY_TIMEOUT: Final = 5_000


class Book:
    """An open book.

    A Book belongs to the thread that opened it; a worker calls `twin` for a connection of its own.
    """

    def __init__(
        self, path: Path, connection: sqlite3.Connection, *, read_only: bool = False
    ) -> None:
        self.path = path
        self.connection = connection
        #: Whether the file may not be written to; then every write raises BookError.
        self.read_only = read_only
        #: The file whose scores are read instead of the book's own, if any.
        self.aside: Path | None = None

    @classmethod
    def open(cls, path: Path, *, reading: bool = False) -> Self:
        """Return the book at `path`, brought to the current schema if it is older.

        `reading` opens a book that may not be written to as well, as long as it is of the current
        schema. Raises BadInputError or BookError, each with one sentence; the file is then
        unchanged.
        """
        look(path, reading=reading)
        with plain_errors(path):
            if reading and not writable(path):
                book = cls(path, _connect_to_read(path), read_only=True)
            else:
                book = cls(path, _connect(path))
            try:
                # The header may lag behind the write-ahead log.
                version = book.connection.execute("PRAGMA user_version").fetchone()[0]
                if version > latest_version():
                    raise newer(path, version)
                if version < latest_version():
                    if book.read_only:
                        raise BookError(
                            f"{path} is read-only and of an older winback; make it writable, so "
                            "that it can be brought up, or work on a copy of it."
                        )
                    from winback_tui.book import migrate

                    migrate.upgrade(book.connection, path)
            except BaseException:
                book.close()
                raise
        return book

    @classmethod
    def create(cls, path: Path) -> Self:
        """Return a new, empty book at `path` (mode 0600). Raises BadInputError if it exists."""
        import uuid

        if os.path.lexists(path):
            raise _taken(path)
        draft = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
            _fill(draft, path)
            _put(draft, path)
        except FileExistsError as error:
            raise _taken(path) from error
        except OSError as error:
            raise BadInputError(f"{path} could not be created: {error.strerror}.") from error
        finally:
            for suffix in ("", "-wal", "-shm"):
                Path(f"{draft}{suffix}").unlink(missing_ok=True)
        return cls.open(path)

    @classmethod
    def open_or_create(cls, path: Path) -> Self:
        """Return the book at `path`, made if there is no file."""
        return cls.open(path) if path.exists() else cls.create(path)

    def twin(self, *, bare: bool = False) -> Self:
        """Return a second connection to the same book, for the calling thread.

        What is laid over the book's scores is laid over them there too, unless it is to be `bare`.
        """
        with plain_errors(self.path):
            if self.read_only:
                book = type(self)(self.path, _connect_to_read(self.path), read_only=True)
            else:
                book = type(self)(self.path, _connect(self.path))
        if self.aside is not None and not bare:
            book.lay_over(self.aside)
        return book

    def lay_over(self, aside: Path | None) -> None:
        """Read scores, lists and run from a file of `book.aside`; None: the book's own again."""
        if aside is None and self.aside is None:
            return
        from winback_tui.book.aside import lay_over, take_off

        with plain_errors(self.path):
            if aside is None:
                take_off(self.connection)
            else:
                lay_over(self.connection, address(aside))
        self.aside = aside

    @contextmanager
    def write(self, *, any_version: bool = False) -> Iterator[sqlite3.Connection]:
        """One transaction: all that the block writes, or, after an error or a crash, nothing.

        Raises BookError, and writes nothing, where a newer program has brought the book up since
        it was opened here, unless what is written reads the same in `any_version`.
        """
        with plain_errors(self.path):
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                if not any_version:
                    refuse_upgraded(self.connection, self.path)
                yield self.connection
            except BaseException:
                self.connection.rollback()
                raise
            self.connection.execute("COMMIT")

    @contextmanager
    def snapshot(self) -> Iterator[sqlite3.Connection]:
        """One consistent view for several reads."""
        with plain_errors(self.path):
            self.connection.execute("BEGIN")
            try:
                yield self.connection
            finally:
                self.connection.rollback()

    def meta(self, key: str) -> str | None:
        """Return the value kept under `key`, or None."""
        with plain_errors(self.path):
            row = self.connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def set_meta(self, key: str, value: str) -> None:
        """Keep `value` under `key`; call it inside `write`."""
        self.connection.execute(
            "INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            (key, value),
        )

    def data_version(self) -> int:
        """Return a number that changes when another connection has written."""
        with plain_errors(self.path):
            return int(self.connection.execute("PRAGMA data_version").fetchone()[0])

    def revision(self) -> int:
        """Return how often the transactions or customers of this book have changed."""
        return int(self.meta("data_revision") or 0)

    def bump_revision(self) -> None:
        """Note that transactions or customers changed; call it inside `write`."""
        self.set_meta("data_revision", str(self.revision() + 1))

    def wait_at_most(self, milliseconds: int) -> None:
        """Let writes wait so long for another program's before they raise BookBusyError."""
        self.connection.execute(f"PRAGMA busy_timeout = {milliseconds:d}")

    @contextmanager
    def patience(self, milliseconds: int) -> Iterator[None]:
        """Let the block's writes wait so long for another program's."""
        (usual,) = self.connection.execute("PRAGMA busy_timeout").fetchone()
        self.wait_at_most(milliseconds)
        try:
            yield
        finally:
            self.wait_at_most(usual)

    @contextmanager
    def by_the_million(self) -> Iterator[None]:
        """Let the block's writes leave foreign keys to whoever writes the rows.

        SQLite looks up each of them row by row, and keeps what a statement overwrites in case that
        one of them is wrong; `purchases.store` asks once for each customer instead.
        """
        self.connection.execute("PRAGMA foreign_keys = OFF")
        try:
            yield
        finally:
            self.connection.execute("PRAGMA foreign_keys = ON")

    @contextmanager
    def unnamed(self) -> Iterator[None]:
        """Let the block write without a log into a book that has no name yet.

        Nobody else can have it open, and after an error or a crash the file is to be thrown away.
        The log would be written, read and copied into the file: everything twice. What is undone
        within the block is undone from memory; what is committed is on the disk.
        """
        with plain_errors(self.path):
            self.connection.execute("PRAGMA journal_mode = MEMORY")
            yield
            self.connection.execute("PRAGMA journal_mode = WAL")

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _taken(path: Path) -> BadInputError:
    return BadInputError(f"{path} exists already; name another file.")


def _fill(draft: Path, path: Path) -> None:
    """Make the empty file `draft` a whole book, which is to lie at `path`, and close it."""
    from winback_tui.book import migrate

    with plain_errors(path), closing(_connect(draft)) as connection:
        migrate.upgrade(connection, None)


def _put(draft: Path, path: Path) -> None:
    """Give a finished file its name. Raises FileExistsError where somebody was quicker."""
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        raise
    except OSError:
        # Not every file system has links (a memory stick has none).
        if os.path.lexists(path):
            raise FileExistsError(path) from None
        draft.rename(path)


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        address(path), uri=True, isolation_level=None, timeout=BUSY_TIMEOUT / 1000
    )
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA journal_mode = WAL")
        # A logged call must survive a power cut, not only a crash of the program.
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA cache_size = -16000")
    except BaseException:
        connection.close()
        raise
    return connection


def _connect_to_read(path: Path) -> sqlite3.Connection:
    """Open a book that may not be written to: as it lies there, unless a log belongs to it."""
    how = "mode=ro" if size_beside(path, "-wal") else "mode=ro&immutable=1"
    connection = sqlite3.connect(
        address(path, how), uri=True, isolation_level=None, timeout=BUSY_TIMEOUT / 1000
    )
    connection.execute("PRAGMA cache_size = -16000")
    return connection
