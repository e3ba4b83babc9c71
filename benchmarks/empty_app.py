"""The yardstick of the screen: the least that Textual does, one line that answers keys."""

from textual import events
from textual.app import App, ComposeResult
from textual.widgets import Static


class EmptyApp(App[None]):
    """Shows a word, and then how many keys were pressed."""

    ENABLE_COMMAND_PALETTE = False
    pressed = 0

    def compose(self) -> ComposeResult:
        """Show the word."""
        yield Static("ready")

    def on_key(self, _: events.Key) -> None:
        """Answer a key."""
        self.pressed += 1
        self.query_one(Static).update(f"pressed {self.pressed}")


if __name__ == "__main__":
    EmptyApp().run()
