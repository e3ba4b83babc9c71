"""Taking a customer out of the book for good.

All rows go in one transaction, with freed space overwritten; then the book is written anew, so that
its pages and its log hold nothing of them either. A crash in between leaves the erasure `purged`,
and `clear` can be called again until it is `cleared`.
"""

import json
import re
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Final, NamedTuple

from winback_tui.book import (
    customers,
    ledger,
    manifest,
    parties,
    scores,
    statistics,
    suppression,
)
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


def overwrite(connection: sqlite3.Connection) -> None:
    """Let this connection overwrite what it deletes from now on; outside a transaction."""
    connection.execute("PRAGMA secure_delete = ON")


def purge(
    connection: sqlite3.Connection,
    erasure: Erasure,
    who: Party,
    keeping: Keeping,
    at: str,
) -> Purged:
    """Take a customer out of the book, inside an open write transaction after `overwrite`.

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
    _forget_copies(connection, who.ids, keeping.today)
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
    for customer in who.ids:
        scores.forget(connection, customer)
    customers.index_search(connection, who.ids)
    statistics.refresh(connection, who.ids)
    _scrub(connection, who, erasure.pseudonym)
    _leave_pairs(connection, who, erasure.pseudonym)
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
            # The book's own tables: scores of a look at another day may hide those.
            number = connection.execute(
                f"DELETE FROM main.{link.table}"  # noqa: S608 - names of the schema
                f" WHERE {link.column} IN (SELECT value FROM json_each(?))",
                (chosen,),
            ).rowcount
            if number:
                gone[link.table] = gone.get(link.table, 0) + number
    return gone


def _forget_copies(connection: sqlite3.Connection, ids: Sequence[int], on: date) -> None:
    """Take away what a merge that was undone said of them in the ledger, about who stayed."""
    copies = connection.execute(
        "SELECT id FROM consent_events WHERE event_id IN (SELECT event_id FROM merges"
        " WHERE gone_id IN (SELECT value FROM json_each(?1)) AND NOT standing)"
        " OR contact_point_id IN (SELECT id FROM contact_points"
        " WHERE customer_id IN (SELECT value FROM json_each(?1)))",
        (json.dumps(list(ids)),),
    )
    ledger.forget_rows(connection, [row[0] for row in copies], on.isoformat())


def _leave_pairs(connection: sqlite3.Connection, who: Party, pseudonym: str) -> None:
    """Put the pseudonym for them into what merges and non-duplicates of others say."""
    with ledger.maintenance(connection):
        connection.execute(
            "UPDATE events SET payload = json_set(payload, '$.number', ?1, '$.name', '')"
            " WHERE kind IN ('merge', 'no_duplicate') AND ("
            "json_extract(payload, '$.number') IN (SELECT value FROM json_each(?2))"
            " OR json_extract(payload, '$.name') IN (SELECT value FROM json_each(?3)))",
            (pseudonym, json.dumps(who.numbers), json.dumps(who.words)),
        )


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


def _scrub(connection: sqlite3.Connection, who: Party, pseudonym: str) -> None:
    """Put the pseudonym for what the book's own records of files and filters say about them.

    Files that held nobody else lose their whole name; the digest of their contents stays.
    """
    own = set(who.ids)
    for number, blob in connection.execute("SELECT id, customers FROM exports").fetchall():
        if (inside := manifest.unpacked(blob)) and inside <= own:
            connection.execute(
                "UPDATE exports SET chosen = '', file = CASE file WHEN '-' THEN file ELSE ? END"
                " WHERE id = ?",
                (pseudonym, number),
            )
    known = _pattern((*who.words, *who.numbers, *who.slugs), who.families)
    _put(connection, "exports", "file", known, pseudonym)
    _put(connection, "exports", "chosen", known, pseudonym)
    _put(connection, "import_batches", "file_name", known, pseudonym)
    _put(connection, "import_batches", "summary", known, pseudonym, coded=True)
    with ledger.maintenance(connection):
        _put(connection, "events", "payload", known, pseudonym, coded=True)


def _put(
    connection: sqlite3.Connection,
    table: str,
    column: str,
    known: re.Pattern[str],
    pseudonym: str,
    *,
    coded: bool = False,
) -> None:
    """Put the pseudonym for all that is `known` into a column; `coded` is that it holds JSON.

    Of the log only what is about no customer.
    """
    narrower = " AND customer_id IS NULL" if table == "events" else ""
    rows = connection.execute(
        f"SELECT id, {column} FROM {table} WHERE {column} <> ''{narrower}"  # noqa: S608
    ).fetchall()

    def put(said: object) -> object:
        if isinstance(said, str):
            return known.sub(pseudonym, said)
        if isinstance(said, list):
            return [put(each) for each in said]
        return {key: put(each) for key, each in said.items()} if isinstance(said, dict) else said

    for number, text in rows:
        said = json.loads(text) if coded else text
        if (now := put(said)) != said:
            new = json.dumps(now, ensure_ascii=False) if coded else now
            connection.execute(f"UPDATE {table} SET {column} = ? WHERE id = ?", (new, number))  # noqa: S608


def _pattern(words: Iterable[str], whole: Iterable[str]) -> re.Pattern[str]:
    """Return what finds each of the words; short ones, that chance may bring, only as a whole.

    So are those of `whole`: last names, which may be a part of any word.
    """
    names = {each for each in whole if each.strip()}
    telling = names | {
        each for each in words if each.strip() and (len(each) >= TELLING or not each.isdigit())
    }
    longest = sorted(telling, key=len, reverse=True)
    parts = [
        re.escape(each)
        if len(each) >= TELLING and not each.isdigit() and each not in names
        else rf"(?<![^\W_]){re.escape(each)}(?![^\W_])"
        for each in longest
    ]
    return re.compile("|".join(parts) or r"(?!)", re.IGNORECASE)
