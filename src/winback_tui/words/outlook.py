"""What is to be expected of a customer: when the next order comes, what it brings, what is lost."""

from datetime import date, timedelta
from typing import Final, Protocol

from winback_tui.words.format import Formats

_EPOCH: Final = date(1970, 1, 1)
#: Of who has left as likely as not, no next order is foretold.
_LIKELY: Final = 0.5
#: A date that nine in ten keep only after so many horizons, or so many days, says nothing.
_HORIZONS: Final = 2
_FARTHEST: Final = 730


class Ahead(Protocol):
    """What a score says of the time ahead; days as whole days since 1970-01-01."""

    @property
    def score(self) -> float:
        """0 to 100."""

    @property
    def p_left(self) -> float:
        """The chance that the customer has gone already, 0 to 1."""

    @property
    def horizon_days(self) -> int:
        """The days within which the next purchase is expected."""

    @property
    def last_day(self) -> int:
        """The day of the last purchase."""

    @property
    def next_day(self) -> int:
        """The day by which half of those who are still there have bought again."""

    @property
    def next_until(self) -> int:
        """The day by which nine in ten of them have."""

    @property
    def expected(self) -> int:
        """Revenue to be expected within the horizon, in minor units."""

    @property
    def value_at_risk(self) -> int:
        """Revenue at risk within the horizon, in minor units."""

    @property
    def currency(self) -> str:
        """The currency of both."""


def dates(of: Ahead, silence_days: int) -> tuple[date, date] | None:
    """Return the days by which half and nine in ten will have bought; None where it says nothing.

    That is where nine in ten need more than two horizons, or more than two years.
    """
    wait = of.next_until - of.last_day - silence_days
    if wait > min(_FARTHEST, _HORIZONS * of.horizon_days):
        return None
    return _EPOCH + timedelta(days=of.next_day), _EPOCH + timedelta(days=of.next_until)


def foretold(of: Ahead, silence_days: int) -> tuple[date, date] | None:
    """Return `dates`, but None also of one who has left as likely as not."""
    return None if of.p_left >= _LIKELY else dates(of, silence_days)


def next_purchase(of: Ahead, silence_days: int, formats: Formats | None = None) -> str:
    """Return by when somebody who is still there will have bought again, or nothing."""
    shown = formats or Formats()
    found = foretold(of, silence_days)
    if found is None:
        return ""
    _, until = found
    wait = shown.days(max(1, of.next_day - of.last_day - silence_days))
    return (
        f"If they are still there, the next order comes within {wait} for one in two, "
        f"by {shown.date(until)} for nine in ten."
    )


def worth(of: Ahead, silence_days: int, formats: Formats | None = None) -> str:
    """Return what is expected and what is at risk within the horizon, and how they come about."""
    shown = formats or Formats()
    chance = shown.chance(1 - of.score / 100)
    loss = shown.chance(of.score / 100)
    fading = ""
    if silence_days > of.horizon_days:
        fading = ", less for a silence longer than that"
    return (
        f"Expected in {shown.days(of.horizon_days)}: {shown.money(of.expected, of.currency)}, the "
        f"{chance} chance of an order times what one who orders brings. At risk: "
        f"{shown.money(of.value_at_risk, of.currency)}, the {loss} chance of none times the same"
        f"{fading}."
    )
