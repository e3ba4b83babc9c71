"""What commands cost: the start of the program, and an import beside a plain insert."""

from __future__ import annotations

import csv
import gzip
import random
import shutil
import sys
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from benchmarks.books import Bench, say
from benchmarks.programs import Finished, run, winback
from benchmarks.table import Line, median, megabytes

#: The real file that the target is about; looked for beside the checkout.
REAL: Final = "online_retail.csv.gz"
#: How many lines the stand-in for it has.
_LINES: Final = 500_000


def start(bench: Bench) -> list[Line]:
    """`--help` beside the import of its parser, `--version` beside a Python that does nothing."""
    say("start")
    typer = [sys.executable, "-c", "import typer"]
    nothing = [sys.executable, "-c", "pass"]
    runs = 2 * bench.runs + 1
    ours, beside = _side_by_side(bench, [winback("--help")], [typer], runs)
    lines = [Line("winback --help", _ms(ours), "ms", _ms(beside), "import typer", 1.6)]
    ours, beside = _side_by_side(bench, [winback("--version")], [nothing], runs)
    return [*lines, Line("winback --version", _ms(ours), "ms", _ms(beside), "pass", 3.0)]


def imports(bench: Bench) -> list[Line]:
    """Import of invoice lines, and of customers, beside sqlite-utils and a bare table."""
    say("import")
    packed, name = _invoice_lines(bench)
    plain = bench.folder / "invoice-lines.csv"
    with gzip.open(packed) as source, plain.open("wb") as target:
        shutil.copyfileobj(source, target)
    book, bare = bench.folder / "import.db", bench.folder / "bare.db"
    ours: list[Finished] = []
    beside: list[Finished] = []
    for _ in range(2):
        _remove(book, bare)
        command = winback("--db", str(book), "import", "transactions", str(packed))
        ours.append(run(command, bench.environment))
        insert = [
            "-m",
            "sqlite_utils",
            "insert",
            str(bare),
            "lines",
            str(plain),
            "--csv",
            "--no-detect-types",
        ]
        beside.append(run([sys.executable, *insert], bench.environment))
    _remove(book, bare, plain)
    memory = megabytes(each.memory for each in ours)
    yardstick = megabytes(each.memory for each in beside)
    assert memory is not None
    return [
        Line(f"import of {name}", _ms(ours) / 1000, "s", _ms(beside) / 1000, "sqlite-utils", 1.0),
        Line(f"memory, import of {name}", memory, "MB", yardstick, "sqlite-utils"),
        *customers(bench),
    ]


def customers(bench: Bench) -> list[Line]:
    """Import of customers with people, addresses and consents beside the rows in a bare table."""
    say("customers")
    source = bench.folder / "customers.csv"
    header = "number,company,contact,street,zip,city,phone,email,email_consent,email_consent_at\n"
    with source.open("w", encoding="utf-8") as file:
        file.write(header)
        for n in range(bench.customers):
            file.write(
                f"K-{n},House {n} Ltd,Ada Kim{n},Road {n % 300},{10_000 + n % 80_000},"
                f"Town {n % 900},0{201 + n % 700} {100_000 + n},a{n}@house{n % 9_000}.example,"
                f"{'yes' if n % 3 else 'no'},2024-05-{1 + n % 28:02} 10:00\n"
            )
    book, bare = bench.folder / "import.db", bench.folder / "bare.db"
    _remove(book, bare)
    ours = run(winback("--db", str(book), "import", "customers", str(source)), bench.environment)
    insert = ["-m", "sqlite_utils", "insert", str(bare), "lines", str(source), "--csv"]
    beside = run([sys.executable, *insert, "--no-detect-types"], bench.environment)
    _remove(book, bare, source)
    what = f"import of {bench.customers:,} customers with people, addresses and consents"
    return [Line(what, ours.seconds, "s", beside.seconds, "sqlite-utils", None)]


def _invoice_lines(bench: Bench) -> tuple[Path, str]:
    """Return the real file where it is beside the checkout, else one of its shape."""
    if bench.data is not None and (bench.data / REAL).is_file():
        return bench.data / REAL, REAL
    path = bench.folder / "invoice-lines.csv.gz"
    if not path.exists():
        say(f"{REAL} is not here; writing a file of its shape")
        write_invoice_lines(path, _LINES)
    return path, "invoice lines of the same shape"


def write_invoice_lines(path: Path, lines: int) -> None:
    """Write invoice lines with articles, prices, cancellations and lines without a customer."""
    chance = random.Random(1)
    titles = "InvoiceNo StockCode Description Quantity InvoiceDate UnitPrice CustomerID Country"
    with gzip.open(path, "wt", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(titles.split())
        day, number = date(2010, 12, 1), 536_365
        while lines > 0:
            size = min(lines, 1 + chance.randrange(40))
            lines -= size
            number += 1
            sign = -1 if chance.random() < 0.02 else 1
            customer = "" if chance.random() < 0.25 else str(12_346 + chance.randrange(5_900))
            when = day + timedelta(days=min(373, number // 60 % 374))
            for _ in range(size):
                article = chance.randrange(4_000)
                quantity, price = sign * (1 + chance.randrange(24)), f"{chance.random() * 20:.2f}"
                writer.writerow([
                    f"C{number}" if sign < 0 else number, 20_000 + article, f"ARTICLE {article}",
                    quantity, f"{when} {8 + article % 10:02}:26:00", price, customer,
                    "United Kingdom",
                ])  # fmt: skip


def _side_by_side(
    bench: Bench, ours: Sequence[list[str]], beside: Sequence[list[str]], runs: int
) -> tuple[list[Finished], list[Finished]]:
    """Run both in turns, so that whatever disturbs the machine disturbs both; first a warm-up."""
    mine: list[Finished] = []
    other: list[Finished] = []
    for turn in range(runs + 1):
        for commands, kept in ((ours, mine), (beside, other)):
            done = [run(command, bench.environment) for command in commands]
            if turn:
                kept.extend(done)
    return mine, other


def _remove(*paths: Path) -> None:
    for path in paths:
        for ending in ("", "-wal", "-shm"):
            path.with_name(path.name + ending).unlink(missing_ok=True)


def _ms(runs: Sequence[Finished]) -> float:
    return median(run.seconds for run in runs) * 1000
