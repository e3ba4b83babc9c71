"""The books that are measured on: the program's own samples, made once and kept if wanted."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from benchmarks.programs import run, winback

AS_OF: Final = date(2026, 11, 20)
_SEED: Final = 1


@dataclass(slots=True)
class Bench:
    """What the benchmarks share: where books and other files lie, how often, how big."""

    folder: Path
    environment: dict[str, str]
    customers: int
    many: int | None
    runs: int
    data: Path | None = None

    def book(self, customers: int) -> Path:
        """Return a book of so many customers, scored as of `AS_OF`; it is made where missing."""
        path = self.folder / f"book-{customers}.db"
        if not path.exists():
            say(f"making a book of {customers:,} customers")
            size = ["--customers", str(customers), "--seed", str(_SEED)]
            day = ["--as-of", AS_OF.isoformat()]
            run(winback(*day, "sample", str(path), *size), self.environment)
        self.score(path, AS_OF)
        return path

    def score(self, path: Path, as_of: date) -> None:
        """Bring the scores of a book to a date; nothing happens where they are of that date."""
        run(winback("--db", str(path), "--as-of", as_of.isoformat(), "score"), self.environment)

    def sizes(self) -> list[int]:
        """Return the sizes of book to measure on, the usual one first."""
        return [self.customers] if self.many is None else [self.customers, self.many]


def later(days: int) -> date:
    """Return the day so many days after that of the kept scores."""
    return AS_OF + timedelta(days=days)


def say(text: str) -> None:
    """Tell on the error stream what is going on, so that the output is the table alone."""
    sys.stderr.write(f"{text}…\n")
    sys.stderr.flush()
