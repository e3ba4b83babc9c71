"""A hand: what some keys do, on whatever screen shows customers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winback_tui.desk.commands import Command
from winback_tui.desk.session import Desk
from winback_tui.tui.theme import Pens

if TYPE_CHECKING:
    from winback_tui.tui.app import WinbackApp
    from winback_tui.tui.screens.doing import Doing


class Hand:
    """`give_<id>` does the command of that id on `screen`."""

    def __init__(self, screen: Doing) -> None:
        self.screen = screen

    @property
    def app(self) -> WinbackApp:
        """The app."""
        return self.screen.winback

    @property
    def winback(self) -> WinbackApp:
        """The app."""
        return self.screen.winback

    @property
    def desk(self) -> Desk:
        """The desk that the screen sits at."""
        return self.screen.desk

    @property
    def pens(self) -> Pens:
        """The styles of the theme."""
        return self.screen.pens

    def why_not(self, command: Command) -> str | None:
        """Return why a command can do nothing now, or None where it can."""
        return None
