"""The manifest: what was exported, when, by whom, and who was in it."""

import sqlite3
import sys
import zlib
from array import array
from collections.abc import Iterable
from typing import Final, NamedTuple

_FIELDS: Final = "id, at, actor, kind, format, file, chosen, rows, suppressed, sha256"


class Export(NamedTuple):
    """One row of the manifest; `rows` and `suppressed` (customers left out) are counts.

    `chosen` says what narrowed the rows, in the words of the filter; `file` is "-" for standard
    output.
    """

    id: int
    at: str
    actor: str
    kind: str
    format: str
    file: str
    chosen: str
    rows: int
    suppressed: int
    sha256: str


def add(connection: sqlite3.Connection, export: Export, customers: Iterable[int]) -> int:
    """Write a row, whose `id` is given here, in an open write transaction; return that id."""
    (number,) = connection.execute(
        "INSERT INTO exports (at, actor, kind, format, file, chosen, rows, suppressed, sha256,"
        " customers) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
        (*export[1:], packed(customers)),
    ).fetchone()
    return int(number)


def forget(connection: sqlite3.Connection, export: int) -> None:
    """Take a row out again whose file could not be put in its place."""
    connection.execute("DELETE FROM exports WHERE id = ?", (export,))


def log(connection: sqlite3.Connection, limit: int | None = None) -> list[Export]:
    """Return the exports, the newest first."""
    rows = connection.execute(
        f"SELECT {_FIELDS} FROM exports ORDER BY id DESC LIMIT ?",  # noqa: S608
        (-1 if limit is None else limit,),
    )
    return [Export(*row) for row in rows]


def holding(connection: sqlite3.Connection, customer: int) -> list[Export]:
    """Return the exports that a customer is in, the newest first."""
    rows = connection.execute(
        f"SELECT {_FIELDS}, customers FROM exports ORDER BY id DESC"  # noqa: S608
    )
    return [Export(*row[:-1]) for row in rows if customer in unpacked(row[-1])]


def packed(customers: Iterable[int]) -> bytes:
    """Return ids as the manifest keeps them: a few hundred bytes for a hundred thousand."""
    steps = array("I")
    last = 0
    for each in sorted(set(customers)):
        steps.append(each - last)
        last = each
    if sys.byteorder == "big":
        steps.byteswap()
    return zlib.compress(steps.tobytes())


def unpacked(blob: bytes) -> set[int]:
    """Return the ids that `packed` made into bytes."""
    steps = array("I")
    steps.frombytes(zlib.decompress(blob))
    if sys.byteorder == "big":
        steps.byteswap()
    found: set[int] = set()
    last = 0
    for step in steps:
        last += step
        found.add(last)
    return found
