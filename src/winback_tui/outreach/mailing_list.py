"""Mails as one table for the newsletter tool: who may be written to, and what."""

import csv
import io
from collections.abc import Iterable
from datetime import date
from typing import Final

from winback_tui.words.printable import FORMULA, defused, printable, visible

HEADER: Final = (
    "email", "first_name", "last_name", "company", "customer", "language", "template", "subject",
    "text", "consent_basis", "consent_until",
)  # fmt: skip


def row_of(
    *,
    to: str,
    name: str,
    company: str,
    number: str,
    language: str,
    template: str,
    subject: str,
    text: str,
    basis: str,
    until: date | None,
) -> tuple[str, ...]:
    """Return one row of the table, harmless in a spreadsheet; the text keeps its line breaks."""
    first, _, last = printable(name).rpartition(" ")
    lines = "\n".join(visible(line) for line in text.splitlines())
    body = f"{chr(39) * lines.startswith(FORMULA)}{lines}"
    end = until.isoformat() if until else ""
    cells = (to, first, last, company, number, language, template, subject)
    return (*(str(defused(printable(each))) for each in cells), body, basis, end)


def as_list(rows: Iterable[tuple[str, ...]]) -> str:
    """Return the table as CSV (UTF-8, commas, a header line)."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(HEADER)
    writer.writerows(rows)
    return buffer.getvalue()
