"""Stored strings made harmless: one form of each letter, nothing that acts on a terminal."""

from typing import Final

import polars as pl

from winback_tui.intake import plain

#: Names, numbers and notes are cut to this many characters.
LONGEST: Final = 500

_BREAKS: Final = r"[\t\n\x0b\x0c\r\x85\u2028\u2029]+"
#: Control (escape codes, NUL), format (bidi marks, zero-width, BOM), and what is no character.
_UNSEEN: Final = r"[\p{Cc}\p{Cf}\p{Co}\x{fdd0}-\x{fdef}\x{fffe}\x{ffff}]"
#: The mark by which spreadsheets and shops keep a number or a formula text.
_MARKED: Final = r"^'+([-=+@\d])"
#: What a cell that needs no cleaning has not: anything but single spaces and ASCII, ends apart.
_DOUBTFUL: Final = r"[^ -~]|  |^[ ']|^=\"| $"
#: How a spreadsheet is told to keep a number as it is written: ="007".
FORMULA: Final = r'^="([^"]*)"$'
#: A whole number that was taken for a float.
_FLOAT: Final = r"^\d+\.0$"


#: A customer number that is an e-mail address.
_ADDRESS: Final = r"^[^@\s,;]+@[^@\s,;]+\.[^@\s,;]+$"


class Tails:
    """Whether all of a file's customer numbers end with `.0`; fed with the column in parts.

    A spreadsheet or data frame that took the numbers for floats leaves that tail.
    """

    def __init__(self) -> None:
        self._filled = False
        self._all = True

    def see(self, column: pl.Series) -> None:
        """Take a part of the column into account."""
        if not self._all:
            return
        filled = whole(column.unique()).unique()
        filled = filled.filter(filled != "")
        self._filled = self._filled or len(filled) > 0
        self._all = bool(filled.str.contains(_FLOAT).all())

    @property
    def found(self) -> bool:
        """Whether the tail is one, and no part of the numbers."""
        return self._filled and self._all


def text(column: pl.Series, limit: int = LONGEST) -> pl.Series:
    """Return the cells in NFC without control characters, trimmed and cut; blank ones are ""."""
    if longest(column) > limit:
        return each(column, _clean(pl.first(), limit))
    return whole(column)


def longest(column: pl.Series) -> int:
    """Return how many bytes the longest cell has."""
    most = column.str.len_bytes().max()
    return most if isinstance(most, int) else 0


def whole(column: pl.Series) -> pl.Series:
    """Return the cells cleaned like `text`, but not cut."""
    if plain.tidy(column):
        return column
    doubtful = column.str.contains(_DOUBTFUL).fill_null(value=True)
    if not doubtful.any():
        return column
    found = column.filter(doubtful)
    cleaned = each(found, _clean(pl.first(), None))
    if len(found) == len(column):
        return cleaned
    places = doubtful.arg_true()
    return column.clone().scatter(places, cleaned)


def numbers(column: pl.Series, *, tails: bool | None = None) -> pl.Series:
    """Return customer numbers cleaned; `13085.0` is `13085` where the whole column ends so.

    `tails` says whether it does (None: this is the whole column).
    """
    cleaned = whole(column)
    if tails is None:
        seen = Tails()
        seen.see(cleaned)
        tails = seen.found
    return lowered(cleaned.str.strip_suffix(".0") if tails else cleaned)


def lowered(numbers: pl.Series) -> pl.Series:
    """Return customer numbers, those that are e-mail addresses in lower case: they are one then."""
    if not numbers.str.contains("@", literal=True).any():
        return numbers
    address = pl.first().str.contains(_ADDRESS)
    return each(numbers, pl.when(address).then(pl.first().str.to_lowercase()).otherwise(pl.first()))


def _clean(cell: pl.Expr, limit: int | None) -> pl.Expr:
    cleaned = (
        cell.fill_null("")
        .str.replace_all(_BREAKS, " ")
        .str.replace_all(_UNSEEN, "")
        .str.normalize("NFC")
        .str.replace_all(r"\s+", " ")
        .str.strip_chars()
        .str.replace(FORMULA, "$1")
        .str.replace(_MARKED, "$1")
    )
    return cleaned if limit is None else cleaned.str.head(limit).str.strip_chars_end()


def each(column: pl.Series, cleaned: pl.Expr) -> pl.Series:
    """Apply an expression to each distinct cell once: most columns repeat themselves."""
    if len(column) and column.eq_missing(column[0]).all():
        one = column.head(1).to_frame().select(cleaned).to_series()
        return one.new_from_index(0, len(column)).alias(column.name)
    old = column.alias("old").to_frame()
    pairs = old.unique().with_columns(cleaned.alias("new"))
    joined = old.join(pairs, on="old", how="left", nulls_equal=True, maintain_order="left")
    return joined["new"].alias(column.name)
