"""Brings a book to the current schema: numbered steps in one transaction, a copy made first."""

import re
import sqlite3
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

from winback_tui.book import ledger
from winback_tui.book.file import APPLICATION_ID, address, make_way, migration_files

if TYPE_CHECKING:
    from sqlite_utils import Database


def upgrade(connection: sqlite3.Connection, path: Path | None) -> Path | None:
    """Run the migrations that the book lacks, all or none.

    `path` names the file to copy beforehand (None for a new book). Returns where the copy lies.
    """
    pending = _pending(connection)
    if not pending:
        return None
    copy = None
    if path is not None:
        copy = path.with_name(f"{path.name}.before-v{pending[-1][0]}")
        copy_book(connection, copy)
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Another program may have done it while the copy was made.
        pending = _pending(connection)
        if not pending:
            connection.rollback()
            return copy
        new = pending[0][0] == migration_files()[0][0]
        run = connection.execute if new else _database(connection).conn.execute
        for _, file in pending:
            for statement in statements(file.read_text(encoding="utf-8")):
                run(statement)
        if not new:
            ledger.seal(connection)
        if new:
            connection.execute("INSERT INTO meta VALUES ('book_id', ?)", (uuid.uuid4().hex,))
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {pending[-1][0]}")
        connection.execute("COMMIT")
    except BaseException:
        connection.rollback()
        raise
    return copy


def _database(connection: sqlite3.Connection) -> "Database":
    """Return the connection in sqlite-utils' hands; importing it takes longer than a new book."""
    from sqlite_utils import Database

    return Database(connection)


def _pending(connection: sqlite3.Connection) -> list[tuple[int, Path]]:
    """Return the migrations that the book lacks."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return [(number, file) for number, file in migration_files() if number > version]


def statements(script: str) -> list[str]:
    """Return the single statements of an SQL script (a trigger's body keeps its semicolons)."""
    found: list[str] = []
    pending = ""
    for line in re.sub(r"^\s*--.*\n", "", script, flags=re.MULTILINE).splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            found.append(pending.strip())
            pending = ""
    return found


def copy_book(connection: sqlite3.Connection, to: Path) -> None:
    """Write a consistent copy of the open book to `to` (mode 0600), whole or not at all.

    Raises BookError where `to` is a book in use, or one that a crash left with its log.
    """
    make_way(to)
    draft = to.with_name(f".{to.name}.{uuid.uuid4().hex[:8]}")
    try:
        draft.touch(mode=0o600)
        target = sqlite3.connect(address(draft), uri=True)
        try:
            connection.backup(target)
            target.execute("PRAGMA journal_mode = DELETE")
        finally:
            target.close()
        make_way(to)
        draft.replace(to)
    finally:
        draft.unlink(missing_ok=True)
