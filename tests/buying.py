"""A book whose lines of purchases a test writes itself, as an import does."""

from datetime import date, timedelta
from typing import Any

from winback_tui.book import statistics
from winback_tui.book.connection import Book

EPOCH = date(1970, 1, 1)
TODAY = EPOCH + timedelta(days=1_000)
BATCH = (
    "INSERT OR IGNORE INTO import_batches (id, kind, preset, file_name, sha256, imported_at, actor,"
    " rows_read, created, updated, unchanged, rejected, suppressed, duplicates, undone_at)"
    " VALUES (1, 'transactions', '', '', '', '', '', 0, 0, 0, 0, 0, 0, 0, NULL)"
)
LINE = "INSERT OR IGNORE INTO transactions VALUES (?, ?, '', ?, ?, ?, ?, NULL, 1)"


def insert(book: Book, *lines: tuple[Any, ...]) -> None:
    """Add lines (customer, day, amount, currency, product) as an import does."""
    with book.write() as connection:
        connection.execute(BATCH)
        for number, (customer, day, amount, currency, product) in enumerate(lines):
            connection.execute(
                "INSERT OR IGNORE INTO customers (id, number) VALUES (?, ?)",
                (customer, f"K{customer:06d}"),
            )
            connection.execute(LINE, (customer, day, product, amount, currency, number))
        statistics.refresh(connection, {line[0] for line in lines})
        book.bump_revision()


def purchases(customer: int, *days: int, amount: int = 5_000) -> list[tuple[Any, ...]]:
    return [(customer, day, amount, "EUR", "") for day in days]
