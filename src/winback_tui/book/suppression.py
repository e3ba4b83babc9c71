"""Who must not be taken in or contacted again: kept as digests that nobody can read back.

A digest is HMAC-SHA-256 of the normalised address under a secret of this book, so that it says
nothing outside it: a plain hash of a phone number could be found by trying all numbers.
"""

import hashlib
import hmac
import json
import secrets
import sqlite3
import unicodedata
from collections.abc import Iterable
from itertools import chain
from typing import Final

#: What can be suppressed; a customer number counts as an address of its own.
KINDS: Final = ("email", "phone", "post", "number")
_KEY: Final = "suppression_secret"


def secret(connection: sqlite3.Connection) -> str:
    """Return the book's secret, made on first demand, inside an open write transaction."""
    kept = _secret(connection)
    if kept is None:
        kept = secrets.token_hex(32)
        connection.execute("INSERT INTO meta VALUES (?, ?)", (_KEY, kept))
    return kept


def normal(kind: str, value: str) -> str:
    """Return `value` in the one form that is digested.

    All but phones lose case and needless space, phones all but digits and the plus
    (give them in E.164). Of K7 and k7, which may be two customers, one suppresses the other.
    """
    text = " ".join(unicodedata.normalize("NFC", value).split())
    if kind == "phone":
        return "".join(char for char in text if char.isdigit() or char == "+")
    return text.casefold()


def forms(kind: str, value: str) -> tuple[str, ...]:
    """Return the normalised forms under which an address is looked for.

    What follows a plus in an e-mail address leads into the same mailbox, so it is one without it as
    well.
    """
    text = normal(kind, value)
    local, at, domain = text.rpartition("@")
    bare = local.partition("+")[0]
    if kind != "email" or not at or not bare or bare == local:
        return (text,)
    return text, f"{bare}@{domain}"


def digest(secret: str, kind: str, normalised: str) -> str:
    """Return the digest of an address of a kind in KINDS, as 64 hexadecimal digits."""
    return hmac.new(secret.encode(), f"{kind}\n{normalised}".encode(), hashlib.sha256).hexdigest()


def suppress(connection: sqlite3.Connection, kind: str, value: str, since: str) -> None:
    """Keep out whoever has this address from `since` (an instant) on, in an open transaction."""
    own = secret(connection)
    connection.executemany(
        "INSERT INTO suppressions (digest, kind, since) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        [(digest(own, kind, each), kind, since) for each in forms(kind, value)],
    )


def is_suppressed(connection: sqlite3.Connection, kind: str, value: str) -> bool:
    """Return whether this address is suppressed."""
    return bool(among(connection, kind, [value]))


def among(connection: sqlite3.Connection, kind: str, values: Iterable[str]) -> set[str]:
    """Return those of the addresses that are suppressed, as they were given."""
    kept = _secret(connection)
    if kept is None or not any_kept(connection):
        return set()
    digests = {
        value: [digest(kept, kind, each) for each in forms(kind, value)]
        for value in set(values)
        if value
    }
    # Books of before have digests of numbers whose case was kept.
    cased = {
        value: digest(kept, kind, " ".join(value.split())) for value in digests if kind == "number"
    }
    found = {
        each
        for (each,) in connection.execute(
            "SELECT digest FROM suppressions WHERE kind = ?"
            " AND digest IN (SELECT value FROM json_each(?))",
            (kind, json.dumps([*chain.from_iterable(digests.values()), *cased.values()])),
        )
    }
    return {
        value
        for value, own in digests.items()
        if not found.isdisjoint(own) or cased.get(value) in found
    }


def any_kept(connection: sqlite3.Connection) -> bool:
    """Return whether the book suppresses anybody."""
    return connection.execute("SELECT 1 FROM suppressions LIMIT 1").fetchone() is not None


def _secret(connection: sqlite3.Connection) -> str | None:
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (_KEY,)).fetchone()
    return None if row is None else str(row[0])
