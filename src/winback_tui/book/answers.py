"""What was said and told about files: mappings for the next one, summaries for the same one."""

import json
import sqlite3
from typing import Any, NamedTuple


class Mapping(NamedTuple):
    """What a person said about files with one header; `columns` are the header's own."""

    kind: str
    fingerprint: str
    columns: tuple[str, ...]
    answers: dict[str, Any]
    saved_at: str
    actor: str


class Told(NamedTuple):
    """What was told about a file when it came before."""

    batch: int
    options: str
    summary: dict[str, Any]


def mappings(connection: sqlite3.Connection, kind: str | None = None) -> list[Mapping]:
    """Return what was said about files (of one kind, or of all), the latest first."""
    rows = connection.execute(
        "SELECT kind, fingerprint, columns, answers, saved_at, actor FROM import_mappings"
        " WHERE ?1 IS NULL OR kind = ?1 ORDER BY saved_at DESC, fingerprint",
        (kind,),
    )
    return [
        Mapping(kind, mark, tuple(json.loads(columns)), json.loads(answers), saved_at, actor)
        for kind, mark, columns, answers, saved_at, actor in rows
    ]


def keep(connection: sqlite3.Connection, mapping: Mapping) -> None:
    """Keep what a person said, in place of what was said before about that header."""
    connection.execute(
        "INSERT INTO import_mappings (kind, fingerprint, columns, answers, saved_at, actor)"
        " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (kind, fingerprint) DO UPDATE SET"
        " columns = excluded.columns, answers = excluded.answers, saved_at = excluded.saved_at,"
        " actor = excluded.actor",
        (
            mapping.kind,
            mapping.fingerprint,
            json.dumps(mapping.columns, ensure_ascii=False),
            json.dumps(mapping.answers, ensure_ascii=False),
            mapping.saved_at,
            mapping.actor,
        ),
    )


def forget(connection: sqlite3.Connection, kind: str, fingerprint: str) -> bool:
    """Forget what was said about a header; return whether there was anything."""
    statement = "DELETE FROM import_mappings WHERE kind = ? AND fingerprint = ?"
    return connection.execute(statement, (kind, fingerprint)).rowcount > 0


def told(connection: sqlite3.Connection, kind: str, sha256: str) -> Told | None:
    """Return what was told about this very file the last time, if all of it still holds.

    It does not where any batch was taken back since: lines that both had may be gone with it. Nor
    where somebody was erased: their lines are no more in the book.
    """
    row = connection.execute(
        "SELECT id, options, summary FROM import_batches AS batch WHERE kind = ? AND sha256 = ?"
        " AND summary IS NOT NULL AND undone_at IS NULL AND NOT EXISTS"
        " (SELECT 1 FROM import_batches WHERE undone_at >= batch.imported_at)"
        " AND NOT EXISTS (SELECT 1 FROM import_replaced WHERE old_batch_id = batch.id)"
        " AND NOT EXISTS (SELECT 1 FROM events WHERE kind = 'erase' AND at >= batch.imported_at)"
        " ORDER BY id DESC LIMIT 1",
        (kind, sha256),
    ).fetchone()
    return None if row is None else Told(int(row[0]), str(row[1]), json.loads(row[2]))


def state(connection: sqlite3.Connection) -> str:
    """Return what stands for all that could make a file of customers mean something else now.

    That is the batches, the consent ledger, and what was done since but for mere talk.
    """
    parts = connection.execute(
        "SELECT (SELECT max(id) FROM import_batches),"
        " (SELECT count(*) FROM import_batches WHERE undone_at IS NOT NULL),"
        " (SELECT max(id) FROM consent_events),"
        " (SELECT max(id) FROM events WHERE kind NOT IN ('call', 'stage', 'snooze', 'done', 'note',"
        " 'handover', 'offer', 'offer_answer', 'margin', 'mail', 'plan', 'suggestion', 'import',"
        " 'import_undone'))"
    ).fetchone()
    return ":".join(str(each or 0) for each in parts)


def told_in(connection: sqlite3.Connection, kind: str, sha256: str, state: str) -> Told | None:
    """Return what was told about this very file when the book's `state` was the same."""
    row = connection.execute(
        "SELECT id, options, summary FROM import_batches WHERE kind = ? AND sha256 = ?"
        " AND summary IS NOT NULL AND undone_at IS NULL ORDER BY id DESC LIMIT 1",
        (kind, sha256),
    ).fetchone()
    if row is None:
        return None
    summary: dict[str, Any] = json.loads(row[2])
    if summary.pop("state", None) != state:
        return None
    return Told(int(row[0]), str(row[1]), summary)


def bringer(connection: sqlite3.Connection, kind: str, sha256: str) -> int | None:
    """Return the newest standing batch of this kind that brought this very file, or None."""
    (found,) = connection.execute(
        "SELECT max(id) FROM import_batches WHERE kind = ? AND sha256 = ? AND undone_at IS NULL",
        (kind, sha256),
    ).fetchone()
    return None if found is None else int(found)


def remember(
    connection: sqlite3.Connection, batch: int, options: str, summary: dict[str, Any]
) -> None:
    """Keep what was told about a file, to tell it again at once."""
    connection.execute(
        "UPDATE import_batches SET options = ?, summary = ? WHERE id = ?",
        (options, json.dumps(summary, ensure_ascii=False), batch),
    )
