"""How commands print: JSON, CSV, and tables that a terminal, a pipe or a screen reader takes."""

import io
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from typing import Final

from winback_tui.words.printable import defused, printable, visible

__all__ = [
    "defused",
    "dumps",
    "iso",
    "line",
    "note",
    "print_csv",
    "print_json",
    "print_json_array",
    "print_table",
    "printable",
    "progress",
    "visible",
    "write",
]

#: A name cut shorter than this is no longer one.
_READABLE: Final = 18
#: Cells between two columns.
_GAP: Final = 2
#: What acts on a terminal though JSON lets it stand: C1 controls, unseen signs, half characters.
_UNSEEN: Final = re.compile(
    "[\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)


def print_json(value: object) -> None:
    """Print one JSON document on standard output."""
    write(dumps(value) + "\n")


def dumps(value: object) -> str:
    """Return `value` as JSON that standard output can carry."""
    import json

    carries_all = (sys.stdout.encoding or "").lower().replace("-", "") in {"utf8", "utf16"}
    text = json.dumps(value, indent=2, ensure_ascii=not carries_all, allow_nan=False)
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def print_json_array(values: Iterable[object]) -> None:
    """Print an array without holding all of it."""
    started = False
    for value in values:
        write((",\n" if started else "[\n") + dumps(value))
        started = True
    write("\n]\n" if started else "[]\n")


def print_csv(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows as CSV; what a spreadsheet would run as a formula gets a quote before it."""
    import csv

    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(headers)
    for row in rows:
        writer.writerow([defused(cell) for cell in row])
        write(buffer.getvalue())
        buffer.seek(0)
        buffer.truncate()
    write(buffer.getvalue())


def print_table(
    headers: Sequence[str],
    rows: Iterable[Sequence[str]],
    right: frozenset[int] = frozenset(),
    *,
    wide: int | None = None,
    spare: Sequence[int] = (),
) -> None:
    """Print a table: by rich on a terminal, else aligned plain text without a width limit.

    `right` are the columns whose cells stand at the right. On a narrow terminal the columns
    `spare` go, the first one first, and then the column `wide` is cut short.
    """
    if sys.stdout.isatty():
        _rich_table(headers, list(rows), right, wide, spare)
    else:
        _plain_table(headers, list(rows), right)


def _rich_table(
    headers: Sequence[str],
    rows: list[Sequence[str]],
    right: frozenset[int],
    wide: int | None,
    spare: Sequence[int],
) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False)
    widths = _widths([headers, *rows])
    kept = _kept(widths, console.width, wide, spare)
    if wide is not None:
        others = sum(widths[index] + _GAP for index in kept if index != wide)
        widths[wide] = max(1, min(widths[wide], console.width - others - _GAP))
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0))
    for index in kept:
        table.add_column(
            Text(headers[index]),
            justify="right" if index in right else "left",
            overflow="ellipsis",
            no_wrap=True,
            width=widths[index] if wide is not None else None,
        )
    for row in rows:
        table.add_row(*(Text(row[index]) for index in kept))
    console.print(table)


def _kept(widths: Sequence[int], room: int, wide: int | None, spare: Sequence[int]) -> list[int]:
    """Return the columns that fit into `room` cells, the wide one cut to a readable width."""
    needed = [
        min(width, _READABLE) if index == wide else width for index, width in enumerate(widths)
    ]
    kept = list(range(len(widths)))
    for index in spare:
        if sum(needed[each] + _GAP for each in kept) <= room:
            break
        kept.remove(index)
    return kept


def _widths(lines: Sequence[Sequence[str]]) -> list[int]:
    from rich.cells import cell_len

    return [max(cell_len(line[index]) for line in lines) for index in range(len(lines[0]))]


def _plain_table(headers: Sequence[str], rows: list[Sequence[str]], right: frozenset[int]) -> None:
    from rich.cells import cell_len

    # A tool that reads the pipe looks for plain spaces.
    lines = [[cell.replace("\u00a0", " ") for cell in line] for line in (headers, *rows)]
    widths = _widths(lines)
    for line in lines:
        padded = []
        for index, cell in enumerate(line):
            space = " " * (widths[index] - cell_len(cell))
            padded.append(space + cell if index in right else cell + space)
        write("  ".join(padded).rstrip() + "\n")


def line(text: str) -> None:
    """Print one line on standard output; nothing in it acts on a terminal."""
    write(f"{visible(text)}\n")


def note(text: str) -> None:
    """Print one line on standard error; nothing in it acts on a terminal.

    Where standard error cannot be written, there is nobody to tell, and the command goes on.
    """
    with suppress(OSError):
        sys.stderr.write(f"{visible(text)}\n")


def write(text: str) -> None:
    """Write to standard output."""
    sys.stdout.write(text)


@contextmanager
def progress(what: str) -> Iterator[Callable[[str, float], None] | None]:
    """Yield what draws one line of progress on a terminal's standard error, or None elsewhere.

    Nothing is drawn in the first second, and the line goes at the end.
    """
    if not sys.stderr.isatty():
        yield None
        return
    began = time.monotonic()

    def draw(step: str, share: float) -> None:
        if time.monotonic() - began >= 1:
            sys.stderr.write(f"\r\x1b[K{what}: {step} {share:4.0%}")
            sys.stderr.flush()

    try:
        yield draw
    finally:
        if time.monotonic() - began >= 1:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def iso(day: date | None) -> str | None:
    """Return a date as JSON has it."""
    return day.isoformat() if day else None
