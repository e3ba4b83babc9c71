"""A little book, written row by row, for tests that want to know what stands in it."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from math import isnan
from pathlib import Path

from winback_tui.book import details, ledger, statistics
from winback_tui.book.connection import Book

EPOCH = date(1970, 1, 1)
AS_OF = date(2026, 11, 21)


@dataclass(frozen=True)
class Buyer:
    """A customer who bought `every` so many days, the last time `silent` days before AS_OF."""

    number: str
    name: str = ""
    silent: int = 10
    every: int = 20
    times: int = 10
    amount: int = 10_000
    currency: str = "EUR"
    kind: str = "business"
    city: str = "Köln"
    #: Whether it is on record why they expect our calls.
    called: bool = True


#: One who is long overdue, one who is on time, one who bought once, one without a name, and one
#: whose name is everything that a name should not be.
BUYERS = (
    Buyer("1001", "Madame A. GmbH", silent=84, every=21, times=20, amount=40_000),
    Buyer("1002", "Bäckerei Sommer", silent=5, every=14, times=12),
    Buyer("1003", "Larsen & Søn ApS", silent=60, times=1),
    Buyer("17850", "", silent=100, every=10, times=8),
    Buyer("=1+1", "[red]=cmd|' /C calc'!A0[/]\u202e", silent=90, every=15, times=9),
)


def fill(path: Path, buyers: tuple[Buyer, ...] = BUYERS) -> Path:
    """Make a book of these buyers at `path` and return the path."""
    with Book.create(path) as book, book.write() as connection:
        connection.execute(
            "INSERT INTO import_batches (id, kind, preset, file_name,"
            " sha256, imported_at, actor, rows_read, created, updated, unchanged, rejected,"
            " suppressed, duplicates, undone_at) VALUES"
            " (1, 'transactions', 'generic', 'a.csv', '', '2026-11-21T08:00:00Z', 'kim',"
            " 0, 0, 0, 0, 0, 0, 0, NULL)"
        )
        for key, each in enumerate(buyers, 1):
            connection.execute(
                "INSERT INTO customers (id, number, name, party_kind, city, batch_id)"
                " VALUES (?, ?, ?, ?, ?, 1)",
                (key, each.number, each.name, each.kind, each.city),
            )
            connection.execute(
                "INSERT INTO customer_search VALUES (?, ?)",
                (key, f"{each.number} {each.name} {each.city}".casefold()),
            )
            last = (AS_OF - EPOCH).days - each.silent
            connection.executemany(
                "INSERT INTO transactions (customer_id, day, document, amount, currency, batch_id)"
                " VALUES (?, ?, ?, ?, ?, 1)",
                [
                    (key, last - turn * each.every, f"A{turn}", each.amount, each.currency)
                    for turn in range(each.times)
                ],
            )
        statistics.refresh(connection)
        expect_calls(connection, [key for key, each in enumerate(buyers, 1) if each.called])
        book.bump_revision()
    return path


def expect_calls(connection: sqlite3.Connection, customers: Iterable[int]) -> None:
    """Put on record why these businesses expect our calls, so that the gate lets calls through."""
    ledger.append_many(
        connection,
        [
            ledger.Entry(
                customer,
                "phone",
                "basis_claimed",
                "2026-01-05T09:00:00Z",
                "order form",
                "kim",
                basis="presumed",
                note="orders by phone",
            )
            for customer in customers
        ],
    )


def winback(
    *arguments: object, env: dict[str, str] | None = None, stdin: str = ""
) -> "subprocess.CompletedProcess[str]":
    """Run the command line as a user does, without a terminal."""
    return subprocess.run(
        [sys.executable, "-m", "winback_tui", *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        input=stdin,
        timeout=120,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **(env or {})},
        check=False,
    )


def a_sentence(result: "subprocess.CompletedProcess[str]", code: int) -> str:
    """Return what a refused command said, having checked that it is one line, and its exit code."""
    assert result.returncode == code, (result.returncode, result.stderr)
    assert result.stdout == ""
    lines = result.stderr.splitlines()
    assert len(lines) == 1, result.stderr
    assert "Traceback" not in result.stderr
    return lines[0]


@dataclass(frozen=True)
class Facts:
    """The stored facts of one score."""

    score: float = 91.0
    p_left: float = 0.8
    horizon_days: int = 42
    purchases: int = 20
    usual_gap: float | None = 21.0
    long_gap: float | None = 35.0
    still_there: float = 1 / 30
    base_points: float = 40.0
    history_points: float = -4.0
    silence_points: float = 55.0
    rhythm_points: float = 0.0
    signal_points: float = 0.0
    signal: str | None = None
    signal_day: int | None = None


def killed_at(moment: str, command: Sequence[object]) -> None:
    """Run a command, and kill it when a line that it says begins with `moment`.

    On a busy machine it may have ended by then.
    """
    running = subprocess.Popen(
        [str(each) for each in command],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert running.stderr is not None
    assert any(line.startswith(moment) for line in running.stderr)
    running.send_signal(signal.SIGKILL)
    running.communicate()
    assert running.returncode in (-signal.SIGKILL, 0)


def points_of(connection: sqlite3.Connection, name: str = "score") -> dict[int, float]:
    """Return the kept scores by customer, or another number that is kept with them."""
    return {
        first + place: value
        for first, values in details.column(connection, name)
        for place, value in enumerate(values)
        if not isnan(value)
    }
