"""A widget that draws whole lines of styled text itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from winback_tui.tui.text import printable
from winback_tui.tui.theme import Pens, pens

if TYPE_CHECKING:
    from winback_tui.tui.app import WinbackApp

#: One line: texts with their styles. The texts are printable already (see `tui.text`).
Line = list[tuple[str, Style]]
#: Draws lines for so many cells.
Draw = Callable[[int], list[Line]]
#: A line, or what draws some for the width that there is.
Part = Line | Draw


class Drawn(Widget):
    """Draws `lines()` top to bottom; what does not fit is cut at the right and at the bottom."""

    DEFAULT_CSS = """
    Drawn { height: auto; width: 1fr; }
    """

    @property
    def winback(self) -> WinbackApp:
        """The app, by its own type."""
        return cast("WinbackApp", self.app)

    @property
    def pens(self) -> Pens:
        """The theme's styles."""
        return pens(self.app.current_theme)

    def lines(self, width: int, height: int) -> list[Line]:
        """Return what to draw in a space of `width` × `height` cells (height 0: as it likes)."""
        raise AssertionError("a drawn widget says what it draws")

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        """Return the height that the lines need at `width`."""
        return len(self.lines(width, 0))

    def render_line(self, y: int) -> Strip:
        """Return line `y` of the drawing."""
        width, height = self.size
        lines = self._drawn(width, height)
        line = lines[y] if y < len(lines) else []
        return strip(line, width, self.rich_style)

    _kept: tuple[object, list[Line]] | None = None

    def _drawn(self, width: int, height: int) -> list[Line]:
        key = (width, height, self.app.theme)
        kept = self._kept
        if kept is None or kept[0] != key:
            kept = self._kept = (key, self.lines(width, height))
        return kept[1]

    def redraw(self, *, layout: bool = False) -> None:
        """Draw anew, because what is drawn has changed."""
        self._kept = None
        self.refresh(layout=layout)


def safe(text: str) -> str:
    """Return the text as it is where it is printable, as it should be; else made so."""
    return text if text.isprintable() else printable(text)


def strip(line: Line, width: int, base: Style) -> Strip:
    """Return `line` as a strip of exactly `width` cells over the `base` style."""
    whole = Strip([Segment(safe(text), base + style) for text, style in line if text])
    if whole.cell_length <= width or width < 2:
        return whole.adjust_cell_length(width, base)
    return Strip([*whole.crop(0, width - 1), Segment("…", base)])
