"""Customers of a file who bear the number of somebody else in the book: two programs, two lists.

Two shops number their customers from 1. What one sells to its number 7 is then bought, for the
book, by the number 7 of the other. Numbers decide, as nothing else is as sure within one program;
but where the name is another one, and no address is shared, it is told.
"""

import json
import sqlite3
from typing import TYPE_CHECKING, Final, NamedTuple

from winback_tui.rules.names import of_others

if TYPE_CHECKING:
    import polars as pl

#: So many customers of a file are compared.
_LOOKED: Final = 20_000


class Strangers(NamedTuple):
    """How many customers bear the number of somebody else, of how many; one of them as example."""

    many: int
    of: int
    number: str
    here: str
    there: str


def look(
    connection: sqlite3.Connection,
    customers: "pl.DataFrame",
    known: "pl.DataFrame",
    *,
    batch: int,
    header: str,
) -> Strangers | None:
    """Return who of a file's customers seems to be somebody else than the book has by that number.

    `customers` has number, name and email, `known` customer_id and `new` at the same place. None
    where nobody is, or too few to tell; and where an earlier file had the same header:
    what was told once needs no second time.
    """
    import polars as pl

    if "name" not in customers.columns or known["new"].all():
        return None
    met = (
        customers.select("number", "name", "email")
        .with_columns(known["customer_id"], known["new"])
        .filter(~pl.col("new") & pl.col("customer_id").is_not_null())
        .filter(pl.col("name").fill_null("") != "")
        .filter(~pl.col("number").str.contains("@", literal=True))
        .head(_LOOKED)
    )
    if met.is_empty() or _told_before(connection, batch, header):
        return None
    ids = json.dumps(met["customer_id"].to_list())
    names = _gathered(
        connection,
        "SELECT id, number, name FROM customers WHERE id IN (SELECT value FROM json_each(?1))",
        ids,
    )
    people = _gathered(
        connection,
        "SELECT customer_id, '', name FROM contacts"
        " WHERE customer_id IN (SELECT value FROM json_each(?1))",
        ids,
    )
    mails = _gathered(
        connection,
        "SELECT customer_id, '', lower(value) FROM contact_points WHERE channel = 'email'"
        " AND customer_id IN (SELECT value FROM json_each(?1))",
        ids,
    )
    compared = 0
    sure = False
    found: list[tuple[str, str, str]] = []
    for number, name, email, customer, _ in met.iter_rows():
        there = [each for _, each in names.get(customer, ()) if each]
        own = {each for each, _ in names.get(customer, ())}
        if not there or number not in own or there[0] == number or name == number:
            continue
        compared += 1
        known_as = [*there, *(each for _, each in people.get(customer, ()))]
        if not all(of_others(name, each) for each in known_as):
            continue
        addresses = {each for _, each in mails.get(customer, ())}
        if email and email.strip().lower() in addresses:
            continue
        sure = sure or bool(email and addresses)
        found.append((number, name, there[0]))
    if not found or not (sure or 2 * len(found) >= compared):
        return None
    return Strangers(len(found), compared, *found[0])


def _told_before(connection: sqlite3.Connection, batch: int, header: str) -> bool:
    row = connection.execute(
        "SELECT 1 FROM import_batches WHERE kind = 'transactions' AND undone_at IS NULL"
        " AND id <> ? AND ? <> '' AND json_extract(summary, '$.fingerprint') = ? LIMIT 1",
        (batch, header, header),
    ).fetchone()
    return row is not None


def _gathered(
    connection: sqlite3.Connection, query: str, ids: str
) -> dict[int, list[tuple[str, str]]]:
    found: dict[int, list[tuple[str, str]]] = {}
    for customer, number, text in connection.execute(query, (ids,)):
        found.setdefault(int(customer), []).append((str(number), str(text or "")))
    return found
