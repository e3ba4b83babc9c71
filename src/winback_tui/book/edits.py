"""The fields of a customer that people set by hand, and the mark that keeps imports off them."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Final

from winback_tui.book.changes import Changes

FIELDS: Final = (
    "name", "party_kind", "segment", "industry", "owner", "street", "zip", "city", "country",
    "vat_id",
)  # fmt: skip
#: Columns that may not be empty of a value.
_ALWAYS: Final = frozenset({"name", "party_kind"})


def fields(connection: sqlite3.Connection, customer: int) -> dict[str, str]:
    """Return the fields of a customer as they stand; empty for one who is not in the book."""
    row = connection.execute(
        f"SELECT {', '.join(FIELDS)} FROM customers WHERE id = ?",  # noqa: S608
        (customer,),
    ).fetchone()
    return {} if row is None else {
        name: value or "" for name, value in zip(FIELDS, row, strict=True)
    }  # fmt: skip


def having(
    connection: sqlite3.Connection, customers: Sequence[int], values: Mapping[str, str]
) -> frozenset[int]:
    """Return those of the customers whose fields hold these values already."""
    alike = "".join(f" AND coalesce({name}, '') = ?" for name in values if name in FIELDS)
    rows = connection.execute(
        f"SELECT id FROM customers WHERE id IN (SELECT value FROM json_each(?)){alike}",  # noqa: S608
        (json.dumps(list(customers)), *(values[name] for name in values if name in FIELDS)),
    )
    return frozenset(row[0] for row in rows)


def edited(connection: sqlite3.Connection, customer: int) -> frozenset[str]:
    """Return the fields that were set by hand."""
    rows = connection.execute("SELECT field FROM customer_edits WHERE customer_id = ?", (customer,))
    return frozenset(row[0] for row in rows)


def set_fields(changes: Changes, customer: int, values: Mapping[str, str]) -> None:
    """Write fields of a customer, and mark each as set by hand."""
    stored = {
        name: value if value or name in _ALWAYS else None
        for name, value in values.items()
        if name in FIELDS
    }
    changes.update("customers", customer, **stored)
    for name in stored:
        changes.put("customer_edits", customer_id=customer, field=name)
