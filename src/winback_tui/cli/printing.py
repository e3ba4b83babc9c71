"""How commands print: JSON, CSV, and tables that a terminal, a pipe or a screen reader takes."""

import csv
import io
import json
import sys
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

#: What a spreadsheet would take for the start of a formula.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
#: Joins that letters and emoji need, though no character of their own.
_JOINERS: Final = "\u200c\u200d"


def print_json(value: object) -> None:
    """Print one JSON document on standard output."""
    write(dumps(value) + "\n")


def dumps(value: object) -> str:
    """Return `value` as JSON that standard output can carry."""
    carries_all = (sys.stdout.encoding or "").lower().replace("-", "") in {"utf8", "utf16"}
    return json.dumps(value, indent=2, ensure_ascii=not carries_all, allow_nan=False)


def print_json_array(values: Iterable[object]) -> None:
    """Print an array without holding all of it."""
    started = False
    for value in values:
        write((",\n" if started else "[\n") + dumps(value))
        started = True
    write("\n]\n" if started else "[]\n")


def print_csv(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows as CSV; what a spreadsheet would run as a formula gets a quote before it."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(headers)
    for row in rows:
        writer.writerow([defused(cell) for cell in row])
        write(buffer.getvalue())
        buffer.seek(0)
        buffer.truncate()
    write(buffer.getvalue())


def defused(cell: object) -> object:
    """Return `cell`; a text that starts like a formula is made harmless."""
    if isinstance(cell, str) and cell.startswith(_FORMULA):
        return f"'{cell}"
    return cell


def print_table(
    headers: Sequence[str], rows: Iterable[Sequence[str]], right: frozenset[int] = frozenset()
) -> None:
    """Print a table: by rich on a terminal, else aligned plain text without a width limit."""
    if sys.stdout.isatty():
        _rich_table(headers, list(rows), right)
    else:
        _plain_table(headers, list(rows), right)


def _rich_table(headers: Sequence[str], rows: list[Sequence[str]], right: frozenset[int]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for index, header in enumerate(headers):
        table.add_column(
            Text(header),
            justify="right" if index in right else "left",
            overflow="ellipsis",
            no_wrap=True,
        )
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    Console(highlight=False).print(table)


def _plain_table(headers: Sequence[str], rows: list[Sequence[str]], right: frozenset[int]) -> None:
    from rich.cells import cell_len

    # A tool that reads the pipe looks for plain spaces.
    lines = [[cell.replace("\u00a0", " ") for cell in line] for line in (headers, *rows)]
    widths = [max(cell_len(line[index]) for line in lines) for index in range(len(headers))]
    for line in lines:
        padded = []
        for index, cell in enumerate(line):
            space = " " * (widths[index] - cell_len(cell))
            padded.append(space + cell if index in right else cell + space)
        write("  ".join(padded).rstrip() + "\n")


def printable(text: str) -> str:
    """Return `text` on one line, without what a terminal would act upon."""
    return "".join(c if c.isprintable() or c in _JOINERS else "" for c in " ".join(text.split()))


def write(text: str) -> None:
    """Write to standard output; a character that it cannot carry becomes a question mark."""
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(text.encode(encoding, "replace").decode(encoding))


def iso(day: date | None) -> str | None:
    """Return a date as JSON has it."""
    return day.isoformat() if day else None
