"""What exports read: whole tables row by row, each row with the id of its customer."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import lru_cache
from typing import Any, Final, NamedTuple

from winback_tui.book.listing import EPOCH
from winback_tui.model import EventKind, exponent


class Chosen(NamedTuple):
    """Whose rows are read: those of `ids` (None: everybody's), but never those of `without`.

    `since` and `until` are ISO dates, both inclusive; empty: no bound.
    """

    ids: Sequence[int] | None
    without: frozenset[int]
    since: str = ""
    until: str = ""


class Deed(NamedTuple):
    """One deed of the log; `answer` is what sales said to a hand-over, empty for all else."""

    at: str
    actor: str
    kind: EventKind
    number: str
    name: str
    payload: dict[str, Any]
    undone: bool
    answer: str


def transactions(
    connection: sqlite3.Connection, chosen: Chosen
) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """Yield the lines by customer and day.

    Each is number, name, day, document, product, its name and category, quantity, amount written
    out, and currency.
    """
    where, values = _where(chosen, "t.customer_id")
    for column, sign, bound in (("t.day", ">=", chosen.since), ("t.day", "<=", chosen.until)):
        if bound:
            where += f" AND {column} {sign} ?"
            values.append(_day_number(bound))
    for customer, day, amount, currency, *rest in connection.execute(
        "SELECT t.customer_id, t.day, t.amount, t.currency, c.number, c.name, t.document,"  # noqa: S608
        " t.product, p.name, p.category, t.quantity FROM transactions t"
        " JOIN customers c ON c.id = t.customer_id LEFT JOIN products p ON p.code = t.product"
        f" WHERE {where} ORDER BY t.customer_id, t.day",
        values,
    ):
        number, name, document, product, title, category, quantity = rest
        yield (
            customer,
            (
                *(number, name, _iso(day), document, product, title, category, quantity),
                *(written_out(amount, currency), currency),
            ),
        )


def signals(
    connection: sqlite3.Connection, chosen: Chosen
) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """Yield the signals by customer and day: number, name, day, kind, value, note, and source."""
    where, values = _where(chosen, "s.customer_id")
    for sign, bound in ((">=", chosen.since), ("<=", chosen.until)):
        if bound:
            where += f" AND s.day {sign} ?"
            values.append(_day_number(bound))
    for customer, day, number, name, *rest in connection.execute(
        "SELECT s.customer_id, s.day, c.number, c.name, s.kind, s.value, s.note, s.source"  # noqa: S608
        " FROM signals s JOIN customers c ON c.id = s.customer_id"
        f" WHERE {where} ORDER BY s.customer_id, s.day, s.id",
        values,
    ):
        yield customer, (number, name, _iso(day), *rest)


def consents(
    connection: sqlite3.Connection, chosen: Chosen
) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """Yield the consent ledger in the order of its rows.

    Each is number, name, party kind, channel, purpose, event, legal basis, instant and its
    precision, source and its reference, the SHA-256 of the wording, actor, note, when it was
    recorded, and whether the deed that wrote it is undone, so that it counts no more.
    """
    undone = _undone(connection)
    where, values = _where(chosen, "e.customer_id")
    where, values = _between(where, values, "e.at", chosen)
    for customer, cause, *row in connection.execute(
        "SELECT e.customer_id, e.event_id, c.number, c.name, c.party_kind, e.channel, e.purpose,"  # noqa: S608
        " e.event, e.basis, e.at, e.precision, e.source, e.source_reference, e.wording, e.actor,"
        " e.note, e.recorded_at FROM consent_events e"
        f" JOIN customers c ON c.id = e.customer_id WHERE {where} ORDER BY e.id",
        values,
    ):
        yield customer, (*row, cause in undone)


def everybody(connection: sqlite3.Connection) -> list[int]:
    """Return the ids of all customers."""
    return [row[0] for row in connection.execute("SELECT id FROM customers ORDER BY id")]


def with_consents(connection: sqlite3.Connection, chosen: Chosen) -> list[int]:
    """Return whom the consent ledger says anything about, of those who are chosen."""
    where, values = _where(chosen, "customer_id")
    rows = connection.execute(
        f"SELECT DISTINCT customer_id FROM consent_events WHERE {where} ORDER BY customer_id",  # noqa: S608
        values,
    )
    return [row[0] for row in rows]


def deeds(
    connection: sqlite3.Connection, chosen: Chosen, kind: EventKind | None = None
) -> Iterator[tuple[int | None, Deed]]:
    """Yield the deeds of the log, oldest first: all, or those of one kind.

    Undone ones say so; undos themselves are left out. Deeds without a customer (imports) come
    along only where everybody's are wanted.
    """
    undone = _undone(connection)
    answers = _answers(connection, undone) if kind is EventKind.HANDOVER else {}
    where, values = _where(chosen, "e.customer_id", everybody=True)
    where, values = _between(where, values, "e.at", chosen)
    if kind is not None:
        where += " AND e.kind = ?"
        values.append(kind.value)
    for number, customer, at, actor, what, payload, code, name in connection.execute(
        "SELECT e.id, e.customer_id, e.at, e.actor, e.kind, e.payload, c.number, c.name"  # noqa: S608
        " FROM events e LEFT JOIN customers c ON c.id = e.customer_id"
        f" WHERE e.undoes IS NULL AND {where} ORDER BY e.id",
        values,
    ):
        yield (
            customer,
            Deed(
                at,
                actor,
                EventKind(what),
                code or "",
                name or "",
                json.loads(payload),
                number in undone,
                answers.get(number, ""),
            ),
        )


def written_out(amount: int, currency: str) -> str:
    """Return minor units as a decimal number with a point: -1204 euro cents are "-12.04"."""
    places = exponent(currency)
    if not places:
        return str(amount)
    digits = str(abs(amount)).rjust(places + 1, "0")
    return f"{'-' if amount < 0 else ''}{digits[:-places]}.{digits[-places:]}"


def _where(chosen: Chosen, column: str, *, everybody: bool = False) -> tuple[str, list[object]]:
    """Return the condition for whose rows are read, and its values."""
    without = json.dumps(sorted(chosen.without))
    left_out = f"{column} NOT IN (SELECT value FROM json_each(?))"  # noqa: S608
    if chosen.ids is not None:
        wanted = json.dumps([each for each in chosen.ids if each not in chosen.without])
        return f"{column} IN (SELECT value FROM json_each(?))", [wanted]  # noqa: S608
    return (f"({column} IS NULL OR {left_out})" if everybody else left_out), [without]


def _between(
    where: str, values: list[object], column: str, chosen: Chosen
) -> tuple[str, list[object]]:
    for sign, bound in ((">=", chosen.since), ("<=", chosen.until)):
        if bound:
            where += f" AND substr({column}, 1, 10) {sign} ?"
            values.append(bound)
    return where, values


def _undone(connection: sqlite3.Connection) -> set[int]:
    """Return the deeds that are taken back now."""
    roots: dict[int, int] = {}
    undone: set[int] = set()
    for event, undoes in connection.execute(
        "SELECT id, undoes FROM events WHERE undoes IS NOT NULL ORDER BY id"
    ):
        roots[event] = roots.get(undoes, undoes)
        undone ^= {roots[event]}
    return undone


_ANSWERS: Final = ("accepted", "returned")


def _answers(connection: sqlite3.Connection, undone: set[int]) -> dict[int, str]:
    """Return for each hand-over what sales said to it: the next stage that is an answer."""
    found: dict[int, str] = {}
    waiting: dict[int, int] = {}
    for event, customer, kind, stage in connection.execute(
        "SELECT id, customer_id, kind, json_extract(payload, '$.stage') FROM events"
        " WHERE undoes IS NULL AND kind IN ('handover', 'stage') ORDER BY id"
    ):
        if event in undone:
            continue
        if kind == EventKind.HANDOVER.value:
            waiting[customer] = event
        elif stage in _ANSWERS and customer in waiting:
            found[waiting.pop(customer)] = stage
    return found


@lru_cache(maxsize=50_000)
def _iso(day: int) -> str:
    return (EPOCH + timedelta(days=day)).isoformat()


def _day_number(text: str) -> int:
    from datetime import date

    return (date.fromisoformat(text) - EPOCH).days
