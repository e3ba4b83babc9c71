"""Merges and imports that cross: what a batch brought or replaced goes back to whom it was of.

A merge keeps in its journal what it moved. Where a later import, or the undo of one, changes what
was moved, the journal would miss it; here it is told.
"""

import json
import sqlite3
from typing import Any, Final

_LINE: Final = ("day", "document", "product", "amount", "currency")
_COLUMNS: Final = ", ".join(_LINE)


def put_back(connection: sqlite3.Connection, batch: int) -> None:
    """Note, before the lines that `batch` replaced come back, that a merge must move them too.

    A line whose place an equal one of the customer who stayed has by now gets the next ordinal.
    """
    for event, kept, text in _standing(connection, batch):
        journal: dict[str, Any] = json.loads(text)
        moved = {key["id"] for _, key, _ in journal["moved"].get("import_replaced", ())}
        if not moved:
            continue
        rows = connection.execute(
            f"SELECT id, ordinal, {_COLUMNS} FROM import_replaced"  # noqa: S608 - constants
            " WHERE batch_id = ? AND customer_id = ? AND id IN (SELECT value FROM json_each(?))",
            (batch, kept, json.dumps(sorted(moved))),
        ).fetchall()
        for key, ordinal, *line in rows:
            (last,) = connection.execute(
                "SELECT max(ordinal) FROM transactions WHERE customer_id = ? AND day = ?"
                " AND document = ? AND product = ? AND amount = ? AND currency = ?",
                (kept, *line),
            ).fetchone()
            new = ordinal if last is None else last + 1
            connection.execute("UPDATE import_replaced SET ordinal = ? WHERE id = ?", (new, key))
            journal["lines"].append([*line, ordinal, new])
        _write(connection, event, journal)


def give_back(connection: sqlite3.Connection, kept: int, gone: int, lines: list[list[Any]]) -> None:
    """Give lines that an import replaced since a merge, and what took their place, to `gone`.

    `lines` are those that the merge had moved, each with its ordinal before and after.
    """
    moved = {(*line, new): old for *line, old, new in lines}
    rows = connection.execute(
        f"SELECT id, batch_id, {_COLUMNS}, ordinal FROM import_replaced WHERE customer_id = ?",  # noqa: S608
        (kept,),
    ).fetchall()
    orders: set[tuple[int, int, str]] = set()
    for key, batch, *line in rows:
        old = moved.get(tuple(line))
        if old is None:
            continue
        connection.execute(
            "UPDATE import_replaced SET customer_id = ?, ordinal = ? WHERE id = ?",
            (gone, old, key),
        )
        if line[1]:
            orders.add((batch, line[0], line[1]))
    connection.executemany(
        "UPDATE OR IGNORE transactions SET customer_id = ?1 WHERE customer_id = ?2"
        " AND batch_id = ?3 AND day = ?4 AND document = ?5",
        [(gone, kept, *order) for order in orders],
    )


def restore(
    connection: sqlite3.Connection, customer: int, field: str, before: Any, after: Any
) -> bool:
    """Put a field of a customer who was merged away back where the merge keeps it.

    Where who stayed took it over, it goes from there. Returns whether the merge held `after`.
    """
    row = connection.execute(
        "SELECT event_id, kept_id, journal FROM merges WHERE standing AND gone_id = ?", (customer,)
    ).fetchone()
    if row is None:
        return False
    event, kept, text = row
    journal: dict[str, Any] = json.loads(text)
    if journal["gone"].get(field) != after:
        return False
    journal["gone"][field] = before
    taken = journal["fields"].get(field)
    if taken is not None and taken[1] == after:
        now = before if before not in (None, "") else taken[0]
        hand_on(connection, "customers", kept, field, now, after)
        connection.execute(
            f"UPDATE customers SET {field} = ? WHERE id = ? AND {field} IS ?",  # noqa: S608 - checked
            (now, kept, after),
        )
        taken[1] = now
    _write(connection, event, journal)
    return True


def hand_on(  # noqa: PLR0917 - what an import kept of a change
    connection: sqlite3.Connection,
    entity: str,
    key: int,
    field: str,
    before: Any,
    after: Any,
    *,
    behind: tuple[int, int] = (0, 0),
) -> bool:
    """Let the import that next changed a field from `after` bring back `before` when it is undone.

    `behind` is the change, and its batch, that is taken back. Returns whether there is such an
    import; without it what is taken back now would come again with the undo of that one.
    """
    change, batch = behind
    row = connection.execute(
        "SELECT id, before FROM import_changes WHERE customer_id IN"
        " (SELECT customer_id FROM import_changes WHERE id = ?1 UNION SELECT ?2)"
        " AND entity = ?3 AND entity_id = ?2 AND field = ?4 AND id > ?1 AND batch_id <> ?5"
        " ORDER BY id LIMIT 1",
        (change, key, entity, field, batch),
    ).fetchone()
    if row is None or (None if row[1] is None else json.loads(row[1])) != after:
        return False
    kept = None if before is None else json.dumps(before, ensure_ascii=False)
    connection.execute("UPDATE import_changes SET before = ? WHERE id = ?", (kept, row[0]))
    return True


def undone(connection: sqlite3.Connection) -> set[int]:
    """Return the batches that were taken back: what they brought is not to come again."""
    rows = connection.execute("SELECT id FROM import_batches WHERE undone_at IS NOT NULL")
    return {int(row[0]) for row in rows}


def _standing(connection: sqlite3.Connection, batch: int) -> list[tuple[int, int, str]]:
    """Return event, customer and journal of the merges into customers of whom `batch` replaced."""
    return connection.execute(
        "SELECT event_id, kept_id, journal FROM merges WHERE standing AND kept_id IN"
        " (SELECT customer_id FROM import_replaced WHERE batch_id = ?) ORDER BY event_id",
        (batch,),
    ).fetchall()


def _write(connection: sqlite3.Connection, event: int, journal: dict[str, Any]) -> None:
    connection.execute(
        "UPDATE merges SET journal = ? WHERE event_id = ?",
        (json.dumps(journal, ensure_ascii=False), event),
    )
