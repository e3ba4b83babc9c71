"""What was typed into a sheet that was left without saving, kept per customer and sheet."""

import json
import sqlite3
from typing import Any


def load(connection: sqlite3.Connection, customer: int, sheet: str) -> dict[str, Any] | None:
    """Return the draft of a sheet, or None."""
    row = connection.execute(
        "SELECT payload FROM drafts WHERE customer_id = ? AND sheet = ?", (customer, sheet)
    ).fetchone()
    if row is None:
        return None
    payload = json.loads(row[0])
    return payload if isinstance(payload, dict) else None


def save(
    connection: sqlite3.Connection, customer: int, sheet: str, payload: dict[str, Any]
) -> None:
    """Keep the draft of a sheet, in the place of an earlier one."""
    connection.execute(
        "INSERT INTO drafts (customer_id, sheet, payload) VALUES (?, ?, ?)"
        " ON CONFLICT (customer_id, sheet) DO UPDATE SET payload = excluded.payload",
        (customer, sheet, json.dumps(payload, ensure_ascii=False)),
    )


def delete(connection: sqlite3.Connection, customer: int, sheet: str) -> None:
    """Forget the draft of a sheet, if there is one."""
    connection.execute("DELETE FROM drafts WHERE customer_id = ? AND sheet = ?", (customer, sheet))
