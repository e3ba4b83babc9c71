"""One door to the SQLite file: looked at before it is opened, and every write one transaction."""

import os
import sqlite3
import stat
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final, Self

from winback_tui.errors import BadInputError, BookBusyError, BookError, WinbackError

#: "WbTk": marks a SQLite file as a book (header offset 68).
APPLICATION_ID: Final = 0x5762546B
#: How long a writer waits for another one, in milliseconds.
BUSY_TIMEOUT: Final = 5_000
#: What only another program's write can have brought about; a broken rule (CHECK, NOT NULL, a
#: trigger) is an error of our own.
_RACES: Final = frozenset(
    {
        sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY,
        sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY,
        sqlite3.SQLITE_CONSTRAINT_ROWID,
        sqlite3.SQLITE_CONSTRAINT_UNIQUE,
    }
)
#: How often a book that seems cut off is looked at before that is said.
_LOOKS: Final = 3
_MAGIC: Final = b"SQLite format 3\x00"


def latest_version() -> int:
    """Return the schema version that this program writes: the number of its last migration."""
    return max(number for number, _ in migration_files())


def migration_files() -> list[tuple[int, Path]]:
    """Return the numbered migration files in order."""
    folder = Path(__file__).parent / "migrations"
    return sorted((int(path.name[:4]), path) for path in folder.glob("[0-9][0-9][0-9][0-9]_*.sql"))


def look(path: Path, *, reading: bool = False) -> int:
    """Return the schema version of the book at `path` without opening it as a database.

    A book that may not be written to is refused unless it is for `reading`.

    Only the file's first hundred bytes are read, so a file that is not a usable book is left
    exactly as it was, down to the side files that SQLite would make. Raises BadInputError for
    what is no book at all and BookError for a book that cannot be used.
    """
    try:
        info = path.stat()
        if stat.S_ISDIR(info.st_mode):
            raise BadInputError(
                f"{path} is a directory; name a file in it, such as {path / 'book.db'}."
            )
        if not stat.S_ISREG(info.st_mode):
            raise BadInputError(f"{path} is not a regular file; name the file of a book.")
        with path.open("rb") as file:
            header = file.read(100)
    except FileNotFoundError as error:
        raise BadInputError(
            f"There is no book at {path}; import a file to start one, or try “winback demo”."
        ) from error
    except PermissionError as error:
        raise BookError(f"{path} may not be read by you; change its permissions.") from error
    except OSError as error:
        raise BadInputError(f"{path} could not be opened: {error.strerror}.") from error
    if len(header) < 100 or not header.startswith(_MAGIC):
        what = "is empty" if info.st_size == 0 else "is not a winback book"
        raise BadInputError(f"{path} {what}; name another file with --db.")
    application = int.from_bytes(header[68:72], "big")
    if application != APPLICATION_ID:
        raise BadInputError(
            f"{path} is a database of another program, not a winback book; "
            "name another file with --db."
        )
    if cut_off(path):
        raise damaged(path)
    version = int.from_bytes(header[60:64], "big")
    if version > latest_version():
        raise _newer(path, version)
    if not reading and not _writable(path):
        raise BookError(f"{path} is read-only; make it writable, or work on a copy of it.")
    return version


def _writable(path: Path) -> bool:
    bits = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH
    try:
        return bool(path.stat().st_mode & bits) and os.access(path, os.W_OK)
    except FileNotFoundError:
        # It went away a moment ago; whoever opens it says so.
        return True


def cut_off(path: Path) -> bool:
    """Return whether pages are missing at the end of the book at `path`.

    While its write-ahead log is being folded into it the file may lag behind its own header, so
    with a log beside it the question is SQLite's.
    """
    for _ in range(_LOOKS):
        try:
            with path.open("rb") as file:
                header = file.read(100)
                size = os.fstat(file.fileno()).st_size
        except FileNotFoundError:
            return False
        page = int.from_bytes(header[16:18], "big")
        page = 65_536 if page == 1 else page
        if page >= 512 and size >= page * int.from_bytes(header[28:32], "big"):
            return False
        if _size(path, "-wal"):
            return False
        # The log may have gone between the looks at the two files: then the book is whole now.
    return True


def _size(path: Path, suffix: str) -> int:
    """Return the size of a side file of the book at `path`, 0 where there is none."""
    try:
        return Path(f"{path}{suffix}").stat().st_size
    except FileNotFoundError:
        return 0


def _newer(path: Path, version: int) -> BookError:
    return BookError(
        f"{path} was written by a newer winback (book version {version}, this one reads up to "
        f"{latest_version()}); update winback."
    )


def in_use(path: Path) -> bool:
    """Return whether another connection has the book at `path` open.

    Its write-ahead log is folded into it first, as whoever closes a book last does.
    """
    with plain_errors(path), closing(sqlite3.connect(address(path), uri=True)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return Path(f"{path}-wal").exists()


def make_way(path: Path) -> None:
    """Make sure that a file may be put at `path`, in the place of one that is there or not.

    A log that lay beside the old file would be taken for the new one's. Raises BookError where
    there is one, or where somebody has the old file open; side files that nobody needs are removed.
    """
    for suffix in ("-wal", "-journal"):
        if _size(path, suffix):
            raise BookError(
                f"{path} is a book in use or left by a crash, for {path.name}{suffix} lies beside "
                "it; close it, or open it once, and try again, or name another file."
            )
    # Whoever has a book open keeps its log there, even an empty one.
    if path.exists() and Path(f"{path}-wal").exists() and in_use(path):
        raise BookError(f"{path} is in use by another program; close it and try again.")
    for suffix in ("-wal", "-shm", "-journal"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)


def damaged(path: Path) -> BookError:
    """Return the error for a book whose pages do not fit together."""
    return BookError(
        f"{path} is damaged; restore a backup, or see what “winback --db {path} doctor” can tell."
    )


@contextmanager
def plain_errors(path: Path) -> Iterator[None]:
    """Turn what SQLite raises inside the block into one sentence about the book at `path`."""
    try:
        yield
    except sqlite3.Error as error:
        raise explain(error, path) from error


def explain(error: sqlite3.Error, path: Path) -> WinbackError:
    """Return the sentence for a SQLite error; an error that is our own fault is raised again."""
    whole = getattr(error, "sqlite_errorcode", None) or 0
    code = whole & 0xFF
    text = str(error)
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return BookBusyError(
            f"{path} is in use by another program that is writing; try again shortly."
        )
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return damaged(path)
    if (said := _of_the_file(code, text, path)) is not None:
        return BookError(said)
    if whole in _RACES:
        return BookError(
            f"{path} was changed by another program meanwhile, so that this no longer fits; "
            "nothing was written. Look again, and try again."
        )
    raise error


def _of_the_file(code: int, text: str, path: Path) -> str | None:
    """Return the sentence for what disk, folder or file do not let SQLite do, or None."""
    if code == sqlite3.SQLITE_CANTOPEN and not path.exists():
        return (
            f"There is no book at {path} any more: it was moved or deleted; put it back, or name "
            "its new place with --db."
        )
    if code == sqlite3.SQLITE_FULL or (
        code in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN) and _no_space(path)
    ):
        return f"The disk that holds {path} is full; free some space and try again."
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM):
        return f"{path} is read-only; make it and its folder writable, or work on a copy."
    if code in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN):
        return f"{path} could not be read or written ({text}); check the disk and the folder."
    return None


def _no_space(path: Path) -> bool:
    """Whether the disk is so full that SQLite cannot even make its side files (32 KB and more)."""
    import shutil

    try:
        return shutil.disk_usage(path.parent).free < 64 * 1024
    except OSError:
        return False


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

    @classmethod
    def open(cls, path: Path, *, reading: bool = False) -> Self:
        """Return the book at `path`, brought to the current schema if it is older.

        `reading` opens a book that may not be written to as well, as long as it is of the current
        schema. Raises BadInputError or BookError, each with one sentence; the file is then
        unchanged.
        """
        look(path, reading=reading)
        with plain_errors(path):
            if reading and not _writable(path):
                book = cls(path, _connect_to_read(path), read_only=True)
            else:
                book = cls(path, _connect(path))
            try:
                # The header may lag behind the write-ahead log.
                version = book.connection.execute("PRAGMA user_version").fetchone()[0]
                if version > latest_version():
                    raise _newer(path, version)
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

    def twin(self) -> Self:
        """Return a second connection to the same book, for the calling thread."""
        with plain_errors(self.path):
            if self.read_only:
                return type(self)(self.path, _connect_to_read(self.path), read_only=True)
            return type(self)(self.path, _connect(self.path))

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all that the block writes, or, after an error or a crash, nothing."""
        with plain_errors(self.path):
            self.connection.execute("BEGIN IMMEDIATE")
            try:
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


def address(path: Path, how: str = "mode=rw") -> str:
    """Return the URI by which SQLite opens the file at `path` and never makes one."""
    return f"{path.absolute().as_uri()}?{how}"


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
    how = "mode=ro" if _size(path, "-wal") else "mode=ro&immutable=1"
    connection = sqlite3.connect(
        address(path, how), uri=True, isolation_level=None, timeout=BUSY_TIMEOUT / 1000
    )
    connection.execute("PRAGMA cache_size = -16000")
    return connection
