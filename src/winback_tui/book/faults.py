"""What SQLite raises, as one sentence about the book."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from winback_tui.errors import BookBusyError, BookError, WinbackError

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
    if code == sqlite3.SQLITE_ERROR:
        # A table or column may be another one since a newer program brought the book up.
        _say_if_upgraded(path)
    raise error


def _say_if_upgraded(path: Path) -> None:
    """Raise BookError where the book has become one of a newer program."""
    from contextlib import closing

    from winback_tui.book.file import address, refuse_upgraded

    with suppress(sqlite3.Error), closing(sqlite3.connect(address(path), uri=True)) as connection:
        refuse_upgraded(connection, path)


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
