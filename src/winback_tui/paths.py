"""Where things live for this user, and how files are written so that none is half done."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from winback_tui.errors import BadInputError

APP = "winback"
#: So many seconds old is at least what nobody holds who is still to take it up.
_LEFT: Final = 600


def data_dir() -> Path:
    """Return the user's data directory (books, hand-over packets), made with mode 0700."""
    import platformdirs

    return _private(Path(platformdirs.user_data_dir(APP)))


def config_file() -> Path:
    """Return the path of the user's config file; it need not exist."""
    import platformdirs

    return Path(platformdirs.user_config_dir(APP)) / "config.toml"


def state_dir() -> Path:
    """Return the directory for logs, crash reports and the chosen theme, made with mode 0700."""
    import platformdirs

    return _private(Path(platformdirs.user_state_dir(APP)))


def default_book() -> Path:
    """Return where the book lives unless `--db` or `WINBACK_DB` says otherwise."""
    return data_dir() / "book.db"


def handover_dir() -> Path:
    """Return the folder that hand-over packets are written to by default."""
    return _private(data_dir() / "handovers")


def mail_dir() -> Path:
    """Return the folder that drafts of mails are written to by default."""
    return _private(data_dir() / "mails")


def sample_book() -> Path | None:
    """Return the path of the sample book: packed into the wheel, or at the checkout's top."""
    here = Path(__file__).resolve().parent
    for candidate in (here / "sample.db", here.parent.parent / "sample.db"):
        if candidate.is_file():
            return candidate
    return None


def shown(path: Path) -> str:
    """Return a path as people write it: `~` for their home."""
    try:
        return str(Path("~") / path.relative_to(Path.home()))
    except (ValueError, RuntimeError):
        return str(path)


def write_atomically(path: Path, text: str) -> None:
    """Write `text` as UTF-8 to `path` (mode 0600) so that a reader sees all of it or none."""
    import tempfile

    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Let `clear_up` leave a folder alone, in whatever process, as long as the block lasts."""
    import fcntl

    lock = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):
            fcntl.flock(lock, fcntl.LOCK_SH)
        yield
    finally:
        os.close(lock)


def clear_up(within: Path, prefix: str) -> None:
    """Remove this user's folders of this prefix that were left by programs which were killed."""
    import fcntl
    import shutil
    import time

    with suppress(OSError):
        for folder in [each for each in within.iterdir() if each.name.startswith(prefix)]:
            # Somebody else's folder cannot be opened; one that is held is in use.
            with suppress(OSError):
                lock = os.open(folder, os.O_RDONLY | os.O_NOFOLLOW | os.O_DIRECTORY)
                try:
                    found = os.fstat(lock)
                    if found.st_uid == os.getuid() and found.st_mtime < time.time() - _LEFT:
                        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                        shutil.rmtree(folder, ignore_errors=True)
                finally:
                    os.close(lock)


def _private(folder: Path) -> Path:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise BadInputError(
            f"The folder {folder} could not be made: {error.strerror}; make it, or see "
            "“winback --help” for how to name another."
        ) from error
    return folder
