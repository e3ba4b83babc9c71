"""The log of deeds: append-only events, and which of them still stand.

Undo appends an event that `undoes` another; redo undoes the undo. So every deed is the root of a
chain, and stands while the chain has an even number of links above it. An action is all events of
one deed; its number is the id of its first event.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from winback_tui.book import search
from winback_tui.model import EventKind

_COLUMNS: Final = "id, action, at, actor, kind, customer_id, payload, undoes"


class Event(NamedTuple):
    """One row of the log; `at` is a UTC instant, `customer` None where it concerns none."""

    id: int
    action: int
    at: str
    actor: str
    kind: EventKind
    customer: int | None
    payload: dict[str, Any]
    undoes: int | None


#: What of a payload undo or waking needs, and nobody reads.
_MACHINERY: Final = frozenset({"before", "after", "rows", "known"})


#: What people typed freely into a deed, which leaves the book only where notes are wanted.
FREE_TEXT: Final = frozenset(
    {
        *("note", "why", "justify", "skip_why", "next_action"),
        *("need", "budget", "authority", "timing", "fixed", "promised"),
    }
)


def facts_of(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was said in a deed: its payload without what only the program needs."""
    return {name: value for name, value in payload.items() if name not in _MACHINERY}


def next_id(connection: sqlite3.Connection) -> int:
    """Return the id that the next event gets; it holds only inside a write transaction."""
    return int(connection.execute("SELECT COALESCE(MAX(id), 0) + 1 FROM events").fetchone()[0])


def append(
    connection: sqlite3.Connection,
    *,
    kind: EventKind,
    actor: str,
    at: str,
    customer: int | None,
    payload: dict[str, Any],
    action: int | None,
    undoes: int | None = None,
) -> int:
    """Append an event inside an open write transaction and return its id.

    `action` None starts a new action, whose number is the event's own id. Search finds what is
    written in a deed while it stands.
    """
    number = next_id(connection)
    connection.execute(
        f"INSERT INTO events ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
        (
            number,
            number if action is None else action,
            at,
            actor,
            kind.value,
            customer,
            json.dumps(payload, ensure_ascii=False, separators=(",", ":")),
            undoes,
        ),
    )
    if customer is not None:
        links = [number] if undoes is None else chain(connection, number)
        if len(links) % 2:
            search.add(connection, links[0], customer, payload)
        else:
            search.remove(connection, links[0])
    return number


def by_id(connection: sqlite3.Connection, event: int) -> Event:
    """Return the event with this id; LookupError if there is none."""
    for found in _walk(connection, "WHERE id = ?", (event,)):
        return found
    raise LookupError(event)


def of_action(connection: sqlite3.Connection, action: int) -> list[Event]:
    """Return the events of one action in their order."""
    return _events(connection, "WHERE action = ? ORDER BY id", (action,))


def of_customer(
    connection: sqlite3.Connection, customer: int, limit: int | None = None
) -> list[Event]:
    """Return the deeds on a customer that still stand, newest first.

    Undone deeds, and the undoing itself, are left out.
    """
    found: list[Event] = []
    for event in _walk(
        connection, "WHERE customer_id = ? AND undoes IS NULL ORDER BY id DESC", (customer,)
    ):
        if not is_undone(connection, event.id):
            found.append(event)
            if limit is not None and len(found) >= limit:
                break
    return found


def later(connection: sqlite3.Connection, customer: int, event: int) -> list[Event]:
    """Return all events of a customer after `event`, oldest first: deeds, undos and redos."""
    return _events(connection, "WHERE customer_id = ? AND id > ? ORDER BY id", (customer, event))


def chain(connection: sqlite3.Connection, event: int) -> list[int]:
    """Return the ids of a deed's event and all that was done to it since, oldest first.

    `event` is any link: the deed, its undo, its redo, and so on.
    """
    rows = connection.execute(
        "WITH RECURSIVE up(id, above) AS (SELECT id, undoes FROM events WHERE id = :event UNION ALL"
        " SELECT events.id, events.undoes FROM up JOIN events ON events.id = up.above),"
        " down(id) AS (SELECT MIN(id) FROM up UNION ALL"
        " SELECT events.id FROM down JOIN events ON events.undoes = down.id)"
        " SELECT id FROM down ORDER BY id",
        {"event": event},
    )
    return [row[0] for row in rows]


def actions(
    connection: sqlite3.Connection, actor: str | None = None, *, limit: int | None = None
) -> Iterator[Event]:
    """Yield the first event of each action, newest action first: deeds, undos and redos alike."""
    where = "WHERE id = action" + ("" if actor is None else " AND actor = ?")
    parameters: tuple[str | int, ...] = () if actor is None else (actor,)
    count = -1 if limit is None else limit
    yield from _walk(connection, f"{where} ORDER BY id DESC LIMIT ?", (*parameters, count))


def deeds(
    connection: sqlite3.Connection, actor: str | None = None, *, limit: int | None = None
) -> list[Event]:
    """Return the first event of each deed (no undos, no redos), newest first."""
    where = "WHERE id = action AND undoes IS NULL AND kind <> 'import_undone'"
    where += "" if actor is None else " AND actor = ?"
    parameters: tuple[str | int, ...] = () if actor is None else (actor,)
    count = -1 if limit is None else limit
    return _events(connection, f"{where} ORDER BY id DESC LIMIT ?", (*parameters, count))


def depth(connection: sqlite3.Connection, event: int) -> int:
    """Return how far `event` is from its deed: 0 a deed, 1 its undo, 2 its redo, and so on."""
    return chain(connection, event).index(event)


def is_undone(connection: sqlite3.Connection, event: int) -> bool:
    """Return whether what `event` did is taken back now; for an import, whether its batch is."""
    links = chain(connection, event)
    if (len(links) - links.index(event)) % 2 == 0:
        return True
    batch = connection.execute(
        "SELECT 1 FROM events JOIN import_batches"
        " ON import_batches.id = json_extract(events.payload, '$.batch')"
        " WHERE events.id = ? AND events.kind = 'import' AND import_batches.undone_at IS NOT NULL",
        (event,),
    ).fetchone()
    return batch is not None


def names_file(connection: sqlite3.Connection, kind: EventKind, name: str) -> bool:
    """Return whether a deed of this kind stands that wrote a file, or a list, of this name."""
    rows = connection.execute(
        "SELECT id FROM events WHERE kind = ?1 AND undoes IS NULL AND (payload ->> 'list' = ?2"
        " OR EXISTS (SELECT 1 FROM json_each(payload, '$.files') WHERE value = ?2))",
        (kind.value, name),
    ).fetchall()
    return any(not is_undone(connection, row[0]) for row in rows)


def is_erased(connection: sqlite3.Connection, event: Event) -> bool:
    """Return whether all customers of an event's action were erased, so that nothing is known."""
    if "erased" not in event.payload:
        return False
    return all("erased" in each.payload for each in of_action(connection, event.action))


def customers_of(connection: sqlite3.Connection, action: int) -> tuple[int, ...]:
    """Return the customers of an action in the order of its events."""
    return tuple(
        row[0]
        for row in connection.execute(
            "SELECT customer_id FROM events WHERE action = ? AND customer_id IS NOT NULL"
            " ORDER BY id",
            (action,),
        )
    )


def _events(
    connection: sqlite3.Connection, where: str, parameters: Iterable[str | int]
) -> list[Event]:
    return list(_walk(connection, where, parameters))


def _walk(
    connection: sqlite3.Connection, where: str, parameters: Iterable[str | int]
) -> Iterator[Event]:
    rows = connection.execute(f"SELECT {_COLUMNS} FROM events {where}", tuple(parameters))  # noqa: S608
    for number, action, at, actor, kind, customer, payload, undoes in rows:
        yield Event(
            number, action, at, actor, EventKind(kind), customer, json.loads(payload), undoes
        )
