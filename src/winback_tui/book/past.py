"""What a replay of the past needs of a book: its lines up to a day, names, and segments."""

import json
import sqlite3
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from winback_tui.book import frames

if TYPE_CHECKING:
    import polars as pl


#: Of more customers than this a part is drawn: more would say the same, and take long.
MOST: Final = 100_000
#: Multiplying by this and cutting to 32 bits scatters neighbouring ids (Knuth).
_SCATTER: Final = 2_654_435_761


def drawn(connection: sqlite3.Connection, most: int = MOST) -> tuple[list[int] | None, int]:
    """Return the ids of about `most` customers, and how many the book has.

    None in place of the ids stands for all, where there are no more. The same book gives the same.
    """
    (total,) = connection.execute("SELECT count(*) FROM customers").fetchone()
    if total <= most:
        return None, total
    rows = connection.execute(
        "SELECT id FROM customers WHERE (id * ?) & 0xFFFFFFFF < ? ORDER BY id",
        (_SCATTER, (most << 32) // total),
    )
    return [identity for (identity,) in rows], total


def lines(
    connection: sqlite3.Connection, until_day: int, customers: list[int] | None = None
) -> "pl.DataFrame":
    """Return the lines of `customers` (None: of all) up to a day, as scoring.statistics wants."""
    if customers is not None:
        return frames.transactions_of(connection, customers, until=until_day)
    low, high = connection.execute(
        "SELECT (SELECT min(customer_id) FROM transactions),"
        " (SELECT max(customer_id) FROM transactions)"
    ).fetchone()
    # Of an empty book the range holds nobody.
    return frames.transactions(connection, low or 0, high or 0, until=until_day)


def segments(connection: sqlite3.Connection) -> "pl.DataFrame":
    """Return customer_id and segment (null: none) of every customer."""
    import polars as pl

    source = "(SELECT id AS customer_id, segment FROM customers ORDER BY id)"
    return frames.read(connection, {"customer_id": pl.Int64, "segment": pl.String}, source)


def names(connection: sqlite3.Connection, ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Return number and name of each customer in `ids`."""
    rows = connection.execute(
        "SELECT id, number, name FROM customers WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(ids)),),
    )
    return {identity: (number, name) for identity, number, name in rows}
