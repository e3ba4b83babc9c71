"""What becomes of the rows after a deed: struck through, given back, and where the cursor goes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from winback_tui.desk import listing
from winback_tui.tui.screens.telling import Telling

if TYPE_CHECKING:
    from winback_tui.desk.action import Action


class Striking(Telling):
    """Strikes who was dealt with, and stands on the next one who is left."""

    def deed_done(self, action: Action, label: str, *, stay: bool = False) -> None:
        """Strike the customers through and stand on the next one who is left."""
        table = self.table
        done = set(action.customers)
        table.mark(list(table.marked), on=False)
        self.range_start = None
        if not stay:
            table.strike(action.customers, label, action.id)
        table.forget()
        self.counts = listing.counts(self.desk)
        self.update_lines()
        if stay:
            self.refresh_preview()
            return
        start = table.cursor
        if len(done) > 1 or table.current not in done:
            places = (place for place, each in enumerate(table.ids) if each in done)
            start = max(places, default=start)
        following = next(
            (p for p in range(start + 1, len(table.ids)) if table.ids[p] not in table.struck), None
        )
        if following is None:
            following = next(
                (p for p in range(start - 1, -1, -1) if table.ids[p] not in table.struck), start
            )
        table.move(following)
        self.refresh_preview()

    def deed_undone(self, customers: Sequence[int], action: int) -> None:
        """Give the customers back to the list, and stand on the first of them."""
        self.table.spare(action)
        self._stand_on(customers)
        if customers and customers[0] not in self.table.ids:
            self.reload(keep=customers[0])
        self.refresh_preview()

    def deed_redone(self, customers: Sequence[int], action: int, label: str) -> None:
        """Strike the customers through again, where the deed did so, and stand on the first."""
        if label:
            left = [each for each in customers if each not in self.table.struck]
            self.table.strike(left, label, action)
        self._stand_on(customers)
        self.refresh_preview()

    def _stand_on(self, customers: Sequence[int]) -> None:
        """Read the list anew, on the first of the customers whom it holds."""
        self.reload(keep=next((c for c in customers if c in self.table.ids), None))
