"""Rows that cancel others: looked for in each batch, and then in all of a file.

What a batch tells holds unless its file tells otherwise, which is then read once more with that.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple, Protocol

import polars as pl

from winback_tui.intake import likeness
from winback_tui.intake import meaning as meant
from winback_tui.intake.fields import Field, normal
from winback_tui.intake.presets.record import Cells
from winback_tui.intake.reading import Take
from winback_tui.intake.spill import Spill
from winback_tui.model import RejectCode
from winback_tui.rules.numbering import LASTING, LATER

#: Headers of the document that another one cancels.
_REFERS: Final = re.compile(
    r"storno|origin|bezug|bezieht|referen|ursprung|zugehoerig|(?:^|_)zu(?:_|$)|korrigier|related|"
    r"cancel|credited|applies_to|parent"
)
_SAYING: Final = (Field.STATUS, Field.OTHER_STATUS, Field.CANCELLED, Field.DOCUMENT_TYPE)
_CANCELLED: Final = str(RejectCode.CANCELLED)
_OF: Final = ("number", "currency")
_SALE: Final = (*_OF, "document")
_SALES: Final = pl.Schema({
    "number": pl.String, "currency": pl.String, "document": pl.String, "day": pl.Int64,
    "product": pl.String, "amount": pl.Int64,
})  # fmt: skip
_TOLD: Final = (
    *(
        "line",
        "number",
        "currency",
        "document",
        "day",
        "product",
        "amount",
        "skip",
        "back",
        "calling",
        "returned",
        "refers",
    ),
)


class Verdict(NamedTuple):
    """Lines that are set aside as cancelled, lines that count, and sales that others cancel."""

    aside: pl.Series
    counted: pl.Series
    gone: pl.DataFrame
    named: pl.DataFrame = _SALES.to_frame()

    def naming(self) -> pl.DataFrame:
        """Return the documents that the file lacks and that rows of it cancel, naming them."""
        return self.named

    def settle(
        self, _take: Take, _frame: pl.DataFrame, _cells: Cells, found: pl.DataFrame
    ) -> pl.DataFrame:
        """Return what rows say with this in place of what their batch tells."""
        if self.aside.is_empty() and self.counted.is_empty() and self.gone.is_empty():
            return found
        keys = self.gone.with_columns(gone=pl.lit(value=True))
        gone = found.select(_SALE).join(keys, on=_SALE, how="left", maintain_order="left")["gone"]
        sale = (pl.col("skip") == "") & (pl.col("amount") > 0)
        return found.with_columns(
            skip=pl.when(pl.col("line").is_in(self.aside.implode()))
            .then(pl.lit(_CANCELLED))
            .when(pl.col("line").is_in(self.counted.implode()))
            .then(pl.lit(""))
            .when(sale & pl.lit(gone).fill_null(value=False))
            .then(pl.lit(_CANCELLED))
            .otherwise("skip")
        )


_NOTHING: Final = Verdict(
    *(pl.Series("line", [], pl.Int64),) * 2, gone=_SALES.to_frame().select(_SALE)
)


class Cancelling(Protocol):
    """What settles which rows of a batch are cancelled by others of the file."""

    def settle(
        self, take: Take, frame: pl.DataFrame, cells: Cells, found: pl.DataFrame
    ) -> pl.DataFrame:
        """Return what rows say, with the cancelled ones skipped."""

    def naming(self) -> pl.DataFrame:
        """Return the documents that the file lacks and that rows of it cancel, naming them."""


class Batches:
    """A look at each batch by itself, which remembers what the whole file is asked for then."""

    def __init__(self) -> None:
        self._told: list[pl.DataFrame] = []
        self._gone: list[pl.DataFrame] = []
        self._verdicts: list[Verdict] = []
        self._kinds = self._documents = False
        self._seen = 0

    def settle(
        self, take: Take, frame: pl.DataFrame, cells: Cells, found: pl.DataFrame
    ) -> pl.DataFrame:
        """Return what rows say, with those skipped that others of these rows cancel."""
        self._seen += 1
        if take.preset is not None or not any(field in cells for field in _SAYING):
            return found
        self._kinds, self._documents = Field.DOCUMENT_TYPE in cells, Field.DOCUMENT in cells
        told = _speaking(take, frame, cells, found)
        if told.is_empty():
            return found
        sales = found.filter((pl.col("skip") == "") & (pl.col("amount") > 0))
        sales = sales.select(_SALES.names())
        verdict = self._decided(told, lambda _: sales)
        self._told.append(told)
        self._verdicts.append(verdict)
        if not verdict.gone.is_empty():
            self._gone.append(sales.join(verdict.gone, on=_SALE, how="semi"))
        return verdict.settle(take, frame, cells, found)

    def naming(self) -> pl.DataFrame:
        """Return the documents that the file lacks and that rows of it cancel, naming them."""
        return pl.concat([_SALES.to_frame(), *(each.named for each in self._verdicts)]).unique()

    def overruled(self, rows: Spill, numbers: Callable[[], pl.DataFrame]) -> Verdict | None:
        """Return what all rows tell, None where that is what their batches told.

        `rows` are those that were taken, `numbers` returns number and code of their customers.
        """
        if self._seen < 2 or not self._told:
            return None
        told = pl.concat(self._told)
        gone = pl.concat([_SALES.to_frame(), *self._gone])
        found: list[pl.DataFrame] = []

        def sales(asked: pl.DataFrame) -> pl.DataFrame:
            found.extend(_sold(rows, numbers(), asked))
            return pl.concat([gone, *found])

        whole = self._decided(told, sales)
        left = pl.concat([_SALES.to_frame(), *found])
        same = (
            _same(whole.aside, [each.aside for each in self._verdicts])
            and _same(whole.counted, [each.counted for each in self._verdicts])
            and left.join(whole.gone, on=_SALE, how="semi").is_empty()
            and gone.join(whole.gone, on=_SALE, how="anti").is_empty()
        )
        return None if same else whole

    def _decided(
        self, told: pl.DataFrame, sales: Callable[[pl.DataFrame], pl.DataFrame]
    ) -> Verdict:
        """Return what some rows tell of each other, and of sales that they may cancel.

        `sales` returns those of the customers of some rows, with the columns of _SALES.
        """
        if not (told["calling"] | (told["skip"] == _CANCELLED)).any():
            return _NOTHING
        once = _called_off_once(told, kinds=self._kinds)
        off = (pl.col("skip") == _CANCELLED) & (pl.col("back") != -2)
        skip = pl.when(pl.col("line").is_in(once.implode())).then(pl.lit(_CANCELLED))
        told = told.with_columns(skip=skip.otherwise("skip")).with_columns(off=off)
        less = told.filter(pl.col("amount") < 0)
        said = less.filter("off")
        # Of what was never counted nothing goes back.
        never = told.filter(pl.col("off") & (pl.col("amount") > 0))
        said = said.filter(~_paired(said, never))
        of_never = never.filter(pl.col("document") != "")
        returned = said.filter("returned").join(of_never, on=_SALE, how="anti")["line"]
        asked = pl.concat([said, less.filter((pl.col("skip") == "") & pl.col("calling"))])
        over = told.filter(pl.col("off") & (pl.col("amount").fill_null(0) >= 0))
        if (asked.is_empty() and over.is_empty()) or not self._documents:
            return _NOTHING._replace(aside=once, counted=returned)
        sold = sales(pl.concat([asked, over]))
        ended = _called_off_later(over, sold)
        named = _named(asked)
        of_named = sold.join(named, on=_SALE, how="semi")
        total = of_named.group_by(_SALE).agg(total=pl.col("amount").sum())
        named = named.join(total, on=_SALE, maintain_order="left")
        named = named.unique("line", keep="first", maintain_order=True).with_columns(
            rest=pl.col("amount").sum().over(_SALE) + pl.col("total")
        )
        gone = named.filter(pl.col("rest") == 0)
        left = said.filter(~pl.col("line").is_in(gone["line"].implode()))
        alike = left.filter(_paired(left, sold.join(gone, on=_SALE, how="anti")))["line"]
        back = pl.concat([named.filter(pl.col("rest") != 0)["line"], alike, returned])
        back = back.filter(~back.is_in(gone["line"].implode()))
        return Verdict(
            aside=pl.concat([once, gone["line"]]).unique(),
            counted=told.filter(pl.col("off") & pl.col("line").is_in(back.implode()))["line"],
            gone=pl.concat([gone.select(_SALE), ended]).unique(),
            named=_of_other_files(asked, sold),
        )


def _same(whole: pl.Series, parts: list[pl.Series]) -> bool:
    """Return whether the same lines were told in parts."""
    return set(whole.to_list()) == {line for part in parts for line in part.to_list()}


def _speaking(take: Take, frame: pl.DataFrame, cells: Cells, found: pl.DataFrame) -> pl.DataFrame:
    """Return the rows that are cancelled, cancel others or bear a minus, as _TOLD has them."""
    calling = pl.lit(value=False)
    if Field.DOCUMENT_TYPE in cells:
        kinds = cells[Field.DOCUMENT_TYPE]
        words = [kind for kind in kinds.unique().to_list() if meant.calls_off(kind)]
        if words:
            calling = pl.lit(kinds.is_in(words))
    named = (*_TOLD[:-3], "row")
    rows = found.select(*named, calling=calling, returned=_returned(cells)).filter(
        (pl.col("skip") == _CANCELLED) | pl.col("calling") | (pl.col("amount") < 0)
    )
    held = set(take.mapped.values())
    referring = [
        column
        for column in take.opened.columns
        if column not in held and _REFERS.search(normal(likeness.parted(column)))
    ]
    told = frame.select(referring)[rows["row"]] if referring else rows.select(own="document")
    refers = told.select(refers=pl.concat_list(pl.all().str.strip_chars()))
    return rows.hstack(refers).select(_TOLD).rechunk()


def _returned(cells: Cells) -> pl.Expr:
    """Return which rows bear a status that says that goods or money came back."""
    found = pl.lit(value=False)
    for field in (Field.STATUS, Field.OTHER_STATUS):
        if field in cells:
            words = [cell for cell in cells[field].unique().to_list() if meant.went_back(cell)]
            if words:
                found |= pl.lit(cells[field].is_in(words))
    return found


def _called_off_once(told: pl.DataFrame, *, kinds: bool) -> pl.Series:
    """Return the lines of documents that cancel another one whose own status says so already.

    Otherwise the money would go back of what was never counted.
    """
    calls = pl.col("calling") if kinds else pl.col("amount") < 0
    off = (pl.col("skip") == _CANCELLED) & (pl.col("back") != -2) & (pl.col("amount") > 0)
    calling = told.filter(calls & (pl.col("skip") == ""))
    return calling.filter(_paired(calling, told.filter(off)))["line"]


def _of_other_files(asked: pl.DataFrame, sold: pl.DataFrame) -> pl.DataFrame:
    """Return the documents that rows below nought name, and that none of the sales bears."""
    named = asked.filter(pl.col("amount") < 0).with_columns(document="refers").explode("document")
    named = named.filter(pl.col("document").fill_null("") != "", pl.col("day").is_not_null())
    return named.join(sold, on=_SALE, how="anti").select(_SALES.names())


def _called_off_later(over: pl.DataFrame, sold: pl.DataFrame) -> pl.DataFrame:
    """Return the sales that a row of a later day calls off, under their own number.

    It tells all that they cost, or nothing at all: else it may be a part of the document. Where it
    tells nothing, the number must be that of one day, and none that begins anew on each; and where
    it names an article, all articles of the document must be called off.
    """
    sales = sold.filter(pl.col("document") != "").group_by(_SALE)
    whole = sales.agg(
        last=pl.col("day").max(), days=pl.col("day").n_unique(), total=pl.col("amount").sum()
    )
    after = pl.col("day") - pl.col("last")
    cost = pl.col("amount").fill_null(0)
    met = over.join(whole, on=_SALE).filter(after.is_between(1, LATER))
    one = (pl.col("days") == 1) & pl.col("document").str.contains(LASTING)
    free = met.filter((cost == 0) & one)
    lines = free.filter(pl.col("product") != "")
    left = sold.join(lines, on=_SALE, how="semi").join(lines, on=(*_SALE, "product"), how="anti")
    left = left.join(free.filter(pl.col("product") == ""), on=_SALE, how="anti")
    free = free.join(left, on=_SALE, how="anti")
    return pl.concat([met.filter(cost == pl.col("total")), free]).select(_SALE)


def _paired(rows: pl.DataFrame, others: pl.DataFrame) -> pl.Expr:
    """Return which of `rows` have one of `others` for themselves, of the same customer and size."""
    of = (*_OF, "amount")
    mine = rows.select("line", *_OF, pl.col("amount").abs())
    theirs = others.select(*_OF, pl.col("amount").abs()).join(mine, on=of, how="semi")
    sides = [each.with_columns(place=pl.int_range(pl.len()).over(of)) for each in (mine, theirs)]
    return pl.col("line").is_in(
        sides[0].join(sides[1], on=(*of, "place"), how="semi")["line"].implode()
    )


def _named(asked: pl.DataFrame) -> pl.DataFrame:
    """Return rows with the documents that they may cancel: their own, and those they name."""
    documents = pl.concat_list(pl.col("document"), pl.col("refers"))
    rows = asked.select("line", *_OF, "amount", document=documents).explode("document")
    return rows.filter(pl.col("document") != "")


def _sold(rows: Spill, numbers: pl.DataFrame, asked: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Yield the sales of the customers of some rows."""
    codes = numbers.join(asked.select("number").unique(), on="number", how="semi")
    for part in rows.parts():
        of_part = part.filter(pl.col("amount") > 0).join(codes, on="code")
        if not of_part.is_empty():
            yield of_part.select(_SALES.names())
