"""The only way a stored string reaches a widget: as plain text, printable and of a known width."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text


@lru_cache(maxsize=20_000)
def printable(value: str) -> str:
    """Return `value` in one line, without characters that a terminal or the layout would act on.

    Control characters, escape codes, direction marks and zero-width signs become nothing, line
    breaks and tabs become spaces.
    """
    if value.isascii() and value.isprintable():
        return value
    return "".join(
        " " if sign in "\n\r\t\u2028\u2029" else sign
        for sign in value
        if sign in "\n\r\t\u2028\u2029" or not unicodedata.category(sign).startswith("C")
    )


def fit(value: str, width: int, *, right: bool = False, dots: str = "…") -> str:
    """Return `value` printable and exactly `width` terminal cells wide, cut with `dots`."""
    text = printable(value)
    size = cell_len(text)
    if size > width:
        text = cut(text, width, dots)
        size = cell_len(text)
    gap = " " * (width - size)
    return gap + text if right else text + gap


def cut(value: str, width: int, dots: str = "…") -> str:
    """Return as much of `value` as `width` cells hold; what was cut shows as `dots`."""
    text = printable(value)
    if cell_len(text) <= width:
        return text
    room = width - cell_len(dots)
    if room < 0:
        return ""
    kept, used = [], 0
    for sign in text:
        size = cell_len(sign)
        if used + size > room:
            break
        kept.append(sign)
        used += size
    return "".join(kept) + dots


def plain(value: str, style: str | Style = "") -> Text:
    """Return `value` as text that no markup, link or escape code in it can change."""
    return Text(printable(value), style=style, no_wrap=False, end="")


def wrap(value: str, width: int) -> list[str]:
    """Return `value` as lines of at most `width` cells, broken between words where possible."""
    lines: list[str] = []
    current = ""
    for word in printable(value).split():
        for piece in _pieces(word, width):
            if not current:
                current = piece
            elif cell_len(current) + 1 + cell_len(piece) <= width:
                current = f"{current} {piece}"
            else:
                lines.append(current)
                current = piece
    return [*lines, current] if current else lines


def _pieces(word: str, width: int) -> list[str]:
    """Return a word in pieces that fit into `width` cells; one sign is never split."""
    pieces: list[str] = []
    while cell_len(word) > width:
        head = cut(word, width, "") or word[:1]
        pieces.append(head)
        word = word[len(head) :]
    return [*pieces, word] if word else pieces
