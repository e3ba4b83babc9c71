"""Stored strings made harmless: one form of each letter, nothing that acts on a terminal."""

import polars as pl

#: Names, numbers and notes are cut to this many characters.
LONGEST = 500

_BREAKS = r"[\t\n\x0b\x0c\r\x85\u2028\u2029]+"
#: Control (escape codes, NUL), format (bidi marks, zero-width, BOM), and what is no character.
_UNSEEN = r"[\p{Cc}\p{Cf}\p{Co}\x{fdd0}-\x{fdef}\x{fffe}\x{ffff}]"


def text(column: pl.Series, longest: int = LONGEST) -> pl.Series:
    """Return the cells in NFC without control characters, trimmed and cut; blank ones are ""."""
    return _each(column, _clean(pl.first(), longest))


def whole(column: pl.Series) -> pl.Series:
    """Return the cells cleaned like `text`, but not cut."""
    return _each(column, _clean(pl.first(), None))


def numbers(column: pl.Series) -> pl.Series:
    """Return customer numbers cleaned; `13085.0` is `13085` where the whole column ends so.

    A spreadsheet or data frame that took the numbers for floats leaves that tail.
    """
    cleaned = whole(column)
    distinct = cleaned.unique()
    filled = distinct.filter(distinct != "")
    if len(filled) and filled.str.contains(r"^\d+\.0$").all():
        return cleaned.str.strip_suffix(".0")
    return cleaned


def _clean(cell: pl.Expr, longest: int | None) -> pl.Expr:
    cleaned = (
        cell.fill_null("")
        .str.replace_all(_BREAKS, " ")
        .str.replace_all(_UNSEEN, "")
        .str.normalize("NFC")
        .str.replace_all(r"\s+", " ")
        .str.strip_chars()
    )
    return cleaned if longest is None else cleaned.str.head(longest).str.strip_chars_end()


def _each(column: pl.Series, cleaned: pl.Expr) -> pl.Series:
    """Apply an expression to each distinct cell once: most columns repeat themselves."""
    old = column.alias("old").to_frame()
    pairs = old.unique().with_columns(cleaned.alias("new"))
    joined = old.join(pairs, on="old", how="left", nulls_equal=True, maintain_order="left")
    return joined["new"].alias(column.name)
