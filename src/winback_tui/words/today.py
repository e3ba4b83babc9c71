"""What one day's work is called."""

from collections.abc import Sequence
from typing import Protocol

from winback_tui.model import Money
from winback_tui.words.format import Formats


class Summed(Protocol):
    """The counts of a day; `saved` holds one amount per currency."""

    @property
    def customers(self) -> int: ...

    @property
    def calls(self) -> int: ...

    @property
    def reached(self) -> int: ...

    @property
    def reactivated(self) -> int: ...

    @property
    def handed_over(self) -> int: ...

    @property
    def notes(self) -> int: ...

    @property
    def saved(self) -> Sequence[Money]: ...

    @property
    def queue(self) -> int: ...

    @property
    def due(self) -> int: ...


def summary_lines(day: Summed, formats: Formats) -> list[tuple[str, str]]:
    """Return the day as pairs of label and value."""
    saved = " + ".join(formats.money(each.amount, each.currency) for each in day.saved)
    return [
        ("customers dealt with", formats.number(day.customers)),
        ("calls", formats.number(day.calls)),
        ("of these reached", formats.number(day.reached)),
        ("reactivated", formats.number(day.reactivated)),
        ("value that was at risk", saved or "–"),
        ("handed to sales", formats.number(day.handed_over)),
        ("notes", formats.number(day.notes)),
        ("left in the queue", formats.number(day.queue)),
        ("follow-ups due", formats.number(day.due)),
    ]
