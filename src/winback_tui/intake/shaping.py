"""How a text is laid out: its delimiter, its header, and what stands above it."""

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from typing import Final, NamedTuple

from winback_tui.errors import BadInputError
from winback_tui.intake.sniff import Accepts, Raw
from winback_tui.words.printable import printable

_DELIMITERS: Final = ",;\t|"
#: How many lines at the top may come before the header (a bank's preamble).
_PREAMBLE: Final = 30
#: A line with so much of the rows' width may be their header.
_WIDE: Final = 0.8
#: The line by which a file tells a spreadsheet its delimiter.
_SEP: Final = re.compile(r'^"?sep=(.)"?\s*$', re.IGNORECASE)


class Shape(NamedTuple):
    """How a text is laid out: delimiter, header, and what stands above the header.

    `body` is the offset in bytes of the first row below the header, `line` that row's number,
    `above` the lines before the header, `cells` the header's cells as they stand.
    """

    delimiter: str
    columns: tuple[str, ...]
    body: int
    line: int
    above: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()


def shape(raw: Raw, accepts: Accepts) -> Shape:
    """Return how the text is laid out.

    The header is the first line near the top whose columns `accepts` knows; else the first line,
    with the delimiter that cuts the lines most evenly.
    """
    lines = _lines(raw.head().decode("utf-8", "ignore"))
    delimiters = sorted(_DELIMITERS, key=lambda each: _evenness(lines, each), reverse=True)
    for number in range(min(_PREAMBLE, len(lines))):
        for delimiter in delimiters:
            if delimiter in lines[number] and accepts(_cells(lines, number, delimiter)[0]):
                return _shape(raw, lines, number, delimiter)
    first = next((number for number, line in enumerate(lines) if line.strip()), None)
    if first is None:
        raise BadInputError(f"{raw.name} begins with more blank lines than a table has.")
    told = _SEP.match(lines[first])
    below = next((at for at in range(first + 1, len(lines)) if lines[at].strip()), None)
    if told is not None and below is not None:
        return _shape(raw, lines, below, told[1])
    return _shape(raw, lines, _fullest(lines, first, delimiters[0]), delimiters[0])


def _fullest(lines: list[str], first: int, delimiter: str) -> int:
    """Return the first line that has cells in about as many columns as the rows have.

    Lines above it are a title, a date, or the name of who made the file.
    """
    rows = [
        _cells(lines, number, delimiter)[0] for number in range(first, min(len(lines), first + 200))
    ]
    widths = [max((at for at, cell in enumerate(row, 1) if cell), default=0) for row in rows]
    # Lines of a preamble may be many, and are narrower than the rows, of which there are two.
    wide = _WIDE * sorted(widths)[-2] if len(widths) > 1 else 0
    counts = [sum(1 for cell in row if cell) for row in rows]
    usual = sorted(
        count for count, width in zip(counts, widths, strict=True) if count > 1 and width >= wide
    )
    if not usual:
        return first
    enough = max(2, usual[len(usual) // 2] * 0.6)
    return next(
        (first + at for at, count in enumerate(counts[:_PREAMBLE]) if count >= enough), first
    )


def _lines(text: str) -> list[str]:
    """Return lines cut at newlines alone, as an editor and the reader cut them."""
    return [f"{line}\n" for line in text.removesuffix("\n").split("\n")]


def _evenness(lines: list[str], delimiter: str) -> tuple[float, int]:
    """Return how evenly `delimiter` cuts the lines: the share with the usual count, the count."""
    rows = csv.reader(io.StringIO("".join(lines[:200]), newline=""), delimiter=delimiter)
    try:
        counts = Counter(len(row) for row in rows if row)
    except csv.Error:
        return 0.0, 0
    if not counts:
        return 0.0, 0
    usual, times = max(counts.items(), key=lambda each: (each[0] > 1, each[1], each[0]))
    return (times / counts.total() if usual > 1 else 0.0), usual


def _cells(lines: list[str], number: int, delimiter: str) -> tuple[list[str], int]:
    """Return the cells of the record at line `number`, and how many lines it takes."""
    reader = csv.reader(lines[number:], delimiter=delimiter)
    try:
        return [cell.strip() for cell in next(reader)], reader.line_num
    except (csv.Error, StopIteration):
        return [], 1


def _shape(raw: Raw, lines: list[str], number: int, delimiter: str) -> Shape:
    cells, taken = _cells(lines, number, delimiter)
    if not cells:
        raise BadInputError(
            f"{raw.name} has no header that can be read in line {raw.line + number}; export it "
            "once more as CSV."
        )
    above = len("".join(lines[: number + taken]).encode())
    return Shape(
        delimiter,
        _distinct(cells),
        min(raw.start + above, raw.size),
        raw.line + number + taken,
        tuple(line.strip("\r\n") for line in lines[:number]),
        tuple(cells),
    )


def _distinct(cells: Sequence[str]) -> tuple[str, ...]:
    """Return the column names with blank and repeated ones told apart."""
    names: list[str] = []
    taken: set[str] = set()
    for place, cell in enumerate(cells, 1):
        base = name = printable(cell)[:200] or f"column {place}"
        again = 2
        while name in taken:
            name, again = f"{base} ({again})", again + 1
        names.append(name)
        taken.add(name)
    return tuple(names)
