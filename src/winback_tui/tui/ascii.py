"""Lines for a terminal that may not have the signs of UTF-8: frames, dots and quotes in ASCII."""

from __future__ import annotations

from typing import Final

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

#: One sign for one, so that no column moves. Letters stay as they are: they are somebody's name.
_SIGNS: Final = str.maketrans({
    **dict.fromkeys("╭╮╰╯┌┐└┘├┤┬┴┼╋┏┓┗┛╔╗╚╝", "+"),
    **dict.fromkeys("─━═╌╍┄┅╴╶╸╺▔▁", "-"),
    **dict.fromkeys("│┃║╎╏┆┇╵╷╹╻▏▎▍▌▕▐", "|"),
    **dict.fromkeys("▂▃▄▅▆▇█▀▊▋▉", "#"),
    **dict.fromkeys("“”„«»", '"'), **dict.fromkeys("‘’‚", "'"),
    **dict.fromkeys("–—−‑", "-"), **dict.fromkeys("·•", "-"), **dict.fromkeys("▸▶›→", ">"),
    **dict.fromkeys("◂◀‹←", "<"), "…": "~", "×": "x", "↑": "^", "↓": "v", "▲": "+", "▼": "-",
    "●": "*", "✓": "y", "✗": "x", "\u00a0": " ", "\u202f": " ", "\u2009": " ",
})  # fmt: skip


class Ascii(LineFilter):
    """Draws what the program itself draws in ASCII."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments with their signs exchanged."""
        return [
            segment
            if segment.text.isascii()
            else Segment(segment.text.translate(_SIGNS), segment.style, segment.control)
            for segment in segments
        ]
