"""Two customers become one: rows are moved, what was moved is kept, and can be moved back exactly.

The one who goes stays as an empty row, because the consent ledger is never rewritten: what it says
about them is said again about the one who stays, tied to the merge, so that it counts no more when
the merge is undone.
"""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from winback_tui.book import (
    cases,
    consents,
    customers,
    events,
    ledger,
    merge_crossing,
    parties,
    scores,
    statistics,
)
from winback_tui.book.parties import Link
from winback_tui.errors import BadInputError
from winback_tui.model import CaseState

_SCORES: Final = "scores"
#: Tables that are dealt with by name, or that say something about the pair itself.
_BY_NAME: Final = frozenset(
    {
        *("consent_events", "customer_search", "erasures", "events", "import_suggestions"),
        *("merges", "not_duplicates", _SCORES, "transactions"),
    }
)
#: What the customer who stays takes over where it is empty; the address goes as a whole.
_FIELDS: Final = ("name", "segment", "industry", "owner", "vat_id")
_ADDRESS: Final = ("street", "zip", "city", "country")
_LINE: Final = ("day", "document", "product", "amount", "currency")
_CONTENT: Final = (
    "channel, event, at, source, actor, purpose, basis, conditions, contact_point_id, precision,"
    " zone, source_reference, wording, note, event_id, batch_id"
)

Journal = dict[str, Any]


class Pair(NamedTuple):
    """Two customers of whom one stays, and what the other was called."""

    kept: int
    gone: int
    number: str


def merge(connection: sqlite3.Connection, pair: Pair, event: int) -> None:
    """Move all that the book holds on `pair.gone` to `pair.kept`, inside an open transaction.

    `event` is the log's event of the merge. The cases are the caller's.
    """
    connection.execute("PRAGMA defer_foreign_keys = ON")
    journal: Journal = {"moved": {}, "dropped": {}}
    journal["case"] = cases.plain(cases.load(connection, pair.gone))
    cases.save(connection, pair.gone, CaseState())
    for link in parties.links(connection):
        if link.table not in _BY_NAME and link.table != "cases":
            _move(connection, link, pair, journal)
    # The next run scores both anew; until then nobody is to have half of another's score.
    journal["score"] = scores.leave_out(connection, pair.gone)
    journal["lines"] = _move_lines(connection, pair)
    journal["events"] = _move_events(connection, pair)
    _say_again(connection, pair, event)
    journal["fields"] = _take_over(connection, pair)
    journal["gone"] = _empty(connection, pair)
    journal["alias"] = _remember(connection, pair)
    connection.execute(
        "INSERT INTO merges (event_id, kept_id, gone_id, journal) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (event_id) DO UPDATE SET standing = 1, journal = excluded.journal",
        (event, pair.kept, pair.gone, json.dumps(journal, ensure_ascii=False)),
    )
    _settle(connection, pair)


def unmerge(connection: sqlite3.Connection, event: int) -> Pair:
    """Move everything back that the merge of this event moved, inside an open transaction."""
    kept, gone, text = connection.execute(
        "SELECT kept_id, gone_id, journal FROM merges WHERE event_id = ?", (event,)
    ).fetchone()
    journal: Journal = json.loads(text)
    pair = Pair(kept, gone, journal["gone"]["number"])
    _refuse_if_rewritten(connection, pair, event)
    connection.execute("PRAGMA defer_foreign_keys = ON")
    if journal["alias"]:
        connection.execute(
            "DELETE FROM customer_aliases WHERE source = '' AND alias = ? AND customer_id = ?",
            (pair.number, kept),
        )
    for name, (before, after) in journal["fields"].items():
        if merge_crossing.hand_on(connection, "customers", kept, name, before, after):
            continue
        connection.execute(
            f"UPDATE customers SET {name} = ? WHERE id = ? AND {name} IS ?",  # noqa: S608
            (before, kept, after),
        )
    row = journal["gone"]
    connection.execute(
        f"UPDATE customers SET {', '.join(f'{name} = ?' for name in row)} WHERE id = ?",  # noqa: S608
        (*row.values(), gone),
    )
    _move_back(connection, pair, journal)
    with ledger.maintenance(connection):
        connection.execute(
            "UPDATE events SET customer_id = ? WHERE id IN (SELECT value FROM json_each(?))",
            (gone, json.dumps(journal["events"])),
        )
    cases.save(connection, gone, cases.state_of(journal["case"]))
    connection.execute(
        "UPDATE merges SET standing = 0, journal = '{}' WHERE event_id = ?", (event,)
    )
    _settle(connection, pair)
    return pair


def is_known(connection: sqlite3.Connection, event: int) -> bool:
    """Return whether the book still holds what this merge did; an erasure takes it away."""
    found = connection.execute("SELECT 1 FROM merges WHERE event_id = ?", (event,)).fetchone()
    return found is not None


def pair_of(connection: sqlite3.Connection, event: int) -> Pair:
    """Return whom a merge concerned, whether or not it stands."""
    kept, gone = connection.execute(
        "SELECT kept_id, gone_id FROM merges WHERE event_id = ?", (event,)
    ).fetchone()
    (number,) = connection.execute("SELECT number FROM customers WHERE id = ?", (gone,)).fetchone()
    return Pair(kept, gone, number)


def merged_away(connection: sqlite3.Connection) -> dict[int, int]:
    """Return into whom each customer was merged who was."""
    rows = connection.execute("SELECT gone_id, kept_id FROM merges WHERE standing")
    return dict(rows.fetchall())


def _move(connection: sqlite3.Connection, link: Link, pair: Pair, journal: Journal) -> None:
    """Move the rows of one table; one that stands in the way of none is moved as it is."""
    for row in parties.rows(connection, link, pair.gone):
        key = {name: row[name] for name in link.keys if name != link.column}
        was: dict[str, Any] = {}
        if not _moved(connection, link, pair, key, {}):
            changed = _made_room(connection, link, pair, row)
            if changed is None or not _moved(connection, link, pair, key, changed):
                journal["dropped"].setdefault(link.table, []).append(row)
                _delete(connection, link, pair.gone, key)
                continue
            was = {name: row[name] for name in changed}
            key |= {name: value for name, value in changed.items() if name in key}
        journal["moved"].setdefault(link.table, []).append([link.column, key, was])


def _moved(
    connection: sqlite3.Connection,
    link: Link,
    pair: Pair,
    key: Mapping[str, Any],
    changed: Mapping[str, Any],
) -> bool:
    sets = "".join(f", {name} = ?" for name in changed)
    where = "".join(f" AND {name} IS ?" for name in key)
    return bool(
        connection.execute(
            f"UPDATE OR IGNORE {link.table} SET {link.column} = ?{sets}"  # noqa: S608
            f" WHERE {link.column} = ?{where}",
            (pair.kept, *changed.values(), pair.gone, *key.values()),
        ).rowcount
    )


def _made_room(
    connection: sqlite3.Connection, link: Link, pair: Pair, row: Mapping[str, Any]
) -> dict[str, Any] | None:
    """Return what makes a row differ from one that the other customer has, or None."""
    if "ordinal" in row:
        (last,) = connection.execute(
            f"SELECT max(ordinal) FROM {link.table} WHERE {link.column} IN (?, ?)",  # noqa: S608
            (pair.kept, pair.gone),
        ).fetchone()
        return {"ordinal": last + 1}
    if link.table == "contracts":
        return {"number": f"{row['number']} ({pair.number})".strip()}
    return None


def _delete(
    connection: sqlite3.Connection, link: Link, customer: int, key: Mapping[str, Any]
) -> None:
    where = "".join(f" AND {name} IS ?" for name in key)
    connection.execute(
        f"DELETE FROM {link.table} WHERE {link.column} = ?{where}",  # noqa: S608
        (customer, *key.values()),
    )


def _move_back(connection: sqlite3.Connection, pair: Pair, journal: Journal) -> None:
    for table, moves in journal["moved"].items():
        if table == _SCORES:
            # Merges of an earlier version noted scores as well, in columns that are no more.
            continue
        for column, key, was in moves:
            sets = "".join(f", {name} = ?" for name in was)
            where = "".join(f" AND {name} IS ?" for name in key)
            connection.execute(
                f"UPDATE {table} SET {column} = ?{sets} WHERE {column} = ?{where}",  # noqa: S608
                (pair.gone, *was.values(), pair.kept, *key.values()),
            )
    if row := journal.get("score"):
        scores.take_in(connection, row)
    gone = merge_crossing.undone(connection)
    for table, rows in journal["dropped"].items():
        if table == _SCORES:
            continue
        for row in rows:
            if row.get("batch_id") in gone:
                continue
            connection.execute(
                f"INSERT OR IGNORE INTO {table} ({', '.join(row)})"  # noqa: S608
                f" VALUES ({', '.join('?' * len(row))})",
                tuple(row.values()),
            )
    connection.executemany(
        "UPDATE transactions SET customer_id = ?, ordinal = ? WHERE customer_id = ? AND day = ?"
        " AND document = ? AND product = ? AND amount = ? AND currency = ? AND ordinal = ?",
        [(pair.gone, old, pair.kept, *line, new) for *line, old, new in journal["lines"]],
    )
    merge_crossing.give_back(connection, pair.kept, pair.gone, journal["lines"])


def _move_lines(connection: sqlite3.Connection, pair: Pair) -> list[list[Any]]:
    """Move the transactions; equal ones of both stay two. Return each with both its ordinals."""
    select = f"SELECT {', '.join(_LINE)}, ordinal FROM transactions WHERE customer_id = ?"  # noqa: S608
    last: dict[tuple[Any, ...], int] = {}
    for *line, ordinal in connection.execute(select, (pair.kept,)):
        last[tuple(line)] = max(ordinal, last.get(tuple(line), -1))
    moves: list[list[Any]] = []
    for *line, ordinal in connection.execute(f"{select} ORDER BY ordinal", (pair.gone,)).fetchall():
        key = tuple(line)
        new = last[key] + 1 if key in last else ordinal
        last[key] = new
        moves.append([*line, ordinal, new])
    connection.executemany(
        "UPDATE transactions SET customer_id = ?, ordinal = ? WHERE customer_id = ? AND day = ?"
        " AND document = ? AND product = ? AND amount = ? AND currency = ? AND ordinal = ?",
        [(pair.kept, new, pair.gone, *line, old) for *line, old, new in moves],
    )
    return moves


def _move_events(connection: sqlite3.Connection, pair: Pair) -> list[int]:
    """Move the deeds on the customer who goes; their ids stay, and so does what they say."""
    moved = [
        row[0]
        for row in connection.execute(
            "SELECT id FROM events WHERE customer_id = ? ORDER BY id",
            (pair.gone,),
        )
    ]
    with ledger.maintenance(connection):
        connection.execute(
            "UPDATE events SET customer_id = ? WHERE customer_id = ?",
            (pair.kept, pair.gone),
        )
    return moved


def _say_again(connection: sqlite3.Connection, pair: Pair, event: int) -> None:
    """Append to the ledger, about who stays, what counts of it about who goes."""
    rows = connection.execute(
        f"SELECT {_CONTENT} FROM consent_events"  # noqa: S608
        # What was said again before an undo counts again after a redo.
        " WHERE customer_id = ?1 AND erased_on IS NULL AND id > (SELECT COALESCE(max(id), 0)"
        " FROM consent_events WHERE customer_id = ?2 AND event_id = ?3) ORDER BY id",
        (pair.gone, pair.kept, event),
    ).fetchall()
    gone = consents.taken_back(connection, {row[-2] for row in rows}, {row[-1] for row in rows})
    names = ("channel", "event", "at", "source", "actor", "purpose", "basis", "conditions")
    more = ("point", "precision", "zone", "reference", "wording", "note")
    ledger.append_many(
        connection,
        [
            ledger.Entry(
                customer=pair.kept, cause=event, **dict(zip((*names, *more), said, strict=True))
            )
            for *said, cause, batch in rows
            if cause not in gone.causes and batch not in gone.batches
        ],
    )


def _take_over(connection: sqlite3.Connection, pair: Pair) -> dict[str, list[Any]]:
    """Fill what is empty of who stays; return each field before and after."""
    kept, gone = (_row(connection, each) for each in (pair.kept, pair.gone))
    wanted: Iterable[str] = [name for name in _FIELDS if not kept[name] and gone[name]]
    if not any(kept[name] for name in _ADDRESS[:3]):
        wanted = [*wanted, *(name for name in _ADDRESS if gone[name] and gone[name] != kept[name])]
    changed = {name: [kept[name], gone[name]] for name in wanted}
    if kept["party_kind"] == "unknown" != gone["party_kind"]:
        changed["party_kind"] = ["unknown", gone["party_kind"]]
    for name, (_, after) in changed.items():
        connection.execute(
            f"UPDATE customers SET {name} = ? WHERE id = ?",  # noqa: S608
            (after, pair.kept),
        )
    return changed


def _empty(connection: sqlite3.Connection, pair: Pair) -> dict[str, Any]:
    """Leave of who goes an empty row under another number; return what stood there."""
    row = _row(connection, pair.gone)
    (number,) = connection.execute(
        "SELECT number FROM customers WHERE id = ?", (pair.kept,)
    ).fetchone()
    connection.execute(
        "UPDATE customers SET number = ?, name = '', segment = NULL, industry = NULL, owner = NULL,"
        " street = NULL, zip = NULL, city = NULL, country = NULL, vat_id = NULL, batch_id = NULL"
        " WHERE id = ?",
        (f"{pair.number} (merged into {number})", pair.gone),
    )
    del row["id"]
    return row


def _remember(connection: sqlite3.Connection, pair: Pair) -> bool:
    """Let the old number find who stays; return False where it does already."""
    return bool(
        connection.execute(
            "INSERT INTO customer_aliases (source, alias, customer_id) VALUES ('', ?, ?)"
            " ON CONFLICT (source, alias) DO NOTHING",
            (pair.number, pair.kept),
        ).rowcount
    )


def _row(connection: sqlite3.Connection, customer: int) -> dict[str, Any]:
    cursor = connection.execute("SELECT * FROM customers WHERE id = ?", (customer,))
    names: Sequence[str] = [column[0] for column in cursor.description]
    return dict(zip(names, cursor.fetchone(), strict=True))


def _settle(connection: sqlite3.Connection, pair: Pair) -> None:
    both = (pair.kept, pair.gone)
    customers.index_search(connection, both)
    statistics.refresh(connection, both)


def _refuse_if_rewritten(connection: sqlite3.Connection, pair: Pair, event: int) -> None:
    """Raise BadInputError if a deed wrote rows of who stayed since the merge, or its last redo."""
    latest = events.chain(connection, event)[-1]
    for later in events.later(connection, pair.kept, latest):
        if later.payload.get("rows"):
            # What was undone and done again in between stands as it stood then.
            links = events.chain(connection, later.id)
            if len([link for link in links if link <= latest]) % 2 != len(links) % 2:
                raise BadInputError(
                    f"{later.actor} has changed this customer since the merge; undo that first."
                )
