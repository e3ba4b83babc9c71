"""What a hand-over packet reads beyond the dossier: revenue per currency, and products."""

import sqlite3
from datetime import date, timedelta
from typing import Final, NamedTuple

from winback_tui.model import PartyKind

_EPOCH: Final = date(1970, 1, 1)


class Identity(NamedTuple):
    """Who a customer is."""

    number: str
    name: str
    party_kind: PartyKind


class Revenue(NamedTuple):
    """Net revenue in one currency over the last 365 and 730 days, in minor units."""

    currency: str
    last_12_months: int
    last_24_months: int


class Product(NamedTuple):
    """A product's net revenue over the last 730 days, in minor units, and its last day."""

    code: str
    name: str
    amount: int
    currency: str
    last_day: date


def identity(connection: sqlite3.Connection, customer: int) -> Identity:
    """Return who the customer is."""
    number, name, kind = connection.execute(
        "SELECT number, name, party_kind FROM customers WHERE id = ?", (customer,)
    ).fetchone()
    return Identity(number, name, PartyKind(kind))


def book_id(connection: sqlite3.Connection) -> str:
    """Return the id that the book got when it was made."""
    return str(connection.execute("SELECT value FROM meta WHERE key = 'book_id'").fetchone()[0])


def revenue(connection: sqlite3.Connection, customer: int, as_of: date) -> list[Revenue]:
    """Return the customer's net revenue up to `as_of`, per currency, the larger first."""
    today = (as_of - _EPOCH).days
    rows = connection.execute(
        "SELECT currency, SUM(CASE WHEN day > :year THEN amount ELSE 0 END), SUM(amount)"
        " FROM transactions WHERE customer_id = :customer AND day > :two_years AND day <= :today"
        " GROUP BY currency ORDER BY SUM(amount) DESC, currency",
        {"customer": customer, "year": today - 365, "two_years": today - 730, "today": today},
    )
    return [Revenue(*row) for row in rows]


def products(
    connection: sqlite3.Connection, customer: int, as_of: date, limit: int
) -> list[Product]:
    """Return the products that brought most in the 730 days up to `as_of`, at most `limit`."""
    today = (as_of - _EPOCH).days
    rows = connection.execute(
        "SELECT product, COALESCE(products.name, ''), SUM(amount) AS net, currency, MAX(day)"
        " FROM transactions LEFT JOIN products ON products.code = product"
        " WHERE customer_id = ? AND day > ? AND day <= ? AND product <> ''"
        " GROUP BY product, currency HAVING net > 0 ORDER BY net DESC, product LIMIT ?",
        (customer, today - 730, today, limit),
    )
    return [
        Product(code, name, amount, currency, _EPOCH + timedelta(days=day))
        for code, name, amount, currency, day in rows
    ]
