"""A book's file before SQLite has it: whether it is one, whole, in use, and where it may go."""

import os
import sqlite3
import stat
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Final

from winback_tui.book.faults import damaged, plain_errors
from winback_tui.errors import BadInputError, BookError

#: "WbTk": marks a SQLite file as a book (header offset 68).
APPLICATION_ID: Final = 0x5762546B
#: How often a book that seems cut off is looked at before that is said.
_LOOKS: Final = 3
_MAGIC: Final = b"SQLite format 3\x00"


@cache
def latest_version() -> int:
    """Return the schema version that this program writes: the number of its last migration.

    It is that of the program that runs, whatever an upgrade puts in the place of its files.
    """
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
        raise newer(path, version)
    if not reading and not writable(path):
        raise BookError(f"{path} is read-only; make it writable, or work on a copy of it.")
    return version


def writable(path: Path) -> bool:
    """Return whether the book at `path` may be written to by this user."""
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
        if size_beside(path, "-wal"):
            return False
        # The log may have gone between the looks at the two files: then the book is whole now.
    return True


def size_beside(path: Path, suffix: str) -> int:
    """Return the size of a side file of the book at `path`, 0 where there is none."""
    try:
        return Path(f"{path}{suffix}").stat().st_size
    except FileNotFoundError:
        return 0


def newer(path: Path, version: int) -> BookError:
    """Return the error for a book that only a newer winback can read."""
    return BookError(
        f"{path} was written by a newer winback (book version {version}, this one reads up to "
        f"{latest_version()}); update winback."
    )


def refuse_upgraded(connection: sqlite3.Connection, path: Path) -> None:
    """Raise BookError where a newer program has brought up the book that is open here."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > latest_version():
        raise BookError(
            f"{path} was brought up by a newer winback meanwhile (book version {version}, this one "
            f"reads up to {latest_version()}), so nothing was written; leave, and start the newer "
            "one."
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
        if size_beside(path, suffix):
            raise BookError(
                f"{path} is a book in use or left by a crash, for {path.name}{suffix} lies beside "
                "it; close it, or open it once, and try again, or name another file."
            )
    # Whoever has a book open keeps its log there, even an empty one.
    if path.exists() and Path(f"{path}-wal").exists() and in_use(path):
        raise BookError(f"{path} is in use by another program; close it and try again.")
    for suffix in ("-wal", "-shm", "-journal"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)


def address(path: Path, how: str = "mode=rw") -> str:
    """Return the URI by which SQLite opens the file at `path` and never makes one."""
    return f"{path.absolute().as_uri()}?{how}"
