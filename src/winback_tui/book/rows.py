"""Many rows of one batch into a table."""

import sqlite3
from collections.abc import Iterable
from typing import Any, Final

#: Rows that are there already are left as they are.
KEEP: Final = " ON CONFLICT DO NOTHING"
#: An attribute that is there already gets the new value; its batch stays the one that brought it.
RENEW: Final = " ON CONFLICT DO UPDATE SET value = excluded.value"


def insert(
    connection: sqlite3.Connection,
    into: str,
    rows: Iterable[tuple[Any, ...]],
    batch: int,
    known: str = "",
) -> None:
    """Insert rows that a batch brings, inside an open write transaction.

    `into` is the table with its columns in brackets, `batch_id` being the last, which is not in
    the rows; `known` says what becomes of rows that are there (KEEP, RENEW; else they are refused).
    """
    marks = ", ".join("?" * (into.count(",") + 1))
    connection.executemany(
        f"INSERT INTO {into} VALUES ({marks}){known}",  # noqa: S608 - constants
        ((*row, batch) for row in rows),
    )
