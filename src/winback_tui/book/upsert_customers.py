"""Customers made and brought up to date from the rows that mean them."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from winback_tui.book import rows
from winback_tui.book.upsert_find import People
from winback_tui.book.upsert_people import Log, Place
from winback_tui.entries import Entry

#: Columns of `customers` that a file may fill.
FIELDS: Final = (
    *("name", "segment", "industry", "owner", "street", "zip", "city", "country", "vat_id"),
)
#: Columns of `customers` that search looks through.
_SEARCHED: Final = frozenset({"number", "name", "city", "country"})


class Change(NamedTuple):
    """One field of one customer before and after, for people to look at."""

    number: str
    field: str
    before: str
    after: str


class Suggestion(NamedTuple):
    """Two customers who may be one, by number, and why (name_zip, email, phone, vat_id)."""

    number: str
    other: str
    reason: str


class Context(NamedTuple):
    """What holds for all customers of one file; `alike` are pairs who may be one, and why."""

    batch: int
    people: People
    party_kind: str
    log: Log
    alike: tuple[tuple[int, int, str], ...]


@dataclass
class Wrote:
    """What was written: rows of the file that brought something, and customers to index anew."""

    touched: set[int] = field(default_factory=set)
    searched: set[int] = field(default_factory=set)
    aliases: list[tuple[str, str, int]] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    suggestions: list[Suggestion] = field(default_factory=list)
    #: Customers whose party kind was guessed, not said.
    guessed: set[int] = field(default_factory=set)


def write(
    connection: sqlite3.Connection,
    matched: Sequence[tuple[Entry, int]],
    fresh: Mapping[int, Entry],
    context: Context,
) -> Wrote:
    """Write the customers of a file inside an open transaction; `fresh` are those to be made."""
    wrote = Wrote()
    _insert(connection, matched, fresh, context, wrote)
    _update(connection, matched, fresh, context, wrote)
    rows.insert(
        connection,
        "import_suggestions (customer_id, other_id, reason, batch_id)",
        context.alike,
        context.batch,
        rows.KEEP,
    )
    numbers = _numbers(connection, {each for pair in context.alike for each in pair[:2]})
    wrote.suggestions = [
        Suggestion(numbers[one], numbers[other], why) for one, other, why in context.alike
    ]
    return wrote


def _insert(
    connection: sqlite3.Connection,
    matched: Sequence[tuple[Entry, int]],
    fresh: Mapping[int, Entry],
    context: Context,
    wrote: Wrote,
) -> None:
    """Insert the new customers with what all their rows say."""
    said: dict[int, dict[str, str]] = {}
    for entry, customer in matched:
        if customer not in fresh:
            continue
        standing = said.setdefault(customer, {})
        before = dict(standing)
        standing.update(_fields(entry))
        if entry.party_guess and "party_kind" not in standing:
            standing["party_kind"] = entry.party_guess
            if entry.party_guess != context.party_kind and not entry.vat_id:
                wrote.guessed.add(customer)
        elif entry.party_kind:
            wrote.guessed.discard(customer)
        if before != standing:
            wrote.touched.add(entry.row)
    rows.insert(
        connection,
        f"customers (id, number, party_kind, {', '.join(FIELDS)}, batch_id)",
        (
            (
                customer,
                context.people.number(customer),
                values.get("party_kind", context.party_kind),
                values.get("name", ""),
                *(values.get(each) for each in FIELDS[1:]),
            )
            for customer, values in said.items()
        ),
        context.batch,
    )
    wrote.searched |= said.keys()


def _wanted(
    matched: Sequence[tuple[Entry, int]], fresh: Mapping[int, Entry]
) -> dict[int, dict[str, tuple[str, int]]]:
    """Return what the rows say of customers who were there, each with the row that says it last."""
    said: dict[int, dict[str, tuple[str, int]]] = {}
    for entry, customer in matched:
        if customer not in fresh:
            wanted = said.setdefault(customer, {})
            for name, value in _fields(entry).items():
                if not (name == "name" and entry.by_name):
                    wanted[name] = (value, entry.row)
            if entry.party_guess:
                wanted.setdefault("party_guess", (entry.party_guess, entry.row))
            if entry.number:
                wanted["number"] = (entry.number, entry.row)
    return said


def _update(
    connection: sqlite3.Connection,
    matched: Sequence[tuple[Entry, int]],
    fresh: Mapping[int, Entry],
    context: Context,
    wrote: Wrote,
) -> None:
    """Bring customers who were there up to date, but for what a person has set by hand."""
    said = _wanted(matched, fresh)
    asked = json.dumps(list(said))
    edits = {
        tuple(row)
        for row in connection.execute(
            "SELECT customer_id, field FROM customer_edits"
            " WHERE customer_id IN (SELECT value FROM json_each(?))",
            (asked,),
        )
    }
    columns = ("id", "number", "party_kind", *FIELDS)
    standing = connection.execute(
        f"SELECT {', '.join(columns)} FROM customers"  # noqa: S608 - constants
        " WHERE id IN (SELECT value FROM json_each(?))",
        (asked,),
    ).fetchall()
    updates: dict[str, list[tuple[str, int]]] = {}
    for values in standing:
        now: dict[str, Any] = dict(zip(columns, values, strict=True))
        customer = now["id"]
        for name, (value, row) in said[customer].items():
            column = "party_kind" if name == "party_guess" else name
            before = now[column]
            if value == (before or "") or (customer, column) in edits:
                continue
            if name == "party_guess" and before != "unknown":
                continue
            if name == "number" and not _renumbered(connection, customer, value, before, wrote):
                continue
            if name == "party_guess" and not now.get("vat_id"):
                wrote.guessed.add(customer)
            now[column] = value
            updates.setdefault(column, []).append((value, customer))
            context.log(Place(customer, "customers", customer, column), before, value)
            wrote.changes.append(Change(values[1], column, before or "", value))
            wrote.touched.add(row)
            if column in _SEARCHED:
                wrote.searched.add(customer)
    for column, pairs in updates.items():
        connection.executemany(
            f"UPDATE customers SET {column} = ? WHERE id = ?",  # noqa: S608 - a constant
            pairs,
        )


def _renumbered(
    connection: sqlite3.Connection, customer: int, number: str, before: str, wrote: Wrote
) -> bool:
    """Return whether a customer takes a new number; the old one stays an alias."""
    taken = connection.execute(
        "SELECT 1 FROM customers WHERE number = ?1 UNION ALL"
        " SELECT 1 FROM customer_aliases WHERE source = '' AND alias = ?1",
        (number,),
    ).fetchone()
    if taken is not None:
        return False
    wrote.aliases.append(("", before, customer))
    return True


def _fields(entry: Entry) -> dict[str, str]:
    """Return the columns of `customers` that an entry fills."""
    values = (
        *(entry.name, entry.segment, entry.industry, entry.owner, entry.street, entry.zip),
        *(entry.city, entry.country, entry.vat_id),
    )
    found = {name: value for name, value in zip(FIELDS, values, strict=True) if value}
    if entry.party_kind:
        found["party_kind"] = entry.party_kind
    return found


def _numbers(connection: sqlite3.Connection, ids: set[int]) -> dict[int, str]:
    return dict(
        connection.execute(
            "SELECT id, number FROM customers WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(ids)),),
        ).fetchall()
    )
