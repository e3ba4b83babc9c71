"""The cases as the events leave them: a projection that can always be replayed."""

import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from winback_tui.model import CaseState, LeavingReason, Stage

_NAMES: Final = CaseState._fields
_DATES: Final = frozenset(
    {
        *("opened_on", "closed_on", "last_contact_on", "next_action_on", "snoozed_until"),
        *("done_on", "snoozed_on", "handed_on", "answered_on"),
    }
)
_WORDS: Final = frozenset({"stage", "reason", "assessed"})
_READERS: Final[dict[str, Callable[[Any], Any]]] = {
    "stage": Stage,
    "reason": LeavingReason,
    "assessed": LeavingReason,
    **dict.fromkeys(_DATES, date.fromisoformat),
}
_SELECT: Final = f"SELECT customer_id, {', '.join(_NAMES)} FROM cases"  # noqa: S608
#: SQLite takes 32,766 parameters in one statement; fewer keep the statements small.
_AT_ONCE: Final = 500


def load(connection: sqlite3.Connection, customer: int) -> CaseState:
    """Return the case of a customer; one without a case has the empty CaseState."""
    return load_many(connection, (customer,))[customer]


def load_many(connection: sqlite3.Connection, ids: Sequence[int]) -> dict[int, CaseState]:
    """Return the cases of these customers, in their order."""
    found = dict.fromkeys(ids, CaseState())
    for rows in _in_parts(connection, f"{_SELECT} WHERE customer_id IN", ids):
        found.update((row[0], state_of(dict(zip(_NAMES, row[1:], strict=True)))) for row in rows)
    return found


def save(connection: sqlite3.Connection, customer: int, state: CaseState) -> None:
    """Keep the case of a customer, inside an open write transaction; an empty one has no row."""
    if state == CaseState():
        connection.execute("DELETE FROM cases WHERE customer_id = ?", (customer,))
        return
    values = plain(state)
    connection.execute(
        f"INSERT OR REPLACE INTO cases (customer_id, {', '.join(_NAMES)})"  # noqa: S608
        f" VALUES (?{', ?' * len(_NAMES)})",
        (customer, *(values[name] for name in _NAMES)),
    )


def replay(connection: sqlite3.Connection) -> dict[int, CaseState]:
    """Return what the events say the cases are; customers with an empty case are left out."""
    states: dict[int, dict[str, Any]] = {}
    for customer, payload in connection.execute(
        "SELECT customer_id, payload FROM events WHERE customer_id IS NOT NULL ORDER BY id"
    ):
        if changed := json.loads(payload).get("after"):
            states.setdefault(customer, plain(CaseState())).update(changed)
    cases = {customer: state_of(values) for customer, values in states.items()}
    return {customer: state for customer, state in cases.items() if state != CaseState()}


def everything(connection: sqlite3.Connection) -> dict[int, CaseState]:
    """Return every case of the book, to be held against `replay`."""
    rows = connection.execute(_SELECT)
    return {row[0]: state_of(dict(zip(_NAMES, row[1:], strict=True))) for row in rows}


def labels(connection: sqlite3.Connection, ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Return number and name of those of `ids` that are customers of the book."""
    found: dict[int, tuple[str, str]] = {}
    for rows in _in_parts(connection, "SELECT id, number, name FROM customers WHERE id IN", ids):
        found.update((row[0], (row[1], row[2])) for row in rows)
    return found


def erased(connection: sqlite3.Connection, ids: Sequence[int]) -> list[int]:
    """Return those of `ids` whose rows were purged, in their order."""
    gone = {
        row[0]
        for row in connection.execute("SELECT customer_id FROM erasures WHERE state <> 'waiting'")
    }
    return [each for each in ids if each in gone]


def plain(state: CaseState) -> dict[str, Any]:
    """Return a case as the values that a row, or an event's payload, holds."""
    return {name: _plain(name, getattr(state, name)) for name in _NAMES}


def difference(before: CaseState, after: CaseState) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the fields that differ, as payload values: how they were, and how they are."""
    changed = [name for name in _NAMES if getattr(before, name) != getattr(after, name)]
    return (
        {name: _plain(name, getattr(before, name)) for name in changed},
        {name: _plain(name, getattr(after, name)) for name in changed},
    )


def apply(state: CaseState, changed: Mapping[str, Any]) -> CaseState:
    """Return the case with the fields of an event's payload put in."""
    return state_of({**plain(state), **changed})


def state_of(values: Mapping[str, Any]) -> CaseState:
    """Return the case that a row's, or a payload's, values describe."""
    return CaseState(
        **{
            name: _READERS[name](value) if value is not None and name in _READERS else value
            for name, value in values.items()
        }
    )


def _plain(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name in _DATES:
        return value.isoformat()
    return value.value if name in _WORDS else value


def _in_parts(
    connection: sqlite3.Connection, select: str, ids: Sequence[int]
) -> Iterable[list[tuple[Any, ...]]]:
    for start in range(0, len(ids), _AT_ONCE):
        part = tuple(ids[start : start + _AT_ONCE])
        marks = ", ".join("?" * len(part))
        yield connection.execute(f"{select} ({marks})", part).fetchall()
