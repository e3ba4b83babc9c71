"""Printed lists that only look like tables: grouped by customer, or in columns of fixed width.

They are told apart, with what to export instead: what stands in no row cannot be read from it.
"""

import re
from collections.abc import Sequence
from typing import Final

import polars as pl

from winback_tui.errors import BadInputError
from winback_tui.intake.sniff import Raw
from winback_tui.intake.table import EXTRA, LINE

#: A row that sums up the rows of one customer, whose name stands behind it.
_TOTAL: Final = re.compile(
    r"(?i)^(?:total for|total|summe für|summe|gesamt für|gesamt|zwischensumme für|sub-?total)"
    r"\s*:?\s+"
    r"(.+?)\s*$"
)
#: Two spaces or more between words, as columns of fixed width have them.
_GAP: Final = re.compile(r"\S {2,}(?=\S)")
#: Share of a row's cells that must be headers for it to be a header.
_NAMES: Final = 0.6
#: Share of the lines that must be so.
_MOST: Final = 0.8


def refuse_grouped(name: str, columns: Sequence[str], first: pl.DataFrame) -> None:
    """Raise BadInputError for a report grouped by customer: a name alone, its rows, its total."""
    if len(columns) < 3 or first.is_empty():
        return
    column = columns[0]
    blank = pl.all_horizontal(pl.col(columns[1:]).str.strip_chars() == "")
    cells = pl.col(column).str.strip_chars()
    alone = set(first.filter(blank & (cells != "")).select(cells).to_series().to_list())
    if not alone:
        return
    for cell in first.select(cells).to_series().unique(maintain_order=True).to_list():
        total = _TOTAL.match(cell)
        if total is not None and total[1] in alone:
            raise BadInputError(
                f"{name} is a report grouped by customer (“{total[1][:60]}” alone in a row, then "
                f"its rows, then “{cell[:60]}”), so its rows name no customer; export a list with "
                "the customer in each row, as “Transaction List by Date” of QuickBooks is."
            )


def refuse_fixed_width(raw: Raw) -> None:
    """Raise BadInputError for text in columns of fixed width."""
    lines = [line for line in raw.head().decode("utf-8", "replace").splitlines() if line.strip()]
    spaced = [line for line in lines[:200] if len(_GAP.findall(line)) >= 2]
    if len(lines) > 1 and len(spaced) >= _MOST * len(lines[:200]):
        raise BadInputError(
            f"{raw.name} is a printed list in columns of fixed width, not a table; export it as "
            "CSV or XLSX."
        )


def refuse_other_header(name: str, columns: Sequence[str], rows: pl.DataFrame) -> None:
    """Raise BadInputError where a row is a header of other columns, as joined files have it.

    Below it each cell would be taken for another's. A header like the first is passed over before.
    """
    known = {_bare(column) for column in columns}
    for row in rows.iter_rows(named=True):
        cells = [_bare(row[column] or "") for column in (*columns, EXTRA) if column in row]
        filled = [cell for cell in cells if cell]
        named = {cell for cell in filled if cell in known}
        if len(named) > 1 and len(named) >= _NAMES * len(filled):
            shown = ", ".join(f"“{cell[:40]}”" for cell in filled[:4])
            raise BadInputError(
                f"{name} has another header in line {row[LINE]} ({shown}), whose columns stand in "
                "another order than the first; cut the file there and import the parts one by one."
            )


def may_be_header(cells: pl.Expr, columns: Sequence[str]) -> pl.Expr:
    """Return where a cell is the name of a column."""
    return cells.str.replace_all("\ufeff", "", literal=True).str.strip_chars().is_in(list(columns))


def _bare(cell: str) -> str:
    return cell.replace("\ufeff", "").strip()
