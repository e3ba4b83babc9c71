"""Loading and scoring a whole book after a change, beside merely reading its transactions."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Final

from benchmarks.books import AS_OF, Bench, later, say
from benchmarks.programs import ROOT, Finished, run, winback
from benchmarks.table import Line, megabytes

#: Recomputes the statistics of every customer from all transactions, and scores them.
_ANEW: Final = str(ROOT / "benchmarks" / "score_anew.py")
#: Reads the transactions in a process of its own: its driver carries a second SQLite, and two of
#: them on one file in one process drop each other's locks.
_ADBC: Final = str(ROOT / "benchmarks" / "read_adbc.py")


def load_and_score(bench: Bench) -> list[Line]:
    """Score a book after an import, and after a change of every customer."""
    size = bench.many or bench.customers
    book = bench.book(size)
    say(f"load and score of {size:,} customers")
    reads = [run([sys.executable, _ADBC, str(book)], bench.environment) for _ in range(2)]
    found = [json.loads(read.output) for read in reads]
    reading = min(float(each["seconds"]) for each in found)
    imported = _after_import(bench, book)
    anew = run([sys.executable, _ANEW, str(book), later(2).isoformat()], bench.environment)
    bench.score(book, AS_OF)
    rows = f"{int(found[0]['rows']):,} transactions"
    lines: list[Line] = []
    for what, done in (("after an import", imported), ("all statistics anew", anew)):
        name = f"load and score {what}, {size:,} customers, {rows}"
        lines.append(Line(name, done.seconds, "s", reading, "ADBC read", 3.0))
        if (memory := megabytes([done.memory])) is not None:
            yardstick = megabytes(read.memory for read in reads)
            lines.append(
                Line(f"memory, {what}", memory, "MB", yardstick, "ADBC read", 1_000.0,
                     judged="ours")
            )  # fmt: skip
    return lines


def _after_import(bench: Bench, book: Path) -> Finished:
    """Import a few lines, score the book with the command, and take the import back."""
    few = bench.folder / "few.csv"
    rows = "\n".join(f"BENCH-{n},{AS_OF},{n}.50" for n in range(1, 1_001))
    few.write_text(f"customer,date,amount\n{rows}\n", encoding="utf-8")
    db = ("--db", str(book), "--as-of", later(1).isoformat())
    run(winback(*db, "import", "transactions", str(few)), bench.environment)
    try:
        return run(winback(*db, "score"), bench.environment)
    finally:
        run(winback(*db, "import", "undo"), bench.environment)
