"""What the triage list reads: orders at once, and only the rows that are on the screen."""

from __future__ import annotations

import json
import sqlite3
import sys
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from winback_tui.model import Lifecycle, PartyKind, Sort, Tab

EPOCH: Final = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Record:
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
    due_day: int | None
    value_at_risk: int
    currency: str
    rfm: str


_COLUMNS: Final = (
    "c.id, c.number, c.name, c.city, c.country, c.party_kind, c.segment, c.industry, c.owner, "
    "s.score, s.previous_score, s.p_left, s.horizon_days, s.lifecycle, s.purchases, s.last_day, "
    "s.usual_gap, s.long_gap, s.still_there, s.base_points, s.history_points, s.silence_points, "
    "s.due_day, s.value_at_risk, s.currency, s.rfm"
)


@dataclass(frozen=True, slots=True)
class Run:
    """When the stored scores were made, and for which day."""

    as_of: date
    previous_as_of: date | None
    scored_at: str
    customers: int


def run(connection: sqlite3.Connection) -> Run | None:
    """Return the run that the stored scores come from, or None before the first."""
    row = connection.execute(
        "SELECT as_of, previous_as_of, scored_at, customers FROM score_runs"
    ).fetchone()
    if row is None:
        return None
    before = date.fromisoformat(row[1]) if row[1] else None
    return Run(date.fromisoformat(row[0]), before, row[2], row[3])


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
    found: dict[int, Record] = {}
    for row in _by_ids(
        connection,
        f"SELECT {_COLUMNS} FROM customers c JOIN scores s ON s.customer_id = c.id"  # noqa: S608
        " WHERE c.id IN ({})",
        ids,
    ):
        values = list(row)
        values[5], values[13] = PartyKind(row[5]), Lifecycle(row[13])
        found[row[0]] = Record(*values)
    return found


def last_days(connection: sqlite3.Connection, ids: Sequence[int]) -> dict[int, int]:
    """Return the day of the last purchase of those of `ids` who have a score."""
    sql = "SELECT customer_id, last_day FROM scores WHERE customer_id IN ({})"
    return dict(_by_ids(connection, sql, ids))


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


def search(connection: sqlite3.Connection, words: Sequence[str]) -> set[int]:
    """Return the customers in whose number, name, city, contacts or notes all `words` occur.

    `words` are folded as `customers.fold` folds.
    """
    if not words:
        return set()
    found: set[int] | None = None
    for word in words:
        # One array instead of a row per hit: half of the customers have an “s” somewhere.
        hits = {
            customer
            for source in _SEARCHED
            for customer in json.loads(
                connection.execute(
                    f"SELECT json_group_array(customer_id) FROM {source}",  # noqa: S608
                    (word,),
                ).fetchone()[0]
            )
        }
        found = hits if found is None else found & hits
    return found or set()


_SEARCHED: Final = (
    "customer_search WHERE instr(text, ?)",
    "events WHERE customer_id IS NOT NULL AND kind IN ('call', 'note', 'stage')"
    " AND instr(fold(payload), ?)",
)


_EQUAL: Final = {
    key: f"fold(coalesce(c.{key}, '')) = fold(?)"
    for key in ("segment", "industry", "owner", "city", "country")
}
_CASE: Final = {
    "none": "NOT EXISTS (SELECT 1 FROM cases k WHERE k.customer_id = c.id AND k.stage IS NOT NULL)",
    "any": "EXISTS (SELECT 1 FROM cases k WHERE k.customer_id = c.id AND k.stage IS NOT NULL)",
    "snoozed": "EXISTS (SELECT 1 FROM cases k WHERE k.customer_id = c.id"
    " AND k.snoozed_until > :today)",
}


def matching(
    connection: sqlite3.Connection, conditions: Iterable[tuple[str, str]], today: date
) -> set[int]:
    """Return the customers for whom all `conditions` (key, value) on columns hold.

    Keys: segment, industry, owner, city, country, band, case, score (like `>80`), rfm (`15?`).
    """
    clauses: list[str] = ["1"]
    values: list[object] = []
    for key, value in conditions:
        if key in _EQUAL:
            clauses.append(_EQUAL[key])
            values.append(value)
        elif key == "band":
            clauses.append("s.lifecycle = ?")
            values.append(value)
        elif key == "case" and value in _CASE:
            clause = _CASE[value]
            if ":today" in clause:
                clause = clause.replace(":today", "?")
                values.append(today.isoformat())
            clauses.append(clause)
        elif key == "case":
            clauses.append(
                "EXISTS (SELECT 1 FROM cases k WHERE k.customer_id = c.id AND k.stage = ?)"
            )
            values.append(value)
        elif key == "score":
            sign = next((s for s in (">=", "<=", ">", "<") if value.startswith(s)), "")
            clauses.append(f"s.score {sign or '>='} ?")
            values.append(float(value.removeprefix(sign)))
        elif key == "rfm":
            clauses.append("s.rfm GLOB ?")
            values.append(value)
    rows = connection.execute(
        "SELECT c.id FROM customers c JOIN scores s ON s.customer_id = c.id WHERE "  # noqa: S608
        + " AND ".join(clauses),
        values,
    )
    return {row[0] for row in rows}


def party_kinds(connection: sqlite3.Connection) -> dict[int, PartyKind]:
    """Return the party kind of every scored customer."""
    kinds = {kind.value: kind for kind in PartyKind}
    rows = connection.execute(
        "SELECT c.id, c.party_kind FROM customers c JOIN scores s ON s.customer_id = c.id"
    )
    return {customer: kinds[kind] for customer, kind in rows}


def in_ledger(connection: sqlite3.Connection) -> list[int]:
    """Return the customers of whom the consent ledger says anything."""
    return [row[0] for row in connection.execute("SELECT DISTINCT customer_id FROM consent_events")]


def has_customers(connection: sqlite3.Connection) -> bool:
    """Return whether the book holds any customer, scored or not."""
    return bool(connection.execute("SELECT EXISTS (SELECT 1 FROM customers)").fetchone()[0])


def values_of(
    connection: sqlite3.Connection, column: str, limit: int = 30
) -> list[tuple[str, int]]:
    """Return the commonest values of segment, industry, owner, city or country, with counts."""
    if column not in _EQUAL:
        raise ValueError(column)
    rows = connection.execute(
        f"SELECT {column}, count(*) FROM customers c JOIN scores s ON s.customer_id = c.id"  # noqa: S608
        f" WHERE {column} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ?",
        (limit,),
    )
    return [(value, count) for value, count in rows]


def register_fold(connection: sqlite3.Connection, fold: Callable[[str], str]) -> None:
    """Let SQL call `fold`, so that stored and typed words are compared alike."""
    connection.create_function("fold", 1, lambda text: fold(text or ""), deterministic=True)


def _by_ids(
    connection: sqlite3.Connection, sql: str, ids: Sequence[int], chunk: int = 500
) -> Iterable[tuple[Any, ...]]:
    for start in range(0, len(ids), chunk):
        part = ids[start : start + chunk]
        yield from connection.execute(sql.format(",".join("?" * len(part))), list(part))
