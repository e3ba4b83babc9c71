"""One file: what its rows prove, and its rows in batches with the cells of each field."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Final, NamedTuple, Self, TypeVar

import polars as pl

from winback_tui.intake import dates, numbers, plain, table
from winback_tui.intake.choices import Choice
from winback_tui.intake.clean import LONGEST as LONGEST_NUMBER
from winback_tui.intake.clean import Tails, longest, whole
from winback_tui.intake.fields import Answers, Field, Hints, Mapped, normal
from winback_tui.intake.presets.record import Cells, Preset
from winback_tui.intake.table import Opened
from winback_tui.intake.unclear import UnclearError

Batch = TypeVar("Batch")
#: Called with what is done, what there is to do, and the name of the phase; may raise to cancel.
Progress = Callable[[int, int, str], None]
#: Fields that hold numbers, apart from the amount's own.
_NUMBERS: Final = (Field.QUANTITY, Field.PRICE, Field.REFUND, Field.DISCOUNT, Field.GOODS_TOTAL)
#: Seconds since 1970, from 2001 to 2033; thousandths of them are cut off.
_CLOCK: Final = r"^(1\d{9})(?:\d{3})?$"
#: No order for people has more lines.
_LONGEST_ORDER: Final = 100_000


class Take(NamedTuple):
    """What a file is taken for: its preset if any, the column of each field, what was said."""

    opened: Opened
    preset: Preset | None
    mapped: Mapped
    hints: Hints
    answers: Answers | None
    currency: str
    #: What was chosen where the file leaves room for it.
    choices: tuple[Choice, ...] = ()
    #: Whether kinds of documents are told, and some are invoices.
    invoices: bool = False
    #: Whether their orders are told beside them.
    ordered: bool = False
    #: Whether each row may be a whole document, so that the same again is no other one.
    once: bool = False
    #: Whether a customer number of nought is that of guests, who are told by e-mail or name.
    guests: bool = False
    #: Whether most orders are not paid: they were sold on account.
    on_account: bool = False

    @property
    def amounts(self) -> list[Field]:
        """The fields that an amount is made of: itself, or quantity and price."""
        if Field.AMOUNT in self.mapped:
            return [Field.AMOUNT]
        return [Field.QUANTITY, Field.PRICE]

    def column(self, field: str) -> str:
        """Return the name of the column that holds `field`, "" where it is made of several."""
        return self.mapped.get(field, "")


class Evidence(NamedTuple):
    """What the whole file proves: order of dates, decimal sign, tails of numbers, cut numbers."""

    order: dates.Order
    sign: str
    tails: bool
    shared: frozenset[str]
    rows: int


class Seen(NamedTuple):
    """The cells of a batch by field, and what one look at all their bytes told.

    `amounts` are the fields of numbers for which `plain.amounts` holds, `days` what `plain.days`
    read in the column of dates.
    """

    cells: Cells
    height: int
    amounts: frozenset[str]
    days: pl.Series | None

    @classmethod
    def of(cls, take: Take, frame: pl.DataFrame) -> Self:
        """Look at a batch."""
        cells = cells_of(take, frame)
        simple = (field for field in number_fields(take, cells) if plain.amounts(cells[field]))
        return cls(cells, frame.height, frozenset(simple), plain.days(cells[Field.DATE]))


class Looking:
    """What the rows of a file prove, batch by batch."""

    def __init__(self, take: Take) -> None:
        said = take.answers or Answers()
        self._take = take
        self._order = dates.Evidence(
            take.column(Field.DATE) or Field.DATE, take.hints.day_first, said.day_first
        )
        self._sign = numbers.Evidence(take.hints.decimal, said.decimal)
        self._tails = Tails()
        self._longer: dict[str, str] = {}
        self._shared: set[str] = set()
        self._rows = 0

    def see(self, batch: Seen) -> None:
        """Take a batch into account."""
        take, cells = self._take, batch.cells
        if batch.days is None:
            self._order.see(cells[Field.DATE])
        for field in number_fields(take, cells):
            named = cells[field].alias(take.column(field) or field)
            self._sign.see(named, simple=field in batch.amounts)
        self._tails.see(cells[Field.CUSTOMER])
        _see_long(cells[Field.CUSTOMER], self._longer, self._shared)
        self._rows += batch.height

    def decide(self) -> Evidence:
        """Return what is proven so far. Raises UnclearError for what stays open."""
        order, sign = self._order.decide(), self._sign.decide()
        return Evidence(order, sign, self._tails.found, frozenset(self._shared), self._rows)

    def confirms(self, evidence: Evidence) -> bool:
        """Return whether nothing but the number of rows differs from what was taken for proven."""
        return self.decide()._replace(rows=0) == evidence._replace(rows=0)


def look(take: Take, progress: Progress) -> Evidence:
    """Return what the whole file proves. Raises BadInputError for what stays open."""
    seen = Looking(take)
    rows = 0
    for frame in ahead(take.opened.batches(sorted({*take.mapped.values()}))):
        seen.see(Seen.of(take, frame))
        rows += frame.height
        done = max(take.opened.raw.text.tell(), 1)
        progress(rows, max(rows, rows * take.opened.raw.size // done), "look")
    return seen.decide()


def glance(take: Take) -> Evidence | None:
    """Return what the first rows of a large file prove; None for a small one, or where they do not.

    Most often the others prove the same, and one reading is enough.
    """
    raw = take.opened.raw
    if raw.size <= table.BLOCK:
        return None
    seen = Looking(take)
    seen.see(Seen.of(take, next(take.opened.batches(sorted({*take.mapped.values()})))))
    try:
        found = seen.decide()
    except UnclearError:
        return None
    return found._replace(rows=found.rows * raw.size // table.BLOCK)


def number_fields(take: Take, cells: Cells) -> list[Field]:
    """Return the fields of numbers that there are, those of the amount first."""
    others = [field for field in _NUMBERS if field in cells and field not in take.amounts]
    return [*take.amounts, *others]


def _see_long(column: pl.Series, longer: dict[str, str], shared: set[str]) -> None:
    """Note which overlong numbers are alike in as much of them as is kept."""
    if longest(column) <= LONGEST_NUMBER:
        return
    distinct = column.unique()
    found = distinct.filter(distinct.str.len_chars() > LONGEST_NUMBER)
    for full in whole(found).unique().to_list() if len(found) else ():
        head = full[:LONGEST_NUMBER].rstrip()
        if longer.setdefault(head, full) != full:
            shared.add(head)


def cells_of(take: Take, frame: pl.DataFrame) -> Cells:
    """Return the cells of a batch by field, as preset and person say."""
    cells: Cells = {str(field): frame[column] for field, column in take.mapped.items()}
    if {Field.AMOUNT, Field.AMOUNT_BACK} <= set(cells):
        cells[Field.AMOUNT] = _of_both_sides(cells[Field.AMOUNT], cells[Field.AMOUNT_BACK])
    if Field.DATE in cells:
        cells[Field.DATE] = _from_clock(cells[Field.DATE])
    if take.preset is None or take.preset.shape is None:
        return cells
    said = _said(take)
    made = take.preset.shape(cells, take.opened.above)
    return {**made, **{field: cells[field] for field in said if field in cells}}


def _of_both_sides(amount: pl.Series, back: pl.Series) -> pl.Series:
    """Return amounts of two columns as one: where only `back` holds one, it is money going back.

    A minus there takes back what went back, unless that column has no number without one. A row
    with amounts on both sides keeps both in its cell, which is then no number, and is rejected.
    """
    nothing = r"^[-0.,\s]*$"
    minus = r"^\s*[-−–(]|[-−–]\s*$"
    bought, returned = ~amount.str.contains(nothing), ~back.str.contains(nothing)
    less = back.str.contains(minus)
    plain = back.str.strip_chars().str.replace_all(r"^[-−–(]\s*|[)\s]*[-−–)]$", "")
    reversals = bool((returned & ~less).any())
    turned = pl.when(less & reversals).then(plain).otherwise("-" + plain)
    one = pl.when(returned & bought).then(amount + " / " + back)
    return (
        pl.select(one.when(returned).then(turned).otherwise(amount)).to_series().alias(amount.name)
    )


def _from_clock(dates: pl.Series) -> pl.Series:
    """Return instants that are told in (thousandths of) seconds since 1970 as days of UTC."""
    cells = dates.head(100).str.strip_chars()
    if not cells.str.contains(_CLOCK).any():
        return dates
    seconds = dates.str.strip_chars().str.extract(_CLOCK, 1).cast(pl.Int64)
    written = pl.from_epoch(seconds, "s").dt.strftime("%Y-%m-%d")
    return pl.select(pl.coalesce(written, dates)).to_series().alias(dates.name)


def _said(take: Take) -> set[str]:
    """Return the fields whose column a person named."""
    pairs = [*take.hints.mapping, *(take.answers.mapping if take.answers else ())]
    named = {normal(word) for _, word in pairs}
    return {str(field) for field in Field if str(field) in named}


def ahead(batches: Iterator[Batch]) -> Iterator[Batch]:
    """Yield what `batches` yields, the next of which is made while this one is worked on."""
    with ThreadPoolExecutor(1) as aside:
        waiting = aside.submit(next, batches, None)
        while (batch := waiting.result()) is not None:
            waiting = aside.submit(next, batches, None)
            yield batch
            # Not to be held while the next one is waited for.
            del batch


def rows_of(take: Take) -> Iterator[pl.DataFrame]:
    """Yield all rows in batches; rows of one order are never parted.

    With a preset whose orders take several rows there is a column `_order` that numbers them.
    """
    preset = take.preset
    first = take.column(preset.follow_up) if preset is not None and preset.follow_up else ""
    if not first:
        yield from ahead(take.opened.batches())
        return
    held: pl.DataFrame | None = None
    number = 0
    for frame in ahead(take.opened.batches()):
        joined = frame if held is None else pl.concat([held.drop("_order"), frame])
        numbered = joined.with_columns(_orders(joined, first, take.column(Field.DOCUMENT), number))
        last = numbered["_order"].max() if numbered.height else None
        held = numbered.filter(pl.col("_order") == last) if last is not None else None
        if held is not None and held.height > _LONGEST_ORDER:
            held = None
        whole_ones = numbered if held is None else numbered.head(numbered.height - held.height)
        number = int(last) if isinstance(last, int) else number
        if whole_ones.height:
            yield _handed_down(take, whole_ones)
    if held is not None:
        yield _handed_down(take, held)


def _orders(frame: pl.DataFrame, first: str, document: str, before: int) -> pl.Series:
    """Return numbers of orders: a row begins one that has a cell in `first` or a new document."""
    begins = pl.col(first).str.strip_chars() != ""
    if document:
        other = pl.col(document).str.strip_chars()
        begins |= (other != "") & (other != other.shift(fill_value=""))
    begun = begins.cast(pl.Int64).cum_sum()
    return frame.select((begun + max(before - 1, 0)).alias("_order")).to_series()


def _handed_down(take: Take, frame: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of orders with the cells that only the first row of each had."""
    fields = take.preset.handed_down if take.preset is not None else ()
    columns = dict.fromkeys(take.column(field) for field in fields)
    blank = {c: pl.col(c).str.strip_chars() == "" for c in columns if c}
    return frame.with_columns(
        pl.when(test).then(pl.col(column).first().over("_order")).otherwise(pl.col(column))
        .alias(column)
        for column, test in blank.items()
    )  # fmt: skip
