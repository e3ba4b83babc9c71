"""What else the score asks of a book: who belongs to which segment, and the signals."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from winback_tui.book import frames
from winback_tui.book.standing import stands

if TYPE_CHECKING:
    import polars as pl

#: The columns of customers that a segment may go by; any other name is that of an attribute.
COLUMNS: Final = ("segment", "industry", "owner", "city", "country", "zip", "party_kind")
_STANDS: Final = f"(event_id IS NULL OR {stands('event_id')})"


def members(
    connection: sqlite3.Connection, segments: Mapping[str, Mapping[str, str]]
) -> "pl.DataFrame":
    """Return customer_id and group, one row for each customer who is in one of the `segments`.

    A segment names columns or attributes and the value of each, capitals aside; all of them must
    hold. Whoever fits several segments is in the first.
    """
    import polars as pl

    taken: dict[int, str] = {}
    for name, match in segments.items():
        clauses, values = [], []
        for column, value in match.items():
            if column in COLUMNS:
                clauses.append(f"lower(c.{column}) = ?")
                values.append(value.lower())
            else:
                clauses.append(
                    "EXISTS (SELECT 1 FROM customer_attributes a WHERE a.customer_id = c.id"
                    " AND lower(a.name) = ? AND lower(a.value) = ?)"
                )
                values += [column.lower(), value.lower()]
        (found,) = connection.execute(
            f"SELECT json_group_array(c.id) FROM customers c"  # noqa: S608
            f" WHERE {' AND '.join(clauses) or '0'}",
            values,
        ).fetchone()
        for customer in json.loads(found):
            taken.setdefault(customer, name)
    return pl.DataFrame(
        {"customer_id": list(taken), "group": list(taken.values())},
        schema={"customer_id": pl.Int64, "group": pl.String},
    )


#: So many values of all attributes are offered to choose from.
_OFFERED: Final = 200


def names(connection: sqlite3.Connection) -> list[str]:
    """Return the names of all attributes."""
    rows = connection.execute("SELECT DISTINCT name FROM customer_attributes ORDER BY name")
    return [row[0] for row in rows]


def values(connection: sqlite3.Connection, wanted: Sequence[str]) -> list[str]:
    """Return the values that attributes of these names have."""
    rows = connection.execute(
        "SELECT DISTINCT value FROM customer_attributes"
        " WHERE name IN (SELECT value FROM json_each(?))",
        (json.dumps(list(wanted)),),
    )
    return [row[0] for row in rows]


def having(
    connection: sqlite3.Connection, wanted: Sequence[str], among: Sequence[str]
) -> list[int]:
    """Return the customers of whom an attribute of these names has one of the values `among`.

    The empty value among them stands for customers without such an attribute.
    """
    asked = (json.dumps(list(wanted)), json.dumps(list(among)))
    held = (
        "SELECT customer_id FROM customer_attributes"
        " WHERE name IN (SELECT value FROM json_each(?1))"
    )
    if "" in among:
        rows = connection.execute(
            f"SELECT id FROM customers WHERE id NOT IN ({held})",  # noqa: S608
            asked[:1],
        )
    else:
        rows = connection.execute(
            f"{held} AND customer_attributes.value IN"  # noqa: S608
            " (SELECT value FROM json_each(?2))",
            asked,
        )
    return [row[0] for row in rows]


def choices(connection: sqlite3.Connection) -> list[tuple[str, int]]:
    """Return `name=value` of the commonest attributes, with how many customers have each."""
    rows = connection.execute(
        "SELECT name || '=' || value, count(*) FROM customer_attributes"
        " WHERE instr(name, '=') = 0 GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ?",
        (_OFFERED,),
    )
    return [(str(text), int(count)) for text, count in rows]


_FACTS: Final = f"SELECT customer_id, kind, day, value FROM signals WHERE {_STANDS}"  # noqa: S608
#: A call that found it to be only the season is a signal as well.
_CALLS: Final = (
    "SELECT e.customer_id, 'seasonal' AS kind, CAST(julianday(coalesce("  # noqa: S608
    "json_extract(e.payload, '$.on'), substr(e.at, 1, 10))) - 2440587.5 AS INTEGER) AS day,"
    " NULL AS value FROM events e WHERE e.kind = 'call' AND e.undoes IS NULL"
    " AND e.customer_id IS NOT NULL AND"
    " coalesce(nullif(json_extract(e.payload, '$.assessed'), 'unknown'),"
    " json_extract(e.payload, '$.reason')) = 'seasonal'"
    f" AND {stands('e.id')}"
)


def signals(connection: sqlite3.Connection) -> "pl.DataFrame":
    """Return customer_id, kind, day and value of the signals that stand, none that was undone.

    Calls whose reason was the season are among them, as of kind "seasonal".
    """
    import polars as pl

    columns = {"customer_id": pl.Int64, "kind": pl.String, "day": pl.Int32, "value": pl.Float64}
    return frames.read(connection, columns, f"({_FACTS} UNION ALL {_CALLS})")
