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


def number(digits: str) -> str:
    """Return a number written with a point so that no evidence can take it for thousands.

    `1.234` becomes `1.2340`; what is not of that form stays.
    """
    whole, point, rest = digits.partition(".")
    return f"{digits}0" if point and len(rest) == 3 and whole.lstrip("+-").isdigit() else digits
