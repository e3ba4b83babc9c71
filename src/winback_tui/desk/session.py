"""The desk that a manager sits down at: one open book, one date, one name."""

import getpass
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Self

from winback_tui.book.connection import Book
from winback_tui.config import Config
from winback_tui.errors import write_as
from winback_tui.words.format import Formats


def real_today() -> date:
    """Return the day that it is, in the user's zone."""
    return date.today()  # noqa: DTZ011 - the user's own day


@dataclass(frozen=True, slots=True)
class Desk:
    """An open book as of a date, with the config and the name under which deeds are logged.

    `as_of` is the only "today" that rules and scoring see. `clock` tells the real one, for what
    leaves the machine: a consent that has lapsed by now is not open because of an older date.
    """

    book: Book
    config: Config
    as_of: date
    actor: str
    clock: Callable[[], date] = real_today

    @classmethod
    def open(
        cls,
        path: Path,
        config: Config,
        as_of: date,
        *,
        create: bool = False,
        reading: bool = False,
    ) -> Self:
        """Return a desk at the book at `path`; with `create`, a missing book is made.

        With `reading`, the book may be read-only. Raises BadInputError or BookError with one
        sentence. From then on refusals have days and numbers as this user reads them.
        """
        write_as(Formats.from_environment(config.user.locale))
        book = Book.open_or_create(path) if create else Book.open(path, reading=reading)
        return cls(book, config, as_of, config.user.name or login_name())

    def twin(self, *, bare: bool = False) -> Self:
        """Return the same desk with a connection of its own, for a worker thread; see Book.twin."""
        return replace(self, book=self.book.twin(bare=bare))

    def close(self) -> None:
        """Close the book."""
        self.book.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def login_name() -> str:
    """Return the user's login name, or "you" where the system knows none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "you"


def now() -> str:
    """Return the present instant as the book keeps it: UTC, ISO 8601, to the second, with Z."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(day: date) -> str:
    """Return the present instant if `day` is today, else the start of that day, as `now` does."""
    if day == date.today():  # noqa: DTZ011 - the user's own day
        return now()
    return datetime.combine(day, time()).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
