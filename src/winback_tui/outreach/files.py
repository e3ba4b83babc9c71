"""Files for others: written aside first, then put in place together, readable by the user only."""

import os
import re
import tempfile
import unicodedata
from pathlib import Path


class Staged:
    """Files that are written in full, each under a hidden name beside its place.

    `publish` puts them in place; `discard` removes what is not in place yet. Raises OSError.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._waiting: list[tuple[Path, Path]] = []
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def add(self, stem: str, suffix: str, text: str) -> Path:
        """Write `text` aside (mode 0600) and return the place, of its own, that it will get."""
        place = self._free(stem, suffix)
        handle, name = tempfile.mkstemp(dir=self._folder, prefix=".handover-", suffix=".part")
        self._waiting.append((Path(name), place))
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        return place

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
