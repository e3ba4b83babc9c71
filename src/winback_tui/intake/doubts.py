"""What a header leaves open and the first rows tell, for files of no known program.

What the rows decide is told as a choice; what they leave open is asked.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import polars as pl

from winback_tui.intake import likeness, numbers, reports, units
from winback_tui.intake import meaning as meant
from winback_tui.intake.choices import Choice
from winback_tui.intake.fields import Field, normal
from winback_tui.intake.firstrows import FirstRows, first_rows, same, unclear
from winback_tui.intake.table import Opened

#: Parts of headers that speak of a currency.
_CURRENCY: Final = (
    *("curren", "waehrung", "wahrung", "devise", "wkz", "valuta", "moneda", "divisa"),
)
#: What was paid before it was changed into another currency.
_ORIGINAL: Final = re.compile(r"original|ursprung|foreign|fremd")


class Weighed(NamedTuple):
    """Columns by field, what was chosen, and whether invoices stand beside other documents."""

    mapped: dict[str, str]
    choices: tuple[Choice, ...] = ()
    invoices: bool = False
    #: Whether orders are told beside their invoices.
    ordered: bool = False
    #: Whether each row may be a whole document, so that the same again is no other one.
    once: bool = False
    #: Whether a customer number of nought is that of guests, who are told by e-mail or name.
    guests: bool = False
    #: Whether most orders are not paid: they were sold on account.
    on_account: bool = False


def refuse_reports(table: Opened) -> None:
    """Raise BadInputError for a report grouped by customer, whose rows name none."""
    first = first_rows(table)
    if first is not None:
        reports.refuse_grouped(table.name, table.columns, first)


def weighed(
    table: Opened, mapped: Mapping[str, str], pairs: Sequence[tuple[str, str]], currency: str
) -> Weighed:
    """Return `mapped` with what the first rows add to it, and what was chosen so.

    `pairs` is what a person said, which no row overrules; `currency` what holds where a row names
    none. Raises UnclearError for what the rows leave open.
    """
    first = first_rows(table)
    if first is None or first.is_empty():
        return Weighed(dict(mapped))
    looked = FirstRows(table, first, dict(mapped), pairs)
    looked.customer()
    looked.dated()
    looked.guests()
    looked.tests()
    looked.refunds()
    looked.column_of(Field.STATUS, meant.says_status)
    looked.column_of(Field.OTHER_STATUS, meant.says_status)
    looked.column_of(Field.DOCUMENT_TYPE, meant.says_type)
    looked.cancelled()
    units.with_digits(table.name, first, looked.mapped)
    looked.odd().ask()
    looked.sides()
    looked.discount()
    units.priced_by(table.name, first, looked.mapped, looked.free())
    looked.rivals()
    of_documents = looked.documents()
    of_documents.repeated()
    of_documents.receipts()
    of_documents.net_and_gross()
    of_documents.in_parts()
    of_documents.told_twice()
    units.whole(table.name, first, looked.mapped)
    if not {"amount", "price"} & looked.said:
        units.in_cents(table.name, first, looked.mapped)
    if table.layout.startswith("JSON") and "amount" not in looked.said:
        units.of_interface(table.name, first, looked.mapped)
    looked.signs(currency)
    return Weighed(
        *(looked.mapped, tuple(looked.choices), looked.invoices, looked.ordered),
        once=of_documents.once,
        guests=looked.guest,
        on_account=looked.on_account,
    )


def with_currency(
    table: Opened, mapped: Mapping[str, str], pairs: Sequence[tuple[str, str]]
) -> dict[str, str]:
    """Return `mapped` with the column that holds a currency by its cells, where no other does.

    Raises UnclearError where several columns do and differ.
    """
    if Field.CURRENCY in mapped:
        return dict(mapped)
    told = {normal(column) for column, _ in pairs} | {normal(c) for c in mapped.values()}
    free = [column for column in table.columns if normal(column) not in told]
    amount = mapped.get(Field.AMOUNT) or mapped.get(Field.PRICE) or ""
    if likeness.currency(amount) and not _ORIGINAL.search(normal(amount)):
        # Beside “Amount (EUR)” it is the currency of another amount.
        free = [column for column in free if not _ORIGINAL.search(normal(column))]
    first = first_rows(table) if free else None
    if first is None or first.is_empty():
        return dict(mapped)
    named = [c for c in free if any(part in normal(c) for part in _CURRENCY)]
    found = [c for c in named if _currencies(first[c])] or [c for c in free if _codes(first[c])]
    if not found:
        return dict(mapped)
    other = next((c for c in found[1:] if not same(first[c], first[found[0]])), None)
    if other is not None:
        raise unclear(table.name, [(Field.CURRENCY, found[0], other)])
    return {**mapped, Field.CURRENCY: found[0]}


def in_units(table: Opened, mapped: Mapping[str, str]) -> str | None:
    """Return the currency that a row of units below the header names for amounts, if one does."""
    column = mapped.get(Field.AMOUNT) or mapped.get(Field.PRICE)
    first = first_rows(table) if column and Field.CURRENCY not in mapped else None
    if column is None or first is None or first.is_empty():
        return None
    cell = str(first[column][0]).strip()
    return likeness.currency(f"x {cell}") or None if not re.search(r"\d", cell) else None


def _currencies(cells: pl.Series) -> bool:
    """Return whether the cells are codes or signs of currencies, as far as they are filled."""
    filled = cells.filter(cells.str.strip_chars() != "").unique()
    if filled.is_empty() or bool(filled.str.contains(r"\d").any()):
        return False
    return numbers.currency_code(filled).count() > 0


def _codes(cells: pl.Series) -> bool:
    """Return whether all cells but blank ones are codes of currencies, written as such."""
    filled = cells.filter(cells.str.strip_chars() != "").unique()
    if filled.is_empty() or not bool(filled.str.contains(r"^\s*[A-Z]{3}\s*$").all()):
        return False
    return numbers.currency_code(filled).null_count() == 0
