"""Attempts in words: how often, and at which hour somebody is there."""

from typing import Final, Protocol

from winback_tui.words.customers import count
from winback_tui.words.format import Formats

_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class Tried(Protocol):
    """Attempts at one customer; a slot is weekday and hour."""

    @property
    def made(self) -> int:
        """How many attempts."""

    @property
    def reached(self) -> int:
        """How many of them reached somebody."""

    @property
    def best(self) -> tuple[int, int] | None:
        """When they were reached most."""

    @property
    def last(self) -> tuple[int, int] | None:
        """When the last attempt was."""

    @property
    def hour(self) -> int | None:
        """At which hour others are reached most."""

    @property
    def hour_reached(self) -> int:
        """How many were reached at that hour."""

    @property
    def hour_made(self) -> int:
        """Of how many called then."""


def tries_line(tried: Tried, formats: Formats) -> str:
    """Return such as "3 tries; reached Tue 10–11"; empty where nothing is known."""
    parts = []
    if tried.made:
        parts.append(count(formats.number(tried.made), tried.made, "try", "tries"))
        if tried.best is not None:
            parts.append(f"reached {slot(tried.best)}")
        elif tried.last is not None:
            parts.append(f"not reached yet, last {slot(tried.last)}")
    if tried.best is None and tried.hour is not None:
        share = f"{formats.number(tried.hour_reached)} of {formats.number(tried.hour_made)}"
        parts.append(f"others are reached best {hours(tried.hour)} ({share})")
    return "; ".join(parts)


def slot(when: tuple[int, int]) -> str:
    """Return a weekday and an hour as "Tue 10–11"."""
    return f"{_DAYS[when[0]]} {hours(when[1])}"


def hours(hour: int) -> str:
    """Return an hour of the day as "10–11"."""
    return f"{hour}–{(hour + 1) % 24}"
