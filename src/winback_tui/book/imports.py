"""Batches: what one file brought into the book, and taking exactly that back."""

import json
import sqlite3
from collections.abc import Callable
from typing import Final, NamedTuple

from winback_tui.book import merge_crossing, statistics, unimport
from winback_tui.errors import BadInputError

#: How long an import waits for another writer, in milliseconds: others may import large files.
PATIENCE: Final = 60_000
#: What a line of `import_replaced` keeps of a line of `transactions`.
_LINE: Final = "customer_id, day, document, product, amount, currency, ordinal, quantity"
_FIELDS: Final = (
    "id, kind, preset, file_name, sha256, imported_at, actor, rows_read, created, updated,"
    " unchanged, rejected, suppressed, duplicates, undone_at"
)

#: Called with what is done, what there is to do, and the name of the phase; may raise to cancel.
Progress = Callable[[int, int, str], None]


class Batch(NamedTuple):
    """One file's import as the book keeps it; rows read are the sum of the counts behind it.

    `unchanged` rows were in the book already, `duplicates` in an earlier file of the same command.
    """

    id: int
    kind: str
    preset: str
    file_name: str
    sha256: str
    imported_at: str
    actor: str
    rows_read: int
    created: int
    updated: int
    unchanged: int
    rejected: int
    suppressed: int
    duplicates: int
    undone_at: str | None


class Origin(NamedTuple):
    """What is known of a file before its rows are written."""

    kind: str
    preset: str
    file_name: str
    sha256: str
    imported_at: str
    actor: str
    rows_read: int
    rejected: int
    party_kind: str


class TakenBack(NamedTuple):
    """What taking a batch back removed, and the numbers of the customers it had to keep."""

    transactions: int
    customers: int
    kept: tuple[str, ...]


def log(connection: sqlite3.Connection) -> list[Batch]:
    """Return all batches, the newest first."""
    rows = connection.execute(f"SELECT {_FIELDS} FROM import_batches ORDER BY id DESC")  # noqa: S608
    return [Batch(*row) for row in rows]


def same_file(connection: sqlite3.Connection, sha256: str) -> int | None:
    """Return the batch that brought this very file and still stands, or None."""
    row = connection.execute(
        "SELECT max(id) FROM import_batches WHERE sha256 = ? AND undone_at IS NULL", (sha256,)
    ).fetchone()
    return None if row[0] is None else int(row[0])


def take_back(connection: sqlite3.Connection, batch: int, at: str) -> TakenBack:
    """Remove what a batch brought, inside an open write transaction.

    Its transactions go; of the customers it created those that nothing else refers to go too.
    Fields that it changed get their values back, unless they were changed since. Raises
    BadInputError for a batch that is not there or was taken back before.
    """
    row = connection.execute(
        "SELECT undone_at FROM import_batches WHERE id = ?", (batch,)
    ).fetchone()
    if row is None:
        raise BadInputError(f"There is no batch {batch}; see “winback import log”.")
    if row[0] is not None:
        raise BadInputError(f"Batch {batch} was taken back already, on {row[0][:10]}.")
    affected = [
        each[0]
        for each in connection.execute(
            "SELECT DISTINCT customer_id FROM transactions WHERE batch_id = ?1"
            " UNION SELECT DISTINCT customer_id FROM import_replaced WHERE batch_id = ?1",
            (batch,),
        )
    ]
    gone = connection.execute("DELETE FROM transactions WHERE batch_id = ?", (batch,)).rowcount
    connection.execute("UPDATE import_batches SET undone_at = ? WHERE id = ?", (at, batch))
    _put_back(connection, batch)
    changed_since = unimport.restore(connection, batch)
    customers = _drop_customers(connection)
    connection.execute("DELETE FROM products WHERE code NOT IN (SELECT product FROM transactions)")
    statistics.refresh(connection, affected)
    kept = connection.execute(
        "SELECT number FROM customers WHERE batch_id = ?"
        " OR id IN (SELECT value FROM json_each(?)) ORDER BY number",
        (batch, json.dumps(list(changed_since))),
    ).fetchall()
    return TakenBack(gone, customers, tuple(number for (number,) in kept))


def _put_back(connection: sqlite3.Connection, batch: int) -> None:
    """Put back the lines whose place the batch's own had taken, as far as they still hold."""
    # An order that changed once more: what this batch replaced waits for the later one's undo.
    # Without a program's own ids a document is told by its customer and day as well.
    later = (
        "FROM import_replaced AS later WHERE later.old_batch_id = :batch"
        " AND later.document = mine.document AND ((SELECT preset NOT IN ('auto', 'map')"
        " FROM import_batches WHERE id = :batch)"
        " OR (later.customer_id = mine.customer_id AND later.day = mine.day))"
    )
    connection.execute(
        f"UPDATE import_replaced AS mine SET batch_id = (SELECT max(later.batch_id) {later})"  # noqa: S608
        f" WHERE mine.batch_id = :batch AND EXISTS (SELECT 1 {later})",
        {"batch": batch},
    )
    merge_crossing.put_back(connection, batch)
    connection.execute(
        f"INSERT INTO transactions ({_LINE}, batch_id) SELECT {_LINE}, old_batch_id"  # noqa: S608
        " FROM import_replaced WHERE batch_id = ? AND old_batch_id IN"
        " (SELECT id FROM import_batches WHERE undone_at IS NULL)"
        " AND customer_id IN (SELECT id FROM customers) ON CONFLICT DO NOTHING",
        (batch,),
    )
    connection.execute("DELETE FROM import_replaced WHERE ? IN (batch_id, old_batch_id)", (batch,))


def import_event(connection: sqlite3.Connection, batch: int) -> tuple[int, int] | None:
    """Return id and action of the event that recorded the batch, or None."""
    row = connection.execute(
        "SELECT id, action FROM events WHERE kind = 'import'"
        " AND json_extract(payload, '$.batch') = ? ORDER BY id DESC LIMIT 1",
        (batch,),
    ).fetchone()
    return None if row is None else (int(row[0]), int(row[1]))


def latest(connection: sqlite3.Connection) -> int:
    """Return the newest batch that stands. Raises BadInputError if there is none."""
    row = connection.execute(
        "SELECT max(id) FROM import_batches WHERE undone_at IS NULL"
    ).fetchone()
    if row[0] is None:
        raise BadInputError("There is no import to take back.")
    return int(row[0])


def of_unknown_kind(connection: sqlite3.Connection, batch: int | None) -> int:
    """Return how many customers a batch brought who are neither business nor consumer."""
    (count,) = connection.execute(
        "SELECT count(*) FROM customers WHERE batch_id = ? AND party_kind = 'unknown'", (batch,)
    ).fetchone()
    return int(count)


def open_batch(connection: sqlite3.Connection, origin: Origin) -> int:
    """Start a batch inside an open write transaction and return its id; its counts are 0."""
    (batch,) = connection.execute(
        "INSERT INTO import_batches (kind, preset, file_name, sha256, imported_at, actor,"
        " rows_read, created, updated, unchanged, rejected, suppressed, duplicates)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, 0, 0, 0, ?, 0, 0) RETURNING id",
        (
            origin.kind,
            origin.preset,
            origin.file_name,
            origin.sha256,
            origin.imported_at,
            origin.actor,
            origin.rows_read,
            origin.rejected,
        ),
    ).fetchone()
    return int(batch)


def _drop_customers(connection: sqlite3.Connection) -> int:
    """Delete the customers whose batches were taken back and to whom nothing refers."""
    refers = " AND ".join(
        f"NOT EXISTS (SELECT 1 FROM {table} WHERE {table}.{column} = customers.id)"  # noqa: S608
        for table, column in unimport.referring(connection)
    )
    return connection.execute(
        "DELETE FROM customers WHERE batch_id IN"  # noqa: S608
        f" (SELECT id FROM import_batches WHERE undone_at IS NOT NULL) AND {refers}"
    ).rowcount
