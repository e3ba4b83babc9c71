"""Marking customers, so that one deed acts on all of them."""

from __future__ import annotations

from winback_tui.tui.screens.doing import Doing
from winback_tui.tui.widgets.triage_list import TriageList
from winback_tui.words import saying


class Marking(Doing):
    """Mark one, a range, or all shown."""

    table: TriageList
    #: Where a range of marks began.
    range_start: int | None = None

    def update_lines(self) -> None:
        """Write the lines around the list anew."""
        raise AssertionError("the screen with the list has such lines")

    def give_mark(self) -> None:
        """Mark the customer, or take the mark away, and step on."""
        self.give_mark_stay()
        self.table.step(1)

    def give_mark_stay(self) -> None:
        """Mark the customer, or take the mark away."""
        current = self.table.current
        if current is not None:
            self.table.mark([current], on=current not in self.table.marked)
            self.update_lines()

    def give_mark_range(self) -> None:
        """Begin a range here, or mark everything from its beginning to here."""
        if self.range_start is None:
            self.range_start = self.table.cursor
            self.winback.say(saying.RANGE_BEGUN)
            return
        first, last = sorted((self.range_start, self.table.cursor))
        self.table.mark(list(self.table.ids[first : last + 1]), on=True)
        self.range_start = None
        self.update_lines()

    def give_mark_all(self) -> None:
        """Mark every customer of the list, or none where all are marked."""
        everyone = set(self.table.ids)
        self.table.mark(list(everyone), on=not everyone <= self.table.marked)
        self.update_lines()
