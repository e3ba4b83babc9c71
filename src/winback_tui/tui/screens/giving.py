"""Giving commands: every key, click and palette entry goes through one door."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from inspect import iscoroutinefunction
from typing import TYPE_CHECKING, cast

from textual.binding import Binding, BindingType
from textual.screen import Screen

from winback_tui.book.connection import explain
from winback_tui.desk.commands import COMMANDS, Command, Context
from winback_tui.desk.session import Desk
from winback_tui.errors import WinbackError
from winback_tui.tui.theme import Pens
from winback_tui.tui.work import work
from winback_tui.words import saying

if TYPE_CHECKING:
    from winback_tui.tui.app import WinbackApp
    from winback_tui.tui.hands.hand import Hand


def bindings(context: Context) -> list[BindingType]:
    """Return the bindings of a context; their ids let the user's keymap change them."""
    return [
        Binding(
            ",".join(command.keys),
            f"give('{command.id}')",
            command.title,
            id=command.id,
            show=False,
        )
        for command in COMMANDS
        if context in command.contexts
    ]


class Giving(Screen[None]):
    """A screen on which commands of the registry are given: `give_<id>` does each."""

    context: Context
    desk: Desk

    @property
    def winback(self) -> WinbackApp:
        """The app, by its own type."""
        return cast("WinbackApp", self.app)

    @property
    def pens(self) -> Pens:
        """The styles of the theme."""
        return self.winback.pens

    def why_not(self, command: Command) -> str | None:
        """Return why a command can do nothing now, or None where it can."""
        if command.customer and self.standing_on() is None:
            return saying.NO_CUSTOMER
        return None

    def standing_on(self) -> int | None:
        """Return the customer whom a command would concern."""
        raise AssertionError("each screen knows where the user stands")

    def hand(self, command_id: str) -> Giving | Hand:
        """Return who does a command: the screen itself, or a hand that is imported for it."""
        return self

    def action_give(self, command_id: str) -> None:
        """Give a command; one that can do nothing says why, one that fails says how."""
        command = self.winback.commands[command_id]
        who = self.hand(command_id)
        reason = self.why_not(command) or (None if who is self else who.why_not(command))
        if reason is not None:
            self.winback.say(reason)
            return
        method = getattr(who, f"give_{command_id}")
        if iscoroutinefunction(method):
            # Counted here and not in the worker, which begins only after the next key may come.
            under_way = self.winback.under_way()
            under_way.__enter__()
            self.run_worker(work(self._awaited, method, under_way), group="give")
        else:
            with self.said():
                method()

    async def _awaited(
        self, method: Callable[[], Awaitable[None]], under_way: AbstractContextManager[None]
    ) -> None:
        try:
            with self.said():
                await method()
        finally:
            under_way.__exit__(None, None, None)

    @contextmanager
    def said(self) -> Iterator[None]:
        """Say the sentence of whatever goes wrong inside the block, and carry on."""
        try:
            yield
        except WinbackError as error:
            self.winback.say(str(error), wrong=True)
        except sqlite3.Error as error:
            self.winback.say(str(explain(error, self.desk.book.path)), wrong=True)
