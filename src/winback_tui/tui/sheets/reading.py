"""Sheets to read: help, why, today's session, messages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll

from winback_tui.tui.sheets.sheet import Lines, Sheet
from winback_tui.tui.widgets.drawn import Line


class Reading(Sheet[None]):
    """Shows lines that can be scrolled; any of its leaving keys closes it."""

    hint = "j k scroll · esc closes"

    DEFAULT_CSS = """
    Reading { align: center middle; }
    Reading VerticalScroll {
        height: auto; max-height: 100%; scrollbar-size-vertical: 1; background: $surface;
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q,enter,question_mark,f1,h", "leave", show=False),
        Binding("j,down", "scroll(1)", show=False),
        Binding("k,up", "scroll(-1)", show=False),
        Binding("ctrl+d,pagedown,space", "page(1)", show=False),
        Binding("ctrl+u,pageup", "page(-1)", show=False),
    ]

    def __init__(self, heading: str, lines: Sequence[Line]) -> None:
        super().__init__()
        self.heading, self._lines = heading, list(lines)

    def body(self) -> ComposeResult:
        """Yield the lines in a scroll."""
        with VerticalScroll(can_focus=False):
            yield Lines(self._lines)

    def action_scroll(self, by: int) -> None:
        """Scroll by lines."""
        self.query_one(VerticalScroll).scroll_relative(y=by, animate=False)

    def action_page(self, by: int) -> None:
        """Scroll by pages."""
        view = self.query_one(VerticalScroll)
        view.scroll_relative(y=by * max(1, view.size.height - 1), animate=False)
