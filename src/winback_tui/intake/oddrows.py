"""Rows that need not be sales: codes, sums, offers, returned pieces; what is unclear is asked."""

import re
from collections.abc import Callable, Sequence
from typing import Final

import polars as pl

from winback_tui.intake import likeness
from winback_tui.intake import meaning as meant
from winback_tui.intake.choices import Choice
from winback_tui.intake.fields import Field, normal, shell
from winback_tui.intake.glimpse import Glimpse
from winback_tui.intake.summing import TAX
from winback_tui.intake.unclear import UnclearError
from winback_tui.intake.ways import MINUS, Ways

#: Headers of codes for kinds of documents, and what looks like a code.
_CODED: Final = re.compile(
    r"^(?:beleg|rechnungs|dokument(?:en)?|document|invoice|vorgangs|doc|faktura)_?"
    r"(?:art|typ|type|kind|kennzeichen|kz|code)$|^(?:fkart|blart|auart)$"
)
_CODE: Final = re.compile(r"[A-Z]{1,3}\d{0,2}|\d{1,3}")
#: A state that is a number.
_NUMERIC: Final = re.compile(r"-?\d{1,4}")
#: Headers of a mark that an order was called off.
_CALLED_OFF: Final = re.compile(
    r"(?:^|_)(?:storniert|storno(?:_?(?:kz|flag|kennzeichen|datum))?|cancell?ed|annull?iert|void(?:ed)?|"
    r"geannuleerd|annulee?)(?:$|_(?:am|on|at)$)"
)
_DAY: Final = re.compile(r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}(?:\D.*)?")
_OFFER: Final = re.compile(
    r"angebot|kostenvoranschlag|(?:^|_)(?:quotes?|quotation|offer|estimate|devis|offerte|preventivo|"
    r"presupuesto)(?:_|$)"
)
#: Headers of what kind of row each is, and rows that are no lines.
_ROW_KIND: Final = re.compile(
    r"^(?:zeilen|positions?|pos|line|row|satz|record|item|eintrags?|entry)_?(?:art|typ|type|kind)$|"
    r"^(?:typ|type|art|kind)$"
)
_SUMMING: Final = re.compile(
    r"^(?:(?:gesamt|zwischen|end|rechnungs)?summe|gesamt|(?:sub_?|grand_?)?total|mwst|ust|"
    r"umsatzsteuer|mehrwertsteuer|steuer|(?:sales_)?tax|vat|saldo|uebertrag)$"
)
_TAXING: Final = re.compile(r"mwst|ust|steuer|tax|^vat$")
#: Rows of payments, beside the rows of what they pay; and how a code for them begins.
_PAID: Final = re.compile(r"^(?:payment|zahlung|tender|zahlungseingang|paiement|pago|betaling)$")
_PAYING: Final = re.compile(r"(?i)z|p|ge|ba?$|bk|ka")
#: Rows of whole documents, and of their lines.
_WHOLE: Final = re.compile(
    r"^(?:sale|order|invoice|transaction|header|kopf|beleg|rechnung|auftrag|bon)$"
)
_LINE: Final = re.compile(r"(?:^|_)(?:line|item|position|pos|zeile|artikel|line_?item)s?$")
#: Headers of what a line says.
_TEXT: Final = re.compile(
    r"^(?:(?:positions|zeilen|artikel)?_?text|leistung|line_text|memo|details)$"
)
#: More codes than this are numbers of something.
_FEW: Final = 20
#: Headers of a state of what comes after a sale, or is done with its row.
_OF_OTHERS: Final = re.compile(r"mahn|dunning|reminder|druck|print|export|import|sync|newsletter")
#: What a header has behind it where a number stands for words.
_ID: Final = re.compile(r"_?(?:id|nr|no|num|nummer|number|code|key|kz|kennzeichen)$")
#: So many rows must say of a customer again what the first of theirs did, to speak of customers.
_AGAIN: Final = 5
#: Headers of whom a statement names on either side of a payment.
_OF_STATEMENT: Final = re.compile(
    r"^auftraggeber|zahlungs|zahler|payer|payee|counter_?party|contrepartie|gegenpartei|iban|"
    r"^partner_name$"
)


class OddRows(Glimpse):
    """A look at rows that may be no sales, in the first rows of a file of no known program.

    It adds to `choices`; `mapped` are the columns by field, `said` the fields that a person named,
    `said_of` the columns that they spoke of; `free` returns the columns that nothing holds.
    """

    def __init__(
        self,
        name: str,
        first: pl.DataFrame,
        mapped: dict[str, str],
        free: Callable[[], list[str]],
        *,
        said: set[str],
        said_of: set[str],
        choices: list[Choice],
    ) -> None:
        super().__init__(name, first, mapped, free, said=said)
        self._said_of = said_of
        self._choices = choices

    def ask(self) -> None:
        """Raise UnclearError for the first that the rows leave open."""
        self._codes()
        Ways(self._name, self._first, self._mapped, self._free, said=self._said).ask()
        self._offers()
        self._sums()
        self._returns()
        self._outgoing()

    def _codes(self) -> None:
        """Raise UnclearError where codes say what rows are, and nothing says what they mean."""
        held = {self._mapped.get(each) for each in (Field.STATUS, Field.OTHER_STATUS)}
        kinds = self._mapped.get(Field.DOCUMENT_TYPE)
        for column in self._first.columns:
            told = normal(column) in self._said_of
            if told or (column not in self._free() and column not in held and column != kinds):
                continue
            cells = self._first[column].unique().to_list()
            codes = unknown_codes(column, cells) or numbered_states(column, cells)
            if codes and self._told_by_minus(column, codes):
                continue
            if codes and not self._of_customers(column) and not self._in_words(column):
                shown = ", ".join(codes[:6]) + ", …" * (len(codes) > 6)
                fact = (
                    f"“{column}” tells in codes what each row is ({shown}), and not all need be "
                    "sales"
                )
                raise UnclearError(
                    f"{self._name}: {fact}; say --map {shell(column, Field.IGNORE)} if each row "
                    "counts, else take out those that are none, or write words there, such as "
                    "“invoice”, “credit note”, “cancelled”.",
                    "mapping",
                    fact=fact,
                )

    def _told_by_minus(self, column: str, codes: Sequence[str]) -> bool:
        """Return whether one code is that of all sales, and each other one bears a minus.

        Such are few, or they may be payments.
        """
        amount = self._mapped.get(Field.AMOUNT)
        if amount is None or {Field.AMOUNT, Field.DOCUMENT_TYPE} & self._said:
            return False
        rows = self._first.select(
            code=pl.col(column).str.strip_chars(), money=pl.col(amount).str.strip_chars()
        ).filter(pl.col("code") != "", pl.col("money").str.contains(r"[1-9]"))
        rows = rows.with_columns(less=pl.col("money").str.contains(MINUS))
        ways = rows.group_by("code").agg(low=pl.col("less").all(), high=(~pl.col("less")).all())
        back = ways.filter("low")["code"].sort().to_list()
        sold = ways.filter("high")["code"].to_list()
        if (
            not back
            or len(sold) != 1
            or len(back) + 1 != ways.height
            or not set(back) <= set(codes)
        ):
            return False
        if any(_PAYING.match(each) for each in back):
            return False
        if 3 * rows["less"].sum() > rows.height:
            return False
        self._choices.append(Choice(Field.DOCUMENT_TYPE, column, tuple(back)))
        return True

    def _of_customers(self, column: str) -> bool:
        """Return whether a column tells the same in each row of a customer, as a class does.

        Rows that tell what most do prove nothing: most orders are in the same state.
        """
        who = self._mapped.get(Field.CUSTOMER)
        if who is None:
            return False
        told = pl.col(column).str.strip_chars()
        rows = self._first.select(who=pl.col(who).str.strip_chars(), told=told)
        usual = rows["told"].mode().sort().first()
        of_each = rows.group_by("who").agg(
            rows=pl.len(), kinds=pl.col("told").n_unique(), told=pl.col("told").first()
        )
        again = of_each.filter(pl.col("told") != usual)["rows"] - 1
        return bool((of_each["kinds"] == 1).all()) and int(again.sum()) >= _AGAIN

    def _in_words(self, column: str) -> bool:
        """Return whether another column says in words what this one says in codes, and is read.

        So `Status description` stands beside `Status id`.
        """
        stem = _ID.sub("", normal(likeness.parted(column)))
        known = set(self._mapped.values())
        for other in self._first.columns:
            if other == column or not normal(likeness.parted(other)).startswith(stem):
                continue
            both = self._first.select(
                pl.col(column, other).str.strip_chars().name.map(lambda name: f"_{name}")
            ).unique()
            words = both[f"_{other}"].unique().to_list()
            if not any(re.search(r"[^\W\d_]{4}", word) for word in words):
                continue
            one_to_one = both.height == both[f"_{column}"].n_unique() == len(words)
            if one_to_one and (other in known or not any(map(meant.no_purchase, words))):
                return True
        return False

    def _offers(self) -> None:
        """Raise UnclearError where the date or the amount is that of an offer."""
        for field in (Field.DATE, Field.AMOUNT):
            column = self._mapped.get(field)
            if column is None or not of_offers(column) or field in self._said:
                continue
            fact = f"“{column}” speaks of offers, which are no purchases"
            raise UnclearError(
                f"{self._name}: {fact}; export the invoices or orders instead, or say --map "
                f"{shell(column, field)} if each row was bought.",
                "mapping",
                fact=fact,
            )

    def _sums(self) -> None:
        """Raise UnclearError where some rows sum up or tax the others."""
        for column in self._free():
            cells = self._first[column].unique().to_list()
            told = sums_up(column, cells)
            if not told and _TEXT.search(normal(likeness.parted(column))):
                told = [cell for cell in cells if re.match(TAX, cell.strip())]
            if any(map(_whole_or_paid, told)) and not self._have_buyers(column, told):
                continue
            if told and self._beside_others(column, told):
                shown = ", ".join(f"“{each}”" for each in told[:4])
                deeds = "sum up or pay" if any(map(_whole_or_paid, told)) else "sum up or tax"
                fact = f"“{column}” has rows that {deeds} others ({shown}), so both would count"
                raise UnclearError(
                    f"{self._name}: {fact}; take those rows out, or say --map "
                    f"{shell(column, Field.IGNORE)} if each row counts.",
                    "mapping",
                    fact=fact,
                )

    def _have_buyers(self, column: str, kinds: Sequence[str]) -> bool:
        """Return whether rows of these kinds, and others, name a customer, so that both count."""
        who = self._mapped.get(Field.CUSTOMER)
        if who is None:
            return True
        named = self._first.filter(pl.col(who).str.strip_chars() != "")[column].str.strip_chars()
        of_kinds = named.is_in(list(kinds))
        return bool(of_kinds.any()) and not bool(of_kinds.all())

    def _beside_others(self, column: str, kinds: Sequence[str]) -> bool:
        """Return whether rows of some kinds stand in a document of others.

        Where no documents are told, taxes stand with their customer and day, sums with the former.
        """
        fields = [Field.DOCUMENT] if Field.DOCUMENT in self._mapped else [Field.CUSTOMER]
        if fields == [Field.CUSTOMER] and all(_TAXING.search(normal(each)) for each in kinds):
            fields.append(Field.DATE)
        of = [self._mapped[field] for field in fields if field in self._mapped]
        if not of:
            return True
        theirs = pl.col(column).str.strip_chars().is_in(list(kinds))
        sums = self._first.filter(theirs)
        nowhere = (sums[of[0]].str.strip_chars() == "").any()
        return nowhere or not sums.join(self._first.filter(~theirs), on=of, how="semi").is_empty()

    def _returns(self) -> None:
        """Raise UnclearError where pieces came back and the amount beside them bears no minus."""
        amount, quantity = self._mapped.get(Field.AMOUNT), self._mapped.get(Field.QUANTITY)
        if amount is None or quantity is None or {Field.AMOUNT, Field.QUANTITY} & self._said:
            return
        pieces, money = (pl.col(each).str.strip_chars() for each in (quantity, amount))
        rows = self._first.filter(
            pieces.str.contains(MINUS), money.str.contains(r"[1-9]"), ~money.str.contains(MINUS)
        )
        kinds = self._mapped.get(Field.DOCUMENT_TYPE)
        if kinds is not None:
            words = rows[kinds].unique().to_list()
            rows = rows.filter(~pl.col(kinds).is_in([w for w in words if meant.goes_back(w)]))
        if rows.is_empty():
            return
        price = self._mapped.get(Field.PRICE)
        counts = (
            f"--map {shell(quantity, Field.QUANTITY)} --map {shell(price, Field.PRICE)} if they "
            "are returns"
            if price is not None
            else "put a minus before the amount of returns"
        )
        fact = f"“{quantity}” bears a minus where “{amount}” bears none"
        raise UnclearError(
            f"{self._name}: {fact}; say {counts}, or --map {shell(amount, Field.AMOUNT)} if each "
            "amount counts as it stands.",
            "mapping",
            fact=fact,
        )

    def _outgoing(self) -> None:
        """Raise UnclearError where some whom a statement names were paid, and did not pay."""
        amount, who = self._mapped.get(Field.AMOUNT), self._mapped.get(Field.CUSTOMER)
        if amount is None or who is None or Field.AMOUNT in self._said:
            return
        if not _OF_STATEMENT.search(normal(likeness.parted(who))):
            return
        out = pl.col(amount).str.strip_chars().str.contains(MINUS)
        paid = self._first.filter(~out)[who].unique()
        named = pl.col(who).str.strip_chars() != ""
        never = self._first.filter(out, named, ~pl.col(who).is_in(paid.implode()))
        if never.is_empty():
            return
        fact = f"“{who}” names some who were paid and never paid, as a bank's statement does"
        raise UnclearError(
            f"{self._name}: {fact}; take the rows out in which “{amount}” bears a minus, or say "
            f"--map {shell(amount, Field.AMOUNT)} if that went back to customers.",
            "mapping",
            fact=fact,
        )


def unknown_codes(header: str, cells: Sequence[str]) -> list[str]:
    """Return codes for kinds of documents of which nothing tells what they mean.

    One code for all rows tells nothing of them, so that it is none of these.
    """
    filled = sorted({cell.strip() for cell in cells} - {""})
    if not _CODED.search(normal(likeness.parted(header))) or not 1 < len(filled) <= _FEW:
        return []
    return [cell for cell in filled if _CODE.fullmatch(cell) and normal(cell) not in meant.CODES]


def numbered_states(header: str, cells: Sequence[str]) -> list[str]:
    """Return the numbers by which a column tells in which state each row is, none for words."""
    name = normal(likeness.parted(header))
    filled = sorted({cell.strip() for cell in cells} - {""})
    if (
        not meant.STATUS.search(name)
        or meant.SHIPPING.search(name)
        or re.search(r"storn|cancel", name)
        or _OF_OTHERS.search(name)
        or meant.of_customer(name)
    ):
        return []
    if not 1 < len(filled) <= _FEW or not all(_NUMERIC.fullmatch(cell) for cell in filled):
        return []
    return filled


def says_cancelled(header: str, cells: Sequence[str], *, part: bool = False) -> bool:
    """Return whether a column marks with yes and no, or with a day, which rows were called off.

    With `part` the cells are not all, and later ones may say it.
    """
    filled = [cell.strip() for cell in cells if cell.strip()]
    return (
        _CALLED_OFF.search(header) is not None
        and (part or any(meant.is_set(cell) for cell in filled))
        and all(meant.is_yes(cell) or meant.is_no(cell) or _DAY.fullmatch(cell) for cell in filled)
    )


def of_offers(header: str) -> bool:
    """Return whether a header speaks of offers, which nobody need have taken."""
    return _OFFER.search(normal(likeness.parted(header))) is not None


def sums_up(header: str, cells: Sequence[str]) -> list[str]:
    """Return the kinds of rows that sum up or tax others, of a column of few kinds."""
    filled = sorted({cell.strip() for cell in cells} - {""})
    if not _ROW_KIND.search(normal(likeness.parted(header))) or not 1 < len(filled) <= _FEW:
        return []
    words = [normal(cell) for cell in filled]
    lined = any(_LINE.search(word) for word in words)
    return [
        cell
        for cell, word in zip(filled, words, strict=True)
        if _SUMMING.search(word) or (lined and not _LINE.search(word) and _whole_or_paid(cell))
    ]


def _whole_or_paid(cell: str) -> bool:
    """Return whether a kind of row is a whole document, or what was paid for one."""
    word = normal(cell)
    return _WHOLE.search(word) is not None or _PAID.search(word) is not None
