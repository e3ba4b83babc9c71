"""What each row says of itself in words: no purchase, money that went back, called off."""

import re
from collections.abc import Callable
from typing import Final

import polars as pl

from winback_tui.intake import likeness
from winback_tui.intake import meaning as meant
from winback_tui.intake.fields import Field, normal
from winback_tui.intake.presets.record import Cells
from winback_tui.intake.reading import Take
from winback_tui.model import RejectCode

#: Headers of the document that another one cancels.
_REFERS: Final = re.compile(
    r"storno|origin|bezug|bezieht|referen|ursprung|zugehoerig|(?:^|_)zu(?:_|$)|korrigier|related|"
    r"cancel|credited|applies_to|parent"
)
_OF: Final = ("number", "currency")


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


def called_off_once(take: Take, cells: Cells, found: pl.DataFrame) -> pl.DataFrame:
    """Set a document aside that cancels another one whose own status says so already.

    Otherwise the money would go back of what was never counted.
    """
    cancelled = str(RejectCode.CANCELLED)
    if take.preset is not None or not (found["skip"] == cancelled).any():
        return found
    calls = pl.col("amount") < 0
    if Field.DOCUMENT_TYPE in cells:
        kinds = cells[Field.DOCUMENT_TYPE]
        calling = [kind for kind in kinds.unique().to_list() if meant.calls_off(kind)]
        calls = pl.lit(kinds.is_in(calling))
    rows = found.select(
        "row", "number", "currency", pl.col("amount").abs(),
        off=(pl.col("skip") == cancelled) & (pl.col("back") != -2) & (pl.col("amount") > 0),
        calls=calls & (pl.col("skip") == ""),
    )  # fmt: skip
    of = ("number", "currency", "amount")
    sides = [
        rows.filter(side).with_columns(place=pl.int_range(pl.len()).over(of))
        for side in ("off", "calls")
    ]
    if sides[0].is_empty() or sides[1].is_empty():
        return found
    done = sides[1].join(sides[0], on=(*of, "place"), how="semi")["row"]
    return found.with_columns(
        skip=pl.when(pl.col("row").is_in(done.to_list())).then(pl.lit(cancelled)).otherwise("skip")
    )


def without_called_off(
    take: Take, frame: pl.DataFrame, cells: Cells, found: pl.DataFrame
) -> pl.DataFrame:
    """Set sales aside that a row with a negative amount cancels as a whole, and that row.

    The row bears the sale's number, or names it. One that takes a part back, or names nothing while
    a sale of its customer's bears its amount, is money that went back.
    """
    if take.preset is not None or Field.DOCUMENT not in cells:
        return found
    cancelled = str(RejectCode.CANCELLED)
    told = Field.DOCUMENT_TYPE in cells or (found["skip"] == cancelled).any()
    if not told or not (found["amount"] < 0).any():
        return found
    off = (pl.col("skip") == cancelled) & (pl.col("back") != -2)
    rows = found.select("row", *_OF, "document", "amount", "skip", off=off)
    less = rows.filter(pl.col("amount") < 0)
    said = less.filter("off")
    # Of what was never counted nothing goes back.
    said = said.filter(~_paired(said, rows.filter(pl.col("off") & (pl.col("amount") > 0))))
    asked = pl.concat([said, _calling(cells, less.filter(pl.col("skip") == ""))])
    if asked.is_empty():
        return found
    sales = rows.filter((pl.col("skip") == "") & (pl.col("amount") > 0))
    named = _named(take, frame, asked)
    sold = sales.join(named, on=(*_OF, "document"), how="semi")
    whole = sold.group_by(*_OF, "document").agg(total=pl.col("amount").sum())
    named = named.join(whole, on=(*_OF, "document"), maintain_order="left")
    named = named.unique("row", keep="first", maintain_order=True).with_columns(
        back=pl.col("amount").sum().over(*_OF, "document") + pl.col("total")
    )
    gone = named.filter(pl.col("back") == 0)
    aside = pl.concat(
        [gone["row"], sold.join(gone, on=(*_OF, "document"), how="semi")["row"]]
    ).implode()
    left = said.filter(~pl.col("row").is_in(gone["row"].implode()))
    alike = left.filter(_paired(left, sales.filter(~pl.col("row").is_in(aside))))["row"]
    counted = pl.concat([named.filter(pl.col("back") != 0)["row"], alike]).implode()
    return found.with_columns(
        skip=pl.when(pl.col("row").is_in(aside))
        .then(pl.lit(cancelled))
        .when(off & pl.col("row").is_in(counted))
        .then(pl.lit(""))
        .otherwise("skip")
    )


def _calling(cells: Cells, rows: pl.DataFrame) -> pl.DataFrame:
    """Return those of some rows that are of a kind of document that cancels another."""
    if Field.DOCUMENT_TYPE not in cells:
        return rows.clear()
    kinds = cells[Field.DOCUMENT_TYPE].gather(rows["row"])
    return rows.filter(kinds.is_in([k for k in kinds.unique().to_list() if meant.calls_off(k)]))


def _paired(rows: pl.DataFrame, others: pl.DataFrame) -> pl.Expr:
    """Return which of `rows` have one of `others` for themselves, of the same customer and size."""
    of = (*_OF, "amount")
    mine = rows.with_columns(pl.col("amount").abs())
    theirs = others.join(mine, on=of, how="semi")
    sides = [each.with_columns(place=pl.int_range(pl.len()).over(of)) for each in (mine, theirs)]
    return pl.col("row").is_in(
        sides[0].join(sides[1], on=(*of, "place"), how="semi")["row"].implode()
    )


def _named(take: Take, frame: pl.DataFrame, asked: pl.DataFrame) -> pl.DataFrame:
    """Return rows with the documents that they may cancel: their own, and those they name."""
    held = set(take.mapped.values())
    referring = [
        column
        for column in take.opened.columns
        if column not in held and _REFERS.search(normal(likeness.parted(column)))
    ]
    parts = [asked.select("row", *_OF, "amount", "document")]
    for column in referring:
        cells = frame[column].gather(asked["row"]).str.strip_chars().alias("document")
        parts.append(asked.select("row", *_OF, "amount").hstack([cells]))
    return pl.concat(parts).filter(pl.col("document") != "")
