"""Keys that come in a burst are handed out one at a time, however far what they do has to go."""

from __future__ import annotations

from typing import ClassVar

import pytest
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.events import Key
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from winback_tui.tui.keyboard import OneKeyAtATime


class Question(ModalScreen[str]):
    """Asks for a word, in a line that lies in so many boxes."""

    def __init__(self, depth: int) -> None:
        super().__init__()
        self.depth = depth

    def compose(self) -> ComposeResult:
        """Put the line into its boxes."""
        inner: Vertical | Input = Input()
        for _ in range(self.depth):
            inner = Vertical(inner)
        yield inner

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Answer."""
        self.dismiss(event.value)


class Asking(OneKeyAtATime[None]):
    """Asks at the key `a`, and keeps the answers, and the keys that nobody asked for."""

    BINDINGS: ClassVar[list[BindingType]] = [("a", "ask", "Ask")]

    def __init__(self, depth: int) -> None:
        super().__init__()
        self.depth = depth
        self.answers: list[str] = []
        self.strays: list[str] = []

    def compose(self) -> ComposeResult:
        """Show something."""
        yield Static("here")

    def action_ask(self) -> None:
        """Ask, behind the key."""
        under_way = self.under_way()
        under_way.__enter__()

        async def ask() -> None:
            try:
                self.answers.append(await self.push_screen_wait(Question(self.depth)))
            finally:
                under_way.__exit__(None, None, None)

        self.run_worker(ask())

    def on_key(self, event: Key) -> None:
        """Keep what reached no line."""
        if event.key not in ("a", "enter"):
            self.strays.append(event.key)


@pytest.mark.parametrize("depth", [0, 1, 5, 20])
async def test_a_burst_goes_where_it_would_go_one_by_one(depth: int) -> None:
    app = Asking(depth)
    async with app.run_test():
        for key in ("a", *"one", "enter", "a", *"two", "enter", "x", "a", *"aa", "enter"):
            app.post_message(Key(key, "\r" if key == "enter" else key))
        await app.keys_done()
        assert app.answers == ["one", "two", "aa"]
        assert app.strays == ["x"]
