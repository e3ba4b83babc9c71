"""What a replay of the past needs of a book: its lines up to a day, names, and segments."""

import json
import sqlite3
from collections.abc import Sequence
from typing import TYPE_CHECKING

from winback_tui.book import frames

if TYPE_CHECKING:
    import polars as pl


def lines(connection: sqlite3.Connection, until_day: int) -> "pl.DataFrame":
    """Return every line up to a day, in the columns that scoring.statistics wants."""
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
