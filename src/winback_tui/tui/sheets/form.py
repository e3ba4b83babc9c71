"""A sheet with several lines to fill in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from textual import events, on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Input

from winback_tui.errors import WinbackError
from winback_tui.tui.sheets.fields import DayMeant, Field, line
from winback_tui.tui.sheets.sheet import Lines, Sheet
from winback_tui.tui.text import printable
from winback_tui.tui.widgets.drawn import Part


class Blank(NamedTuple):
    """One line of a form: its name, its label, what stands there, and an example.

    Where it is a date, `today` is the day from which “+3d” counts: the day meant stands beside it.
    """

    name: str
    label: str
    value: str = ""
    example: str = ""
    today: date | None = None


class Form(Sheet[dict[str, str] | None]):
    """Asks for several values; `check` says whether they will do, by raising a WinbackError."""

    hint = "enter saves · tab: next field · esc goes back"

    DEFAULT_CSS = """
    Form VerticalScroll { height: auto; max-height: 100%; background: $surface; }
    Form Field { margin-top: 0; }
    Form.-small Frame { max-height: 100%; margin-bottom: 0; }
    """

    def __init__(
        self,
        heading: str,
        blanks: Sequence[Blank],
        *,
        about: Sequence[Part] = (),
        check: Callable[[Mapping[str, str]], object] | None = None,
    ) -> None:
        super().__init__()
        self.heading, self._blanks, self._about = heading, list(blanks), list(about)
        self._check = check

    def body(self) -> ComposeResult:
        """Yield the lines to fill in."""
        with VerticalScroll(can_focus=False):
            if self._about:
                yield Lines(self._about)
            for blank in self._blanks:
                entry = line(blank.value, placeholder=blank.example, id=blank.name)
                meant = [DayMeant(blank.today, blank.name)] if blank.today else []
                yield Field(blank.label, entry, *meant)

    def on_mount(self) -> None:
        """Let the keys go to the first line."""
        self.query(Input).first().focus()

    def on_resize(self, event: events.Resize) -> None:
        """Use all of a low screen."""
        self.set_class(event.size.height < 30, "-small")

    def draft(self) -> dict[str, str]:
        """Return what stands in the lines, unchanged where nothing was typed."""
        return {blank.name: self._standing(blank) for blank in self._blanks}

    def _standing(self, blank: Blank) -> str:
        typed = self.query_one(f"#{blank.name}", Input).value
        return blank.value if typed == printable(blank.value) else typed.strip()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        values = self.draft()
        try:
            if self._check is not None:
                self._check(values)
        except WinbackError as error:
            self.complain(error)
            return
        self.dismiss(values)
