"""Taking a customer out of the book for good.

All rows go in one transaction, with freed space overwritten; then the book is written anew, so that
its pages and its log hold nothing of them either. A crash in between leaves the erasure `purged`,
and `clear` can be called again until it is `cleared`.
"""

import json
import sqlite3
import sys
from array import array
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Final, NamedTuple

from winback_tui.book import customers, ledger, parties, statistics, suppression
from winback_tui.book.erase import KINDS, TELLING, Erasure, Keeping, Party, kept_until, proofs
from winback_tui.book.listing import EPOCH

#: Tables that are dealt with by name; of all others with a customer the rows go.
_BY_NAME: Final = frozenset({"erasures", "events", "consent_events", "transactions"})


class Purged(NamedTuple):
    """What a purge did: rows deleted by table, lines and proofs kept, addresses suppressed."""

    gone: dict[str, int]
    lines_kept: int
    proofs_kept: int
    suppressed: int


def purge(
    connection: sqlite3.Connection,
    erasure: Erasure,
    who: Party,
    keeping: Keeping,
    at: str,
) -> Purged:
    """Take a customer out of the book, inside an open write transaction with secure_delete on.

    Their addresses are suppressed from now on. What is kept is named in `Purged`.
    """
    connection.execute("PRAGMA defer_foreign_keys = ON")
    proofs_kept = _keep_proofs(connection, erasure, who, keeping)
    suppressed = 0
    for kind, value in who.addresses:
        if not suppression.is_suppressed(connection, kind, value):
            suppression.suppress(connection, kind, value, at)
            suppressed += 1
    lines_kept = _keep_lines(connection, erasure, who, keeping)
    gone = _delete(connection, who)
    with ledger.maintenance(connection):
        connection.execute(
            "UPDATE events SET payload = '{\"erased\":true}'"
            " WHERE customer_id IN (SELECT value FROM json_each(?))",
            (json.dumps(who.ids),),
        )
    for place, customer in enumerate(who.ids):
        ledger.forget(connection, customer, keeping.today.isoformat())
        pseudonym = f"{erasure.pseudonym}-{place}" if place else erasure.pseudonym
        connection.execute(
            "UPDATE customers SET number = ?, name = '', segment = NULL, industry = NULL,"
            " owner = NULL, street = NULL, zip = NULL, city = NULL, country = NULL, vat_id = NULL,"
            " batch_id = NULL WHERE id = ?",
            (pseudonym, customer),
        )
    _drop_wordings(connection, who.words)
    _leave_lists(connection, who.ids)
    customers.index_search(connection, who.ids)
    statistics.refresh(connection, who.ids)
    _scrub(connection, (*who.words, *who.numbers), erasure.pseudonym)
    connection.execute(
        "UPDATE erasures SET state = 'purged', purged_at = ? WHERE id = ?", (at, erasure.id)
    )
    return Purged(gone, lines_kept, proofs_kept, suppressed)


def clear(connection: sqlite3.Connection) -> bool:
    """Write the book anew, so that no page and no log holds what was purged; outside a transaction.

    Returns False where another program has the book open, so that its log cannot be cut off: the
    erasures are then still to be cleared.
    """
    connection.execute("VACUUM")
    (busy, _, _) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        return False
    connection.execute("UPDATE erasures SET state = 'cleared' WHERE state = 'purged'")
    return True


def let_expire(connection: sqlite3.Connection, today: date) -> tuple[int, int]:
    """Delete kept lines and proofs whose time is over; return how many of each."""
    return tuple(  # type: ignore[return-value]
        connection.execute(
            f"DELETE FROM {table} WHERE keep_until < ?",  # noqa: S608
            (today.isoformat(),),
        ).rowcount
        for table in ("kept_transactions", "kept_proofs")
    )


def _keep_lines(
    connection: sqlite3.Connection, erasure: Erasure, who: Party, keeping: Keeping
) -> int:
    rows: list[tuple[object, ...]] = []
    seen: dict[tuple[object, ...], int] = {}
    for day, *key, quantity in connection.execute(
        "SELECT day, document, product, amount, currency, quantity FROM transactions"
        " WHERE customer_id IN (SELECT value FROM json_each(?)) ORDER BY customer_id",
        (json.dumps(who.ids),),
    ):
        until = kept_until(EPOCH + timedelta(days=day), keeping.booking_years)
        if until < keeping.today:
            continue
        line = (erasure.pseudonym, day, *key)
        ordinal = seen[line] = seen.get(line, -1) + 1
        rows.append((*line, ordinal, quantity, until.isoformat()))
    connection.executemany("INSERT INTO kept_transactions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
    connection.execute(
        "DELETE FROM transactions WHERE customer_id IN (SELECT value FROM json_each(?))",
        (json.dumps(who.ids),),
    )
    return len(rows)


def _keep_proofs(
    connection: sqlite3.Connection,
    erasure: Erasure,
    who: Party,
    keeping: Keeping,
) -> int:
    """Keep what proves consent, each with the digest of the addresses it held for."""
    found = proofs(connection, who.ids, keeping)
    if not found:
        return 0
    secret = suppression.secret(connection)
    digests: dict[str, list[str]] = {}
    for kind, value in who.addresses:
        text = suppression.digest(secret, kind, suppression.normal(kind, value))
        digests.setdefault(kind, []).append(text)
    for each in found:
        for digest in digests.get(KINDS[each.channel]) or digests.get("number") or [""]:
            connection.execute(
                "INSERT INTO kept_proofs (pseudonym, digest, channel, purpose, event, basis, at,"
                " wording, keep_until) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (erasure.pseudonym, digest, *each[2:8], each.until.isoformat()),
            )
    return len(found)


def _delete(connection: sqlite3.Connection, who: Party) -> dict[str, int]:
    """Delete the rows of every table that is not dealt with by name; return how many of each."""
    chosen = json.dumps(who.ids)
    gone: dict[str, int] = {}
    with ledger.maintenance(connection):
        for link in parties.links(connection):
            if link.table in _BY_NAME:
                continue
            number = connection.execute(
                f"DELETE FROM {link.table}"  # noqa: S608 - names of the schema
                f" WHERE {link.column} IN (SELECT value FROM json_each(?))",
                (chosen,),
            ).rowcount
            if number:
                gone[link.table] = gone.get(link.table, 0) + number
    return gone


def _drop_wordings(connection: sqlite3.Connection, words: Iterable[str]) -> None:
    """Delete wordings that nobody was shown any more, and kept ones that name the customer.

    Of the latter the proof keeps the hash.
    """
    with ledger.maintenance(connection):
        shown = "sha256 NOT IN (SELECT wording FROM consent_events WHERE wording IS NOT NULL)"
        connection.execute(
            f"DELETE FROM consent_wordings WHERE {shown} AND (sha256 NOT IN"  # noqa: S608
            " (SELECT wording FROM kept_proofs WHERE wording IS NOT NULL)"
            " OR EXISTS (SELECT 1 FROM json_each(?) WHERE instr(text, value)))",
            (json.dumps(list(words)),),
        )


def _leave_lists(connection: sqlite3.Connection, ids: Sequence[int]) -> None:
    """Take customers out of the stored orders of the lists."""
    out = frozenset(ids)
    for tab, sort, blob in connection.execute("SELECT tab, sort, ids FROM score_orders").fetchall():
        order = array("I")
        order.frombytes(blob)
        if sys.byteorder == "big":
            order.byteswap()
        if out.isdisjoint(order):
            continue
        left = array("I", (each for each in order if each not in out))
        size = len(left)
        if sys.byteorder == "big":
            left.byteswap()
        connection.execute(
            "UPDATE score_orders SET customers = ?, ids = ? WHERE tab = ? AND sort = ?",
            (size, left.tobytes(), tab, sort),
        )


def _scrub(connection: sqlite3.Connection, words: Iterable[str], pseudonym: str) -> None:
    """Put the pseudonym for what the book's own records of files and filters say about them."""
    for text in words:
        if len(text.strip()) < TELLING:
            continue
        for table, column in (
            ("exports", "file"),
            ("exports", "chosen"),
            ("import_batches", "file_name"),
        ):
            connection.execute(
                f"UPDATE {table} SET {column} = replace({column}, ?, ?)"  # noqa: S608
                f" WHERE instr({column}, ?)",
                (text, pseudonym, text),
            )
        with ledger.maintenance(connection):
            connection.execute(
                "UPDATE events SET payload = replace(payload, ?1, ?2)"
                " WHERE customer_id IS NULL AND instr(payload, ?1)",
                (json.dumps(text, ensure_ascii=False)[1:-1], pseudonym),
            )
