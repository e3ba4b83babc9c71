"""What the first rows of a file of no known program tell of its documents."""

import re
from collections.abc import Callable
from typing import Final

import polars as pl

from winback_tui.intake import likeness
from winback_tui.intake import meaning as meant
from winback_tui.intake.choices import Choice
from winback_tui.intake.fields import Field, normal, shell
from winback_tui.intake.glimpse import Glimpse
from winback_tui.intake.repeats import of_lines, states
from winback_tui.intake.table import EXTRA, LINE
from winback_tui.intake.unclear import UnclearError

#: Headers of amounts that speak of a whole order.
_OF_ORDER: Final = re.compile(r"order|invoice|rechnung|auftrag|bestell|beleg|gesamt|grand")
#: Invoices of a part of the work, and of all of it.
_PART: Final = re.compile(
    r"abschlag|anzahlung|teilrechnung|a_?konto|down_payment|deposit_invoice|acompte|acconto|anticipo|"
    r"aanbetaling|zaliczk"
)
_FINAL: Final = re.compile(r"schluss_?rechnung|end_?rechnung|final_invoice|de_solde|(?:^|_)koncow")
#: What a column says that tells rows with tax from rows without, as `normal` writes it.
_BOTH_TAXES: Final = (
    *({"netto", "brutto"}, {"net", "gross"}, {"ht", "ttc"}, {"excl", "incl"}, {"netto", "bruto"}),
    *({"neto", "bruto"}, {"netto", "lordo"}, {"zzgl_mwst", "inkl_mwst"}, {"n", "b"}),
)


def _of_line(amount: str, quantity: str, price: str) -> pl.Expr:
    """Return which rows say one piece, and its price again."""
    one = pl.col(quantity).str.strip_chars().str.contains(r"^1(?:[.,]0+)?$")
    return one & (pl.col(amount).str.strip_chars() == pl.col(price).str.strip_chars())


class Documents(Glimpse):
    """A look at the documents of the first rows; it adds to `mapped` and to `choices`.

    `free` returns the columns that nothing holds; `said` are the fields that a person named.
    """

    def __init__(
        self,
        name: str,
        first: pl.DataFrame,
        mapped: dict[str, str],
        free: Callable[[], list[str]],
        *,
        said: set[str],
        choices: list[Choice],
    ) -> None:
        super().__init__(name, first, mapped, free, said=said)
        self._choices = choices
        self.once = False

    def repeated(self) -> None:
        """Raise UnclearError where each line of an order bears what the whole order cost."""
        amount, document = self._mapped.get(Field.AMOUNT), self._mapped.get(Field.DOCUMENT)
        if amount is None or document is None or Field.AMOUNT in self._said:
            return
        if (likeness.rank_of(Field.AMOUNT, amount) or 0) < likeness.LINES:
            return
        items = [self._mapped[f] for f in (Field.PRODUCT, Field.PRODUCT_NAME) if f in self._mapped]
        priced = [self._mapped[f] for f in (Field.QUANTITY, Field.PRICE) if f in self._mapped]
        if not items and len(priced) < 2:
            return
        own = self._first.filter(pl.col(document).str.strip_chars() != "")
        if len(priced) == 2 and bool(own.select(_of_line(amount, *priced).all()).item()):
            return
        groups = (
            own.group_by(document)
            .agg(
                pl.len().alias("_rows"),
                pl.col(amount).n_unique().alias("_amounts"),
                pl.struct(*dict.fromkeys([*items, *priced])).n_unique().alias("_lines"),
            )
            .filter((pl.col("_rows") > 1) & (pl.col("_lines") > 1))
        )
        if groups.is_empty() or bool((groups["_amounts"] > 1).any()):
            return
        if groups.height < 2 and len(priced) < 2 and not _OF_ORDER.search(normal(amount)):
            return
        fact = (
            f"“{amount}” is the same in every row of one “{document}”, so it may be the whole of it"
        )
        other = (
            f"--map {shell(priced[0], Field.QUANTITY)} --map {shell(priced[1], Field.PRICE)}"
            if len(priced) == 2
            else "--map COLUMN=amount with the column of each row's own"
        )
        raise UnclearError(
            f"{self._name}: {fact}; say {other}, or --map {shell(amount, Field.AMOUNT)} if each "
            "row counts.",
            "mapping",
            fact=fact,
        )

    def receipts(self) -> None:
        """Tell receipts by their branch and till too, each of which numbers its own."""
        document = self._mapped.get(Field.DOCUMENT)
        if document is None:
            return
        kind = meant.numbering(normal(likeness.parted(document)))
        tills = self._first_of(meant.TILL) if kind != "order" else None
        if tills is None and kind != "receipt":
            return
        found = {Field.BRANCH: self._first_of(meant.BRANCH), Field.TILL: tills}
        for field, column in found.items():
            if column is not None and field not in self._mapped and field not in self._said:
                self._mapped[field] = column
        others = tuple(self._mapped[field] for field in found if field in self._mapped)
        if others:
            self._choices.append(Choice("receipt", document, others))

    def _first_of(self, mark: "re.Pattern[str]") -> str | None:
        return next((c for c in self._free() if mark.search(normal(likeness.parted(c)))), None)

    def net_and_gross(self) -> None:
        """Raise UnclearError where a column says which rows are net and which are gross."""
        for column in self._free():
            cells = {normal(cell) for cell in self._first[column].unique().to_list()} - {""}
            if len(cells) == 2 and cells in _BOTH_TAXES:
                fact = f"“{column}” says which amounts are net and which gross, so both would count"
                raise UnclearError(
                    f"{self._name}: {fact}; take the rows of one kind out, or say --map "
                    f"{shell(column, Field.IGNORE)} if each row counts.",
                    "mapping",
                    fact=fact,
                )

    def in_parts(self) -> None:
        """Raise UnclearError where a final invoice may tell what invoices of parts told before."""
        who = self._mapped.get(Field.CUSTOMER)
        named = (c for c in self._free() if meant.of_kinds(normal(likeness.parted(c))))
        kinds = self._mapped.get(Field.DOCUMENT_TYPE) or next(named, None)
        if kinds is None or who is None or Field.DOCUMENT_TYPE in self._said:
            return
        words = self._first[kinds].unique().sort().to_list()
        parts, ends = (
            [word for word in words if mark.search(normal(word))] for mark in (_PART, _FINAL)
        )
        sides = [
            self._first.filter(pl.col(kinds).is_in(each)).select(pl.col(who).str.strip_chars())
            for each in (parts, ends)
        ]
        if sides[0].join(sides[1], on=who, how="semi").is_empty():
            return
        fact = (
            f"“{kinds}” has “{ends[0].strip()}” beside “{parts[0].strip()}” of one customer, and "
            "the former may tell the whole or the rest"
        )
        raise UnclearError(
            f"{self._name}: {fact}; take the invoices of parts out if it tells the whole, or write "
            "“invoice” in the place of both if each counts.",
            "mapping",
            fact=fact,
        )

    def _of_several_days(self, document: str, names: tuple[str, ...]) -> None:
        """Raise UnclearError where orders stand on several days, each time with the same amount.

        So a log tells an order when it is made, paid and sent.
        """
        amount, day = self._mapped.get(Field.AMOUNT), self._mapped.get(Field.DATE)
        numbers = meant.numbering(normal(likeness.parted(document)))
        if amount is None or day is None or not numbers or Field.DOCUMENT in self._said:
            return
        rows = self._first.filter(pl.col(document).str.strip_chars().is_in(names))
        told = rows.group_by(pl.col(document).str.strip_chars()).agg(
            _days=pl.col(day).n_unique(), _rows=pl.len(), _sums=pl.col(amount).n_unique()
        )
        same = told.filter(pl.col("_days") == pl.col("_rows"), pl.col("_sums") == 1)
        if same.height < 2 or same.height < told.height:
            return
        fact = (
            f"“{document}” {names[0]} stands on several days with the same amount, as do all others"
            " that stand more than once, so that they may be told again rather than sold again"
        )
        raise UnclearError(
            f"{self._name}: {fact}; keep one row of each, or say --map "
            f"{shell(document, Field.IGNORE)} if each row counts.",
            "mapping",
            fact=fact,
        )

    def told_twice(self) -> None:
        """Ask whether each row may be a whole document; else tell which stand in several rows.

        They may be where no document has rows that differ but in the state that they tell.
        """
        if of_lines(self._mapped):
            return
        document = self._mapped[Field.DOCUMENT]
        told = [self._mapped[f] for f in (Field.BRANCH, Field.TILL) if f in self._mapped]
        rows = self._first.filter(pl.col(document).str.strip_chars() != "").drop(LINE, EXTRA)
        rows = rows.drop(states(rows.columns, self._mapped))
        day = self._mapped.get(Field.DATE, document)
        counted = rows.group_by(*told, pl.col(document).str.strip_chars()).agg(
            count=pl.len(), kinds=pl.struct(pl.all()).n_unique(), _days=pl.col(day).n_unique()
        )
        several = counted.filter(pl.col("count") > 1)
        if (several["kinds"] == 1).all():
            self.once = True
            return
        names = tuple(several[document].unique().sort().to_list())
        self._of_several_days(document, names)
        # Where most do, they are lines, or the column holds something else.
        apart = bool((several["_days"] > 1).any()) and 2 * len(names) <= counted.height
        if apart or 4 * len(names) <= counted.height:
            self._choices.append(Choice("repeated", document, names))
