"""The app: one desk, the user's formats and themes, and the screens over them."""

from __future__ import annotations

import asyncio
import gc
import os
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final

from textual.binding import Binding, BindingType

from winback_tui.book.connection import explain
from winback_tui.config import Config
from winback_tui.desk.commands import Command
from winback_tui.desk.keymap import with_user_keys
from winback_tui.desk.session import Desk
from winback_tui.tui import state
from winback_tui.tui.glyphs import Glyphs, ascii_only
from winback_tui.tui.keyboard import OneKeyAtATime
from winback_tui.tui.screens.writing import Job
from winback_tui.tui.text import printable
from winback_tui.tui.theme import DEFAULT, THEMES, Pens, pens
from winback_tui.tui.widgets.columns import Words
from winback_tui.words.format import Formats

if TYPE_CHECKING:
    from textual.filter import LineFilter
    from textual.screen import Screen

    from winback_tui.desk.action import Action
    from winback_tui.desk.apart import Apart
    from winback_tui.tui.screens.triage import TriageScreen

#: What the program ends with after ctrl+c, as shells have it (128 + SIGINT).
INTERRUPTED: Final = 130


class WinbackApp(OneKeyAtATime[int]):
    """winback on a terminal."""

    TITLE = "winback"
    ENABLE_COMMAND_PALETTE = False
    #: As in a shell, and from anywhere; Textual's own would name a key that is none of ours.
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c,ctrl+q", "interrupt", show=False, priority=True)
    ]
    CSS = """
    /* The whole line: ends of the title beside a toast would read as part of it. */
    Toast { height: auto; padding: 0 1; width: 100%; max-width: 100%; margin: 0; }
    ToastRack { align: right top; dock: top; margin: 0; overflow-y: hidden; }
    /* Above the keys: the first line says whose dossier it is. */
    DossierScreen ToastRack { align: right bottom; dock: bottom; margin: 0 0 1 0; }
    /* Read on the lighter ground of a line, also where paper is white. */
    Input > .input--placeholder { color: $foreground 62%; }
    Input:ansi > .input--placeholder { color: ansi_default; text-style: dim; }
    /* A cursor that needs a colour of its own would vanish under NO_COLOR. */
    Input:ansi > .input--cursor {
        color: ansi_default; background: ansi_default; text-style: reverse;
    }
    """

    def __init__(
        self,
        path: Path,
        desk: Desk | None,
        config: Config,
        as_of: date,
        *,
        follows_clock: bool = False,
        note: str = "",
        apart: bool = False,
        renewal: Apart | None = None,
    ) -> None:
        # NO_COLOR: the terminal's own colours, all of them filtered out.
        plain = bool(os.environ.get("NO_COLOR"))
        super().__init__(ansi_color=True if plain else None)
        self.path, self.desk, self.config, self.as_of = path, desk, config, as_of
        self.follows_clock, self.note = follows_clock, note
        #: Whether scores are renewed in another process; one that has begun already; the last one.
        self.apart, self.renewal, self.renewal_runs = apart, renewal, renewal
        #: What is to be tidied up when the app ends, such as a throw-away copy.
        self.closing = ExitStack()
        #: Where hand-over packets go; a throw-away book keeps them beside itself.
        self.packets = path.parent / "handovers" if note else None
        self.crash: BaseException | None = None
        self.formats = Formats.from_environment(config.user.locale)
        self.glyphs = Glyphs.from_environment()
        self.cell_words = Words(self.formats, self.glyphs)
        self._last_filters: list[LineFilter] = []
        if ascii_only():
            from winback_tui.tui.ascii import Ascii

            self._last_filters.append(Ascii())
        self.commands: dict[str, Command] = {
            command.id: command for command in with_user_keys(config.keys)
        }
        #: The last deed and what it is called, for the repeat key.
        self.last_deed: tuple[str, Callable[[Desk, Sequence[int]], Action], str, bool] | None = None
        #: Whether somebody was erased just now, so that the undo key would take back an older deed.
        self.erased_last = False
        #: Writes that wait for another program's, oldest first.
        self.line: list[Job] = []
        #: Whether the program ends once the line is empty.
        self.leaving = False
        #: Who in sales took over last in this session.
        self.sales = ""
        self.messages: list[tuple[str, bool]] = []
        for theme in THEMES:
            self.register_theme(theme)
        kept = "ansi-dark" if plain else state.load().get("theme", DEFAULT)
        self.theme = kept if kept in self.available_themes else DEFAULT

    @property
    def pens(self) -> Pens:
        """The styles of the theme."""
        return pens(self.current_theme)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Return what each line goes through before it is shown."""
        return [*super().get_line_filters(), *self._last_filters]

    def on_mount(self) -> None:
        """Open the list, or, where there is no book yet, the welcome."""
        if self.config.keys:
            self.set_keymap(
                {command: ",".join(self.commands[command].keys) for command in self.config.keys}
            )
        if self.desk is None:
            self.enter()
        if not gc.isenabled():
            self.set_timer(0.5, self._collect_again)

    def _collect_again(self) -> None:
        """Let garbage be collected after a start without, but not among what is there to stay."""
        gc.freeze()
        gc.enable()

    def action_interrupt(self) -> None:
        """Leave at once; the exit code is that of a program that was interrupted."""
        self.exit(INTERRUPTED)

    def enter(self) -> None:
        """Show the screen that fits: the list where there is a book, else the welcome."""
        if self.desk is None:
            from winback_tui.tui.screens.welcome import WelcomeScreen

            self.push_screen(WelcomeScreen())
        else:
            self.push_screen(self._triage(self.desk))

    def get_default_screen(self) -> Screen[Any]:
        """Begin with the list where there is a book: no empty screen is drawn before it."""
        return super().get_default_screen() if self.desk is None else self._triage(self.desk)

    def _triage(self, desk: Desk) -> TriageScreen:
        from winback_tui.tui.screens.triage import TriageScreen

        screen = TriageScreen(desk)
        # Laid out before it is there, so that its styles are worked out once.
        screen.lay_out(self.size)
        return screen

    def take(self, path: Path, *, note: str = "", create: bool = False) -> None:
        """Open the book at `path` in place of the welcome.

        Raises BadInputError or BookError, and the welcome stays.
        """
        self.desk = Desk.open(path, self.config, self.as_of, create=create)
        self.packets = path.parent / "handovers" if note else None
        self.path, self.note = path, note
        self.pop_screen()
        self.enter()

    def keep_theme(self, name: str) -> None:
        """Remember the theme for the next session; a throw-away book leaves nothing behind."""
        if not self.note:
            state.remember(theme=name)

    def say(self, text: str, *, wrong: bool = False, more: str = "") -> None:
        """Show a sentence for three seconds, and keep it, with `more`, for the messages.

        The text is never markup.
        """
        self.messages.append((printable(f"{text} {more}".strip()), wrong))
        self.clear_notifications()
        # Textual leaves the frame of a toast that is taken away early; the next would stand below.
        self.screen.query("ToastHolder").remove()
        self.notify(
            printable(text),
            severity="error" if wrong else "information",
            timeout=6 if wrong else 3,
            markup=False,
        )

    def _handle_exception(self, error: Exception) -> None:
        """Keep what went wrong for `run_app`; Textual's own report would print local variables."""
        if isinstance(error, sqlite3.Error):
            try:
                error = explain(error, self.path)
            except sqlite3.Error as own:
                error = own
        if self.crash is None:
            self.crash = error
        super()._handle_exception(error)

    def _fatal_error(self) -> None:
        """Leave without printing: the sentence comes after the terminal is restored."""
        self._close_messages_no_wait()

    async def on_unmount(self) -> None:
        """End what goes on behind the screen; SQLite keeps the book whole."""
        if self.renewal_runs is not None:
            self.renewal_runs.stop()
        await asyncio.sleep(0)
