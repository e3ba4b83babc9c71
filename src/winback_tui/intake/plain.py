"""Columns whose cells need no closer look: told by all their bytes at once, many times faster.

Patterns go through a column cell by cell. Most columns of most files hold nothing but printed
ASCII, whole dates or amounts with cents, and then a few sums over their bytes say so. Whatever is
not told here is looked at as before.
"""

from typing import Final

import polars as pl

#: Below so many rows patterns are as fast, and importing numpy is not worth its tenth of a second.
_FEW: Final = 5_000
_NEWLINE, _SPACE, _MINUS, _POINT, _ZERO = 10, 32, 45, 46, 48
#: The one byte of ASCII that is no character and comes after them all.
_DELETE: Final = b"\x7f"
#: No amount is longer, so that it has at most twelve digits.
_DIGITS: Final = 12
_WIDTH: Final = len("2026-11-27")
#: What may stand between a day and a time: T, a space or a comma.
_BEFORE_TIME: Final = tuple(b"T ,")
#: The years whose days are told here.
_YEARS: Final = (1900, 2199)


def tidy(column: pl.Series) -> bool:
    """Return whether no cell is missing, and all are ASCII that can be printed.

    And no cell begins with a space, an apostrophe or `="`, ends with a space or holds two in a row.
    False may also mean that there are too few cells to ask.
    """
    import numpy as np

    text = _joined(column)
    if text is None or not text.isascii() or _DELETE in text:
        return False
    found = np.frombuffer(text, np.uint8)
    low = found < _SPACE
    if np.count_nonzero(low) != len(column) + 1:
        return False
    if b" " in text:
        space = found == _SPACE
        if (space[1:] & (space | low)[:-1]).any() or (space[:-1] & low[1:]).any():
            return False
    return (b"'" not in text or b"\n'" not in text) and b'\n="' not in text


def amounts(column: pl.Series) -> bool:
    """Return whether every cell is a number of up to twelve digits with none, one or two decimals.

    There is nothing but digits, a point before the decimals and a minus in front. False may also
    mean that there are too few cells to ask.
    """
    import numpy as np

    lengths = column.str.len_bytes()
    shortest, longest = lengths.min(), lengths.max()
    if not isinstance(longest, int) or longest > _DIGITS or shortest == 0:
        return False
    text = _joined(column)
    if text is None:
        return False
    found = np.frombuffer(text, np.uint8)
    digit = (found - np.uint8(_ZERO)) < 10
    end = found == _NEWLINE
    points = np.flatnonzero(found == _POINT)
    signs = np.flatnonzero(found == _MINUS) if b"-" in text else points[:0]
    known = np.count_nonzero(digit) + len(column) + 1 + len(points) + len(signs)
    if known != len(found) or np.count_nonzero(end) != len(column) + 1:
        return False
    if not (end[signs - 1].all() and digit[signs + 1].all()):
        return False
    # Behind a point there are at least two more bytes, but for a point at the very end.
    if len(points) and points[-1] + 2 >= len(found):
        return False
    one = digit[points + 1] & end[points + 2]
    two = digit[points + 1] & digit[points + 2] & end[np.minimum(points + 3, len(found) - 1)]
    return bool(digit[points - 1].all() and (one | two).all())


def days(column: pl.Series) -> pl.Series | None:
    """Return days since 1970-01-01 where all cells are written as 2026-11-27 is; else None.

    Behind each may stand a time, which does not count. A day that the calendar does not have, or of
    another time than 1900 to 2199, is null. None may also mean that there are too few cells to ask.
    """
    import numpy as np

    lengths = column.str.len_bytes()
    width = lengths.max()
    if not isinstance(width, int) or lengths.min() != width or width < _WIDTH:
        return None
    text = _joined(column)
    if text is None:
        return None
    cells = np.frombuffer(text, np.uint8)[1:].reshape(len(column), width + 1)
    marks = cells[:, [4, 7]] == _MINUS
    digits = cells[:, [0, 1, 2, 3, 5, 6, 8, 9]].T - np.uint8(_ZERO)
    if not marks.all() or digits.max() > 9:
        return None
    if width > _WIDTH and not (
        np.isin(cells[:, _WIDTH], _BEFORE_TIME).all()
        and np.count_nonzero(cells == _NEWLINE) == len(column)
    ):
        return None
    ten = np.int32(10)
    year = ((digits[0] * ten + digits[1]) * ten + digits[2]) * ten + digits[3]
    month, day = digits[4] * ten + digits[5], digits[6] * ten + digits[7]
    first, last = _YEARS
    begins = np.arange(f"{first}-01", f"{last + 1}-02", dtype="datetime64[M]")
    starts = begins.astype("datetime64[D]").astype(np.int64)
    inside = (year >= first) & (year <= last) & (month >= 1) & (month <= 12)
    place = np.where(inside, (year - first) * 12 + month - 1, 0)
    there = starts[place] + day - 1
    inside &= (day >= 1) & (there < starts[place + 1])
    told = pl.Series("day", there)
    if inside.all():
        return told
    return pl.select(pl.when(pl.Series(inside)).then(told).alias("day")).to_series()


def newlines(text: bytes, end: int) -> int:
    """Return how many newlines are in a text before `end`."""
    if end < _FEW * _WIDTH:
        return text.count(b"\n", 0, end)
    import numpy as np

    # In text full of them bytes.count is ten times slower.
    return int(np.count_nonzero(np.frombuffer(text, np.uint8, end) == _NEWLINE))


def _joined(column: pl.Series) -> bytes | None:
    """Return all cells with a newline before the first and after each of them."""
    if len(column) < _FEW or column.null_count():
        return None
    joined: bytes = column.str.join("\n").cast(pl.Binary).item()
    return b"\n%b\n" % joined
