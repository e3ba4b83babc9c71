"""What the first rows of a file of no known program tell of its columns.

What they decide is told as a choice; what they leave open is asked.
"""

import io
import re
from collections.abc import Sequence
from typing import Final

import polars as pl

from winback_tui.errors import BadInputError
from winback_tui.intake import likeness, numbers
from winback_tui.intake import meaning as meant
from winback_tui.intake.choices import Choice
from winback_tui.intake.documents import Documents
from winback_tui.intake.fields import Field, listed, normal, shell
from winback_tui.intake.headers import HEADERS
from winback_tui.intake.oddrows import OddRows, says_cancelled
from winback_tui.intake.table import Opened, opened
from winback_tui.intake.unclear import UnclearError
from winback_tui.intake.ways import MINUS

#: Of a large file so much is looked at (bytes).
_ENOUGH: Final = 1 << 19
#: Headers of columns with a discount, as `normal` writes them.
_DISCOUNT: Final = re.compile(r"(?:^|_)(?:discount|rabatt|nachlass|remise)")
#: Headers of a column that says debit or credit.
_SIDES: Final = frozenset(
    ("s_h", "sh", "soll_haben", "sollhaben", "soll_haben_kz", "soll_haben_kennzeichen", "dr_cr",
     "drcr", "debit_credit", "credit_debit", "debit_credit_indicator", "cr_dr", "kz_s_h", "s_h_kz",
     "sh_kz", "shkz", "af_bij", "bij_af", "sens", "vorzeichen", "segno", "sign", "d_c", "dc", "c_d",
     "cd", "cdtdbtind", "cdt_dbt_ind", "credit_debit_indicator", "dare_avere", "debe_haber",
     "debet_credit", "debit_kredit", "wn_ma", "strona", "")
)  # fmt: skip
#: Accounts of bookkeeping, which are no customers.
_LEDGER: Final = (
    r"(?i)receivable|payable|undeposited|^(?:checking|savings|sales|bank)$|forderungen|\bA/R\b|"
    r"^\d{4} "
)
#: Parts of headers that speak of an amount, not of whether there was one.
_OF_MONEY: Final = re.compile(r"amount|betrag|total|summe|montant|import|bedrag|kwota")
#: Headers of amounts in the money of a foreign country, beside which another is in one's own.
_FOREIGN: Final = re.compile(
    r"foreign|fremdwaehrung|auslandswaehrung|transaction_currency|transaktionswaehrung|(?:^|_)fw$|"
    r"belegwaehrung|document_currency|en_devise|vreemde_valuta|in_valuta"
)
#: Share of the rows with no cell from which on a column cannot be the customer.
_GAPS: Final = 0.02


def first_rows(table: Opened) -> pl.DataFrame | None:
    """Return the first rows of a file."""
    raw = table.raw
    if raw.size <= _ENOUGH:
        return next(table.batches(), None)
    raw.text.seek(0)
    head = raw.text.read(_ENOUGH)
    head = head[: head.rfind(b"\n") + 1]
    if len(head) <= table.shape.body:
        return next(table.batches(), None)
    part = raw._replace(text=io.BytesIO(head), size=len(head), layout="")
    try:
        return next(opened(part, table.shape).batches(), None)
    except BadInputError:
        return next(table.batches(), None)


class FirstRows:
    """A look at the first rows; `mapped` and `choices` grow with it."""

    def __init__(
        self,
        table: Opened,
        first: pl.DataFrame,
        mapped: dict[str, str],
        pairs: Sequence[tuple[str, str]],
    ) -> None:
        self._name = table.name
        self._columns = table.columns
        self._first = first
        #: Whether there are rows beyond these.
        self._part = table.raw.size > _ENOUGH
        self.said = self._said = {normal(field) for _, field in pairs}
        self._said_of = {normal(column) for column, _ in pairs}
        self.mapped = mapped
        self.choices: list[Choice] = []
        self.invoices = self.ordered = self.guest = self.on_account = False

    def free(self) -> list[str]:
        """Return the columns that nothing holds and nobody spoke of."""
        return [
            column
            for column in self._columns
            if column not in self.mapped.values() and normal(column) not in self._said_of
        ]

    def documents(self) -> Documents:
        """Return a look at the documents of the same rows."""
        rows = (self._name, self._first, self.mapped, self.free)
        return Documents(*rows, said=self._said, choices=self.choices)

    def odd(self) -> OddRows:
        """Return a look at those of the same rows that may be no sales."""
        rows = (self._name, self._first, self.mapped, self.free)
        return OddRows(*rows, said=self._said, said_of=self._said_of, choices=self.choices)

    def customer(self) -> None:
        """Take the likeliest column that names a customer in nearly every row."""
        chosen = self.mapped.get(Field.CUSTOMER)
        name = self.mapped.get(Field.NAME)
        if chosen is not None and name is not None and Field.CUSTOMER not in self._said:
            accounts = self._first[chosen].unique()
            if accounts.str.contains(_LEDGER).any() and normal(chosen) in {"account", "konto"}:
                self.mapped[Field.CUSTOMER] = name
                del self.mapped[Field.NAME]
                self.choices.append(Choice(Field.CUSTOMER, name, (chosen,)))
                return
        others = [c for _, c in likeness.ranked(Field.CUSTOMER, self._columns)]
        if chosen is None or Field.CUSTOMER in self._said or chosen not in others:
            return
        full = [c for c in others[others.index(chosen) :] if self._gaps(c) <= _GAPS]
        if full and full[0] != chosen and self._gaps(chosen) > _GAPS:
            self.mapped[Field.CUSTOMER] = full[0]
            self.choices.append(Choice(Field.CUSTOMER, full[0], (chosen,)))

    def dated(self) -> None:
        """Take a day that stands in every row, where the likelier one is missing in some.

        So an order that is not billed yet has its day, and no invoice's.
        """
        chosen = self.mapped.get(Field.DATE)
        if chosen is None or Field.DATE in self._said:
            return
        ranked = [column for _, column in likeness.ranked(Field.DATE, self._columns)]
        if chosen not in ranked:
            return
        there = [self.mapped[f] for f in (Field.CUSTOMER, Field.AMOUNT) if f in self.mapped]
        gaps = {column: self._gaps(column, there) for column in ranked}
        full = [column for column in ranked[ranked.index(chosen) :] if gaps[column] == 0]
        if full and full[0] != chosen and gaps[chosen] > _GAPS:
            self.mapped[Field.DATE] = full[0]
            self.choices.append(Choice(Field.DATE, full[0], (chosen,)))

    def refunds(self) -> None:
        """Take a column that says whether money went back for no amount: it calls rows off."""
        column = self.mapped.get(Field.REFUND)
        if column is None or Field.REFUND in self._said or not self._is_flag(column):
            return
        del self.mapped[Field.REFUND]
        other = next(
            (
                each
                for name in HEADERS[Field.REFUND].split()
                for each in self.free()
                if normal(each) == name and each != column and not self._is_flag(each)
            ),
            None,
        )
        if other is not None:
            self.mapped[Field.REFUND] = other
        if Field.CANCELLED not in self.mapped:
            self.mapped[Field.CANCELLED] = column

    def _is_flag(self, column: str) -> bool:
        """Return whether a column says yes and no, and no amounts."""
        cells = {cell.strip() for cell in self._first[column].unique().to_list()} - {""}
        if not cells or not all(meant.is_yes(cell) or meant.is_no(cell) for cell in cells):
            return False
        words = any(not cell.isdigit() for cell in cells)
        return (
            words
            or column.rstrip().endswith("?")
            or ("1" in cells and not _OF_MONEY.search(normal(column)))
        )

    def guests(self) -> None:
        """Tell guests by their e-mail addresses or names, where several share a number of nought.

        Where nothing tells them apart they are nobody, unless the numbers begin at nought.
        """
        number = self.mapped.get(Field.CUSTOMER)
        tells = [self.mapped[each] for each in (Field.EMAIL, Field.NAME) if each in self.mapped]
        if number is None or number in tells:
            return
        numbers = self._first[number].str.strip_chars()
        noughts = self._first.filter(numbers.str.contains(r"^0+$"))
        counted = numbers.str.contains(r"^[1-9]\d?$").any()
        if noughts.is_empty():
            # Later rows may have some.
            self.guest = self._part and bool(tells) and not counted
            return
        several = [noughts[each].str.strip_chars().str.to_lowercase().unique() for each in tells]
        said = {Field.CUSTOMER, Field.IGNORE} & self._said
        nobody = not (tells or counted or said) and noughts.height > 1
        if nobody or any((each != "").sum() > 1 for each in several):
            self.guest = True
            self.choices.append(Choice("guests", number, tuple(tells)))

    def tests(self) -> None:
        """Leave a column of tests aside that says more than yes and no, as one of a laboratory."""
        column = self.mapped.get(Field.TEST)
        if column is None or Field.TEST in self._said:
            return
        cells = [cell for cell in self._first[column].unique().to_list() if cell.strip()]
        if not all(meant.is_yes(cell) or meant.is_no(cell) for cell in cells):
            del self.mapped[Field.TEST]

    def cancelled(self) -> None:
        """Take a column that marks with yes and no, or with a day, what was called off."""
        if Field.CANCELLED in self.mapped or Field.CANCELLED in self._said:
            return
        for column in self.free():
            name = normal(likeness.parted(column))
            if says_cancelled(name, self._first[column].unique().to_list(), part=self._part):
                self.mapped[Field.CANCELLED] = column
                return

    def _gaps(self, column: str, there: Sequence[str] | None = None) -> float:
        """Return the share of rows without a cell, of those that have a date and an amount."""
        if there is None:
            there = [self.mapped[f] for f in (Field.DATE, Field.AMOUNT) if f in self.mapped]
        filled = [pl.col(column).str.strip_chars() != "" for column in there]
        rows = self._first.filter(*filled) if filled else self._first
        blank = rows.filter(pl.col(column).str.strip_chars() == "").height
        return blank / rows.height if rows.height else 1.0

    def column_of(self, field: Field, says: "meant.Says") -> None:
        """Take a column for `field` whose header and cells speak of it, and tell what counts."""
        if field not in self.mapped and field not in self._said:
            for column in self.free():
                cells = self._first[column].unique().to_list()
                name = normal(likeness.parted(column))
                if says(name, cells, self._columns) or (
                    self._part and meant.may_say(field, name, cells)
                ):
                    self.mapped[field] = column
                    break
        held = self.mapped.get(field)
        if held is None:
            return
        cells = sorted({cell.strip() for cell in self._first[held].unique().to_list()} - {""})
        if field in {Field.STATUS, Field.OTHER_STATUS}:
            if meant.mostly_unpaid(held, self._first[held].to_list()):
                self.on_account = True
            reads = meant.status_under(held, self._columns, on_account=self.on_account)
            back = tuple(c for c in cells if meant.is_credit_note(c) or self._came_back(held, c))
            counted = tuple(cell for cell in cells if not reads(cell) and cell not in back)
            if back:
                self.choices.append(Choice(Field.DOCUMENT_TYPE, held, back))
        else:
            self.invoices = meant.invoiced(cells) or self._paid_beside(held)
            self.ordered = self.invoices and self._ordered_too(held)
            counted = tuple(cell for cell in cells if meant.goes_back(cell))
        if counted:
            self.choices.append(Choice(field, held, counted))

    def _came_back(self, states: str, word: str) -> bool:
        """Return whether a status says that goods or money came back, and its rows bear a minus."""
        amount = self.mapped.get(Field.AMOUNT)
        if amount is None or not meant.went_back(word):
            return False
        rows = self._first.filter(pl.col(states).str.strip_chars() == word)
        return bool(rows[amount].str.strip_chars().str.contains(MINUS).all())

    def _paid_beside(self, kinds: str) -> bool:
        """Return whether payments stand in the documents of sales, as on a till's receipts."""
        document = self.mapped.get(Field.DOCUMENT)
        if document is None:
            return False
        words = self._first[kinds].unique().to_list()
        sold, paid = (
            self._first.filter(
                pl.col(kinds).is_in([word for word in words if says(word)]),
                pl.col(document).str.strip_chars() != "",
            )
            for says in (meant.is_sale, meant.is_payment)
        )
        return not paid.join(sold, on=document, how="semi").is_empty()

    def _ordered_too(self, kinds: str) -> bool:
        """Return whether most orders stand beside invoices of the same customer and amount."""
        of = [self.mapped[each] for each in (Field.CUSTOMER, Field.AMOUNT) if each in self.mapped]
        if len(of) < 2:
            return False
        words = self._first[kinds].unique().to_list()
        orders = self._first.filter(pl.col(kinds).is_in([w for w in words if meant.is_order(w)]))
        bills = self._first.filter(pl.col(kinds).is_in([w for w in words if meant.is_invoice(w)]))
        sides = [
            each.with_columns(_place=pl.int_range(pl.len()).over(of)) for each in (orders, bills)
        ]
        billed = sides[0].join(sides[1], on=(*of, "_place"), how="semi").height
        return 2 * billed >= orders.height > 0

    def sides(self) -> None:
        """Raise UnclearError where a column of debit and credit is left aside."""
        if {Field.SALE_IF_DEBIT, Field.SALE_IF_CREDIT} & self._said:
            return
        for column in self.free():
            sides = {meant.side(cell) for cell in self._first[column].unique().to_list()} - {""}
            name = "" if re.fullmatch(r"column \d+", column) else normal(column)
            if name in _SIDES and sides == {"debit", "credit"}:
                debit, credit = (
                    shell(column, each) for each in (Field.SALE_IF_DEBIT, Field.SALE_IF_CREDIT)
                )
                fact = (
                    f"“{column}” says which amounts are debit and which credit, but not which of "
                    "them are sales"
                )
                raise UnclearError(
                    f"{self._name}: {fact}; say --map {debit} or --map {credit} (or --map "
                    f"{shell(column, Field.IGNORE)}).",
                    "mapping",
                    fact=fact,
                )

    def discount(self) -> None:
        """Take a discount in per cent off quantity times price; ask where it may be money."""
        if Field.AMOUNT in self.mapped or Field.DISCOUNT in self.mapped:
            return
        if not {Field.QUANTITY, Field.PRICE} <= set(self.mapped):
            return
        for column in self.free():
            if not _DISCOUNT.search(normal(column)):
                continue
            cells = self._first[column].str.strip_chars().unique()
            filled = cells.filter(~cells.str.contains(r"^[-0.,\s%]*$"))
            if filled.is_empty():
                continue
            if "%" in column or "percent" in normal(column) or "prozent" in normal(column):
                self.mapped[Field.DISCOUNT] = column
                return
            if bool(filled.str.contains("%", literal=True).all()):
                self.mapped[Field.DISCOUNT] = column
                return
            fact = f"“{column}” may be per cent or money, and the amount is quantity times price"
            raise UnclearError(
                f"{self._name}: {fact}; say --map {shell(column, Field.DISCOUNT)} or --map "
                f"{shell(column, Field.IGNORE)}.",
                "mapping",
                fact=fact,
            )

    def rivals(self) -> None:
        """Tell what else could be the amount or the date, and ask where nothing speaks for one."""
        open_ones: list[tuple[Field, str, str]] = []
        for field in (Field.CUSTOMER, Field.DATE, Field.AMOUNT):
            chosen = self.mapped.get(field)
            if chosen is None or field in self._said:
                continue
            ranks = {column: rank for rank, column in likeness.ranked(field, self._columns)}
            known = listed(field, chosen)
            others: list[str] = []
            for other in self.free():
                twin = re.fullmatch(rf"{re.escape(chosen)} \(\d+\)", other) is not None
                if not twin and (other not in ranks or chosen not in ranks):
                    continue
                if same(self._first[other], self._first[chosen]):
                    continue
                if field is Field.CUSTOMER and self._always_one(other):
                    # The house's own account beside who paid into it.
                    continue
                if twin or (not known and ranks[other] == ranks[chosen]):
                    open_ones.append((field, chosen, other))
                    break
                if field is not Field.CUSTOMER:
                    others.append(other)
            told = [each for each in self.choices if (each.field, each.column) == (field, chosen)]
            others = [each for each in others if not any(each in one.others for one in told)]
            if others:
                others.sort(key=lambda other: ranks.get(other, likeness.LEFT_OVER))
                self.choices.append(Choice(field, chosen, tuple(others)))
        foreign = self._in_foreign_money()
        if foreign is not None:
            open_ones.append(foreign)
        self._priced()
        if open_ones:
            raise unclear(self._name, open_ones)

    def _in_foreign_money(self) -> tuple[Field, str, str] | None:
        """Return the amount and another one of foreign money, of which the currency may speak."""
        amount, currency = self.mapped.get(Field.AMOUNT), self.mapped.get(Field.CURRENCY)
        if amount is None or currency is None or {Field.AMOUNT, Field.CURRENCY} & self._said:
            return None
        if _FOREIGN.search(normal(amount)) or likeness.currency(amount):
            return None
        for other in self.free():
            if not _FOREIGN.search(normal(other)) or same(self._first[other], self._first[amount]):
                continue
            if self._first[other].str.contains(r"^\D{0,4}\d[\d.,' ]*\D{0,4}$").any():
                return Field.AMOUNT, amount, other
        return None

    def _always_one(self, column: str) -> bool:
        return self._first.height > 1 and self._first[column].n_unique() == 1

    def _priced(self) -> None:
        """Tell which amounts were left for quantity times price."""
        if Field.AMOUNT in self.mapped or {Field.QUANTITY, Field.PRICE} & self._said:
            return
        pair = [self.mapped[f] for f in (Field.QUANTITY, Field.PRICE) if f in self.mapped]
        free = self.free()
        others = [c for _, c in likeness.ranked(Field.AMOUNT, self._columns) if c in free]
        if len(pair) == 2 and others:
            self.choices.append(Choice(Field.AMOUNT, " × ".join(pair), tuple(others)))

    def signs(self, currency: str) -> None:
        """Raise UnclearError where amounts bear a sign that several currencies use."""
        fields = (Field.CURRENCY, Field.AMOUNT, Field.PRICE)
        column = next((self.mapped[each] for each in fields if each in self.mapped), None)
        if column is None:
            return
        own = self.mapped.get(Field.CURRENCY)
        found = numbers.shared_sign(self._first[column], currency, alone=column == own)
        amounts = self.mapped.get(Field.AMOUNT, self.mapped.get(Field.PRICE))
        if found is None and own is not None and amounts is not None:
            # Where a row's own cell says nothing, the sign beside its amount does.
            silent = self._first.filter(pl.col(own).str.strip_chars() == "")
            column, found = amounts, numbers.shared_sign(silent[amounts], currency)
        if found is not None:
            sign, likely = found
            fact = f"“{column}” bears {sign}, which several currencies use"
            raise UnclearError(
                f"{self._name}: {fact}; say --currency with the code that is meant, such as "
                f"--currency {likely}.",
                "currency",
                fact=fact,
            )


def same(one: pl.Series, other: pl.Series) -> bool:
    """Return whether two columns have the same cells, or one of them none."""
    blank = bool((other.str.strip_chars() == "").all()) or bool((one.str.strip_chars() == "").all())
    return blank or one.to_list() == other.to_list()


def unclear(name: str, doubts: Sequence[tuple[Field, str, str]]) -> UnclearError:
    """Return what two columns each could be, and how to say which; all doubts at once."""
    facts, says = [], []
    for field, one, other in doubts:
        facts.append(f"“{one}” and “{other}” could both be the {field}, and their cells differ")
        says.append(f"--map {shell(one, field)} or --map {shell(other, field)}")
    return UnclearError(
        f"{name}: {'; '.join(facts)}; say {', and '.join(says)}.",
        "mapping",
        fact="; ".join(facts),
    )
