"""Workbooks (xlsx, xlsb, xls, ods): one sheet as CSV text, a line per row.

python-calamine reads them: one megabyte, imported in 2 ms, and it knows dates by their format.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from typing import IO, Any, Final

from winback_tui.errors import BadInputError
from winback_tui.intake.cells import number, written
from winback_tui.intake.unclear import UnclearError
from winback_tui.words.printable import printable

#: How many rows of each sheet are looked at to find the header.
_TOP: Final = 30
#: Rows per part of the text.
_STEP: Final = 5_000


def text(
    file: IO[bytes], name: str, accepts: Any, sheet: str | None
) -> tuple[Iterator[bytes], tuple[str, ...]]:
    """Return a sheet as CSV text in parts, and the names of the sheets with rows left out.

    Where a sheet is named, that is all others.

    The sheet is the one called `sheet`, else the only one with rows, else the only one with a
    header that `accepts` knows. Raises BadInputError where that is not clear.
    """
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    try:
        file.seek(0)
        book = CalamineWorkbook.from_filelike(io.BytesIO(file.read()))
        rows = {each: _rows(book, each) for each in _candidates(book, name, sheet)}
    except PasswordError as error:
        raise BadInputError(f"{name} is locked with a password; save it without one.") from error
    except (CalamineError, OSError, ValueError) as error:
        raise BadInputError(
            f"{name} is a damaged workbook, or none; save the sheet as CSV."
        ) from error
    filled = [each for each in rows if any(any(_cells(row)) for row in rows[each])]
    seen = [each for each in filled if each in _visible(book)] if sheet is None else filled
    chosen = _chosen({each: rows[each] for each in seen or filled}, name, accepts)
    others = filled if sheet is None else [str(each) for each in book.sheet_names]
    left = tuple(printable(each) for each in others if each != chosen)
    return _lines(rows[chosen]), left


def _candidates(book: Any, name: str, sheet: str | None) -> list[str]:
    names = [str(each) for each in book.sheet_names]
    if sheet is None:
        return names
    found = next((each for each in names if each == sheet), None) or next(
        (
            each
            for each in names
            if sheet.strip().casefold() in (each.strip().casefold(), printable(each).casefold())
        ),
        None,
    )
    if found is None:
        raise BadInputError(f"{name} has no sheet “{sheet}”; its sheets are {_listed(names)}.")
    return [found]


def _visible(book: Any) -> set[str]:
    """Return the names of the sheets that a person sees; programs keep lists in hidden ones."""
    told = book.sheets_metadata
    return {str(each.name) for each in told if str(each.visible).rpartition(".")[2] == "Visible"}


def _rows(book: Any, sheet: str) -> list[list[Any]]:
    read = book.get_sheet_by_name(sheet)
    found: list[list[Any]] = read.to_python(skip_empty_area=False)
    for (top, left), (bottom, right) in read.merged_cell_ranges or ():
        # A cell merged over several rows stands in each of them.
        if left == right and top < len(found) and left < len(found[top]):
            for row in found[top + 1 : bottom + 1]:
                if left < len(row):
                    row[left] = found[top][left]
    return found


def _chosen(rows: dict[str, list[list[Any]]], name: str, accepts: Any) -> str:
    if not rows:
        raise BadInputError(f"{name} is empty; name a file with a header and rows.")
    if len(rows) == 1:
        return next(iter(rows))
    known = [each for each in rows if any(accepts(_cells(row)) for row in rows[each][:_TOP])]
    if len(known) == 1:
        return known[0]
    raise UnclearError(
        f"{name} has the sheets {_listed(known or [*rows])}; say which one with --sheet NAME.",
        "sheet",
        choices=tuple(known or rows),
    )


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"“{printable(each)}”" for each in names)


def _cells(row: list[Any]) -> list[str]:
    return [_cell(each).strip() for each in row]


def _lines(rows: list[list[Any]]) -> Iterator[bytes]:
    for start in range(0, len(rows), _STEP):
        part = io.StringIO(newline="")
        writer = csv.writer(part, lineterminator="\n")
        # A row without cells must stay a line, so that the rows below keep their numbers.
        writer.writerows(_cells(row) or [""] for row in rows[start : start + _STEP])
        yield part.getvalue().encode("utf-8", "replace")


def _cell(value: Any) -> str:
    """Return a cell as text: dates in ISO form, whole numbers without a point."""
    match value:
        case str():
            text = written(value)
        case float():
            text = _number(value)
        case datetime():
            midnight = value.time() == time()
            text = value.date().isoformat() if midnight else value.isoformat(" ", "seconds")
        case date() | time():
            text = value.isoformat()
        case _:
            text = "" if value is None else str(value)
    return text


def _number(value: float) -> str:
    """Return a number that no decimal comma can be read into."""
    if value.is_integer() and abs(value) < 10**15:
        return str(int(value))
    plain = f"{value:.10f}".rstrip("0") if 1e-9 < abs(value) < 10**15 else repr(value)
    return number(plain)
