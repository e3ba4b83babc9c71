"""The only way a stored string reaches a widget: as plain text, printable and of a known width."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from rich.cells import cell_len, chop_cells, set_cell_size


@lru_cache(maxsize=20_000)
def printable(value: str) -> str:
    """Return `value` in one line, without characters that a terminal or the layout would act on.

    Control characters, escape codes, direction marks and zero-width signs become nothing, line
    breaks and tabs become spaces. The selectors that ask for a sign as a picture go as well:
    terminals do not agree on whether it is then two cells wide, and its line would be moved.
    """
    if value.isascii() and value.isprintable():
        return value
    return "".join(
        " " if sign in "\n\r\t\u2028\u2029" else sign
        for sign in value
        if sign in "\n\r\t\u2028\u2029"
        or not (unicodedata.category(sign).startswith("C") or "\ufe00" <= sign <= "\ufe0f")
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
    kept = set_cell_size(text, room)
    # Where a wide sign is torn, a space stands for its half.
    return (kept if text.startswith(kept) else kept[:-1]) + dots


def wrap(value: str, width: int) -> list[str]:
    """Return `value` as lines of at most `width` cells, broken between words where possible."""
    room = max(1, width)
    lines: list[str] = []
    current = ""
    for word in printable(value).split():
        pieces = chop_cells(word, room) if cell_len(word) > room else [word]
        for piece in filter(None, pieces):
            if not current:
                current = piece
            elif cell_len(current) + 1 + cell_len(piece) <= room:
                current = f"{current} {piece}"
            else:
                lines.append(current)
                current = piece
    return [*lines, current] if current else lines
