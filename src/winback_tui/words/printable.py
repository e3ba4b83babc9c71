"""Stored and typed text made harmless: the one place that says what may reach a terminal."""

from typing import Final

#: Not printable by themselves, but letters, emoji and numbers need them.
_KEPT: Final = frozenset("\u200c\u200d\u00a0\u202f")
#: What a spreadsheet would take for the start of a formula.
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def visible(text: str) -> str:
    """Return `text` in one line, without characters that a terminal or a reader would act upon.

    Breaks and rare spaces become spaces; control characters, escape codes, direction marks and
    halves of characters become nothing.
    """
    if text.isprintable():
        return text
    return "".join(_seen(each) for each in text)


def printable(text: str) -> str:
    """Return `text` as `visible` does, trimmed, and with single spaces only."""
    return " ".join(each for each in visible(text).split(" ") if each)


def defused(cell: object) -> object:
    """Return a cell for a CSV file: a text is one line, and harmless where it starts a formula."""
    if not isinstance(cell, str):
        return cell
    return f"{chr(39) * cell.startswith(FORMULA)}{visible(cell)}"


def _seen(sign: str) -> str:
    if sign.isprintable() or sign in _KEPT:
        return sign
    return " " if sign.isspace() else ""
