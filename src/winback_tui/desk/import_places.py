"""Where an import reads and writes: its files, its reject file, and a book that is to be made."""

import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from winback_tui import paths
from winback_tui.errors import BadInputError

#: How gzip, zip (XLSX) and Parquet begin.
_PACKED: Final = (b"\x1f\x8b", b"PK", b"PAR1")


def check(files: Sequence[str | Path], rejects: Path | None) -> None:
    """Raise BadInputError where files or the place for rejected rows cannot be meant so."""
    if not files:
        raise BadInputError("Name a file to import, or “-” for standard input.")
    if sum(str(file) == "-" for file in files) > 1:
        raise BadInputError("Standard input (“-”) can be read only once.")
    if rejects is None:
        return
    folder = rejects.absolute().parent
    if rejects.is_dir() or not folder.is_dir():
        raise BadInputError(f"--rejects: {rejects} is no file in a directory that exists.")
    if not os.access(folder, os.W_OK):
        raise BadInputError(f"--rejects: you may not write in {folder}; name another place.")
    if any(str(file) != "-" and Path(file).resolve() == rejects.resolve() for file in files):
        raise BadInputError(f"--rejects names {rejects}, which is being imported; name another.")


def is_file(file: str | Path) -> bool:
    """Return whether that names a file; whoever may not look there learns why when it is read."""
    try:
        return Path(file).is_file()
    except (OSError, ValueError):
        return False


def size(file: str | Path) -> int:
    """Return how many bytes of text a file has; no end of them where it is packed or no file."""
    if not is_file(file):
        return sys.maxsize
    try:
        with Path(file).open("rb") as opened:
            packed = opened.read(4).startswith(_PACKED)
            return sys.maxsize if packed else os.fstat(opened.fileno()).st_size
    except (OSError, ValueError):
        return sys.maxsize


def clear_up(path: Path) -> None:
    """Remove what imports that were killed left beside the book at `path`."""
    paths.clear_up(path.parent, _drafts(path))


def _drafts(path: Path) -> str:
    return f".{path.name}.draft-"


@contextmanager
def draft(path: Path) -> Iterator[Path]:
    """Yield the path of a book to be, in a folder beside `path` that is gone afterwards."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder = tempfile.TemporaryDirectory(prefix=_drafts(path), dir=path.parent)
    except OSError as error:
        raise BadInputError(f"{path} could not be created: {error.strerror}.") from error
    with folder as name, paths.held(Path(name)):
        yield Path(name) / path.name


def put(made: Path, path: Path) -> bool:
    """Give a finished book its name; return False where another one has taken it."""
    try:
        path.hardlink_to(made)
    except FileExistsError:
        return False
    except OSError:
        # A file system without links: there the last of two first imports wins.
        made.rename(path)
    return True
