"""The key that brings a file into the book."""

from __future__ import annotations

from winback_tui.tui.screens.giving import Giving


class Bringing(Giving):
    """Opens the import over the list."""

    async def give_import(self) -> None:
        """Import a file, step by step; the list renews itself when there is something new."""
        from winback_tui.tui.screens.importing import ImportScreen

        await self.app.push_screen_wait(ImportScreen(self.desk))
