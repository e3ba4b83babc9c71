"""Taking a batch of customers, people, consents, signals or contracts back.

Fields get the value they had before, unless somebody has changed them since; rows that the batch
brought go, unless something else refers to them by now. What stays is told.
"""

import json
import sqlite3
from typing import Any, Final

from winback_tui.book import ledger, merge_crossing
from winback_tui.book.upsert_people import Place

#: Facts about a customer that keep them in the book; they would go with the customer.
_FACTS: Final = frozenset(
    ("contacts", "contact_points", "consent_events", "signals", "contracts",
     "customer_attributes", "customer_edits")
)  # fmt: skip
#: Tables whose rows a batch brings, in the order in which they can go.
_BROUGHT: Final = ("signals", "contracts", "customer_attributes", "customer_aliases",
                   "contact_aliases", "import_suggestions")  # fmt: skip
_TABLES: Final = {each: each for each in ("customers", "contacts", "contracts", "signals")}


def restore(connection: sqlite3.Connection, batch: int) -> set[int]:
    """Put fields back as they were and take away what the batch brought, in an open transaction.

    Customers that it made stay, for the caller to drop. Returns the ids of customers of whom
    something had to stay as it is now, because it was changed, or is referred to, since.
    """
    kept: set[int] = set()
    touched: set[int] = set()
    changes = connection.execute(
        "SELECT id, customer_id, entity, entity_id, field, before, after FROM import_changes"
        " WHERE batch_id = ? ORDER BY id DESC",
        (batch,),
    ).fetchall()
    for change, customer, entity, key, field, *values in changes:
        touched.add(customer)
        place = Place(customer, entity, key, field)
        before, after = map(_value, values)
        # A later import changed it once more: then that one's undo is to bring back what was.
        later = merge_crossing.hand_on(
            connection, entity, key, field, before, after, behind=(change, batch)
        )
        if later or not _put_back(connection, place, before, after):
            kept.add(customer)
    touched |= _customers_of(connection, batch)
    _take_back_consents(connection, batch)
    for table in _BROUGHT:
        connection.execute(f"DELETE FROM {table} WHERE batch_id = ?", (batch,))  # noqa: S608
    kept |= _drop_people(connection, batch)
    connection.execute("DELETE FROM import_changes WHERE batch_id = ?", (batch,))
    _search_anew(connection, touched)
    return kept


def referring(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    """Return the tables whose rows keep a customer in the book, with the column that names them.

    That is facts about them, and whatever does not go with a customer by itself: the log, and so
    both of a pair that was merged or told apart, even if that is undone, for it can be redone.
    """
    found = {(table, "customer_id") for table in _FACTS}
    for (table,) in connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    ).fetchall():
        for link in connection.execute(f"PRAGMA foreign_key_list({table})"):
            if link[2] == "customers" and link[6] != "CASCADE":
                found.add((table, link[3]))
    return sorted(found)


def _put_back(connection: sqlite3.Connection, place: Place, before: Any, after: Any) -> bool:
    """Return whether the field held what the batch had put there, and has its old value again."""
    _, entity, key, field = place
    if entity == "attributes":
        return bool(
            connection.execute(
                "UPDATE customer_attributes SET value = ? WHERE customer_id = ? AND name = ?"
                " AND value = ?",
                (before, key, field, after),
            ).rowcount
        )
    table = _TABLES[entity]
    allowed = {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}
    if field not in allowed:
        return False
    # A later file may have brought a signal as this one was.
    unless = "OR IGNORE" if table == "signals" else ""
    changed = connection.execute(
        f"UPDATE {unless} {table} SET {field} = ? WHERE id = ? AND {field} IS ?",  # noqa: S608 - checked
        (before, key, after),
    ).rowcount
    if changed or table != "customers":
        return bool(changed)
    return merge_crossing.restore(connection, key, field, before, after)


def _customers_of(connection: sqlite3.Connection, batch: int) -> set[int]:
    """Return the customers to whom the batch brought people or addresses."""
    return {
        row[0]
        for row in connection.execute(
            "SELECT customer_id FROM contacts WHERE batch_id = ?1"
            " UNION SELECT customer_id FROM contact_points WHERE batch_id = ?1",
            (batch,),
        )
    }


def _take_back_consents(connection: sqlite3.Connection, batch: int) -> None:
    """Take the batch's rows off the ledger where nothing can have been done on their ground.

    Where they are its end, it is cut back to where it was. Else only those of customers that the
    batch made and nothing else refers to go, and the chain is made anew behind them; all others
    stay in the ledger and count no more, as their batch is taken back.
    """
    (first, count) = connection.execute(
        "SELECT min(id), count(*) FROM consent_events WHERE batch_id = ?", (batch,)
    ).fetchone()
    if not count:
        return
    (behind,) = connection.execute(
        "SELECT count(*) FROM consent_events WHERE id >= ?", (first,)
    ).fetchone()
    used = _dealt_with(connection, batch)
    with ledger.maintenance(connection):
        if behind == count and not used:
            connection.execute("DELETE FROM consent_events WHERE batch_id = ?", (batch,))
        else:
            gone = _only_from(connection, batch)
            marks = json.dumps(sorted(gone))
            cut = connection.execute(
                "DELETE FROM consent_events WHERE batch_id = ?"
                " AND customer_id IN (SELECT value FROM json_each(?))",
                (batch, marks),
            ).rowcount
            if not cut:
                return
            connection.execute(
                "UPDATE consent_events SET hash = x'' WHERE id > ? AND erased_on IS NULL", (first,)
            )
        connection.execute(
            "DELETE FROM consent_wordings WHERE sha256 NOT IN"
            " (SELECT wording FROM consent_events WHERE wording IS NOT NULL)"
        )
    if not ledger.seal(connection):
        _set_head(connection)


def _dealt_with(connection: sqlite3.Connection, batch: int) -> bool:
    """Return whether somebody has logged a deed about one of the batch's people since."""
    row = connection.execute(
        "SELECT 1 FROM events WHERE customer_id IN"
        " (SELECT customer_id FROM consent_events WHERE batch_id = ?1) AND id >"
        " (SELECT COALESCE(max(id), 0) FROM events WHERE kind = 'import'"
        "  AND json_extract(payload, '$.batch') = ?1) LIMIT 1",
        (batch,),
    ).fetchone()
    return row is not None


def _only_from(connection: sqlite3.Connection, batch: int) -> set[int]:
    """Return the customers of a batch to whom nothing refers but what the batch brought."""
    own = _FACTS - {"customer_edits"}
    checks = []
    for table, column in referring(connection):
        mine = " AND t.batch_id IS NOT c.batch_id" if table in own else ""
        checks.append(f"NOT EXISTS (SELECT 1 FROM {table} t WHERE t.{column} = c.id{mine})")  # noqa: S608
    return {
        row[0]
        for row in connection.execute(
            f"SELECT id FROM customers c WHERE batch_id = ? AND {' AND '.join(checks)}",  # noqa: S608
            (batch,),
        )
    }


def _set_head(connection: sqlite3.Connection) -> None:
    """Note the ledger's last row anew, after its end was cut off."""
    number, link = ledger.head(connection)
    if number:
        connection.execute(
            "UPDATE meta SET value = ? WHERE key = ?", (f"{number}:{link}", ledger.HEAD)
        )
    else:
        connection.execute("DELETE FROM meta WHERE key = ?", (ledger.HEAD,))


def _drop_people(connection: sqlite3.Connection, batch: int) -> set[int]:
    """Delete the addresses and people that the batch brought, but those that are referred to.

    Returns the customers whose people or addresses stay.
    """
    left = connection.execute(
        "DELETE FROM contact_points WHERE batch_id = ? AND NOT EXISTS"
        " (SELECT 1 FROM consent_events WHERE contact_point_id = contact_points.id)"
        " RETURNING contact_id",
        (batch,),
    ).fetchall()
    connection.execute(
        # Whom these addresses kept in the book, though who brought them was taken back, goes too.
        "DELETE FROM contacts WHERE (batch_id = ?1 OR (id IN (SELECT value FROM json_each(?2))"
        " AND batch_id IN (SELECT id FROM import_batches WHERE undone_at IS NOT NULL))) AND NOT"
        " EXISTS (SELECT 1 FROM contact_points WHERE contact_id = contacts.id) AND NOT EXISTS"
        " (SELECT 1 FROM contacts other WHERE other.successor_id = contacts.id)",
        (batch, json.dumps([each for (each,) in left if each is not None])),
    )
    return _customers_of(connection, batch)


def _search_anew(connection: sqlite3.Connection, touched: set[int]) -> None:
    from winback_tui.book import customers

    there = [
        row[0]
        for row in connection.execute(
            "SELECT id FROM customers WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id",
            (json.dumps(list(touched)),),
        )
    ]
    customers.index_search(connection, there)


def _value(text: str | None) -> Any:
    return None if text is None else json.loads(text)
