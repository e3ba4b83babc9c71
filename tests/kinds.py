"""What tests of imports other than transactions share: fixtures, files, what a book holds."""

import zipfile
from datetime import date
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from winback_tui.book.connection import Book
from winback_tui.config import Config
from winback_tui.desk.imports import FileSummary, ImportOptions, run_import
from winback_tui.desk.session import Desk
from winback_tui.words import retold

FIXTURES = Path(__file__).parent / "fixtures" / "kinds"
TODAY = date(2026, 11, 21)
COUNTS = ("read", "created", "updated", "unchanged", "rejected", "suppressed", "duplicates")
#: What an import writes down about itself, and what only says how often something was done.
LOGS = ("import_batches", "events", "meta", "sqlite_sequence")


def desk(book: Book) -> Desk:
    return Desk(book, Config(), TODAY, "anna")


def fixture(name: str) -> Path:
    return FIXTURES / f"{name}.csv"


def bring(
    book: Book, kind: str, path: Path, options: ImportOptions | None = None, **said: Any
) -> FileSummary:
    """Import one file and return its summary, whose counts add up."""
    chosen = (options or ImportOptions())._replace(**said)
    (file,) = run_import(desk(book), kind, [path], chosen).files
    assert file.read == sum(getattr(file, count) for count in COUNTS[1:])
    return file


def counts(file: FileSummary) -> dict[str, int]:
    return {count: found for count in COUNTS if (found := getattr(file, count))}


def write(folder: Path, text: str, name: str = "file.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def customers(folder: Path, text: str, name: str = "customers.csv") -> Path:
    """Write a list of customers: number, company, postcode, city, VAT id, e-mail, phone, owner."""
    header = "Kundennummer;Firma;PLZ;Ort;USt-IdNr.;E-Mail;Telefon;Betreuer\n"
    return write(folder, header + text, name)


def workbook(path: Path, sheets: dict[str, list[list[str]]]) -> Path:
    """Write the smallest Excel file that holds these sheets of texts."""
    spread = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    names = list(enumerate(sheets, 1))
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        + "".join(
            f'<Override PartName="/xl/s{n}.xml" ContentType="{kind}.worksheet+xml"/>'
            for n, _ in names
        )
        + "</Types>",
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
        f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{spread}" xmlns:r="{office}"><sheets>'
        + "".join(f'<sheet name="{escape(name)}" sheetId="{n}" r:id="r{n}"/>' for n, name in names)
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        + "".join(
            f'<Relationship Id="r{n}" Type="{office}/worksheet" Target="s{n}.xml"/>'
            for n, _ in names
        )
        + "</Relationships>",
    }
    for n, name in names:
        lines = "".join(
            "<row>"
            + "".join(f'<c t="inlineStr"><is><t>{escape(cell)}</t></is></c>' for cell in row)
            + "</row>"
            for row in sheets[name]
        )
        parts[f"xl/s{n}.xml"] = (
            f'<worksheet xmlns="{spread}"><sheetData>{lines}</sheetData></worksheet>'
        )
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return path


def lines(book: Book) -> list[tuple[str, str, int]]:
    """Return customer, document and amount of each line in the book."""
    return rows(
        book,
        "SELECT c.number, t.document, t.amount FROM transactions t"
        " JOIN customers c ON c.id = t.customer_id ORDER BY 1, 2, t.day, 3",
    )


def told(file: FileSummary) -> list[str]:
    """Return what is said of what a file tells again."""
    return [
        *retold.lines(file.retold, file.batch, file.cells_shortened, lambda number: f"{number:g}")
    ]


def rows(book: Book, sql: str) -> list[tuple[Any, ...]]:
    return book.connection.execute(sql).fetchall()


def dump(book: Book) -> list[str]:
    """Return all that the book holds but the logs of what was done to it."""
    return [
        line
        for line in book.connection.iterdump()
        if not any(line.startswith(f'INSERT INTO "{table}"') for table in LOGS)
    ]
