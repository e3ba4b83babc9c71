"""The key that proves the score on the book."""

from __future__ import annotations

from winback_tui.tui.screens.giving import Giving


class Proving(Giving):
    """Opens the backtest over the list or the dossier."""

    def give_backtest(self) -> None:
        """Show how well the score would have done on this book."""
        from winback_tui.tui.screens.backtest import BacktestScreen

        self.app.push_screen(BacktestScreen(self.desk))
