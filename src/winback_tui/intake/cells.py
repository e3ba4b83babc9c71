"""Cells of files that are no text, as text. Standard library only."""

import re
from typing import Final

_BREAKS: Final = re.compile(r"\r\n|[\r\n]")


def written(cell: str) -> str:
    """Return a cell in one line, without NUL bytes and halves of characters.

    So a row is a line, and the text made of them is one that the reader of texts takes.
    """
    if cell.isascii() and cell.isprintable():
        return cell
    whole = _BREAKS.sub(" ", cell).replace("\x00", "")
    return whole.encode("utf-8", "replace").decode()


#: Stands unseen behind a number that was one in its file, and no text that looks like one.
TYPED: Final = "\u2063"


def number(digits: str) -> str:
    """Return a number written with a point so that nobody takes the point for thousands.

    A mark that nobody sees says so; whole numbers need none.
    """
    whole, point, rest = digits.partition(".")
    if not point:
        return digits
    return f"{digits}{TYPED}" if rest.strip("0") else whole
