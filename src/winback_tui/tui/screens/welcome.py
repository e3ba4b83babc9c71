"""The first start: no book yet. Open the sample, or learn how to import."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import Screen

from winback_tui.tui.text import printable, wrap
from winback_tui.tui.widgets.drawn import Drawn, Line
from winback_tui.tui.work import work

if TYPE_CHECKING:
    from winback_tui.tui.app import WinbackApp


class Greeting(Drawn):
    """Says where the book would lie, and what can be done."""

    DEFAULT_CSS = "Greeting { height: auto; width: 76; max-width: 100%; }"

    def lines(self, width: int, height: int) -> list[Line]:
        """Return the greeting."""
        pens = self.pens
        keys: list[Line] = [
            [(" s ", pens.key), ("  open the sample (a copy, thrown away at the end)", pens.text)],
            [(" i ", pens.key), ("  import a file of your own into a new book here", pens.text)],
            [(" n ", pens.key), ("  begin an empty book here", pens.text)],
            [(" q ", pens.key), ("  leave", pens.text)],
            [],
            [("In a shell, this does the same as i:", pens.dim)],
            [("winback import transactions orders.csv", pens.strong)],
        ]
        missing = f"There is no book at {printable(str(self.winback.path))} yet."
        about = (
            "winback shows which customers are drifting away, why, and whether you may call them, "
            "from the orders that your shop or bookkeeping exports. Any CSV with a customer, a "
            "date and an amount will do. Nothing leaves this machine."
        )
        return [
            [("winback", pens.title)],
            *([(text, pens.text)] for text in wrap(missing, width)),
            [],
            *keys,
            [],
            *([(text, pens.dim)] for text in wrap(about, width)),
        ]


class WelcomeScreen(Screen[None]):
    """Shown where there is no book."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "sample", "Sample", show=False),
        Binding("i,I", "import", "Import", show=False),
        Binding("n", "new", "New", show=False),
        Binding("q,escape", "leave", "Quit", show=False),
    ]
    DEFAULT_CSS = """
    WelcomeScreen { align: center middle; }
    WelcomeScreen VerticalScroll {
        width: 80; max-width: 100%; height: auto; max-height: 100%; border: round $primary;
        padding: 0 2; background: $surface;
    }
    """

    def compose(self) -> ComposeResult:
        """Put the greeting in the middle."""
        with VerticalScroll(can_focus=False):
            yield Greeting()

    @property
    def winback(self) -> WinbackApp:
        """The app, by its own type."""
        return cast("WinbackApp", self.app)

    def action_sample(self) -> None:
        """Open a throw-away copy of the sample."""
        self.run_worker(work(self._sample), group="sample", exclusive=True)

    async def _sample(self) -> None:
        import asyncio

        from winback_tui.desk.sample import demo_copy
        from winback_tui.errors import WinbackError

        try:
            copy = demo_copy(self.winback.as_of)
            path = await asyncio.to_thread(self.winback.closing.enter_context, copy)
            self.winback.take(path, note="sample book, not kept")
        except WinbackError as error:
            self.winback.say(str(error), wrong=True)

    def action_new(self) -> None:
        """Begin an empty book."""
        from winback_tui.errors import WinbackError

        try:
            self.winback.take(self.winback.path, create=True)
        except WinbackError as error:
            self.winback.say(str(error), wrong=True)

    def action_import(self) -> None:
        """Begin a book here, and open the import over it."""
        self.action_new()
        if self.winback.desk is not None:
            from winback_tui.tui.screens.importing import ImportScreen

            self.app.push_screen(ImportScreen(self.winback.desk))

    def action_leave(self) -> None:
        """Leave."""
        self.app.exit(0)
