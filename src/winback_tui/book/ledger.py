"""The consent ledger's one way in: rows are appended, chained by hash, and never changed.

A row's digest is the SHA-256 of its salt and its content, the content being a JSON array of the
columns in `CONTENT`; its hash is the SHA-256 of the previous row's hash and its digest. The last
hash is kept in meta as well, so that a row cut off the end is missed too.
"""

import hashlib
import json
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

#: The columns that a digest is made over, in their order.
CONTENT: Final = (
    "id, customer_id, contact_point_id, channel, purpose, event, basis, conditions, at, precision,"
    " zone, source, source_reference, wording, actor, note, recorded_at, batch_id, event_id"
)
#: Kept in meta: id and hash of the last row.
HEAD: Final = "consent_head"
_SALT: Final = 16
_AT_ONCE: Final = 50_000
_encode: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Entry(NamedTuple):
    """One thing that a person allowed, refused or withdrew, or that was done on its ground.

    `at` is a UTC instant (`2026-11-21T09:30:00Z`) or a plain date, as exact as `precision` says
    (second, minute, day, month, year; unknown: `at` is then when the row is written, and the row
    may lower where a channel stands, never raise it). `zone` is the zone it was told in. `wording`
    is the key that `keep_wording` gave. `cause` is the log's event whose undo takes this back.
    `id` is given only by whoever fills an empty ledger.
    """

    customer: int
    channel: str
    event: str
    at: str
    source: str
    actor: str
    purpose: str = "winback"
    basis: str | None = None
    conditions: str | None = None
    point: int | None = None
    precision: str = "second"
    zone: str = "UTC"
    reference: str | None = None
    wording: str | None = None
    note: str | None = None
    recorded_at: str | None = None
    batch: int | None = None
    cause: int | None = None
    id: int | None = None


def append(connection: sqlite3.Connection, entry: Entry) -> int:
    """Append one entry inside an open write transaction, and return its row's id."""
    append_many(connection, (entry,))
    (number,) = connection.execute("SELECT max(id) FROM consent_events").fetchone()
    return int(number)


def append_many(
    connection: sqlite3.Connection,
    entries: Iterable[Entry],
    *,
    salt: Callable[[int], bytes] | None = None,
) -> int:
    """Append entries in their order inside an open write transaction; return how many they were.

    `salt` gives a row's salt by its id, where rows must come out the same each time (a sample).
    """
    last, link = _head(connection)
    if (kept := _kept_head(connection)) is not None:
        # Where the end was cut off, the chain goes on from what was there, so that it shows.
        last, link = max(last, kept[0]), kept[1]
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    count = 0

    def rows() -> Iterator[tuple[Any, ...]]:
        nonlocal last, link, count
        for each in entries:
            last = last + 1 if each.id is None else each.id
            grain = os.urandom(_SALT) if salt is None else salt(last)
            content = (
                last, each.customer, each.point, each.channel, each.purpose, each.event,
                each.basis, each.conditions, each.at, each.precision, each.zone, each.source,
                each.reference, each.wording, each.actor, each.note, each.recorded_at or now,
                each.batch, each.cause,
            )  # fmt: skip
            digest = digest_of(grain, content)
            link = hashlib.sha256(link + digest).digest()
            count += 1
            yield (*content, grain, digest, link)

    marks = ", ".join("?" * 22)
    connection.executemany(
        f"INSERT INTO consent_events ({CONTENT}, salt, digest, hash) VALUES ({marks})",  # noqa: S608
        rows(),
    )
    if count:
        _set_head(connection, last, link)
    return count


def keep_wording(connection: sqlite3.Connection, text: str) -> str:
    """Keep what a person was shown or read out, once, and return its key (SHA-256, hex)."""
    key = hashlib.sha256(text.encode()).hexdigest()
    connection.execute(
        "INSERT INTO consent_wordings VALUES (?, ?) ON CONFLICT DO NOTHING", (key, text)
    )
    return key


def digest_of(salt: bytes, content: tuple[Any, ...]) -> bytes:
    """Return the digest of a row: SHA-256 over its salt and its columns as a JSON array."""
    return hashlib.sha256(salt + _encode(content).encode()).digest()


def seal(connection: sqlite3.Connection, *, anew: bool = False) -> int:
    """Chain the rows that no chain holds yet, or with `anew` all; return how many were chained.

    For a book of an older version, and for a sample whose dates were moved.
    """
    where = "" if anew else "WHERE hash = x'' AND erased_on IS NULL"
    (first,) = connection.execute(f"SELECT min(id) FROM consent_events {where}").fetchone()  # noqa: S608
    if first is None:
        return 0
    count, last = 0, first
    link = _link_before(connection, first)
    with maintenance(connection):
        while rows := connection.execute(
            f"SELECT salt, digest, erased_on, {CONTENT} FROM consent_events"  # noqa: S608
            " WHERE id >= ? ORDER BY id LIMIT ?",
            (last, _AT_ONCE),
        ).fetchall():
            changed = []
            for salt, digest, erased, *content in rows:
                grain = salt or os.urandom(_SALT)
                made = digest if erased else digest_of(grain, tuple(content))
                link = hashlib.sha256(link + made).digest()
                changed.append((b"" if erased else grain, made, link, content[0]))
            connection.executemany(
                "UPDATE consent_events SET salt = ?, digest = ?, hash = ? WHERE id = ?", changed
            )
            count += len(rows)
            last = rows[-1][3] + 1
    _set_head(connection, last - 1, link)
    return count


def forget(connection: sqlite3.Connection, customer: int, on: str) -> int:
    """Take away what the ledger says about a customer, and keep the chain; return how many rows.

    For an erasure, on the ISO date `on`. What stays is the channel, the kind of event and its day.
    """
    rows = connection.execute("SELECT id FROM consent_events WHERE customer_id = ?", (customer,))
    return forget_rows(connection, [row[0] for row in rows], on)


def forget_rows(connection: sqlite3.Connection, rows: Iterable[int], on: str) -> int:
    """Do what `forget` does to these rows; return how many were not forgotten before."""
    with maintenance(connection):
        return connection.execute(
            "UPDATE consent_events SET contact_point_id = NULL, source = '', actor = '',"
            " source_reference = NULL, wording = NULL, note = NULL, conditions = NULL,"
            " salt = x'', erased_on = ? WHERE id IN (SELECT value FROM json_each(?))"
            " AND erased_on IS NULL",
            (on, json.dumps(list(rows))),
        ).rowcount


class Broken(NamedTuple):
    """Where the chain does not hold: the row's id, the customer, and what is wrong with it.

    `what` is `changed` (the content is not what was written), `unlinked` (a row before it was
    taken out or put in), `unsealed` (written by another program), `cut_off` (the end is gone), or
    `emptied` (marked as erased, but nobody was).
    """

    id: int
    customer: int | None
    what: str


def verify(connection: sqlite3.Connection, customer: int | None = None) -> Iterator[Broken]:
    """Yield what is wrong with the chain, of the whole ledger or with the rows of one customer."""
    where, link, before = "", b"", 0
    if customer is not None:
        where = "WHERE customer_id = ?"
    rows = connection.execute(
        f"SELECT salt, digest, hash, erased_on, {CONTENT} FROM consent_events"  # noqa: S608
        f" {where} ORDER BY id",
        () if customer is None else (customer,),
    )
    for salt, digest, found, erased, *content in rows:
        number = int(content[0])
        if customer is not None:
            link = _link_before(connection, number)
        if not found:
            yield Broken(number, content[1], "unsealed")
        elif not erased and digest_of(salt, tuple(content)) != digest:
            yield Broken(number, content[1], "changed")
        elif hashlib.sha256(link + digest).digest() != found:
            yield Broken(number, content[1], "unlinked")
        elif erased and not _purged(connection, content[1]):
            yield Broken(number, content[1], "emptied")
        link, before = found, number
    if customer is None and _kept_head(connection) not in (None, (before, link)):
        yield Broken(before, None, "cut_off")


def _purged(connection: sqlite3.Connection, customer: int) -> bool:
    """Whether an erasure may have taken rows of a customer away.

    That is their own, that of one they were merged into, whose pseudonym both bear, or that of one
    who was merged into them for a while.
    """
    (found,) = connection.execute(
        "SELECT EXISTS (SELECT 1 FROM erasures e JOIN customers c ON c.id = ?1"
        " WHERE e.state IN ('purged', 'cleared') AND (e.customer_id = c.id"
        " OR c.number LIKE e.pseudonym || '-%'"
        " OR EXISTS (SELECT 1 FROM events WHERE customer_id = c.id AND kind = 'merge')))",
        (customer,),
    ).fetchone()
    return bool(found)


def head(connection: sqlite3.Connection) -> tuple[int, str]:
    """Return id and hash (hex) of the last row; noted elsewhere, it proves all rows up to it."""
    number, link = _head(connection)
    return number, link.hex()


@contextmanager
def maintenance(connection: sqlite3.Connection) -> Iterator[None]:
    """Let the block change what is append-only, inside an open write transaction."""
    (held,) = connection.execute("SELECT count(*) FROM meta WHERE key = 'maintenance'").fetchone()
    if not held:
        connection.execute("INSERT INTO meta VALUES ('maintenance', 'ledger')")
    yield
    if not held:
        connection.execute("DELETE FROM meta WHERE key = 'maintenance'")


def _head(connection: sqlite3.Connection) -> tuple[int, bytes]:
    row = connection.execute(
        "SELECT id, hash FROM consent_events ORDER BY id DESC LIMIT 1"
    ).fetchone()
    return (0, b"") if row is None else (int(row[0]), bytes(row[1]))


def _kept_head(connection: sqlite3.Connection) -> tuple[int, bytes] | None:
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (HEAD,)).fetchone()
    if row is None:
        return None
    number, _, link = str(row[0]).partition(":")
    return int(number), bytes.fromhex(link)


def _set_head(connection: sqlite3.Connection, number: int, link: bytes) -> None:
    connection.execute(
        "INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (HEAD, f"{number}:{link.hex()}"),
    )


def _link_before(connection: sqlite3.Connection, number: int) -> bytes:
    row = connection.execute(
        "SELECT hash FROM consent_events WHERE id < ? ORDER BY id DESC LIMIT 1", (number,)
    ).fetchone()
    return b"" if row is None else bytes(row[0])
