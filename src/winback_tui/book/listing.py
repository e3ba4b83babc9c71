"""What the triage list reads: orders at once, and only the rows that are on the screen."""

from __future__ import annotations

import json
import sqlite3
import sys
from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from operator import ge, gt, le, lt
from typing import Any, Final, NamedTuple

from winback_tui.book import details
from winback_tui.model import Lifecycle, PartyKind, Sort, Tab

EPOCH: Final = date(1970, 1, 1)
#: Customers whose values are counted at once.
_AT_ONCE: Final = 200_000


class Record(NamedTuple):
    """One customer with a score, as stored: days as whole days since 1970-01-01."""

    id: int
    number: str
    name: str
    city: str | None
    country: str | None
    party_kind: PartyKind
    segment: str | None
    industry: str | None
    owner: str | None
    score: float
    previous_score: float | None
    p_left: float
    horizon_days: int
    lifecycle: Lifecycle
    purchases: int
    last_day: int
    usual_gap: float | None
    long_gap: float | None
    still_there: float
    base_points: float
    history_points: float
    silence_points: float
    rhythm_points: float
    signal_points: float
    #: The kind of signal that moves the score most, and its latest day.
    signal: str | None
    signal_day: int | None
    due_day: int | None
    #: When one, five and nine in ten of those who are still there will have bought again.
    next_from: int
    next_day: int
    next_until: int
    #: Revenue to be expected within the horizon, and that at risk, in minor units.
    expected: int
    value_at_risk: int
    currency: str
    rfm: str


_COLUMNS: Final = (
    "c.id, c.number, c.name, c.city, c.country, c.party_kind, c.segment, c.industry, c.owner, "
    "s.lifecycle, s.last_day, s.signal, s.currency, s.rfm"
)
#: The same, as fields of a record.
_FIELDS: Final = tuple(each.strip()[2:] for each in _COLUMNS.split(","))


class Run(NamedTuple):
    """When the stored scores were made, and for which day."""

    as_of: date
    previous_as_of: date | None
    scored_at: str
    customers: int
    #: How many are in the queue who were not on previous_as_of; None where there is none.
    arrived: int | None = None


def run(connection: sqlite3.Connection) -> Run | None:
    """Return the run that the stored scores come from, or None before the first."""
    row = connection.execute(
        "SELECT as_of, previous_as_of, scored_at, customers, arrived FROM score_runs"
    ).fetchone()
    if row is None:
        return None
    before = date.fromisoformat(row[1]) if row[1] else None
    return Run(date.fromisoformat(row[0]), before, *row[2:])


def order(connection: sqlite3.Connection, tab: Tab, sort: Sort) -> array[int]:
    """Return the ids of a stored list in its order; empty before the first run."""
    row = connection.execute(
        "SELECT ids FROM score_orders WHERE tab = ? AND sort = ?", (tab.value, sort.value)
    ).fetchone()
    ids = array("I")
    if row is not None:
        ids.frombytes(row[0])
        if sys.byteorder == "big":
            ids.byteswap()
    return ids


def sizes(connection: sqlite3.Connection) -> dict[Tab, int]:
    """Return how many customers each stored list holds."""
    rows = connection.execute("SELECT tab, customers FROM score_orders WHERE sort = 'score'")
    return {Tab(tab): customers for tab, customers in rows}


def records(connection: sqlite3.Connection, ids: Sequence[int]) -> dict[int, Record]:
    """Return the customers of `ids` who have a score, by id."""
    rows = [
        dict(zip(_FIELDS, row, strict=True))
        for row in _by_ids(
            connection,
            f"SELECT {_COLUMNS} FROM customers c JOIN scores s"  # noqa: S608
            " ON s.customer_id = c.id WHERE c.id IN ({})",
            ids,
        )
    ]
    wide = details.read(connection, {row["id"]: row["last_day"] for row in rows})
    found: dict[int, Record] = {}
    for row in rows:
        kinds = {
            "party_kind": PartyKind(row["party_kind"]),
            "lifecycle": Lifecycle(row["lifecycle"]),
        }
        found[row["id"]] = Record(**(row | wide[row["id"]]._asdict() | kinds))
    return found


def month_starts(as_of: date, months: int) -> list[date]:
    """Return the first days of the last `months` calendar months up to that of `as_of`."""
    starts = [as_of.replace(day=1)]
    while len(starts) < months:
        starts.append((starts[-1] - timedelta(days=1)).replace(day=1))
    return starts[::-1]


def monthly(
    connection: sqlite3.Connection, ids: Sequence[int], as_of: date, months: int
) -> dict[int, tuple[int, ...]]:
    """Return each customer's net revenue per calendar month, oldest first, in minor units.

    Only the currency that the customer is scored in counts.
    """
    starts = [(start - EPOCH).days for start in month_starts(as_of, months)]
    result = {each: [0] * months for each in ids}
    for customer, day, amount in _by_ids(  # the numbers in the text are our own
        connection,
        "SELECT t.customer_id, t.day, SUM(t.amount) FROM transactions t"  # noqa: S608
        " JOIN scores s ON s.customer_id = t.customer_id AND s.currency = t.currency"
        f" WHERE t.customer_id IN ({{}}) AND t.day BETWEEN {starts[0]} AND {(as_of - EPOCH).days}"
        " GROUP BY t.customer_id, t.day",
        ids,
    ):
        result[customer][bisect_right(starts, day) - 1] += amount
    return {customer: tuple(amounts) for customer, amounts in result.items()}


#: The columns of customers that a filter compares with any text.
COLUMNS: Final = ("segment", "industry", "owner", "city", "country")
_IN_CASES: Final = "c.id {} (SELECT customer_id FROM cases WHERE {})"
_CASE: Final = {
    "none": _IN_CASES.format("NOT IN", "stage IS NOT NULL"),
    "any": _IN_CASES.format("IN", "stage IS NOT NULL"),
    "snoozed": _IN_CASES.format("IN", "snoozed_until > ?"),
}


def matching(
    connection: sqlite3.Connection,
    among: Iterable[tuple[str, Sequence[str]]],
    conditions: Iterable[tuple[str, str]],
    today: date,
) -> list[int]:
    """Return the customers whose columns hold one of the values `among`, and all `conditions`.

    `among` names one of COLUMNS; the empty value stands for none. The keys of the conditions are
    band, case, kind, score (like `>80`) and rfm (`15?`).
    """
    clauses: list[str] = ["1"]
    values: list[object] = []
    for column, wanted in among:
        if column not in COLUMNS:
            raise ValueError(column)
        clauses.append(f"coalesce(c.{column}, '') IN (SELECT value FROM json_each(?))")  # noqa: S608
        values.append(json.dumps(list(wanted)))
    scored = False
    for key, value in conditions:
        if key == "case":
            clauses.append(_CASE.get(value, _IN_CASES.format("IN", "stage = ?")))
            if value == "snoozed":
                values.append(today.isoformat())
            elif value not in _CASE:
                values.append(value)
            continue
        if key == "kind":
            clauses.append("c.party_kind = ?")
            values.append(value)
            continue
        scored = True
        if key == "band":
            clauses.append("s.lifecycle = ?")
            values.append(value)
        elif key == "score":
            sign = next((s for s in (">=", "<=", ">", "<") if value.startswith(s)), "")
            clauses.append("c.id IN (SELECT value FROM json_each(?))")
            values.append(json.dumps(_scoring(connection, sign, float(value.removeprefix(sign)))))
        elif key == "rfm":
            clauses.append("s.rfm GLOB ?")
            values.append(value)
    scores = " JOIN scores s ON s.customer_id = c.id" if scored else ""
    (found,) = connection.execute(
        f"SELECT json_group_array(c.id) FROM customers c{scores}"  # noqa: S608
        f" WHERE {' AND '.join(clauses)}",
        values,
    ).fetchone()
    hits: list[int] = json.loads(found)
    return hits


def _scoring(connection: sqlite3.Connection, sign: str, bound: float) -> list[int]:
    """Return the customers whose score lies beyond a bound."""
    beyond = {">": gt, "<": lt, "<=": le}.get(sign, ge)
    return [
        first + place
        for first, cells in details.column(connection, "score")
        for place, value in enumerate(cells)
        if beyond(value, bound)
    ]


def unscored(connection: sqlite3.Connection) -> int:
    """Return how many customers have no score."""
    query = "SELECT (SELECT count(*) FROM customers) - (SELECT count(*) FROM scores)"
    return int(connection.execute(query).fetchone()[0])


def has_customers(connection: sqlite3.Connection) -> bool:
    """Return whether the book holds any customer, scored or not."""
    return bool(connection.execute("SELECT EXISTS (SELECT 1 FROM customers)").fetchone()[0])


def distinct(connection: sqlite3.Connection, column: str) -> list[str]:
    """Return the values that one of COLUMNS holds."""
    if column not in COLUMNS:
        raise ValueError(column)
    rows = connection.execute(
        f"SELECT DISTINCT {column} FROM customers WHERE {column} > ''"  # noqa: S608
    )
    return [row[0] for row in rows]


def values(connection: sqlite3.Connection) -> dict[str, list[tuple[str, int]]]:
    """Return the values of all COLUMNS, the commonest first, with how many customers have each."""
    counted: dict[str, Counter[str]] = {column: Counter() for column in COLUMNS}
    arrays = ", ".join(f"json_group_array({column})" for column in COLUMNS)
    (last,) = connection.execute("SELECT max(id) FROM customers").fetchone()
    for start in range(0, (last or 0) + 1, _AT_ONCE):
        row = connection.execute(
            f"SELECT {arrays} FROM customers WHERE id BETWEEN ? AND ?",  # noqa: S608
            (start, start + _AT_ONCE - 1),
        ).fetchone()
        for column, found in zip(COLUMNS, row, strict=True):
            counted[column].update(json.loads(found))
    return {
        column: sorted(
            ((value, count) for value, count in found.items() if value),
            key=lambda each: (-each[1], each[0]),
        )
        for column, found in counted.items()
    }


#: The fields that decide where a customer with a case is listed.
CASE_DATES: Final = ("stage", "closed_on", "next_action_on", "snoozed_until", "done_on")


def case_dates(connection: sqlite3.Connection) -> list[tuple[Any, ...]]:
    """Return each case's customer, its CASE_DATES as stored, and, if it is closed, the last day.

    That is the day of the customer's last purchase, counted from 1970-01-01. The time of day of the
    next action comes next, and last the day of the last answer of whoever has an open case without
    any date, and is gone since: no other list would show them.
    """
    return connection.execute(
        f"SELECT customer_id, {', '.join(CASE_DATES)},"  # noqa: S608 - our own names
        " CASE WHEN closed_on IS NOT NULL THEN"
        " (SELECT last_day FROM scores s WHERE s.customer_id = cases.customer_id) END,"
        " next_action_at,"
        " CASE WHEN answered_on IS NOT NULL AND closed_on IS NULL AND next_action_on IS NULL"
        " AND snoozed_until IS NULL AND EXISTS (SELECT 1 FROM scores s"
        " WHERE s.customer_id = cases.customer_id AND s.lifecycle = 'gone') THEN answered_on END"
        " FROM cases"
    ).fetchall()


def ranks(connection: sqlite3.Connection, ids: Sequence[int]) -> dict[int, tuple[float, str]]:
    """Return score and number of those of `ids` who have a score."""
    rows = connection.execute(
        "SELECT c.id, s.last_day, c.number FROM json_each(?) JOIN customers c ON c.id = value"
        " JOIN scores s ON s.customer_id = c.id",
        (json.dumps(list(ids)),),
    ).fetchall()
    wide = details.read(connection, {customer: day for customer, day, _ in rows})
    return {customer: (wide[customer].score, number) for customer, _, number in rows}


def _by_ids(
    connection: sqlite3.Connection, sql: str, ids: Sequence[int], chunk: int = 500
) -> Iterable[tuple[Any, ...]]:
    for start in range(0, len(ids), chunk):
        part = ids[start : start + chunk]
        yield from connection.execute(sql.format(",".join("?" * len(part))), list(part))
