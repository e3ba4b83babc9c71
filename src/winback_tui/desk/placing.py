"""Putting a finished file in its place: whole or not at all, readable by its owner alone."""

import fcntl
import glob
import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from winback_tui.errors import BadInputError


def must_be_free(book: Path, to: Path, *, force: bool) -> None:
    """Raise BadInputError where a file may not be put at `to`; `book` is the book's own file."""
    if to.is_dir():
        raise BadInputError(f"{to} is a directory; name the file that the export shall be.")
    if not to.absolute().parent.is_dir():
        raise BadInputError(f"There is no directory {to.parent}; make it, or name another one.")
    if not os.path.lexists(to):
        return
    if any(
        each.exists() and to.exists() and to.samefile(each)
        for each in (book, Path(f"{book}-wal"), Path(f"{book}-shm"))
    ):
        raise BadInputError(f"{to} is the book itself; name another file.")
    if not force:
        raise BadInputError(f"{to} exists already; name another file, or add --force.")


@contextmanager
def aside(to: Path) -> Iterator[tuple[BinaryIO, Path]]:
    """Yield a hidden file beside `to` (mode 0600), which is gone afterwards if it is still there.

    What a program that was killed has left there goes as well.
    """
    start = f".{to.name}."
    for leftover in to.parent.glob(f"{glob.escape(start)}*.part"):
        with suppress(OSError), leftover.open("rb") as left:
            fcntl.flock(left, fcntl.LOCK_EX | fcntl.LOCK_NB)
            leftover.unlink()
    handle, name = tempfile.mkstemp(prefix=start, suffix=".part", dir=to.parent)
    try:
        with os.fdopen(handle, "w+b") as file:
            # A file system without locks: leftovers of the same name are then nobody's.
            with suppress(OSError):
                fcntl.flock(file, fcntl.LOCK_SH)
            yield file, Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def give_name(draft: Path, to: Path) -> None:
    """Give a file its name where that is free; FileExistsError where it is not."""
    try:
        to.hardlink_to(draft)
    except FileExistsError:
        raise
    except OSError:
        # A file system without links.
        if os.path.lexists(to):
            raise FileExistsError(17, "it exists already", str(to)) from None
        draft.replace(to)


def sha256(file: BinaryIO) -> str:
    """Return the digest of a whole file that was just written, now safe on the disk."""
    file.flush()
    os.fsync(file.fileno())
    file.seek(0)
    return digest_of(file)


def digest_of(file: BinaryIO) -> str:
    """Return the SHA-256 of what is left to read of a file, in hex."""
    digest = hashlib.sha256()
    while part := file.read(1 << 20):
        digest.update(part)
    return digest.hexdigest()
