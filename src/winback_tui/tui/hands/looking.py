"""The keys that open a screen of their own: the backtest and the import."""

from __future__ import annotations

from winback_tui.tui.hands.hand import Hand


class Looking(Hand):
    """Opens the backtest over the list or the dossier, and the import over the list."""

    def give_backtest(self) -> None:
        """Show how well the score would have done on this book."""
        from winback_tui.tui.screens.backtest import BacktestScreen

        self.app.push_screen(BacktestScreen(self.desk))

    async def give_import(self) -> None:
        """Import a file, step by step; the list renews itself when there is something new."""
        from winback_tui.tui.screens.importing import ImportScreen

        await self.app.push_screen_wait(ImportScreen(self.desk))
