"""Many rows of one batch into a table."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final

#: Rows that are there already are left as they are.
KEEP: Final = " ON CONFLICT DO NOTHING"
#: An attribute that is there already gets the new value; its batch stays the one that brought it.
RENEW: Final = " ON CONFLICT DO UPDATE SET value = excluded.value"


#: From so many rows on, and where they are as many as a half of those there, indexes are put up
#: anew behind them: sorted at once they take a third of the time of row by row.
_MANY: Final = 20_000


@contextmanager
def bulk(connection: sqlite3.Connection, table: str, coming: int) -> Iterator[None]:
    """Let the block insert `coming` rows into `table` as fast as can be, in an open transaction.

    The block must read nothing of the table: its indexes may be gone meanwhile.
    """
    indexes: list[tuple[str, str]] = []
    if coming >= _MANY:
        (last,) = connection.execute(f"SELECT max(rowid) FROM {table}").fetchone()  # noqa: S608
        if coming >= (last or 0) // 2:
            indexes = connection.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ?"
                " AND sql IS NOT NULL ORDER BY rowid",
                (table,),
            ).fetchall()
    for name, _ in indexes:
        connection.execute(f"DROP INDEX {name}")
    yield
    for _, statement in indexes:
        connection.execute(statement)


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
    told = [(*row, batch) for row in rows]
    if not told:
        return
    marks = ", ".join("?" * (into.count(",") + 1))
    # A conflict is looked for in an index.
    with bulk(connection, into.partition(" ")[0], 0 if known else len(told)):
        connection.executemany(
            f"INSERT INTO {into} VALUES ({marks}){known}",  # noqa: S608 - constants
            told,
        )
