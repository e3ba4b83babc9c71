"""The contracts of customers as they stand in the book."""

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final, NamedTuple

_COLUMNS: Final = (
    "id, customer_id, number, title, starts_on, ends_on, notice_days, renewal, amount, currency"
)
_AT_ONCE: Final = 500


class Contract(NamedTuple):
    """One contract; `amount` is in minor units a term, `renewal` automatic, manual or none."""

    id: int
    customer: int
    number: str
    title: str
    starts_on: date | None
    ends_on: date
    notice_days: int
    renewal: str
    amount: int | None
    currency: str | None


def of_customers(
    connection: sqlite3.Connection, ids: Sequence[int]
) -> dict[int, tuple[Contract, ...]]:
    """Return the contracts of each customer, the one that ends first first."""
    found: dict[int, list[Contract]] = {each: [] for each in ids}
    for start in range(0, len(ids), _AT_ONCE):
        part = ids[start : start + _AT_ONCE]
        for contract in from_rows(
            connection.execute(
                f"SELECT {_COLUMNS} FROM contracts"  # noqa: S608
                f" WHERE customer_id IN ({', '.join('?' * len(part))}) ORDER BY ends_on, id",
                tuple(part),
            )
        ):
            found[contract.customer].append(contract)
    return {customer: tuple(contracts) for customer, contracts in found.items()}


def of_cases(connection: sqlite3.Connection) -> dict[int, list[Contract]]:
    """Return the contracts of all customers who are snoozed or have an open case."""
    found: dict[int, list[Contract]] = {}
    for contract in from_rows(
        connection.execute(
            f"SELECT {_COLUMNS} FROM contracts WHERE customer_id IN"  # noqa: S608
            " (SELECT customer_id FROM cases WHERE stage IS NOT NULL AND closed_on IS NULL)"
        )
    ):
        found.setdefault(contract.customer, []).append(contract)
    return found


def from_rows(rows: Iterable[tuple[object, ...]]) -> Iterable[Contract]:
    """Yield the contracts of rows of the table, in the order of its columns."""
    for key, customer, number, title, starts, ends, notice, renewal, amount, currency in rows:
        yield Contract(
            key,  # type: ignore[arg-type]
            customer,  # type: ignore[arg-type]
            str(number),
            str(title),
            date.fromisoformat(str(starts)) if starts else None,
            date.fromisoformat(str(ends)),
            notice,  # type: ignore[arg-type]
            str(renewal),
            amount,  # type: ignore[arg-type]
            currency,  # type: ignore[arg-type]
        )
