"""Rows that a deed writes beyond the case: kept in its event as they were and as they became.

So undo puts back exactly what stood there, and refuses where somebody has changed it since. The
book's tables that deeds write are named here; the log itself and the consent ledger are not among
them, for they are never changed: what an undone deed wrote there counts no more.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from winback_tui.errors import BadInputError

#: The tables whose rows a deed may write, each with the columns of its key.
KEYS: Final[dict[str, tuple[str, ...]]] = {
    "alert_marks": ("alert_id",),
    "contact_points": ("id",),
    "contacts": ("id",),
    "contracts": ("id",),
    "customer_edits": ("customer_id", "field"),
    "customers": ("id",),
    "dismissals": ("customer_id", "suggestion"),
    "signals": ("id",),
}
#: Tables whose rows search looks through, each with the column of the customer.
_SEARCHED: Final = {"contacts": "customer_id", "contact_points": "customer_id", "customers": "id"}
#: Tables that a score may depend on.
_SCORED: Final = frozenset({"customers", "signals", "contracts"})

Row = dict[str, Any]


class Change(NamedTuple):
    """One row before and after; None where there was, or is, no such row."""

    table: str
    before: Row | None
    after: Row | None


class Changes:
    """Writes rows inside an open transaction, and keeps what each was and became."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self._made: list[Change] = []

    def insert(self, table: str, **values: Any) -> int:
        """Write a new row and return its id (for a table without one, SQLite's last row id)."""
        names = ", ".join(values)
        cursor = self.connection.execute(
            f"INSERT INTO {_known(table)} ({names}) VALUES ({', '.join('?' * len(values))})",  # noqa: S608
            tuple(values.values()),
        )
        made = cursor.lastrowid or 0
        key = {name: values.get(name, made) for name in KEYS[table]}
        self._made.append(Change(table, None, _read(self.connection, table, key)))
        return made

    def update(self, table: str, key: int | Mapping[str, Any], **values: Any) -> bool:
        """Change a row; return whether anything in it became different.

        `key` is the row's id, or the values of its key. LookupError where there is no such row.
        """
        where = _key(table, key)
        before = _read(self.connection, table, where)
        if before is None:
            raise LookupError((table, key))
        if all(before[name] == value for name, value in values.items()):
            return False
        _write(self.connection, table, {**before, **values})
        self._made.append(Change(table, before, _read(self.connection, table, where)))
        return True

    def put(self, table: str, **values: Any) -> None:
        """Write a row with all columns of its key, in the place of one that is there."""
        key = {name: values[name] for name in KEYS[table]}
        before = _read(self.connection, table, key)
        _write(self.connection, table, {**(before or {}), **values})
        after = _read(self.connection, table, key)
        if before != after:
            self._made.append(Change(table, before, after))

    def delete(self, table: str, key: int | Mapping[str, Any]) -> bool:
        """Remove a row; return whether there was one."""
        where = _key(table, key)
        before = _read(self.connection, table, where)
        if before is None:
            return False
        _remove(self.connection, table, where)
        self._made.append(Change(table, before, None))
        return True

    def payload(self) -> list[list[Any]]:
        """Return the changes as an event keeps them, in their order."""
        return [list(change) for change in self._made]

    def settle(self) -> None:
        """Write anew what follows from the rows: what search looks through, and the revision."""
        settle(self.connection, self._made)


def of_payload(payload: Mapping[str, Any]) -> list[Change]:
    """Return the changes that an event keeps, in their order."""
    return [Change(*each) for each in payload.get("rows", ())]


def inverse(changes: Sequence[Change]) -> list[Change]:
    """Return what takes these changes back, the last one first."""
    return [Change(each.table, each.after, each.before) for each in reversed(changes)]


def check(
    connection: sqlite3.Connection, changes: Sequence[Change], seen: set[tuple[Any, ...]]
) -> None:
    """Raise BadInputError where a row is not as the first of these changes has it before.

    Call it before anything is written; rows in `seen` are left out, and each looked at is added.
    """
    for table, before, after in changes:
        row = before or after or {}
        key = {name: row[name] for name in KEYS[_known(table)]}
        mark = (table, *key.values())
        if mark in seen:
            continue
        seen.add(mark)
        if _read(connection, table, key) != before:
            raise BadInputError(
                f"{_TITLES.get(table, 'This')} has been changed since; undo that first, or put it "
                "right by hand."
            )


def spared(connection: sqlite3.Connection, changes: Sequence[Change], on: str) -> list[Change]:
    """Return these changes so that each address of which the consent ledger speaks stays, ended.

    What the ledger says is never removed, so neither is what it speaks of. Where a contact goes,
    such an address is nobody's. `on` is the day on which it ends, as ISO text.
    """
    going = {row["id"] for row in _going(changes, "contacts")}
    leaving = _going(changes, _POINTS)
    touched = {each.before["id"] for each in changes if each.table == _POINTS and each.before}
    left: list[Change] = []
    for contact in sorted(going):
        left += [
            Change(_POINTS, point, {**point, "contact_id": None})
            for point in _held(connection, "contact_id", contact)
            if point["id"] not in touched and point["ended_on"] is not None
        ]
    kept = {row["id"]: row for row in leaving if _held(connection, "id", row["id"])}
    for each in changes:
        row = kept.get(each.before["id"]) if each.table == _POINTS and each.before else None
        if row is None or each.after is not None:
            left.append(each)
        else:
            owner = None if row["contact_id"] in going else row["contact_id"]
            left.append(each._replace(after={**row, "contact_id": owner, "ended_on": on}))
    return left


def of_spared(payload: Mapping[str, Any]) -> list[str]:
    """Return the addresses that ended in what an event keeps, and would have gone."""
    return [
        each.before["value"]
        for each in of_payload(payload)
        if each.table == _POINTS and each.before and each.after
        if each.before["ended_on"] is None and each.after["ended_on"] is not None
    ]


_POINTS: Final = "contact_points"


def _going(changes: Sequence[Change], table: str) -> list[Row]:
    """Return the rows of a table that these changes remove."""
    return [
        before
        for of, before, after in changes
        if of == table and before is not None
        if after is None
    ]


def _held(connection: sqlite3.Connection, column: str, value: int) -> list[Row]:
    """Return the addresses with this value in a column of which the consent ledger speaks."""
    cursor = connection.execute(
        f"SELECT * FROM contact_points WHERE {column} = ? AND id IN"  # noqa: S608 - our own names
        " (SELECT contact_point_id FROM consent_events WHERE contact_point_id IS NOT NULL)",
        (value,),
    )
    names = [each[0] for each in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def check_held(connection: sqlite3.Connection, changes: Sequence[Change]) -> None:
    """Raise BadInputError where these changes remove a row that others hold on to."""
    gone = {
        (table, before["id"])
        for table, before, after in changes
        if table in _HOLDERS and before is not None and after is None
    }
    # Rows that this very step removes or changes hold on to nothing any more.
    touched = {(table, (after or before or {}).get("id")) for table, before, after in changes}
    for table, key in gone:
        for holder, column, why in _HOLDERS.get(table, ()):
            rows = connection.execute(
                f"SELECT id FROM {holder} WHERE {column} = ?",  # noqa: S608 - names of the schema
                (key,),
            )
            if any((holder, row[0]) not in touched for row in rows):
                raise BadInputError(why)


def apply(connection: sqlite3.Connection, changes: Sequence[Change]) -> None:
    """Make these changes, whose rows `check` has let through, and what follows from them."""
    for table, before, after in changes:
        if after is not None:
            _write(connection, table, after)
        elif before is not None:
            _remove(connection, table, {name: before[name] for name in KEYS[_known(table)]})
    settle(connection, changes)


def settle(connection: sqlite3.Connection, changes: Sequence[Change]) -> None:
    """Write anew what follows from changed rows: what search looks through, and the revision."""
    from winback_tui.book import customers

    found: set[int] = set()
    for table, before, after in changes:
        if table in _SEARCHED:
            row = after or before or {}
            found.add(int(row[_SEARCHED[table]]))
    if found:
        customers.index_search(connection, sorted(found))
    if any(each.table in _SCORED for each in changes):
        bump_revision(connection)


def bump_revision(connection: sqlite3.Connection) -> None:
    """Note in the open transaction that transactions or customers changed."""
    connection.execute(
        "INSERT INTO meta VALUES ('data_revision', '1') ON CONFLICT (key) DO UPDATE SET"
        " value = CAST(CAST(value AS INTEGER) + 1 AS TEXT)"
    )


def in_any_order(connection: sqlite3.Connection) -> None:
    """Let the rows of the open transaction name rows that only follow them."""
    connection.execute("PRAGMA defer_foreign_keys = ON")


_ENTERED: Final = "more was entered for this contact since; undo that first."
#: Which rows hold on to those of a table, and why these cannot be removed then.
_HOLDERS: Final = {
    "contacts": (
        ("contact_points", "contact_id", _ENTERED),
        ("contacts", "successor_id", _ENTERED),
    ),
}
#: What a row of a table is called when it stands in the way.
_TITLES: Final = {
    "alert_marks": "The alert",
    "contact_points": "The way to reach somebody",
    "contacts": "The contact",
    "contracts": "The contract",
    "customer_edits": "The customer",
    "customers": "The customer",
    "dismissals": "The suggestion",
    "signals": "The signal",
}


def _known(table: str) -> str:
    if table not in KEYS:
        raise ValueError(table)
    return table


def _key(table: str, key: int | Mapping[str, Any]) -> Row:
    names = KEYS[_known(table)]
    return {names[0]: key} if isinstance(key, int) else {name: key[name] for name in names}


def _where(key: Mapping[str, Any]) -> str:
    return " AND ".join(f"{name} IS ?" for name in key)


def _read(connection: sqlite3.Connection, table: str, key: Mapping[str, Any]) -> Row | None:
    cursor = connection.execute(
        f"SELECT * FROM {_known(table)} WHERE {_where(key)}",  # noqa: S608
        tuple(key.values()),
    )
    row = cursor.fetchone()
    if row is None:
        return None
    return {column[0]: value for column, value in zip(cursor.description, row, strict=True)}


def _write(connection: sqlite3.Connection, table: str, row: Mapping[str, Any]) -> None:
    """Write a whole row; one with the same key is changed in its place, never replaced."""
    key = KEYS[_known(table)]
    others = [name for name in row if name not in key]
    # An update in place: replacing would delete the rows that refer to this one.
    change = (
        f"UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in others)}"
        if others
        else "NOTHING"
    )
    connection.execute(
        f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})"  # noqa: S608
        f" ON CONFLICT ({', '.join(key)}) DO {change}",
        tuple(row.values()),
    )


def _remove(connection: sqlite3.Connection, table: str, key: Mapping[str, Any]) -> None:
    connection.execute(
        f"DELETE FROM {_known(table)} WHERE {_where(key)}",  # noqa: S608
        tuple(key.values()),
    )
