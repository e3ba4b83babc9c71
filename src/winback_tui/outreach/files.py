"""Files for others: written aside first, then put in place together, readable by the user only."""

import fcntl
import os
import re
import secrets
import unicodedata
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple, Self

_ASIDE: Final = re.compile(r"\.(?P<name>.+)\.[0-9a-f]{8}\.part")


class Leftover(NamedTuple):
    """A file that was written aside by a program that ended before it was put in place."""

    aside: Path
    name: str


class Staged:
    """Files that are written in full, each under a hidden name beside its place.

    `publish` puts them in place; `discard` removes what is not in place yet, and so does the end
    of the `with` block, unless `bind` was called. While the block lasts, nobody else takes the
    hidden files for leftovers, which are told by `mark`: whose work they are. Raises OSError.
    """

    def __init__(self, folder: Path, mark: str = "") -> None:
        self._folder = folder
        self._mark = f".{mark}" if mark else ""
        self._waiting: list[tuple[Path, Path]] = []
        self._bound = False
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = os.open(folder, os.O_RDONLY)

    def __enter__(self) -> Self:
        # A file system without locks: leftovers then stay, as nobody can say whose they are.
        with suppress(OSError):
            fcntl.flock(self._lock, fcntl.LOCK_SH)
        return self

    def __exit__(self, *_: object) -> None:
        if not self._bound:
            self.discard()
        os.close(self._lock)

    def leftovers(self) -> list[Leftover]:
        """Return what others left behind; nothing while others are at work in the folder."""
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return []
        found = ((path, _ASIDE.fullmatch(path.name)) for path in self._folder.glob(".*.part"))
        return sorted(
            (
                Leftover(path, match["name"].removesuffix(self._mark))
                for path, match in found
                if match is not None and match["name"].endswith(self._mark)
            ),
            key=lambda each: each.name,
        )

    def adopt(self, leftover: Leftover) -> Path:
        """Put what was left behind in its place and return that."""
        stem, suffix = os.path.splitext(leftover.name)  # noqa: PTH122 - a name, not a path
        place = self._free(stem, suffix)
        leftover.aside.replace(place)
        return place

    def add(self, stem: str, suffix: str, text: str) -> Path:
        """Write `text` aside (mode 0600) and return the place, of its own, that it will get."""
        place = self._free(stem, suffix)
        aside = self._folder / f".{place.name}{self._mark}.{secrets.token_hex(4)}.part"
        handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self._waiting.append((aside, place))
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        return place

    def bind(self) -> None:
        """Let the files outlive the block: whoever comes next finds what is not in place then."""
        self._bound = True

    def publish(self) -> None:
        """Put every file in its place; if one fails, none is left there."""
        done: list[Path] = []
        try:
            for aside, place in self._waiting:
                aside.replace(place)
                done.append(place)
        except OSError:
            for place in done:
                place.unlink(missing_ok=True)
            raise
        self._waiting.clear()

    def discard(self) -> None:
        """Remove the files that are not in place."""
        for aside, _ in self._waiting:
            aside.unlink(missing_ok=True)
        self._waiting.clear()

    def _free(self, stem: str, suffix: str) -> Path:
        taken = {place for _, place in self._waiting}
        place, number = self._folder / f"{stem}{suffix}", 2
        while place in taken or os.path.lexists(place):
            place, number = self._folder / f"{stem}-{number}{suffix}", number + 1
        return place


def safe(text: str, longest: int = 40) -> str:
    """Return `text` as part of a file name: ASCII letters, digits and single hyphens only."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("ß", "ss"))
    kept = re.sub(r"[^a-z0-9]+", "-", plain.encode("ascii", "ignore").decode())
    return kept[:longest].strip("-")
