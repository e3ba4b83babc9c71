"""Rows that tell the same order again, in a file that has one row for each: they count once.

The same may stand twice on one invoice, in files that have a row for each of its lines. So rows are
one order only where that is clear: no document has rows that differ, and these say another state of
it, or stand apart, or their amount is called that of a whole order. Else they count, and are told.
"""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

import polars as pl

from winback_tui.intake.choices import Choice
from winback_tui.intake.fields import Field, Mapped, normal
from winback_tui.intake.reading import Take
from winback_tui.intake.spill import Spill
from winback_tui.model import RejectCode

#: Fields that make rows lines of their documents.
_OF_LINES: Final = frozenset(
    (Field.PRODUCT, Field.PRODUCT_NAME, Field.QUANTITY, Field.PRICE, Field.CATEGORY)
)
_STATES: Final = (Field.STATUS, Field.OTHER_STATUS, Field.CANCELLED)
#: Headers of when a row was last changed.
_CHANGED: Final = re.compile(
    r"updated|modified|last_change|geaendert|aktualisier|aenderung|status_?(?:date|datum|since|seit)"
)
#: Headers of amounts that are those of a whole order.
_WHOLE: Final = re.compile(
    r"order|invoice|rechnung|auftrag|bestell|beleg|grand|gesamt(?:betrag|summe|brutto|netto)"
)
_PART: Final = re.compile(r"line|item|pos|zeile")
#: Headers of files of which a row is a payment or a charge.
_PAYMENTS: Final = re.compile(
    r"(?:zahl|teil|raten)betrag|zahlungsbetrag|payment_amount|paid_amount|amount_paid|^payment$|"
    r"^zahlung$|^rate$|raten|instal|abschlag|iban|verwendungszweck|subscription|^abo|vertrag|"
    r"contract|charge|buchungs?text|saldo|balance"
)
#: A nought or a dash stands where there is no number.
_NUMBERED: Final = r"[^-–/.\s0]"
_OF: Final = ("code", "document")
#: What a row has besides what the book takes, while its file is read.
_MARKS: Final = pl.Schema({"told": pl.UInt64, "state": pl.UInt64, "place": pl.Int64})


class Settled(NamedTuple):
    """What is left of a file's rows, and of its customers (by their code before, None for all)."""

    rows: Spill
    twice: int = 0
    kept: pl.Series | None = None
    choices: tuple[Choice, ...] = ()


def states(columns: Sequence[str], mapped: Mapped) -> list[str]:
    """Return the columns that say in which state an order is, and since when."""
    told = {mapped.get(field) for field in _STATES}
    held = set(mapped.values())
    return [
        column
        for column in columns
        if column in told or (column not in held and _CHANGED.search(normal(column)))
    ]


def of_lines(mapped: Mapped) -> bool:
    """Return whether a file's rows are lines of documents, and none of them need be a whole one."""
    return Field.DOCUMENT not in mapped or not _OF_LINES.isdisjoint(mapped)


class Repeats:
    """A look at all rows of a file that may have one row for each document."""

    def __init__(self, take: Take) -> None:
        self._column = take.column(Field.DOCUMENT)
        columns = take.opened.columns
        self._states = states(columns, take.mapped)
        self._said = [column for column in columns if column not in self._states]
        names = [normal(column) for column in columns]
        amount = normal(take.column(Field.AMOUNT))
        self._whole = bool(_WHOLE.search(amount)) and not _PART.search(amount)
        self._payments = any(_PAYMENTS.search(name) for name in names)
        self._off: list[pl.DataFrame] = []
        self._seen = 0

    def schema(self, rows: pl.Schema) -> pl.Schema:
        """Return the columns of rows that are looked at."""
        return pl.Schema({**rows, **_MARKS})

    def marked(self, frame: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
        """Return what rows say with their marks; `frame` has them as they stand in the file."""
        told = frame.select(self._said).hash_rows(seed=1).alias("told")
        state = (
            frame.select(self._states).hash_rows(seed=1).alias("state")
            if self._states
            else pl.Series("state", [0], pl.UInt64).new_from_index(0, frame.height)
        )
        begin, self._seen = self._seen, self._seen + frame.height
        place = pl.Series("place", range(begin, self._seen), pl.Int64)
        rows = found["row"]
        return found.hstack([told.gather(rows), state.gather(rows), place.gather(rows)])

    def called_off(self, bad: pl.DataFrame) -> None:
        """Note which of the rejected rows call an order off."""
        off = bad.filter(
            (pl.col("_code") == str(RejectCode.CANCELLED)) & (pl.col("document") != "")
        )
        if off.height:
            self._off.append(off.select("number", "document", *_MARKS))

    def settled(self, rows: Spill, numbers: pl.DataFrame, wanted: pl.Schema) -> Settled:
        """Return the rows without what is told again; `numbers` has number and code."""
        off = self._offs(numbers)
        documents = several = differing = 0
        found: list[pl.DataFrame] = []
        for part in rows.parts():
            of_part = off.join(part.select("code").unique(), on="code", how="semi")
            counted = _counted(part, of_part)
            again = counted.filter(pl.col("count") > 1)
            documents += counted.height
            several += again.height
            differing += again.filter(pl.col("kinds") > 1).height
            found.append(again)
        rows_of = pl.concat(found) if found else pl.DataFrame()
        if not several:
            rows.narrow(wanted)
            return Settled(rows)
        if differing:
            rows.narrow(wanted)
            # Where most do, they are lines, or the column holds something else.
            few = 4 * several <= documents
            other = (pl.col("kinds") == 1) & (pl.col("states") > 1)
            told = self._choice("repeated", rows_of.filter(pl.lit(few) | other))
            return Settled(rows, choices=told)
        apart = pl.col("apart") & (not self._payments)
        clear = (pl.col("states") > 1) | apart | self._whole
        one, open_ones = rows_of.filter(clear), rows_of.filter(~clear)
        gone = pl.col("off")
        choices = (
            *self._choice("told_once", one.filter(~gone)),
            *self._choice("told_off", one.filter(gone)),
            *self._choice("repeated", open_ones),
        )
        if one.is_empty():
            rows.narrow(wanted)
            return Settled(rows, choices=choices)
        return _once(rows, one, wanted)._replace(choices=choices)

    def _offs(self, numbers: pl.DataFrame) -> pl.DataFrame:
        kinds = pl.Schema([("number", pl.String), ("document", pl.String), *_MARKS.items()])
        off = pl.concat([pl.DataFrame(schema=kinds), *self._off])
        return off.join(numbers, on="number").select(*_OF, *_MARKS)

    def _choice(self, field: str, documents: pl.DataFrame) -> tuple[Choice, ...]:
        if documents.is_empty():
            return ()
        names = documents["document"].unique().sort().to_list()
        return (Choice(field, self._column, tuple(names)),)


def _counted(part: pl.DataFrame, off: pl.DataFrame) -> pl.DataFrame:
    """Return of each document of some rows how often it is told, and how."""
    rows = pl.concat([
        part.select(*_OF, *_MARKS, off=False), off.with_columns(off=True)
    ]).filter(pl.col("document").str.contains(_NUMBERED))  # fmt: skip
    place = pl.col("place")
    counted = rows.group_by(_OF).agg(
        count=place.n_unique(),
        kinds=pl.col("told").n_unique(),
        states=pl.col("state").n_unique(),
        apart=place.max() - place.min() >= place.n_unique(),
        off=pl.col("off").any(),
        all_off=pl.col("off").all(),
    )
    return counted.filter(~pl.col("all_off")).drop("all_off")


def _once(rows: Spill, one: pl.DataFrame, wanted: pl.Schema) -> Settled:
    """Return the rows of which `one` counts once, or not at all where it was called off."""
    left = Spill(wanted, order="code", then="day")
    kept: list[pl.Series] = []
    customers = twice = 0
    for part in rows.parts():
        known = part.join(one.select(*_OF, "off"), on=_OF, how="left", maintain_order="left")
        same = pl.struct(*_OF, "told", "amount").is_first_distinct() | pl.col("off").is_null()
        held = known.filter(same & ~pl.col("off").fill_null(value=False))
        twice += part.height - held.height
        codes = held["code"].unique().sort()
        renamed = pl.DataFrame([
            codes, pl.Series("now", range(customers, customers + len(codes)), pl.Int64)
        ])  # fmt: skip
        customers += len(codes)
        kept.append(codes)
        held = held.join(renamed, on="code", how="left", maintain_order="left")
        left.add(held.with_columns(code="now").select(wanted.names()).rechunk())
    return Settled(left, twice, pl.concat(kept))
