"""Caring for a book: a check-up that also works on a damaged one, and a copy while it is in use."""

import sqlite3
import stat
from collections.abc import Callable, Iterator
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from winback_tui.book import file as files
from winback_tui.book import health, ledger, migrate, outbox
from winback_tui.book.connection import Book, plain_errors
from winback_tui.config import Config
from winback_tui.desk import scoring
from winback_tui.desk.session import Desk
from winback_tui.errors import BadInputError, BookError
from winback_tui.words import alerts as alert_words
from winback_tui.words import care as words
from winback_tui.words.evidence import checked


class Grade(StrEnum):
    """How a check went."""

    FINE = "fine"
    FINDING = "finding"
    DAMAGED = "damaged"


class Check(NamedTuple):
    """One line of a check-up: a stable code, how it went, and a sentence."""

    code: str
    grade: Grade
    text: str


def examine(path: Path, config: Config, as_of: date) -> list[Check]:
    """Return the checks of the book at `path`.

    A damaged book gets its check-up too. Raises BadInputError or BookError for what is no book,
    may not be read, or is from a newer version.
    """
    try:
        files.look(path, reading=True)
    except BookError as error:
        if not _looks_damaged(path):
            raise
        return [Check("file", Grade.DAMAGED, str(error)), *_of_damaged(path)]
    try:
        with Desk.open(path, config, as_of, reading=True) as desk:
            return list(_of_open(desk))
    except BookError as error:
        if not isinstance(error.__cause__, sqlite3.DatabaseError) or _in_use(error.__cause__):
            raise
        return [Check("file", Grade.DAMAGED, str(error)), *_of_damaged(path)]


def backup(book: Book, to: Path, *, replace: bool = False) -> int:
    """Write a consistent copy of `book` to `to` (mode 0600) and return its size in bytes.

    Works while the book is in use. Raises BadInputError where `to` cannot be written, or exists
    and `replace` is not said; a copy that fails leaves nothing behind.
    """
    if to.is_dir():
        raise BadInputError(f"{to} is a directory; name the file that the copy shall be.")
    if to.exists():
        if to.samefile(book.path):
            raise BadInputError(f"{to} is the book itself; name another file for its copy.")
        if not replace:
            raise BadInputError(f"{to} exists already; name another file, or add --force.")
    if not to.parent.is_dir():
        raise BadInputError(f"There is no directory {to.parent}; make it, or name another one.")
    try:
        with plain_errors(to):
            migrate.copy_book(book.connection, to)
    except OSError as error:
        raise BadInputError(f"{to} could not be written: {error.strerror}.") from error
    return to.stat().st_size


def _of_open(desk: Desk) -> Iterator[Check]:
    connection, path = desk.book.connection, desk.book.path
    yield _file(path)
    sick = health.integrity(connection)
    if sick:
        yield Check("integrity", Grade.DAMAGED, words.not_intact(sick))
    else:
        yield Check("integrity", Grade.FINE, words.INTACT)
    yield from _guarded("references", lambda: _references(connection))
    yield from _guarded("book", lambda: _version(connection))
    yield from _guarded("holdings", lambda: _holdings(connection, desk.as_of))
    yield from _guarded("cases", lambda: _cases(connection))
    yield from _guarded("consent", lambda: _consent(connection))
    yield from _guarded("statistics", lambda: _statistics(connection))
    yield from _guarded("scores", lambda: _scores(desk))
    yield from _guarded("webhook", lambda: _outbox(connection))


def _of_damaged(path: Path) -> Iterator[Check]:
    try:
        with health.untouched(path) as connection:
            sick = health.integrity(connection)
            yield Check("integrity", Grade.DAMAGED, words.not_intact(sick))
            yield from _guarded("holdings", lambda: [_count(health.holdings(connection, date.max))])
    except sqlite3.Error as error:
        yield Check("integrity", Grade.DAMAGED, words.not_intact([str(error)]))


def _guarded(code: str, check: Callable[[], list[Check]]) -> list[Check]:
    """Return what `check` finds; one that stumbles over damaged pages is itself a finding."""
    try:
        return check()
    except (sqlite3.DatabaseError, BookError) as error:
        return [Check(code, Grade.DAMAGED, words.could_not_check(code, str(error)))]


def _file(path: Path) -> Check:
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        return Check("file", Grade.FINDING, words.readable_by_others(path, mode))
    return Check("file", Grade.FINE, words.private(path, path.stat().st_size))


def _references(connection: sqlite3.Connection) -> list[Check]:
    broken = health.broken_references(connection)
    if broken:
        return [Check("references", Grade.FINDING, words.broken_references(broken))]
    return [Check("references", Grade.FINE, words.REFERENCES)]


def _version(connection: sqlite3.Connection) -> list[Check]:
    mode = health.journal_mode(connection)
    grade = Grade.FINE if mode == "wal" else Grade.FINDING
    return [Check("book", grade, words.version(health.version(connection), mode))]


def _holdings(connection: sqlite3.Connection, as_of: date) -> list[Check]:
    held = health.holdings(connection, as_of)
    checks = [_count(held)]
    if held.in_future:
        checks.append(Check("future", Grade.FINDING, words.in_future(held.in_future, as_of)))
    if held.not_searchable:
        text = words.not_searchable(held.not_searchable)
        checks.append(Check("search", Grade.FINDING, text))
    return checks


def _count(held: health.Holdings) -> Check:
    text = words.holdings(held.customers, held.transactions, held.events, held.without_transactions)
    return Check("holdings", Grade.FINE, text)


def _cases(connection: sqlite3.Connection) -> list[Check]:
    if strayed := health.strayed_cases(connection):
        return [Check("cases", Grade.FINDING, words.strayed_cases(len(strayed)))]
    return [Check("cases", Grade.FINE, words.CASES)]


def _consent(connection: sqlite3.Connection) -> list[Check]:
    broken = [(each.id, each.what) for each in ledger.verify(connection)]
    grade = Grade.FINDING if broken else Grade.FINE
    return [Check("consent", grade, checked(*ledger.head(connection), broken))]


def _statistics(connection: sqlite3.Connection) -> list[Check]:
    if wrong := health.wrong_statistics(connection):
        return [Check("statistics", Grade.FINDING, words.wrong_statistics(wrong))]
    return [Check("statistics", Grade.FINE, words.STATISTICS)]


def _scores(desk: Desk) -> list[Check]:
    fresh = scoring.is_fresh(desk)
    if torn := health.torn_scores(desk.book.connection, fresh=fresh):
        return [Check("scores", Grade.FINDING, words.torn_scores(torn))]
    said = words.fresh_scores if fresh else words.stale_scores
    return [Check("scores", Grade.FINE, said(desk.as_of))]


def _outbox(connection: sqlite3.Connection) -> list[Check]:
    stands = outbox.waiting(connection)
    grade = Grade.FINDING if stands.given_up else Grade.FINE
    return [Check("webhook", grade, alert_words.outbox(*stands))]


def _looks_damaged(path: Path) -> bool:
    """Whether `path` is a book of a version that we know whose pages are cut off."""
    with path.open("rb") as file:
        header = file.read(100)
    known = int.from_bytes(header[60:64], "big") <= files.latest_version()
    return known and files.cut_off(path)


def _in_use(error: BaseException) -> bool:
    return (getattr(error, "sqlite_errorcode", 0) or 0) & 0xFF in (
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CANTOPEN,
    )
