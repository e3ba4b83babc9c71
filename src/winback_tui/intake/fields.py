"""The fields that a column can hold, and which headers say so. Standard library only."""

import hashlib
import re
import shlex
import unicodedata
from collections.abc import Container, Mapping, Sequence
from enum import StrEnum
from typing import Final, NamedTuple

from winback_tui.errors import BadInputError
from winback_tui.intake import likeness
from winback_tui.intake.headers import HEADERS
from winback_tui.intake.unclear import UnclearError

#: Columns that a reject file adds; fed again they are passed over.
REJECT_COLUMNS: Final = ("_extra", "_line", "_column", "_code", "_message")


class Field(StrEnum):
    """What a column of a transaction file means to the book."""

    CUSTOMER = "customer"
    NAME = "name"
    DATE = "date"
    AMOUNT = "amount"
    AMOUNT_BACK = "amount_back"
    QUANTITY = "quantity"
    PRICE = "price"
    CURRENCY = "currency"
    PRODUCT = "product"
    PRODUCT_NAME = "product_name"
    CATEGORY = "category"
    DOCUMENT = "document"
    STREET = "street"
    ZIP = "zip"
    CITY = "city"
    COUNTRY = "country"
    EMAIL = "email"
    STATUS = "status"
    OTHER_STATUS = "other_status"
    REFUND = "refund"
    DISCOUNT = "discount_percent"
    GOODS_TOTAL = "goods_total"
    CANCELLED = "cancelled"
    TEST = "test"
    BRANCH = "branch"
    TILL = "till"
    DOCUMENT_TYPE = "document_type"
    SALE_IF_DEBIT = "sale_if_debit"
    SALE_IF_CREDIT = "sale_if_credit"
    IGNORE = "ignore"


#: Which column holds which field; presets have names of their own besides.
Mapped = Mapping[str, str]

#: Headers that are a customer's number where nothing else is, and else a name.
_BARE: Final = (
    *(
        "customer",
        "client",
        "buyer",
        "kunde",
        "debitor",
        "klant",
        "cliente",
        "kund",
        "debiteur",
        "klient",
        "kontrahent",
        "zakaznik",
        "odberatel",
    ),
)
#: What a header that is not known by its whole name most likely means, by a part of it.
_LIKELY: Final[dict[str, Field]] = {
    **dict.fromkeys(
        ("customer", "client", "kund", "debitor", "account", "buyer", "member", "cust"),
        Field.CUSTOMER,
    ),
    **dict.fromkeys(("date", "datum"), Field.DATE),
    **dict.fromkeys(("amount", "betrag", "umsatz", "total", "revenue", "summe"), Field.AMOUNT),
    **dict.fromkeys(("name", "firm", "company"), Field.NAME),
    **dict.fromkeys(("quantity", "qty", "menge", "anzahl", "stueck"), Field.QUANTITY),
    **dict.fromkeys(("curren", "waehrung"), Field.CURRENCY),
    **dict.fromkeys(("description", "bezeichnung"), Field.PRODUCT_NAME),
    **dict.fromkeys(("category", "kategorie", "gruppe", "group"), Field.CATEGORY),
    **dict.fromkeys(("product", "produkt", "article", "artikel", "item", "sku"), Field.PRODUCT),
    **dict.fromkeys(("invoice", "order", "rechnung", "beleg", "auftrag"), Field.DOCUMENT),
    **dict.fromkeys(("street", "strasse"), Field.STREET),
    **dict.fromkeys(("zip", "plz", "postal"), Field.ZIP),
    **dict.fromkeys(("city", "town", "ort", "stadt"), Field.CITY),
    **dict.fromkeys(("country", "land", "staat"), Field.COUNTRY),
}
#: Who buys, where no column says customer: the likeliest first.
_WHO: Final = ("customer", "client", "kund", "debitor", "account", "buyer", "firma", "company",
               "name", "user", "member", "mail")  # fmt: skip


class Hints(NamedTuple):
    """What a person says about a file, which no evidence overrules.

    `decimal` is ".", "," or "each"; `day_first` says how 03/04 is read; `currency` is an ISO code;
    `mapping` holds pairs of column and field as they were typed.
    """

    preset: str = "auto"
    mapping: tuple[tuple[str, str], ...] = ()
    decimal: str | None = None
    day_first: bool | None = None
    currency: str | None = None
    default_currency: str = "EUR"
    sheet: str | None = None
    #: What was said about files with the same header before, by `fingerprint`.
    saved: Mapping[str, "Answers"] = {}


class Answers(NamedTuple):
    """What a person said about a file's columns, kept for the next file with that header.

    `mapping` holds pairs of column and field. Decimal sign and order of dates serve only where
    the next file proves neither.
    """

    mapping: tuple[tuple[str, str], ...] = ()
    decimal: str | None = None
    day_first: bool | None = None
    currency: str | None = None
    saved_at: str = ""


def fingerprint(columns: Sequence[str]) -> str:
    """Return what files with the same header have in common, however it is spelled."""
    told = "\x1f".join(normal(column) for column in columns if column not in REJECT_COLUMNS)
    return hashlib.sha256(told.encode()).hexdigest()


def normal(header: str) -> str:
    """Return `header` in the form in which headers are compared: `Kunden-Nr.` is `kunden_nr`."""
    plain = unicodedata.normalize("NFKD", header.casefold().translate(likeness.LETTERS))
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    return re.sub(r"[^0-9a-z]+", "_", plain).strip("_")


def guess(columns: Sequence[str], *, likely: bool = True) -> dict[Field, str]:
    """Return which columns hold which fields, by the names that they bear in several languages.

    Where several columns could hold a field, the header that says it more exactly wins. `likely`:
    what no list of headers knows is found by its parts.
    """
    by_name: dict[str, str] = {}
    for column in columns:
        by_name.setdefault(normal(column), column)
    for column in columns:
        # “Betrag (EUR)” is a “Betrag” where no other column is.
        by_name.setdefault(normal(likeness.bare(column)), column)
        by_name.setdefault(normal(likeness.parted(column)), column)
    against = any(name.startswith("gegen") for name in by_name)
    for account in ("kontonummer", "kto", "kto_nr", "ktonr"):
        if of_bank(by_name) or (against and account != "kontonummer"):
            by_name.pop(account, None)
    found: dict[Field, str] = {}
    for field, headers in HEADERS.items():
        match = next((by_name[name] for name in headers.split() if name in by_name), None)
        if match is not None and match not in found.values():
            found[Field(field)] = match
    if likely:
        _likely(found, columns)
    elif Field.CUSTOMER not in found and normal(found.get(Field.NAME, "name")) != "name":
        found[Field.CUSTOMER] = found[Field.NAME]
    if Field.CUSTOMER not in found and Field.EMAIL in found:
        found[Field.CUSTOMER] = found[Field.EMAIL]
    customer = found.get(Field.CUSTOMER)
    if customer is not None and Field.NAME not in found and normal(customer) not in _BARE:
        # Beside a number, a bare “Kunde” or “Client” is a name.
        bare = [by_name[each] for each in _BARE if each in by_name]
        if bare and bare[0] not in found.values():
            found[Field.NAME] = bare[0]
    return found


def of_bank(names: Container[str]) -> bool:
    """Return whether headers (as `normal` writes them) are of bank accounts.

    There a “Kontonummer” is one of a bank, and else a customer's.
    """
    marks = ("iban", "bic", "blz", "bankleitzahl", "bank", "bankname", "bank_name", "kontoinhaber")
    return any(mark in names for mark in marks)


def _likely(found: dict[Field, str], columns: Sequence[str]) -> None:
    """Add what no list of headers knew, and prefer what a line cost to what its order did."""
    taken = set(found.values())
    amounts = likeness.ranked(Field.AMOUNT, columns)
    lines = [column for rank, column in amounts if rank < likeness.LINES]
    if lines and Field.DOCUMENT in found and found.get(Field.AMOUNT) not in lines:
        found[Field.AMOUNT] = lines[0]
    if (likeness.LEFT_OVER, found.get(Field.AMOUNT)) in amounts:
        found[Field.AMOUNT] = amounts[0][1]
    net = likeness.without_tax(columns, found.get(Field.AMOUNT, ""))
    if net is not None:
        found[Field.AMOUNT] = net
    priced = {Field.QUANTITY, Field.PRICE} <= set(found)
    for field in (Field.CUSTOMER, Field.DATE, Field.AMOUNT):
        if field in found or (field is Field.AMOUNT and priced):
            continue
        # A company's or a person's name may be their number too.
        free = taken - {found.get(Field.NAME), found.get(Field.EMAIL)}
        likely = [column for _, column in likeness.ranked(field, columns) if column not in free]
        if likely:
            found[field] = likely[0]
    paid = likeness.paid_on(columns)
    if Field.DATE not in found and paid is not None:
        found[Field.DATE] = paid


def homes(columns: Sequence[str]) -> dict[Field, str]:
    """Return the fields that `columns` could hold by their names, or parts of them, for --map."""
    fields = {name: Field(field) for field, names in HEADERS.items() for name in names.split()}
    found: dict[Field, str] = {}
    for column in columns:
        name = normal(column)
        words = name.split("_")
        likely = (f for part, f in _LIKELY.items() if any(w.startswith(part) for w in words))
        field = fields.get(name) or next(likely, None)
        if field is not None:
            found.setdefault(field, column)
    return found


def listed(field: Field, column: str) -> bool:
    """Return whether a header is one that is known to mean `field`, with or without a unit."""
    known = HEADERS.get(field, "").split()
    return normal(column) in known or normal(likeness.bare(column)) in known


def complete(mapped: Mapping[Field, str] | Mapped) -> bool:
    """Return whether `mapped` has what a transaction needs: customer, date and an amount."""
    priced = Field.QUANTITY in mapped and Field.PRICE in mapped
    return Field.CUSTOMER in mapped and Field.DATE in mapped and (Field.AMOUNT in mapped or priced)


def overrule(
    mapped: Mapped, columns: Sequence[str], pairs: Sequence[tuple[str, str]]
) -> dict[str, str]:
    """Return `mapped` with the pairs of column and field that a person gave laid over it.

    Raises BadInputError for a column that the file lacks, a field that does not exist, and a
    field given twice.
    """
    result: dict[str, str] = dict(mapped)
    given: set[Field] = set()
    for wanted, word in pairs:
        column = next((c for c in columns if c == wanted), None) or next(
            (c for c in columns if normal(c) == normal(wanted)), None
        )
        if column is None:
            raise BadInputError(
                f"The file has no column “{wanted}” to map; its columns are {_listed(columns)}."
            )
        field = _field(word)
        if field is not Field.IGNORE and field in given:
            raise BadInputError(f"--map names two columns for {field}; give each field one column.")
        given.add(field)
        result = {f: c for f, c in result.items() if c != column and f is not field}
        if field is not Field.IGNORE:
            result[field] = column
    if (
        Field.AMOUNT in result
        and {Field.QUANTITY, Field.PRICE} <= given
        and (Field.AMOUNT not in given)
    ):
        del result[Field.AMOUNT]
    return result


def require(mapped: Mapped, columns: Sequence[str], name: str) -> None:
    """Raise UnclearError saying which columns are missing and how to name them, if any are."""
    if complete(mapped):
        return
    if len(columns) == 1:
        raise BadInputError(
            f"{name} has a single column as commas, semicolons, tabs or bars part it "
            f"({_listed(columns)}); export it as CSV."
        )
    refuse_headless(columns, name, "customer, date and amount")
    lacking = [str(f) for f in (Field.CUSTOMER, Field.DATE) if f not in mapped]
    if not (Field.AMOUNT in mapped or {Field.QUANTITY, Field.PRICE} <= set(mapped)):
        lacking.append("amount (or quantity and price)")
    shown: list[str] = []
    free = [c for c in columns if c not in mapped.values()]
    for each in lacking:
        field = each.split()[0]
        column = likeliest(Field(field), free)
        if column is None and not shown:
            column = likeliest(Field(field), columns)
        free = [c for c in free if c != column]
        shown.append(f"--map {shell(column or 'COLUMN', field)}")
    raise UnclearError(
        f"{name}: no column was recognised as {', '.join(lacking)}; say which it is with "
        f"{' '.join(shown)}. The columns are {_listed(columns)}.",
        "mapping",
        fact=f"No column was recognised as {', '.join(lacking)}",
    )


def refuse_headless(columns: Sequence[str], name: str, such: str) -> None:
    """Raise BadInputError where the first line is a row and no header; `such` is an example."""
    if likeness.headless(columns):
        shown = ", ".join(f"“{_shortened(column)}”" for column in columns[:3])
        raise BadInputError(
            f"{name} begins with a row ({shown}), not with a header; put a line above it that "
            f"names the columns, such as {such}."
        )


def likeliest(field: Field, columns: Sequence[str]) -> str | None:
    """Return the column that most likely holds `field` by a part of its name, or None."""
    parts = _WHO if field is Field.CUSTOMER else [p for p, each in _LIKELY.items() if each is field]
    return next((c for part in parts for c in columns if part in normal(c)), None)


def shell(column: str, field: str) -> str:
    """Return the pair for --map as it is typed in a shell: quoted where the name needs it."""
    return shlex.quote(f"{column}={field}") if not column.isalnum() else f"{column}={field}"


def _field(word: str) -> Field:
    try:
        return Field(normal(word))
    except ValueError:
        known = ", ".join(Field)
        raise BadInputError(f"--map knows no field “{word}”; the fields are {known}.") from None


def _listed(columns: Sequence[str]) -> str:
    shown = ", ".join(f"“{_shortened(column)}”" for column in columns[:20])
    return shown + (f" and {len(columns) - 20} more" if len(columns) > 20 else "")


def _shortened(column: str) -> str:
    return column if len(column) <= 60 else f"{column[:59]}…"
