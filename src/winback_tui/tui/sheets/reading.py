"""Sheets to read: help, why, today's session, messages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len, chop_cells
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll

from winback_tui.tui.sheets.sheet import Lines, Sheet
from winback_tui.tui.widgets.drawn import Line


class Wrapped(Lines):
    """Fixed lines that go on below where they are wider than the sheet."""

    DEFAULT_CSS = "Wrapped { height: auto; }"

    def lines(self, width: int, height: int) -> list[Line]:
        """Return the lines, each broken between words where it must be."""
        return [part for each in self.given for part in broken(each, max(10, width))]


def broken(line: Line, width: int) -> list[Line]:
    """Return a line as lines of at most `width` cells; further ones begin where its text does."""
    if sum(cell_len(text) for text, _ in line) <= width:
        return [line]
    whole = "".join(text for text, _ in line)
    indent = min(len(whole) - len(whole.lstrip()), width // 2)
    lines: list[Line] = [[]]
    left = width
    for text, style in line:
        for piece in re.findall(r"\s+|\S+", text):
            for part in chop_cells(piece, width - indent) if piece.strip() else [piece]:
                if cell_len(part) > left:
                    lines.append([(" " * indent, style)])
                    left = width - indent
                    if not part.strip():
                        continue
                lines[-1].append((part, style))
                left -= cell_len(part)
    return lines


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
            yield Wrapped(self._lines)

    def action_scroll(self, by: int) -> None:
        """Scroll by lines."""
        self.query_one(VerticalScroll).scroll_relative(y=by, animate=False)

    def action_page(self, by: int) -> None:
        """Scroll by pages."""
        view = self.query_one(VerticalScroll)
        view.scroll_relative(y=by * max(1, view.size.height - 1), animate=False)
