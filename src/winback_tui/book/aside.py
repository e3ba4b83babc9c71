"""Scores beside the book: those of a look at another day, which hide the book's own.

A command keeps them in tables of its connection. The app keeps them in a file, for they are made
in another process and each of its threads has a connection.
"""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

#: What a run of the scores is kept in.
TABLES: Final = ("scores", "score_details", "score_history", "score_orders", "score_runs")
_NAMES: Final = ", ".join(f"'{name}'" for name in TABLES)
_SCHEMA: Final = "aside"


def make_room(connection: sqlite3.Connection) -> None:
    """Make tables of this connection alone that hide the book's, with its history of scores.

    Call it inside a transaction; they go when it is rolled back, or when the connection is closed.
    """
    made = connection.execute(
        f"SELECT sql FROM main.sqlite_schema WHERE type = 'table' AND name IN ({_NAMES})"  # noqa: S608
    ).fetchall()
    for (sql,) in made:
        # Rows of another database cannot be referred to.
        alone = re.sub(r"\s+REFERENCES \w+\(\w+\)(\s+ON DELETE CASCADE)?", "", sql)
        connection.execute(alone.replace("CREATE TABLE", "CREATE TEMP TABLE", 1))
    connection.execute("INSERT INTO temp.score_history SELECT * FROM main.score_history")


def save(connection: sqlite3.Connection, path: Path) -> None:
    """Write what `make_room` made, and what was put there, to a new file for `lay_over`."""
    path.touch(mode=0o600)
    with closing(sqlite3.connect(path)) as target:
        connection.backup(target, name="temp")


def lay_over(connection: sqlite3.Connection, uri: str) -> None:
    """Let this connection read scores, lists and run from the file at `uri`, not from the book.

    Call it outside any transaction.
    """
    take_off(connection)
    connection.execute(f"ATTACH ? AS {_SCHEMA}", (uri,))
    for name in TABLES:
        view = f"CREATE TEMP VIEW {name} AS SELECT * FROM {_SCHEMA}.{name}"  # noqa: S608
        connection.execute(view)


def take_off(connection: sqlite3.Connection) -> None:
    """Let this connection read the book's own again. Call it outside any transaction."""
    if _SCHEMA in _attached(connection):
        for name in TABLES:
            connection.execute(f"DROP VIEW temp.{name}")
        connection.execute(f"DETACH {_SCHEMA}")


def places(connection: sqlite3.Connection) -> Iterator[str]:
    """Yield the databases of a connection that hold scores: the book's own first."""
    yield "main"
    if _SCHEMA in _attached(connection):
        yield _SCHEMA
    elif connection.execute(
        f"SELECT 1 FROM temp.sqlite_schema WHERE type = 'table' AND name IN ({_NAMES})"  # noqa: S608
    ).fetchone():
        yield "temp"


def _attached(connection: sqlite3.Connection) -> set[str]:
    return {name for _, name, _ in connection.execute("PRAGMA database_list")}
