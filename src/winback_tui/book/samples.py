"""Filling a new book with a sample in bulk, and moving a sample's dates to another day."""

import hashlib
import json
import re
import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from winback_tui.book import ledger
from winback_tui.book.connection import Book, plain_errors

if TYPE_CHECKING:
    import polars as pl

#: Kept in meta: the day as of which a sample was made.
AS_OF: Final = "sample_as_of"
#: The one batch that a sample's lines belong to.
BATCH: Final = 1
#: Rows that are handed to SQLite at once.
_AT_ONCE: Final = 100_000
#: Books of up to so many customers are rewritten without gaps, as they are kept and copied.
_SMALL: Final = 10_000

_ISO_DAY: Final = re.compile(r"(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}:\d{2}Z)?")
#: Columns that hold a date or an instant as text, by table. Events are moved apart, for their JSON.
_TEXTS: Final[dict[str, tuple[str, ...]]] = {
    "import_batches": ("imported_at", "undone_at"),
    "contacts": ("verified_on", "ended_on"),
    "contact_points": ("ended_on", "verified_on"),
    "contracts": ("starts_on", "ends_on"),
    "consent_events": ("at", "recorded_at"),
    "score_models": ("fitted_at", "as_of"),
    "score_runs": ("as_of", "previous_as_of", "scored_at"),
    "score_history": ("as_of",),
    "cases": (
        "opened_on",
        "closed_on",
        "last_contact_on",
        "next_action_on",
        "snoozed_until",
        "done_on",
        "snoozed_on",
        "wakes_on",
        "handed_on",
        "answered_on",
    ),
    "flags": ("flagged_at",),
}
#: Tables of those whose key is a date.
_KEYED: Final = ("score_history",)
#: So many days further lies no date of a sample, and SQLite still writes it with four digits.
_FAR: Final = 1_000_000
#: Columns that hold a day number.
_NUMBERS: Final[dict[str, tuple[str, ...]]] = {
    "transactions": ("day",),
    "signals": ("day",),
    "scores": ("last_day",),
}


@contextmanager
def bulk(book: Book) -> Iterator[sqlite3.Connection]:
    """One transaction on a new book without journal and reference checks: fast, and unsafe.

    If the block fails, the file is to be thrown away. Afterwards the book is as safe as any.
    """
    connection = book.connection
    with plain_errors(book.path):
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("BEGIN IMMEDIATE")
        yield connection
        connection.execute("COMMIT")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")


def insert(connection: sqlite3.Connection, table: str, frame: "pl.DataFrame") -> int:
    """Insert a frame whose columns are named like the table's; return how many rows it had.

    Fast where the rows come in the order of the table's key.
    """
    columns = ", ".join(frame.columns)
    marks = ", ".join("?" * frame.width)
    statement = f"INSERT INTO {table} ({columns}) VALUES ({marks})"  # noqa: S608
    for part in frame.iter_slices(_AT_ONCE):
        connection.executemany(
            statement, zip(*(column.to_list() for column in part.iter_columns()), strict=True)
        )
    return frame.height


def append_consents(
    connection: sqlite3.Connection, entries: Iterable[ledger.Entry], seed: int
) -> int:
    """Append entries to the consent ledger; return how many they were.

    The salts come from the seed, so that a sample comes out the same each time.
    """
    return ledger.append_many(
        connection,
        entries,
        salt=lambda number: hashlib.sha256(f"{seed}/{number}".encode()).digest()[:16],
    )


def begin(
    connection: sqlite3.Connection, *, book_id: str, seed: int, as_of: date, maker: str, file: str
) -> None:
    """Mark a book as a sample, and start the batch of its lines as `maker`'s import of `file`."""
    connection.executemany(
        "INSERT OR REPLACE INTO meta VALUES (?, ?)",
        [("book_id", book_id), (AS_OF, as_of.isoformat()), ("sample_seed", str(seed))],
    )
    connection.execute(
        "INSERT INTO import_batches (id, kind, preset, file_name,"
        " sha256, imported_at, actor, rows_read, created, updated, unchanged, rejected, suppressed,"
        " duplicates, undone_at) VALUES"
        " (:id, 'transactions', :maker, :file, :sha, :at, :maker, 0, 0, 0, 0, 0, 0, 0, NULL)",
        {
            "id": BATCH,
            "maker": maker,
            "file": file,
            "sha": hashlib.sha256(f"{file}-{as_of}".encode()).hexdigest(),
            "at": f"{as_of}T05:30:00Z",
        },
    )


def count_batch(connection: sqlite3.Connection, rows: int) -> None:
    """Note how many lines the sample's batch brought."""
    connection.execute(
        "UPDATE import_batches SET rows_read = ?, created = ? WHERE id = ?", (rows, rows, BATCH)
    )


def stamp(book: Book, at: str) -> None:
    """Set the instants of the last fit and run to `at`, so that they do not depend on the clock.

    So are the flags that are not of another run stamped before, at the same hour of its day.
    """
    with book.write() as connection:
        connection.execute("UPDATE score_models SET fitted_at = ?", (at,))
        connection.execute("UPDATE score_runs SET scored_at = ?", (at,))
        connection.execute(
            "UPDATE flags SET flagged_at = :at WHERE flagged_at > :at"
            " OR substr(flagged_at, 11) <> substr(:at, 11)",
            {"at": at},
        )


def finish(book: Book, customers: int) -> None:
    """Put all of a sample into its one file; a small one also loses its gaps."""
    with plain_errors(book.path):
        if customers <= _SMALL:
            book.connection.execute("VACUUM")
        book.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def made_as_of(book: Book) -> date | None:
    """Return the day as of which a sample was made, or None for a book that is no sample."""
    kept = book.meta(AS_OF)
    return None if kept is None else date.fromisoformat(kept)


def move(connection: sqlite3.Connection, by: timedelta) -> None:
    """Move every date and instant of a sample by whole days, inside a write.

    The purchase statistics are left as they were; refresh them in the same transaction.
    """
    connection.execute("INSERT OR REPLACE INTO meta VALUES ('maintenance', 'move')")
    # A key moved onto another row's would be refused, so rows that have one are moved by way of
    # days that none has.
    for table, names in _NUMBERS.items():
        for step in (by.days + _FAR, -_FAR):
            changes = ", ".join(f"{name} = {name} + :step" for name in names)
            connection.execute(f"UPDATE {table} SET {changes}", {"step": step})  # noqa: S608
    for table, names in _TEXTS.items():
        changes = ", ".join(
            f"{name} = date(substr({name}, 1, 10), :by) || substr({name}, 11)" for name in names
        )
        keyed = table in _KEYED
        for step in (by.days + _FAR, -_FAR) if keyed else (by.days,):
            connection.execute(
                f"UPDATE {table} SET {changes}",  # noqa: S608
                {"by": f"{step:+d} days"},
            )
    ledger.seal(connection, anew=True)
    _move_events(connection, by)
    connection.execute(
        "UPDATE meta SET value = date(value, ?) WHERE key = ?", (f"{by.days:+d} days", AS_OF)
    )
    connection.execute("DELETE FROM meta WHERE key = 'maintenance'")


def _move_events(connection: sqlite3.Connection, by: timedelta) -> None:
    rows = connection.execute("SELECT id, at, payload FROM events").fetchall()
    connection.executemany(
        "UPDATE events SET at = ?, payload = ? WHERE id = ?",
        [
            (
                _moved(at, by),
                json.dumps(
                    _moved(json.loads(payload), by), ensure_ascii=False, separators=(",", ":")
                ),
                number,
            )
            for number, at, payload in rows
        ],
    )


def _moved(value: Any, by: timedelta) -> Any:
    """Return a JSON value with each text that is a date or an instant moved."""
    if isinstance(value, dict):
        return {name: _moved(each, by) for name, each in value.items()}
    if isinstance(value, list):
        return [_moved(each, by) for each in value]
    if isinstance(value, str) and (found := _ISO_DAY.fullmatch(value)):
        return (date.fromisoformat(found[1]) + by).isoformat() + (found[2] or "")
    return value


def copy(source: Path, to: Path) -> None:
    """Write a copy of the book at `source`, which nobody writes to, to `to` (mode 0600)."""
    shutil.copyfile(source, to)
    to.chmod(0o600)
