"""The one kind of failure that a person may see: a sentence and an exit code."""

from typing import ClassVar


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
