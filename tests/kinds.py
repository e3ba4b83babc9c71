"""What tests of imports other than transactions share: fixtures, files, what a book holds."""

from datetime import date
from pathlib import Path
from typing import Any

from winback_tui.book.connection import Book
from winback_tui.config import Config
from winback_tui.desk.imports import FileSummary, ImportOptions, run_import
from winback_tui.desk.session import Desk

FIXTURES = Path(__file__).parent / "fixtures" / "kinds"
TODAY = date(2026, 11, 21)
COUNTS = ("read", "created", "updated", "unchanged", "rejected", "suppressed", "duplicates")
#: What an import writes down about itself, and what only says how often something was done.
LOGS = ("import_batches", "events", "meta", "sqlite_sequence")


def desk(book: Book) -> Desk:
    return Desk(book, Config(), TODAY, "anna")


def fixture(name: str) -> Path:
    return FIXTURES / f"{name}.csv"


def bring(
    book: Book, kind: str, path: Path, options: ImportOptions | None = None, **said: Any
) -> FileSummary:
    """Import one file and return its summary, whose counts add up."""
    chosen = (options or ImportOptions())._replace(**said)
    (file,) = run_import(desk(book), kind, [path], chosen).files
    assert file.read == sum(getattr(file, count) for count in COUNTS[1:])
    return file


def counts(file: FileSummary) -> dict[str, int]:
    return {count: found for count in COUNTS if (found := getattr(file, count))}


def write(folder: Path, text: str, name: str = "file.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def rows(book: Book, sql: str) -> list[tuple[Any, ...]]:
    return book.connection.execute(sql).fetchall()


def dump(book: Book) -> list[str]:
    """Return all that the book holds but the logs of what was done to it."""
    return [
        line
        for line in book.connection.iterdump()
        if not any(line.startswith(f'INSERT INTO "{table}"') for table in LOGS)
    ]
