"""`python -m benchmarks [names…]`: measure, and print the table."""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Final

from benchmarks import commands, many, million, screen
from benchmarks.books import Bench, say
from benchmarks.programs import ROOT, surroundings
from benchmarks.table import Line, missed, table, write_json

ALL: Final[dict[str, Callable[[Bench], list[Line]]]] = {
    "start": commands.start,
    "paint": screen.first_paint,
    "keys": screen.key_press,
    "search": screen.search,
    "fresh": screen.fresh_scores,
    "import": lambda bench: [*commands.imports(bench), *million.million(bench)],
    "score": many.load_and_score,
}


def main() -> int:
    """Measure what the arguments name; return 1 where a target was missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(ALL)} (all)")
    parser.add_argument("--customers", type=int, default=100_000, help="size of the usual book")
    parser.add_argument("--million", action="store_true", help="measure a million customers too")
    parser.add_argument("--runs", type=int, default=5, help="runs of each, of which the median")
    parser.add_argument("--keep", type=Path, help="a folder for the books, used again next time")
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data",
                        help=f"where {commands.REAL} is, if anywhere")  # fmt: skip
    parser.add_argument("--json", type=Path, help="write what was measured to this file as well")
    chosen = parser.parse_args()
    if unknown := sorted({*chosen.names} - {*ALL}):
        parser.error(f"there is no benchmark {unknown[0]}; there are {', '.join(ALL)}")
    with ExitStack() as stack:
        room = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="winback-bench-")))
        folder = chosen.keep or room
        folder.mkdir(parents=True, exist_ok=True)
        home = room / "home"
        home.mkdir()
        bench = Bench(
            folder, surroundings(home), chosen.customers, 1_000_000 if chosen.million else None,
            chosen.runs, chosen.data,
        )  # fmt: skip
        lines = [line for name in chosen.names or ALL for line in measure(name, bench)]
    print(machine())
    print()
    print(table(lines))
    if chosen.json is not None:
        write_json(lines, chosen.json)
    return 1 if missed(lines) else 0


def measure(name: str, bench: Bench) -> list[Line]:
    """Return what one benchmark found; nothing, with a sentence, where a part of it is missing."""
    if name == "score":
        try:
            import adbc_driver_sqlite  # noqa: F401
        except ImportError:
            say("the ADBC driver is not installed (the extra “bench”); score is left out")
            return []
    return ALL[name](bench)


def machine() -> str:
    """Return the date, the machine and what runs on it, without its name."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    system = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    today = date.today()  # noqa: DTZ011 - the day on which somebody measured
    return (
        f"{today.isoformat()}: {os.cpu_count()} × {_processor()}, {memory:.0f} GB memory, {system}"
    )


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor() or "unknown processor"
    names = [line.partition(":")[2] for line in text.splitlines() if line.startswith("model name")]
    return names[0].strip() if names else "unknown processor"


if __name__ == "__main__":
    sys.exit(main())
