"""Amounts and shares as people type them, and the margin that follows from what is known."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Final, NamedTuple

from winback_tui.errors import BadInputError
from winback_tui.model import exponent

#: So much of a customer's sales must have a known margin before it stands for all of them.
_ENOUGH: Final = 0.8
_PLAIN: Final = re.compile(r"\d{1,12}(?:[.,]\d{1,3})?", re.ASCII)
_GROUPED: Final = re.compile(
    r"\d{1,3}(?:([.,'’ \u00a0\u202f])\d{3})(?:\1\d{3})*(?:(?!\1)[.,]\d{1,2})?", re.ASCII
)


#: What a currency's sign may mean.
_SIGNS: Final[Mapping[str, tuple[str, ...]]] = {
    "€": ("EUR",),
    "£": ("GBP",),
    "$": ("USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN"),
}


#: What may stand behind an amount where nobody asks for one currency.
_KNOWN: Final = frozenset({*_SIGNS, "EUR", "USD", "GBP", "CHF"})


def parse_amount(text: str, what: str = "The amount", currency: str = "") -> Decimal:
    """Return an amount in whole units as typed: "120", "120,50", "1.204,00", "1,204.00".

    One sign before three digits groups thousands only where nothing else can be meant: "1.204" is
    refused. So are the sign of another currency than `currency`, and more decimals than it has.
    Raises BadInputError.
    """
    unit = re.search(r"(?:€|\$|£|[A-Za-z]{3})\s*$", text)
    sign = unit[0].strip().upper() if unit else ""
    if currency and sign and currency not in _SIGNS.get(sign, (sign,)):
        raise BadInputError(f"{what} must be in {currency}, not “{text.strip()[:30]}”.")
    known = sign and (currency or sign in _KNOWN)
    typed = text[: unit.start()].strip() if unit and known else text.strip()
    places = exponent(currency) if currency else 2
    found = _read(typed, places)
    if found is None:
        if _PLAIN.fullmatch(typed):
            raise BadInputError(
                f"{what} “{text.strip()}” may mean two things; write it without thousands signs,"
                " such as 1204.00."
            )
        raise BadInputError(f"{what} must be a number such as 120.50, not “{text.strip()[:30]}”.")
    if currency and found != round(found, places):
        raise BadInputError(f"{what} {text.strip()} has more decimals than {currency} has.")
    return found


def _read(typed: str, places: int) -> Decimal | None:
    """Return a number as typed, None for none, and for one that may mean two things.

    `places` is how many decimals its currency has: of three digits behind a sign nobody knows
    whether they are decimals, unless what stands before them can be no thousands.
    """
    if _PLAIN.fullmatch(typed):
        whole, _, decimals = typed.replace(",", ".").partition(".")
        thousands = len(decimals) == 3 and len(whole) <= 3 and not whole.startswith("0")
        if thousands and not places:
            return Decimal(whole + decimals)
        if thousands or (len(decimals) == 3 and places < 3):
            return None
        return Decimal(f"{whole}.{decimals or 0}")
    if _GROUPED.fullmatch(typed):
        fraction = re.search(r"[.,](\d{1,2})$", typed)
        digits = re.sub(r"\D", "", typed)
        return Decimal(digits).scaleb(-len(fraction[1]) if fraction else 0)
    return None


def parse_share(text: str, what: str = "The share") -> float:
    """Return a share (0–1) as typed: "30%", "30 %", "12,5%" or "0.3".

    Raises BadInputError for what is no share, or lies outside 0 and 100 %.
    """
    typed = text.strip().replace(",", ".")
    found = re.fullmatch(r"([0-9]{1,3}(?:\.[0-9]{1,6})?)\s*(%?)", typed)
    if found is None:
        raise BadInputError(f"{what} must be a share such as 30%, not “{text.strip()[:30]}”.")
    number = float(found[1])
    if not found[2] and number > 1:
        raise BadInputError(f"{what} “{text.strip()}” has no unit; write {found[1]}% or 0.30.")
    share = number / 100 if found[2] else number
    if not 0 <= share <= 1:
        raise BadInputError(f"{what} must lie between 0% and 100%, not {text.strip()}.")
    return share


class MarginRate(NamedTuple):
    """A margin rate (0–1), and where it is from: `customer`, `group` or `all`."""

    rate: float
    source: str


def margin_rate(
    own: float | None,
    groups: Mapping[str, float],
    everyone: float | None,
    basket: Mapping[str, int],
) -> MarginRate | None:
    """Return what is left of a customer's sales, or None where it must be asked for.

    The customer's own margin comes first, then those of the product groups in the basket (minor
    units by group, weighted by them; what has no margin counts with everyone's), then everyone's.
    Unknown is never 100 %.
    """
    if own is not None:
        return MarginRate(own, "customer")
    whole = sum(basket.values())
    known = sum(net for group, net in basket.items() if group in groups)
    if whole > 0 and known > 0:
        gained = sum(net * groups[group] for group, net in basket.items() if group in groups)
        if everyone is not None:
            return MarginRate((gained + (whole - known) * everyone) / whole, "group")
        if known >= _ENOUGH * whole:
            return MarginRate(gained / known, "group")
    return None if everyone is None else MarginRate(everyone, "all")
