"""A million lines of CSV: our import beside what merely copies them into a bare table."""

from __future__ import annotations

import random
import sys
from pathlib import Path
from typing import Final

from benchmarks.books import Bench, say
from benchmarks.programs import Finished, run, winback
from benchmarks.table import Line, median, megabytes

#: No slower than half the rate of the faster yardstick.
_TARGET: Final = 2.0
#: What importing a file may take, however large (MB).
_MEMORY: Final = 500.0
_DUCKDB: Final = Path(__file__).with_name("copy_duckdb.py")
_RUNS: Final = 3


def million(bench: Bench) -> list[Line]:
    """Import a million lines in turns with duckdb and sqlite-utils; the quicker one counts."""
    say("a million lines")
    source = bench.folder / "million.csv"
    if not source.exists():
        write_lines(source, 1_000_000)
    book, bare = bench.folder / "import.db", bench.folder / "bare.db"
    insert = ["-m", "sqlite_utils", "insert", str(bare), "lines", str(source), "--csv"]
    programs = {
        "ours": winback("--db", str(book), "import", "transactions", str(source)),
        "sqlite-utils": [sys.executable, *insert, "--no-detect-types"],
        "duckdb": [sys.executable, str(_DUCKDB), str(source), str(bare)],
    }
    if not _has_duckdb():
        say("duckdb is not installed (the extra “bench”); sqlite-utils alone is beside")
        del programs["duckdb"]
    done: dict[str, list[Finished]] = {name: [] for name in programs}
    for _ in range(_RUNS):
        for name, command in programs.items():
            for path in (book, bare):
                for ending in ("", "-wal", "-shm"):
                    path.with_name(path.name + ending).unlink(missing_ok=True)
            done[name].append(run(command, bench.environment))
    seconds = {name: median(each.seconds for each in runs) for name, runs in done.items()}
    work = {name: median(each.processor for each in runs) for name, runs in done.items()}
    memory = megabytes(each.memory for each in done["ours"])
    assert memory is not None
    quicker = min((name for name in programs if name != "ours"), key=lambda name: seconds[name])
    what = "import of 1,000,000 lines"
    return [
        *(
            Line(
                what, seconds["ours"], "s", seconds[name], name,
                _TARGET if name == quicker else None,
                note=f"CPU time {work['ours']:.1f} s, {name} {work[name]:.1f} s",
            )
            for name in programs
            if name != "ours"
        ),
        Line(f"memory, {what}", memory, "MB", target=_MEMORY, judged="ours"),
    ]  # fmt: skip


def write_lines(path: Path, lines: int, customers: int = 50_000) -> None:
    """Write a file of transactions by so many customers in no order."""
    chance = random.Random(3)
    with path.open("w", encoding="utf-8") as file:
        file.write("customer_id,customer_name,date,amount,currency,product_code,quantity,invoice\n")
        for number in range(lines):
            who = chance.randrange(customers)
            year, month = 2020 + chance.randrange(6), chance.randrange(1, 13)
            day = f"{year}-{month:02}-{chance.randrange(1, 29):02}"
            file.write(
                f"K{who:06},Customer {who} GmbH,{day},{chance.randrange(100, 99999) / 100:.2f},EUR,"
                f"P{chance.randrange(3000)},{chance.randrange(1, 20)},R{number // 3}\n"
            )


def _has_duckdb() -> bool:
    try:
        import duckdb_extension_sqlite_scanner  # noqa: F401
    except ImportError:
        return False
    return True
