"""The one kind of failure that a person may see: a sentence and an exit code."""

from datetime import date
from typing import ClassVar, Final, Protocol


class Written(Protocol):
    """How one user reads days and numbers."""

    def date(self, day: date, /) -> str:
        """Return a day."""

    def number(self, value: float, /) -> str:
        """Return a whole number."""


class _Plainly:
    def date(self, day: date, /) -> str:
        return day.isoformat()

    def number(self, value: float, /) -> str:
        return f"{value:,.0f}"


#: As nobody in particular reads them.
PLAINLY: Final = _Plainly()
_written: Written = PLAINLY


def write_as(written: Written) -> None:
    """Let the sentences of refusals from here on have days and numbers as this user reads them.

    A refusal is raised where nobody knows the user, and its sentence is whole then.
    """
    global _written  # noqa: PLW0603 - as the locale of a process is
    _written = written


def shown_day(on: date) -> str:
    """Return a day as the user reads it, for a sentence that is made where nobody knows them."""
    return _written.date(on)


def shown_number(value: float) -> str:
    """Return a whole number as the user reads it, for such a sentence."""
    return _written.number(value)


class WinbackError(Exception):
    """What went wrong, where, and what to do about it.

    The message is one sentence fit for standard error or a toast. A face prints it and ends with
    `exit_code`; it never prints a traceback for this class.
    """

    exit_code: ClassVar[int] = 2


class BadInputError(WinbackError):
    """Wrong use or bad input; nothing was changed."""


class BookError(WinbackError):
    """The book cannot be used as it is: in use, damaged, read-only, or from a newer version."""

    exit_code: ClassVar[int] = 3


class BookBusyError(BookError):
    """Another program is writing to the book; the same call may go through later."""
