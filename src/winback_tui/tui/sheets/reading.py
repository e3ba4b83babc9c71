"""Sheets to read: help, why, today's session, messages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Generic

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll

from winback_tui.tui.sheets.sheet import Lines, Sheet, T
from winback_tui.tui.widgets.drawn import Part


class Scrolled(Sheet[T], Generic[T]):
    """A sheet whose lines the keys scroll."""

    DEFAULT_CSS = """
    Scrolled { align: center middle; }
    Scrolled VerticalScroll {
        height: auto; max-height: 100%; scrollbar-size-vertical: 1; background: $surface;
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "scroll(1)", show=False),
        Binding("k,up", "scroll(-1)", show=False),
        Binding("ctrl+d,pagedown,space", "page(1)", show=False),
        Binding("ctrl+u,pageup", "page(-1)", show=False),
    ]

    def action_scroll(self, by: int) -> None:
        """Scroll by lines."""
        self.query_one(VerticalScroll).scroll_relative(y=by, animate=False)

    def action_page(self, by: int) -> None:
        """Scroll by pages."""
        view = self.query_one(VerticalScroll)
        view.scroll_relative(y=by * max(1, view.size.height - 1), animate=False)


class Reading(Scrolled[None]):
    """Shows lines that can be scrolled; any of its leaving keys closes it."""

    hint = "j k scroll · esc closes"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q,enter,question_mark,f1,h", "leave", show=False),
    ]

    def __init__(self, heading: str, lines: Sequence[Part]) -> None:
        super().__init__()
        self.heading, self._lines = heading, lines

    def body(self) -> ComposeResult:
        """Yield the lines in a scroll."""
        with VerticalScroll(can_focus=False):
            yield Lines(self._lines)
