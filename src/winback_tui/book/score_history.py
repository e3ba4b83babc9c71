"""The scores of the last as-of dates: a byte string for each, two bytes for each customer's id."""

import sqlite3
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import polars as pl

#: The scores of so many as-of dates are kept.
HISTORY: Final = 12
#: Stands for no score; others are hundredths of a point.
ABSENT: Final = 0xFFFF


def points(frame: "pl.DataFrame") -> bytes:
    """Return the scores of a frame, sorted by customer_id, as the history holds them."""
    import numpy as np

    if frame.is_empty():
        return b""
    ids = frame["customer_id"].to_numpy()
    cells = np.full(ids[-1] + 1, ABSENT, "<u2")
    cells[ids] = np.rint(frame["score"].to_numpy() * 100).astype("<u2")
    return cells.tobytes()


def add(connection: sqlite3.Connection, as_of: str, kept: bytes, today: str) -> None:
    """Add a run to the history, and drop the oldest beyond HISTORY.

    Going back in time keeps what came later, for it will have been so again; but what somebody saw
    by looking ahead, beyond `today`, was never so.
    """
    connection.execute("DELETE FROM score_history WHERE as_of > max(?, ?)", (as_of, today))
    connection.execute("INSERT OR REPLACE INTO score_history VALUES (?, ?)", (as_of, kept))
    connection.execute(
        "DELETE FROM score_history WHERE as_of NOT IN"
        " (SELECT as_of FROM score_history ORDER BY as_of DESC LIMIT ?)",
        (HISTORY,),
    )


def remembered(connection: sqlite3.Connection, before: str) -> tuple["pl.DataFrame", str | None]:
    """Return customer_id and previous_score of the last day in the history before a date.

    And that day; nothing and None where there is none.
    """
    import numpy as np
    import polars as pl

    row = connection.execute(
        "SELECT as_of, points FROM score_history WHERE as_of < ? ORDER BY as_of DESC LIMIT 1",
        (before,),
    ).fetchone()
    as_of, kept = row or (None, b"")
    cells = np.frombuffer(kept, "<u2")
    (there,) = np.nonzero(cells != ABSENT)
    found = {"customer_id": there.astype("i8"), "previous_score": cells[there] / 100}
    return pl.DataFrame(
        found, schema={"customer_id": pl.Int64, "previous_score": pl.Float64}
    ), as_of


def history(connection: sqlite3.Connection, customer: int) -> list[tuple[str, float]]:
    """Return the customer's scores on the last as-of dates up to the run's, the oldest first."""
    found = []
    for as_of, cell in connection.execute(
        "SELECT as_of, substr(points, ?, 2) FROM score_history"
        " WHERE as_of <= (SELECT as_of FROM score_runs) ORDER BY as_of",
        (2 * customer + 1,),
    ):
        value = int.from_bytes(cell, "little") if len(cell) == 2 else ABSENT
        if value != ABSENT:
            found.append((as_of, value / 100))
    return found


def forget(connection: sqlite3.Connection, customer: int, place: str) -> None:
    """Leave no score of a customer in the history of one of `aside.places`."""
    for as_of, kept in connection.execute(
        f"SELECT as_of, points FROM {place}.score_history"  # noqa: S608
    ).fetchall():
        cells = bytearray(kept)
        if 2 * customer < len(cells):
            cells[2 * customer : 2 * customer + 2] = ABSENT.to_bytes(2, "little")
            connection.execute(
                f"UPDATE {place}.score_history SET points = ? WHERE as_of = ?",  # noqa: S608
                (bytes(cells), as_of),
            )
