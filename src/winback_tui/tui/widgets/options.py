"""A list to choose from, whose chosen line stands out on every terminal."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widgets import OptionList


class Options(OptionList):
    """An `OptionList`; where the terminal's own colours hold, or none, the chosen line is reversed.

    The themes set it off by a shade, which the sixteen colours lack and `NO_COLOR` takes away.
    """

    def render_line(self, y: int) -> Strip:
        """Return a line, reversed and plain if it is of the chosen option."""
        strip = super().render_line(y)
        if not self.app.native_ansi_color or self.highlighted is None:
            return strip
        meta = next((each.style.meta for each in strip if each.style and each.style.meta), {})
        if meta.get("option") != self.highlighted:
            return strip
        return Strip(
            [
                Segment(text, Style(reverse=True, bold=style.bold if style else None, meta=meta))
                for text, style, _ in strip
            ],
            strip.cell_length,
        )
