"""Moving the cursor through the list."""

from __future__ import annotations

from winback_tui.tui.screens.giving import Giving
from winback_tui.tui.widgets.triage_list import TriageList


class Moving(Giving):
    """One line, half a page, a page, or to an end."""

    table: TriageList

    def give_down(self) -> None:
        """Move to the next customer."""
        self.table.step(1)

    def give_up(self) -> None:
        """Move to the previous customer."""
        self.table.step(-1)

    def give_top(self) -> None:
        """Move to the first customer."""
        self.table.move(0)

    def give_bottom(self) -> None:
        """Move to the last customer."""
        self.table.move(len(self.table.ids) - 1)

    def give_half_down(self) -> None:
        """Move half a page down."""
        self.table.step(max(1, self.table.size.height // 2))

    def give_half_up(self) -> None:
        """Move half a page up."""
        self.table.step(-max(1, self.table.size.height // 2))

    def give_page_down(self) -> None:
        """Move a page down."""
        self.table.step(max(1, self.table.size.height - 1))

    def give_page_up(self) -> None:
        """Move a page up."""
        self.table.step(-max(1, self.table.size.height - 1))
