"""Tables for others, row by row: CSV, JSON Lines and XLSX. A text is never a formula.

Parquet is written by `desk.export`, for this room does without polars. XLSX is written here: a
sheet of cells is a few lines of XML in a zip archive, written row by row in a fraction of the time
that xlsxwriter takes, and without another library.
"""

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from enum import StrEnum
from typing import IO, Final, NamedTuple
from xml.sax.saxutils import escape

from winback_tui.errors import BadInputError
from winback_tui.words.printable import FORMULA, defused, visible

Cell = str | int | float | bool | None
Row = Sequence[Cell]


class Kind(StrEnum):
    """What stands in a column.

    DAY is an ISO date, INSTANT an ISO instant in UTC, MONEY a decimal number written out, such as
    "-12.00"; all three are handed over as text.
    """

    TEXT = "text"
    WHOLE = "whole"
    NUMBER = "number"
    MONEY = "money"
    DAY = "day"
    INSTANT = "instant"
    FLAG = "flag"


class Column(NamedTuple):
    """One column of a table."""

    name: str
    kind: Kind = Kind.TEXT


class Format(StrEnum):
    """How a table is written; the value is the file's suffix."""

    CSV = "csv"
    XLSX = "xlsx"
    PARQUET = "parquet"
    JSONL = "jsonl"
    JSON = "json"


def write_csv(columns: Sequence[Column], rows: Iterable[Row], to: IO[bytes]) -> int:
    """Write a table as CSV (UTF-8, commas, a header line) and return the number of its rows."""
    text = io.TextIOWrapper(to, encoding="utf-8", errors="replace", newline="", write_through=False)
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([column.name for column in columns])
    texts = [at for at, column in enumerate(columns) if column.kind is Kind.TEXT]
    flags = [at for at, column in enumerate(columns) if column.kind is Kind.FLAG]
    number = 0
    for row in rows:
        cells = list(row)
        for at in texts:
            cells[at] = defused(cells[at])  # type: ignore[call-overload]
        for at in flags:
            cells[at] = {True: "true", False: "false"}.get(cells[at])  # type: ignore[call-overload]
        writer.writerow(cells)
        number += 1
    text.flush()
    text.detach()
    return number


def write_json_lines(columns: Sequence[Column], rows: Iterable[Row], to: IO[bytes]) -> int:
    """Write a table as JSON Lines, an object per row, and return the number of its rows."""
    number = 0
    for line in _objects(columns, rows):
        to.write(f"{line}\n".encode("utf-8", "replace"))
        number += 1
    return number


def write_json(columns: Sequence[Column], rows: Iterable[Row], to: IO[bytes]) -> int:
    """Write a table as one JSON array of objects, and return the number of its rows."""
    number = 0
    to.write(b"[")
    for line in _objects(columns, rows):
        to.write((b",\n" if number else b"\n") + line.encode("utf-8", "replace"))
        number += 1
    to.write(b"\n]\n" if number else b"]\n")
    return number


def _objects(columns: Sequence[Column], rows: Iterable[Row]) -> Iterable[str]:
    dump = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode
    names = [column.name for column in columns]
    money = [at for at, column in enumerate(columns) if column.kind is Kind.MONEY]
    for row in rows:
        cells = list(row)
        for at in money:
            cells[at] = _number(cells[at])
        yield dump(dict(zip(names, cells, strict=True)))


def _number(money: Cell) -> Cell:
    """Return an amount as a number: of up to 15 digits none is lost."""
    if not isinstance(money, str):
        return money
    return float(money) if "." in money else int(money)


#: Excel's own limits.
_MOST_ROWS: Final = 1_048_576
_LONGEST: Final = 32_767
#: Rows whose XML is compressed together.
_AT_ONCE: Final = 500
_EPOCH: Final = date(1899, 12, 30).toordinal()
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_OFFICE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
#: Cell styles by their place: 0 plain, 1 the header, 2 a date, 3 text that is no formula.
_STYLES: Final = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}"><fonts count="2"><font/><font><b/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="4"><xf/><xf fontId="1" applyFont="1"/>'
    '<xf numFmtId="14" applyNumberFormat="1"/><xf numFmtId="49" applyNumberFormat="1" '
    'quotePrefix="1"/></cellXfs></styleSheet>'
)


def write_xlsx(
    columns: Sequence[Column], rows: Iterable[Row], to: IO[bytes], title: str = "winback"
) -> int:
    """Write a table as one Excel sheet called `title`, and return the number of its rows.

    A text is a text cell, whatever it starts with; days are dates. Raises BadInputError for more
    rows, or a longer text, than Excel takes.
    """
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, text in _frame(title):
            archive.writestr(name, text)
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            return _write_sheet(columns, rows, sheet)


def _frame(title: str) -> Iterable[tuple[str, str]]:
    """Yield the fixed parts of a workbook with one sheet."""
    main = f"{_OFFICE}.sheet.main+xml"
    parts = {
        "/xl/workbook.xml": main,
        "/xl/worksheets/sheet1.xml": f"{_OFFICE}.worksheet+xml",
        "/xl/styles.xml": f"{_OFFICE}.styles+xml",
    }
    overrides = "".join(
        f'<Override PartName="{name}" ContentType="{kind}"/>' for name, kind in parts.items()
    )
    yield (
        "[Content_Types].xml",
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>',
    )
    yield (
        "_rels/.rels",
        f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    )
    yield (
        "xl/workbook.xml",
        f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets><sheet '
        f'name="{escape(title[:31], {chr(34): "&quot;"})}" sheetId="1" r:id="rId1"/></sheets>'
        "</workbook>",
    )
    yield (
        "xl/_rels/workbook.xml.rels",
        f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" '
        f'Type="{_RELATIONS}/styles" Target="styles.xml"/></Relationships>',
    )
    yield "xl/styles.xml", _STYLES


def _write_sheet(columns: Sequence[Column], rows: Iterable[Row], sheet: IO[bytes]) -> int:
    sheet.write(
        f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0"><pane '
        'ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView>'
        "</sheetViews><sheetData><row>".encode()
    )
    for column in columns:
        sheet.write(f'<c s="1" t="inlineStr"><is><t>{_xml(column.name)}</t></is></c>'.encode())
    sheet.write(b"</row>")
    cells = [_CELLS[column.kind] for column in columns]
    number = 0
    waiting: list[str] = []
    for row in rows:
        number += 1
        if number >= _MOST_ROWS:
            raise BadInputError(
                f"A sheet of Excel holds {_MOST_ROWS - 1:,} rows, and here are more; export to "
                "CSV, Parquet or JSON Lines, or fewer customers with --where."
            )
        waiting.append(
            "<row>"
            + "".join(
                "<c/>" if value is None or value == "" else cell(value)
                for cell, value in zip(cells, row, strict=True)
            )
            + "</row>"
        )
        if len(waiting) == _AT_ONCE:
            sheet.write("".join(waiting).encode("utf-8", "replace"))
            waiting.clear()
    sheet.write("".join(waiting).encode("utf-8", "replace"))
    sheet.write(b"</sheetData></worksheet>")
    return number


def _xml(text: str) -> str:
    if len(text) > _LONGEST:
        raise BadInputError(
            f"A cell of Excel holds {_LONGEST:,} characters, and “{text[:20]}…” has more; export "
            "to CSV, Parquet or JSON Lines."
        )
    return escape(text)


def _text_cell(value: Cell) -> str:
    text = visible(str(value))
    style = ' s="3"' if text.startswith(FORMULA) else ""
    space = ' xml:space="preserve"' if text != text.strip() else ""
    return f'<c t="inlineStr"{style}><is><t{space}>{_xml(text)}</t></is></c>'


def _number_cell(value: Cell) -> str:
    return f"<c><v>{value}</v></c>"


def _day_cell(value: Cell) -> str:
    try:
        serial = date.fromisoformat(str(value)).toordinal() - _EPOCH
    except ValueError:
        return _text_cell(value)
    # Before March 1900 Excel counts a day that never was.
    return _text_cell(value) if serial < 61 else f'<c s="2"><v>{serial}</v></c>'


def _flag_cell(value: Cell) -> str:
    return f'<c t="b"><v>{int(bool(value))}</v></c>'


_CELLS: Final[dict[Kind, Callable[[Cell], str]]] = {
    Kind.TEXT: _text_cell,
    Kind.INSTANT: _text_cell,
    Kind.WHOLE: _number_cell,
    Kind.NUMBER: _number_cell,
    Kind.MONEY: _number_cell,
    Kind.DAY: _day_cell,
    Kind.FLAG: _flag_cell,
}
