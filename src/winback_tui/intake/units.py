"""In what unit amounts are told: thousands, cents, a price of a hundred pieces."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

import polars as pl

from winback_tui.errors import BadInputError
from winback_tui.intake import likeness
from winback_tui.intake.cells import TYPED
from winback_tui.intake.fields import Field, normal, shell
from winback_tui.intake.unclear import UnclearError

#: Headers of what a price is for, and cells of more than one piece.
_PRICED_BY: Final = re.compile(
    r"^(?:preiseinheit|preis_?einh|pe|preis_(?:pro|je)|price_(?:unit|per)|unit_of_price|"
    r"preismenge|preis_?basis)$"
)
_MANY: Final = r"^(?:[2-9]|[1-9][\d.]+)\D*$"


def whole(name: str, first: pl.DataFrame, mapped: Mapping[str, str]) -> None:
    """Raise BadInputError where amounts are told in thousands, or in cents."""
    for field in (Field.AMOUNT, Field.PRICE):
        column = mapped.get(field)
        if column is None:
            continue
        if likeness.thousands(column):
            raise BadInputError(
                f"{name}: “{column}” tells amounts in thousands; export them in full, "
                "or give that column another header if it does not."
            )
        # 10.50 under “Betrag (Cent)” are no cents, whatever the header says.
        decimals = first[column].str.contains(r"[.,]\d{1,2}\D*$").any()
        if likeness.hundredths(column) and not decimals:
            raise BadInputError(
                f"{name}: “{column}” tells amounts in cents; export them in full, such "
                "as 12.50, or give that column another header if it does not."
            )


#: What stands beside an amount told in the smallest unit of its currency, and says how many digits
#: of it are decimals.
_DIGITS: Final = re.compile(
    r"(?:precision|scale|exponent|fraction_?digits|decimals?|minor_?units?)$"
)
#: Columns of shops' interfaces whose whole amounts are cents.
_IN_CENTS: Final = (
    frozenset(("id_order_unit", "revenue_gross")),
    frozenset(("total_usd", "test_mode")),
    frozenset(("subtotal_usd", "identifier")),
)


def with_digits(name: str, first: pl.DataFrame, mapped: Mapping[str, str]) -> None:
    """Raise BadInputError where a column says how many digits of whole amounts are decimals."""
    column = mapped.get(Field.AMOUNT) or mapped.get(Field.PRICE) or ""
    stem, point, _ = column.rpartition(".")
    if not point or not _whole(first[column]):
        return
    for other in first.columns:
        if other == column or not other.startswith(f"{stem}."):
            continue
        digits = _DIGITS.search(normal(likeness.parted(other)))
        if digits and bool(first[other].str.contains(r"^[1-4]$").any()):
            raise BadInputError(
                f"{name}: “{column}” tells amounts in the smallest unit, of which “{other}” says "
                "how many digits are decimals; export them in full, such as 12.50."
            )


def in_cents(name: str, first: pl.DataFrame, mapped: Mapping[str, str]) -> None:
    """Raise UnclearError where a shop's interface tells whole numbers, which are cents."""
    column = mapped.get(Field.AMOUNT) or mapped.get(Field.PRICE)
    names = {normal(each) for each in first.columns}
    if column is None or not any(marks <= names for marks in _IN_CENTS):
        return
    if not _whole(first[column]):
        return
    fact = f"“{column}” holds whole numbers, and this program's interface tells amounts in cents"
    raise UnclearError(
        f"{name}: {fact}; export them in full, such as 12.50, or say --map "
        f"{shell(column, Field.AMOUNT)} if they are.",
        "mapping",
        fact=fact,
    )


def _whole(cells: pl.Series) -> bool:
    return bool(cells.str.replace(TYPED + "$", "").str.contains(r"^-?\d*$").all())


#: How a payment service's own ids begin.
_OF_STRIPE: Final = r"^(?:cus|ch|in|pi|py|il|sub)_\w+$"


def of_interface(name: str, first: pl.DataFrame, mapped: Mapping[str, str]) -> None:
    """Raise UnclearError where an interface's answer tells whole numbers, which are cents."""
    amount, ids = mapped.get(Field.AMOUNT), mapped.get(Field.CUSTOMER)
    if amount is None or ids is None:
        return
    there = first.filter(pl.col(ids).str.strip_chars() != "")[ids]
    if there.is_empty() or not bool(there.str.contains(_OF_STRIPE).all()):
        return
    if not _whole(first[amount]):
        return
    fact = f"“{amount}” holds whole numbers, and Stripe's interface tells amounts in cents"
    raise UnclearError(
        f"{name}: {fact}; export them in full, such as the CSV of its dashboard, or say --map "
        f"{shell(amount, Field.AMOUNT)} if they are.",
        "mapping",
        fact=fact,
    )


def priced_by(
    name: str, first: pl.DataFrame, mapped: Mapping[str, str], free: Sequence[str]
) -> None:
    """Raise UnclearError where the price is that of so many pieces: per 100, per 1000."""
    if Field.AMOUNT in mapped or Field.PRICE not in mapped:
        return
    for column in free:
        if not _PRICED_BY.search(normal(likeness.parted(column))):
            continue
        if not bool(first[column].str.strip_chars().unique().str.contains(_MANY).any()):
            continue
        fact = (
            f"“{column}” says for how many pieces “{mapped[Field.PRICE]}” is, and the "
            "amount is quantity times price"
        )
        raise UnclearError(
            f"{name}: {fact}; say --map COLUMN=amount with the column of each row's sum "
            f"(export it where there is none), or --map {shell(column, Field.IGNORE)} if the "
            "price is of one piece.",
            "mapping",
            fact=fact,
        )
