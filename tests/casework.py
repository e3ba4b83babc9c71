"""Days around a book's own, and what happens to its customers on them."""

from datetime import date, timedelta

from tests.little import AS_OF, EPOCH
from winback_tui.desk.session import Desk


def at(desk: Desk, day: date) -> Desk:
    return Desk(desk.book, desk.config, day, desk.actor)


def days(count: int) -> date:
    return AS_OF + timedelta(days=count)


def buy(desk: Desk, customer: int, day: date, amount: int = 120_400) -> None:
    with desk.book.write() as connection:
        connection.execute(
            "INSERT INTO transactions (customer_id, day, document, amount, currency, batch_id)"
            " VALUES (?, ?, 'new', ?, 'EUR', 1)",
            (customer, (day - EPOCH).days, amount),
        )


def signal(desk: Desk, customer: int, kind: str, day: date) -> None:
    with desk.book.write() as connection:
        connection.execute(
            "INSERT INTO signals (customer_id, kind, day) VALUES (?, ?, ?)",
            (customer, kind, (day - EPOCH).days),
        )
