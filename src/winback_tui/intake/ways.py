"""Which way the money of rows went, where words and marks leave it open: that is asked."""

import re
from typing import Final

import polars as pl

from winback_tui.intake import likeness
from winback_tui.intake import meaning as meant
from winback_tui.intake.fields import Field, normal, shell
from winback_tui.intake.glimpse import Glimpse
from winback_tui.intake.unclear import UnclearError

#: A number below nought, as programs write it.
MINUS: Final = r"^[-−–(]|-$"
#: Headers of a mark that a row went back, or of pieces that did; and of what only may.
_WENT_BACK: Final = re.compile(
    r"(?:^|_)(?:is_)?(?:refund(?:ed)?|retoure|retour|return(?:ed)?|gutschrift|rueckgabe|credit_?note|"
    r"avoir|zwrot|retourniert\w*|erstattung|sale_or_return)(?:$|_)"
)
_MAY_GO_BACK: Final = re.compile(
    r"able|recht|policy|allowed|frist|moegl|returning|customer|kunde|reason|grund|datum|date|"
    r"betrag|amount|total|label|address|adresse|nummer|number|_id$|_nr$"
)
_OF_PIECES: Final = re.compile(r"menge|qty|quantity|stueck|anzahl|pieces|units")
#: So many invoices, or rows of which nothing says what they are, bear a minus by no chance.
_SEVERAL, _MANY = 2, 10


class Ways(Glimpse):
    """A look at rows that may be sales or go back."""

    def ask(self) -> None:
        """Raise UnclearError for the first that the rows leave open."""
        self._on_credit()
        self._turned()
        self._marked()

    def _on_credit(self) -> None:
        """Raise UnclearError where “Credit” may be a credit note, or how somebody paid."""
        kinds, amount = self._mapped.get(Field.DOCUMENT_TYPE), self._mapped.get(Field.AMOUNT)
        if kinds is None or Field.DOCUMENT_TYPE in self._said:
            return
        words = sorted({cell.strip() for cell in self._first[kinds].to_list()} - {""})
        credit = [word for word in words if normal(word) == "credit"]
        others = [word for word in words if word not in credit]
        if not credit or any(map(meant.is_bill, others)):
            return
        rows = self._first.filter(pl.col(kinds).str.strip_chars().is_in(credit))
        if amount is not None and rows[amount].str.strip_chars().str.contains(MINUS).all():
            return
        shown = ", ".join(f"“{each}”" for each in others[:3])
        fact = (
            f"“{kinds}” says “{credit[0]}” beside {shown}, which may be money that went back or a "
            "sale on credit"
        )
        raise UnclearError(
            f"{self._name}: {fact}; say --map {shell(kinds, Field.IGNORE)} if each row counts, "
            "else write “credit note” there.",
            "mapping",
            fact=fact,
        )

    def _turned(self) -> None:
        """Raise UnclearError where sales bear a minus, as in a ledger of revenues."""
        amount, kinds = self._mapped.get(Field.AMOUNT), self._mapped.get(Field.DOCUMENT_TYPE)
        if amount is None or Field.AMOUNT in self._said:
            return
        money = pl.col(amount).str.strip_chars()
        rows = self._first.filter(money.str.contains(r"[1-9]"))
        if kinds is not None:
            bills = [w for w in rows[kinds].unique().to_list() if meant.is_invoice(w.strip())]
            rows = rows.filter(pl.col(kinds).is_in(bills))
        enough = _MANY if kinds is None else _SEVERAL
        if rows.height < enough or not rows[amount].str.strip_chars().str.contains(MINUS).all():
            return
        fact = f"“{amount}” bears a minus in each row that may be a sale"
        raise UnclearError(
            f"{self._name}: {fact}; write the amounts of sales without one, or say --map "
            f"{shell(amount, Field.AMOUNT)} if all of it is money that went back.",
            "mapping",
            fact=fact,
        )

    def _marked(self) -> None:
        """Raise UnclearError where a mark says that a row went back, and its amount bears no minus.

        With it are asked pieces that came back, where the amount is made of those that went out.
        """
        amount = self._mapped.get(Field.AMOUNT)
        kinds = self._mapped.get(Field.DOCUMENT_TYPE)
        pieces = self._mapped.get(Field.QUANTITY)
        if Field.AMOUNT in self._said or (amount is None and pieces is None):
            return
        for column in self._free():
            name = normal(likeness.parted(column))
            if not _WENT_BACK.search(name) or _MAY_GO_BACK.search(name):
                continue
            cells = {cell.strip() for cell in self._first[column].unique().to_list()} - {""}
            rows = self._first.filter(pl.col(column).str.strip_chars().is_in(_marks(cells)))
            if kinds is not None:
                words = [word for word in rows[kinds].unique().to_list() if meant.goes_back(word)]
                rows = rows.filter(~pl.col(kinds).is_in(words))
            if amount is None and _OF_PIECES.search(name):
                rows = self._first.filter(pl.col(column).str.contains(r"[1-9]"))
            else:
                signed = pl.col(amount or pieces or "").str.strip_chars()
                rows = rows.filter(~signed.str.contains(MINUS))
            if (amount is not None and _OF_PIECES.search(name)) or rows.is_empty():
                continue
            fact = f"“{column}” says what went back, and the amounts beside it do not"
            raise UnclearError(
                f"{self._name}: {fact}; put a minus before what went back, or say --map "
                f"{shell(column, Field.IGNORE)} if each row counts as it stands.",
                "mapping",
                fact=fact,
            )


def _marks(cells: set[str]) -> list[str]:
    """Return those of the cells that say yes, or return, where all of them are such marks."""
    if len(cells) > 2 or not cells:
        return []
    if {cell.upper() for cell in cells} == {"S", "R"}:
        return [cell for cell in cells if cell.upper() == "R"]
    if not all(meant.is_yes(cell) or meant.is_no(cell) for cell in cells):
        return []
    return [cell for cell in cells if meant.is_yes(cell)]
