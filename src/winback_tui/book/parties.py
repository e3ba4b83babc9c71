"""All that the book holds on a customer, found by the schema itself.

A table that a later version adds is thereby exported, merged and erased without a word here.
"""

import json
import sqlite3
from collections.abc import Sequence
from typing import Any, NamedTuple


class Link(NamedTuple):
    """A table with rows of customers: the column that names the customer, and the table's key."""

    table: str
    column: str
    keys: tuple[str, ...]


def links(connection: sqlite3.Connection) -> list[Link]:
    """Return every table that refers to customers, the tables in their own order.

    That is by a foreign key, or by a column called customer_id. A table may come more than once.
    """
    found: list[Link] = []
    for (table,) in connection.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        " ORDER BY rowid"
    ).fetchall():
        columns = connection.execute("SELECT name, pk FROM pragma_table_info(?)", (table,))
        keys: dict[int, str] = {}
        referring: list[str] = []
        for name, place in columns.fetchall():
            if place:
                keys[place] = name
            if name == "customer_id":
                referring.append(name)
        referring += [
            name
            for (name,) in connection.execute(
                'SELECT "from" FROM pragma_foreign_key_list(?) WHERE "table" = \'customers\'',
                (table,),
            )
            if name not in referring
        ]
        key = tuple(keys[place] for place in sorted(keys)) or ("rowid",)
        found += [Link(table, name, key) for name in referring]
    return found


def rows(connection: sqlite3.Connection, link: Link, customer: int) -> list[dict[str, Any]]:
    """Return a customer's rows of a table, by its key, each with its columns' names."""
    cursor = connection.execute(
        f"SELECT * FROM {link.table} WHERE {link.column} = ?"  # noqa: S608 - names of the schema
        f" ORDER BY {', '.join(link.keys)}",
        (customer,),
    )
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def customers(connection: sqlite3.Connection, ids: Sequence[int]) -> list[dict[str, Any]]:
    """Return the customers' own rows, without what is empty."""
    cursor = connection.execute(
        "SELECT * FROM customers WHERE id IN (SELECT value FROM json_each(?)) AND"
        " id NOT IN (SELECT gone_id FROM merges WHERE standing)",
        (json.dumps(list(ids)),),
    )
    names = [column[0] for column in cursor.description]
    return [
        {
            name: value
            for name, value in zip(names, row, strict=True)
            if value not in (None, "") and name not in ("id", "batch_id")
        }
        for row in cursor
    ]


def batches(connection: sqlite3.Connection, ids: Sequence[int]) -> list[dict[str, Any]]:
    """Return the imports with these ids: their file, kind, when and by whom."""
    rows = connection.execute(
        "SELECT imported_at, kind, file_name, actor FROM import_batches"
        " WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id",
        (json.dumps(list(ids)),),
    )
    return [dict(zip(("at", "kind", "file", "by"), row, strict=True)) for row in rows]


def handed_to(connection: sqlite3.Connection, ids: Sequence[int]) -> list[dict[str, Any]]:
    """Return the hand-overs of these customers: when, to whom, by whom."""
    rows = connection.execute(
        "SELECT at, json_extract(payload, '$.to'), actor FROM events"
        " WHERE kind = 'handover' AND undoes IS NULL"
        " AND customer_id IN (SELECT value FROM json_each(?)) ORDER BY id",
        (json.dumps(list(ids)),),
    )
    return [{"at": at, "what": "hand-over", "to": to, "by": actor} for at, to, actor in rows]


def wording(connection: sqlite3.Connection, key: str) -> str:
    """Return what a person was shown when asked for consent; the key where it is not kept."""
    row = connection.execute(
        "SELECT text FROM consent_wordings WHERE sha256 = ?", (key,)
    ).fetchone()
    return key if row is None else str(row[0])


def product(connection: sqlite3.Connection, code: str) -> str:
    """Return a product's name and code; the code alone where it has no name."""
    row = connection.execute("SELECT name FROM products WHERE code = ?", (code,)).fetchone()
    return f"{row[0]} ({code})" if row and row[0] else code
