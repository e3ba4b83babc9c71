"""Kills an import at random moments: `python tools/kill_imports.py --times 20`.

Each time the book must hold, to the last row, what it held before or what it holds after a whole
import (the instants in it apart), and SQLite must find nothing wrong with it.
"""

import argparse
import hashlib
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from winback_tui.book.connection import Book

_SCRIPT: Final = "import sys; from winback_tui.__main__ import main; sys.exit(main())"
_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def main() -> int:
    """Return 1 if the book was ever anything but as before or as after."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--lines", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    chance = random.Random(chosen.seed)
    with tempfile.TemporaryDirectory(prefix="winback-kill-") as name:
        folder = Path(name)
        start, book = folder / "start.db", folder / "book.db"
        importing(start, lines_of(folder / "few.csv", 1_000)).wait()
        many = lines_of(folder / "many.csv", chosen.lines)
        shutil.copy(start, book)
        began = time.monotonic()
        importing(book, many).wait()
        took = time.monotonic() - began
        before, after = content(start), content(book)
        if before == after:
            print("The import changed nothing.")
            return 1
        found = {"before": 0, "after": 0, "anything else": 0}
        for _ in range(chosen.times):
            for ending in ("", "-wal", "-shm"):
                book.with_name(book.name + ending).unlink(missing_ok=True)
            shutil.copy(start, book)
            running = importing(book, many)
            moment = chance.uniform(0, took)
            time.sleep(moment)
            running.send_signal(signal.SIGKILL)
            running.wait()
            seen = content(book)
            state = {before: "before", after: "after"}.get(seen, "anything else")
            found[state] += 1
            print(f"killed after {moment:5.2f} s: the book is as {state}", flush=True)
    print(", ".join(f"{count} × as {state}" for state, count in found.items()))
    return 1 if found["anything else"] else 0


def importing(book: Path, file: Path) -> "subprocess.Popen[bytes]":
    """Start an import as a program of its own."""
    command = [sys.executable, "-c", _SCRIPT, "--db", str(book), "import", "transactions"]
    quiet = subprocess.DEVNULL
    return subprocess.Popen([*command, str(file)], stdout=quiet, stderr=quiet)


def lines_of(path: Path, lines: int) -> Path:
    """Write a file of transactions, some by customers whom other such files have as well."""
    rows = (
        f"C{n % 4_999},2025-{n % 12 + 1:02}-{n % 28 + 1:02},{n % 977}.50\n" for n in range(lines)
    )
    path.write_text("customer,date,amount\n" + "".join(rows))
    return path


def content(path: Path) -> str:
    """Return a digest of all that a book holds but its instants, or what is wrong with it."""
    digest = hashlib.sha256()
    with Book.open(path) as book:
        (state,) = book.connection.execute("PRAGMA integrity_check").fetchone()
        if state != "ok":
            return str(state)
        for line in book.connection.iterdump():
            digest.update(_INSTANT.sub("", line).encode())
    return digest.hexdigest()


if __name__ == "__main__":
    sys.exit(main())
