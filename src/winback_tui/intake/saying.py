"""What each row says of itself in words: no purchase, or money that went back."""

from collections.abc import Callable

import polars as pl

from winback_tui.intake import meaning as meant
from winback_tui.intake.fields import Field, normal
from winback_tui.intake.presets.record import Cells
from winback_tui.intake.reading import Take
from winback_tui.model import RejectCode


def signs(take: Take, cells: Cells) -> pl.Series:
    """Return by which sign each row's amount counts: -1 turns it, -2 makes it money going back."""
    height = len(cells[Field.DATE])
    if take.preset is not None:
        return pl.Series([1], dtype=pl.Int64).new_from_index(0, height)
    sign = pl.Series([1], dtype=pl.Int64).new_from_index(0, height)
    for field, sale in ((Field.SALE_IF_DEBIT, "debit"), (Field.SALE_IF_CREDIT, "credit")):
        if field in cells:
            other = {"debit": "credit", "credit": "debit"}[sale]
            sides = cells[field].unique().to_list()
            turned = {cell: -1 if meant.side(cell) == other else 1 for cell in sides}
            sign = cells[field].replace_strict(turned, return_dtype=pl.Int64)
    for field, says in (
        (Field.STATUS, meant.is_credit_note),
        (Field.OTHER_STATUS, meant.is_credit_note),
        (Field.DOCUMENT_TYPE, meant.goes_back),
    ):
        if field in cells:
            words = {cell: -2 if says(cell) else 1 for cell in cells[field].unique().to_list()}
            kinds = cells[field].replace_strict(words, return_dtype=pl.Int64)
            sign = pl.select(pl.when(kinds == -2).then(kinds).otherwise(sign)).to_series()
    return sign


def skips(take: Take, cells: Cells) -> pl.Series:
    """Return why each row is no purchase, "" where nothing says so."""
    told = cells.get("skip")
    if take.preset is None:
        return _said_by_words(take, cells)
    if Field.STATUS not in cells:
        height = len(cells[Field.DATE])
        return told if told is not None else pl.Series([""]).new_from_index(0, height)
    words = take.preset.statuses
    status = cells[Field.STATUS]
    meant = {cell: str(words.get(normal(cell), "")) for cell in status.unique().to_list()}
    code = status.replace_strict(meant, return_dtype=pl.String)
    if told is None:
        return code
    return pl.select(pl.when(told != "").then(told).otherwise(code)).to_series()


def _said_by_words(take: Take, cells: Cells) -> pl.Series:
    """Return why each row of a file of no known program is no purchase: status, kind, a mark."""
    columns = take.opened.columns
    readers: tuple[tuple[Field, Callable[[str], str]], ...] = (
        (Field.CANCELLED, lambda cell: str(RejectCode.CANCELLED) if meant.is_set(cell) else ""),
        (Field.TEST, lambda cell: str(RejectCode.TEST_ORDER) if meant.is_yes(cell) else ""),
        *(
            (field, meant.status_under(take.column(field), columns, on_account=take.on_account))
            for field in (Field.STATUS, Field.OTHER_STATUS)
        ),
        (
            Field.DOCUMENT_TYPE,
            lambda cell: meant.beside_invoice(cell, invoices=take.invoices, ordered=take.ordered),
        ),
    )
    found: list[pl.Expr] = []
    for field, says in readers:
        if field not in cells:
            continue
        words = {cell: says(cell) for cell in cells[field].unique().to_list()}
        code = cells[field].replace_strict(words, return_dtype=pl.String)
        if field in {Field.STATUS, Field.OTHER_STATUS} and Field.REFUND in cells:
            # What went back is told beside it.
            back = cells[field].str.to_lowercase().str.contains("refund|erstattet")
            code = pl.select(pl.when(back).then(pl.lit("")).otherwise(code)).to_series()
        if field in {Field.STATUS, Field.OTHER_STATUS} and Field.DOCUMENT_TYPE in cells:
            # A return whose status is “Retoure” is no cancelled one: both say what it is.
            kinds = cells[Field.DOCUMENT_TYPE]
            states = cells[field].unique().to_list()
            done = cells[field].is_in([state for state in states if meant.went_back(state)])
            same = ((kinds == cells[field]) | done) & kinds.is_in(
                [kind for kind in kinds.unique().to_list() if meant.goes_back(kind)]
            )
            code = pl.select(pl.when(same).then(pl.lit("")).otherwise(code)).to_series()
        found.append(pl.when(code != "").then(code))
    height = len(cells[Field.DATE])
    blank = pl.Series([""]).new_from_index(0, height)
    return pl.select(pl.coalesce(*found, blank)).to_series() if found else blank
