"""Batches: what one file brought into the book, and taking exactly that back."""

import sqlite3
from collections.abc import Callable, Sequence
from itertools import repeat
from typing import TYPE_CHECKING, Final, NamedTuple

from winback_tui.book import customers as people
from winback_tui.book import statistics
from winback_tui.errors import BadInputError

if TYPE_CHECKING:
    import polars as pl

#: How long an import waits for another writer, in milliseconds: others may import large files.
PATIENCE: Final = 60_000
#: Rows written between two calls of the progress callback.
_STEP: Final = 50_000
#: The primary key of `transactions`.
_KEY: Final = ("customer_id", "day", "document", "product", "amount", "currency", "ordinal")
_OF_CUSTOMER: Final = ("number", "name", "street", "zip", "city", "country")
#: What keeps a customer in the book when the batch that created it is taken back.
_REFERRING: Final = (
    "transactions",
    "events",
    "cases",
    "contacts",
    "contact_points",
    "consent_events",
)
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


class Stored(NamedTuple):
    """What became of a file's rows; `batch` is None where it brought nothing new."""

    batch: int | None
    created: int
    unchanged: int
    duplicates: int
    customers: int


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


def store(
    connection: sqlite3.Connection,
    origin: Origin,
    rows: "pl.DataFrame",
    customers: "pl.DataFrame",
    products: "pl.DataFrame",
    *,
    earlier: "Sequence[pl.DataFrame]",
    progress: Progress,
) -> "tuple[Stored, pl.DataFrame]":
    """Write the rows of one file inside an open write transaction, with all that hangs on them.

    `rows` has number, day, document, product, amount, currency and quantity. Rows that the
    book has are left as they are. Customers that are there already are not changed by a
    transaction file. Returns the counts, and the keys of all rows, which the next file of the same
    command is given as `earlier` to tell duplicates.
    """
    connection.execute("SAVEPOINT batch")
    batch = _open_batch(connection, origin)
    new, ids = _add_customers(connection, customers, batch, origin.party_kind)
    lines = _in_order(rows.join(ids, on="number", how="left"))
    _add_products(connection, products)
    created = _add_transactions(connection, lines, batch, progress)
    keys = lines.select(_KEY)
    duplicates = _known(keys, earlier)
    unchanged = lines.height - created - duplicates
    if created == 0:
        connection.execute("ROLLBACK TO batch")
        connection.execute("RELEASE batch")
        return Stored(None, 0, unchanged, duplicates, 0), keys
    connection.execute(
        "UPDATE import_batches SET created = ?, unchanged = ?, duplicates = ? WHERE id = ?",
        (created, unchanged, duplicates, batch),
    )
    connection.execute("RELEASE batch")
    _renew(connection, lines, new, progress)
    return Stored(batch, created, unchanged, duplicates, len(new)), keys


def take_back(connection: sqlite3.Connection, batch: int, at: str) -> TakenBack:
    """Remove what a batch brought, inside an open write transaction.

    Its transactions go; of the customers it created those that nothing else refers to go too.
    Raises BadInputError for a batch that is not there or was taken back before.
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
            "SELECT DISTINCT customer_id FROM transactions WHERE batch_id = ?", (batch,)
        )
    ]
    gone = connection.execute("DELETE FROM transactions WHERE batch_id = ?", (batch,)).rowcount
    connection.execute("UPDATE import_batches SET undone_at = ? WHERE id = ?", (at, batch))
    customers = _drop_customers(connection)
    connection.execute("DELETE FROM products WHERE code NOT IN (SELECT product FROM transactions)")
    statistics.refresh(connection, affected)
    kept = connection.execute(
        "SELECT number FROM customers WHERE batch_id = ? ORDER BY number", (batch,)
    ).fetchall()
    return TakenBack(gone, customers, tuple(number for (number,) in kept))


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


def _open_batch(connection: sqlite3.Connection, origin: Origin) -> int:
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


def _add_customers(
    connection: sqlite3.Connection, customers: "pl.DataFrame", batch: int, party_kind: str
) -> "tuple[list[int], pl.DataFrame]":
    """Insert the customers that are not there; return their ids, and number and id of all."""
    import polars as pl

    known = people.ids_of(connection, customers["number"].to_list())
    # Offering a known one to its key would use up an id each time, and ids are never given again.
    missing = customers.filter(
        ~pl.col("number").is_in(pl.Series(list(known), dtype=pl.String).implode())
    ).with_columns(pl.col("name").fill_null(""))
    connection.executemany(
        "INSERT INTO customers (number, name, street, zip, city, country, party_kind, batch_id)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        zip(
            *(missing[column].to_list() for column in _OF_CUSTOMER),
            repeat(party_kind, missing.height),
            repeat(batch, missing.height),
            strict=True,
        ),
    )
    added = people.ids_of(connection, missing["number"].to_list())
    known |= added
    ids = pl.DataFrame(
        {"number": list(known), "customer_id": list(known.values())},
        schema={"number": pl.String, "customer_id": pl.Int64},
    )
    return sorted(added.values()), ids


def _add_products(connection: sqlite3.Connection, products: "pl.DataFrame") -> None:
    connection.executemany(
        "INSERT INTO products (code, name, category) VALUES (?, ?, ?) ON CONFLICT (code) DO UPDATE"
        " SET name = iif(name = '', excluded.name, name),"
        " category = COALESCE(category, excluded.category)"
        " WHERE name = '' OR category IS NULL",
        zip(
            products["code"].to_list(),
            products["name"].fill_null("").to_list(),
            products["category"].to_list(),
            strict=True,
        ),
    )


def _add_transactions(
    connection: sqlite3.Connection, lines: "pl.DataFrame", batch: int, progress: Progress
) -> int:
    """Insert the lines that the table's key does not refuse; return how many."""
    statement = (
        f"INSERT INTO transactions ({', '.join(_KEY)}, quantity, batch_id)"  # noqa: S608
        f" VALUES (?, ?, ?, ?, ?, ?, ?, ?, {batch:d}) ON CONFLICT ({', '.join(_KEY)}) DO NOTHING"
    )
    created = done = 0
    progress(0, lines.height, "write")
    for part in lines.select(*_KEY, "quantity").iter_slices(_STEP):
        columns = (column.to_list() for column in part.iter_columns())
        created += connection.executemany(statement, zip(*columns, strict=True)).rowcount
        done += part.height
        progress(done, lines.height, "write")
    return created


def _in_order(lines: "pl.DataFrame") -> "pl.DataFrame":
    """Return the lines in the order of the table, equal ones numbered by `ordinal` from 0.

    Equal lines are ordered by quantity, so that the order of the file means nothing.
    """
    import polars as pl

    key = _KEY[:-1]
    place = pl.int_range(pl.len(), dtype=pl.Int64)
    begins = pl.any_horizontal(pl.col(each) != pl.col(each).shift() for each in key)
    first = pl.when(begins.fill_null(value=True)).then(place).forward_fill()
    return lines.sort(*key, "quantity", nulls_last=True).with_columns(
        (place - first).alias("ordinal")
    )


def _known(keys: "pl.DataFrame", earlier: "Sequence[pl.DataFrame]") -> int:
    """Return how many of the keys an earlier file of the command has as well."""
    import polars as pl

    if not earlier:
        return 0
    return keys.join(pl.concat(earlier), on=_KEY, how="semi").height


def _renew(
    connection: sqlite3.Connection, lines: "pl.DataFrame", new: list[int], progress: Progress
) -> None:
    """Bring purchase statistics and search up to what was written."""
    import polars as pl

    progress(0, 1, "statistics")
    fresh = pl.col("customer_id").is_in(pl.Series(new, dtype=pl.Int64).implode())
    touched = lines.select("customer_id").unique().filter(~fresh)["customer_id"].sort()
    if len(touched):
        statistics.refresh(connection, touched)
    if new:
        # Of a new customer there are no other lines, so none need be read back.
        own = ("customer_id", "day", "amount", "currency", "product")
        statistics.refresh(connection, new, lines.filter(fresh).select(own))
        people.index_search(connection, new)
    progress(1, 1, "statistics")


def _drop_customers(connection: sqlite3.Connection) -> int:
    """Delete the customers whose batches were taken back and to whom nothing refers."""
    refers = " AND ".join(
        f"NOT EXISTS (SELECT 1 FROM {table} WHERE {table}.customer_id = customers.id)"  # noqa: S608
        for table in _REFERRING
    )
    return connection.execute(
        "DELETE FROM customers WHERE batch_id IN"  # noqa: S608
        f" (SELECT id FROM import_batches WHERE undone_at IS NOT NULL) AND {refers}"
    ).rowcount
