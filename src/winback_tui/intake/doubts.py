"""What a header leaves open and the first rows tell: a currency nobody named, rival columns."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

import polars as pl

from winback_tui.intake import numbers
from winback_tui.intake.fields import Field, normal, shell
from winback_tui.intake.table import Opened
from winback_tui.intake.unclear import UnclearError

#: Parts of headers that speak of a currency.
_CURRENCY: Final = ("curren", "waehrung", "wahrung", "devise", "wkz")


def with_currency(
    opened: Opened, mapped: Mapping[str, str], pairs: Sequence[tuple[str, str]]
) -> dict[str, str]:
    """Return `mapped` with the column that holds a currency by its cells, where no other does.

    Raises UnclearError where several columns do and differ.
    """
    if Field.CURRENCY in mapped:
        return dict(mapped)
    told = {normal(column) for column, _ in pairs} | {normal(c) for c in mapped.values()}
    hints = [
        column
        for column in opened.columns
        if normal(column) not in told and any(part in normal(column) for part in _CURRENCY)
    ]
    first = next(opened.batches(), None) if hints else None
    if first is None:
        return dict(mapped)
    found = [column for column in hints if _currencies(first[column])]
    if not found:
        return dict(mapped)
    other = next((c for c in found[1:] if not _same(first[c], first[found[0]])), None)
    if other is not None:
        raise _unclear(opened.name, Field.CURRENCY, (found[0], other))
    return {**mapped, Field.CURRENCY: found[0]}


def settle(opened: Opened, mapped: Mapping[str, str], pairs: Sequence[tuple[str, str]]) -> None:
    """Raise UnclearError where two columns could be the amount, or the date, and differ."""
    said = {normal(field) for _, field in pairs}
    said_of = {normal(column) for column, _ in pairs}
    for field in (Field.AMOUNT, Field.DATE):
        chosen = mapped.get(field)
        if chosen is None or field in said:
            continue
        others = [
            column
            for column in opened.columns
            if column not in mapped.values()
            and normal(column) not in said_of
            and _rivals(chosen, column)
        ]
        first = next(opened.batches(), None) if others else None
        for other in others:
            if first is not None and not _same(first[other], first[chosen]):
                raise _unclear(opened.name, field, (chosen, other))


def _rivals(chosen: str, other: str) -> bool:
    """Return whether a column has the very header of the chosen one."""
    return re.fullmatch(rf"{re.escape(chosen)} \(\d+\)", other) is not None


def _currencies(cells: pl.Series) -> bool:
    """Return whether the cells are codes or signs of currencies, as far as they are filled."""
    filled = cells.filter(cells.str.strip_chars() != "").unique()
    if filled.is_empty() or bool(filled.str.contains(r"\d").any()):
        return False
    return numbers.currency_code(filled).count() > 0


def _same(one: pl.Series, other: pl.Series) -> bool:
    """Return whether two columns have the same cells, or the second none."""
    blank = bool((other.str.strip_chars() == "").all()) or bool((one.str.strip_chars() == "").all())
    return blank or one.to_list() == other.to_list()


def _unclear(name: str, field: Field, columns: tuple[str, str]) -> UnclearError:
    one, other = (f"--map {shell(column, field)}" for column in columns)
    both = " and ".join(f"“{column}”" for column in columns)
    return UnclearError(
        f"{name}: {both} could both be the {field}, and their cells differ; say {one} or {other}.",
        "mapping",
        fact=f"{both} could both be the {field}, and their cells differ",
    )
