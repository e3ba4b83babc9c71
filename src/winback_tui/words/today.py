"""What one day's work is called."""

from collections.abc import Sequence
from typing import Protocol

from winback_tui.model import Money
from winback_tui.words.format import Formats


class Summed(Protocol):
    """The counts of a day; `saved` holds one amount per currency."""

    @property
    def customers(self) -> int:
        """How many customers were dealt with."""

    @property
    def calls(self) -> int:
        """How many calls were logged."""

    @property
    def reached(self) -> int:
        """How many of them reached somebody."""

    @property
    def reactivated(self) -> int:
        """How many customers came back."""

    @property
    def handed_over(self) -> int:
        """How many went to sales."""

    @property
    def notes(self) -> int:
        """How many notes were written."""

    @property
    def saved(self) -> Sequence[Money]:
        """The value at risk of who came back, per currency."""

    @property
    def queue(self) -> int:
        """How many customers are left in the queue."""

    @property
    def due(self) -> int:
        """How many follow-ups are due."""


def summary_lines(day: Summed, formats: Formats) -> list[tuple[str, str]]:
    """Return the day as pairs of label and value."""
    saved = " + ".join(formats.money(each.amount, each.currency) for each in day.saved)
    return [
        ("customers dealt with", formats.number(day.customers)),
        ("calls", formats.number(day.calls)),
        ("of these reached", formats.number(day.reached)),
        ("reactivated", formats.number(day.reactivated)),
        ("value that was at risk", saved or "—"),
        ("handed to sales", formats.number(day.handed_over)),
        ("notes", formats.number(day.notes)),
        ("left in the queue", formats.number(day.queue)),
        ("follow-ups due", formats.number(day.due)),
    ]
