"""From one text to a frame of strings: every cell as it stands, every row with its line."""

import csv
import io
import re
from typing import NamedTuple

import polars as pl

from winback_tui.errors import BadInputError
from winback_tui.intake.fields import REJECT_COLUMNS
from winback_tui.intake.sniff import Raw, Shape

#: Name of the added column with the line (from 1) on which a row begins.
LINE = "_line"
#: Name of the added column that holds what a row has beyond the header's last column.
EXTRA = "_extra"
#: No cell of a table for people is longer (bytes); a longer one is a quotation mark never closed.
_LONGEST = 1_000_000


class Table(NamedTuple):
    """The rows of a file, blank ones left out.

    `frame` has a column of strings for each of `columns` ("" where a row ends early), `_extra`
    (null unless the row is too long) and `_line`.
    """

    name: str
    sha256: str
    encoding: str
    delimiter: str
    columns: tuple[str, ...]
    frame: pl.DataFrame


def read(raw: Raw, shape: Shape) -> Table:
    """Return the rows below the header. Raises BadInputError for a quotation mark left open."""
    names = [f"c{place}" for place in range(len(shape.columns))] + [EXTRA]
    body = memoryview(raw.text)[shape.body :]
    frame = _parsed(raw, shape, names, body)
    lines = _lines(frame, names, raw, shape)
    frame = frame.with_columns(
        pl.when(pl.col(EXTRA) != "").then(pl.col(EXTRA)).alias(EXTRA), lines.alias(LINE)
    ).filter(pl.any_horizontal(pl.col(names[:-1]).str.strip_chars() != ""))
    kept = [c for c in shape.columns if c not in REJECT_COLUMNS]
    renamed = frame.select(
        *(
            pl.col(name).alias(column)
            for name, column in zip(names, shape.columns, strict=False)
            if column in kept
        ),
        EXTRA,
        LINE,
    )
    return Table(raw.name, raw.sha256, raw.encoding, shape.delimiter, tuple(kept), renamed)


def _parsed(raw: Raw, shape: Shape, names: list[str], body: memoryview) -> pl.DataFrame:
    schema = dict.fromkeys(names, pl.String)
    if not bytes(body[:4096]).strip() and not bytes(body).strip():
        return pl.DataFrame(schema=schema)
    if not _well_quoted(bytes(body), shape.delimiter.encode()):
        # Quotes inside plain cells (6" plate): people write them, and the fast reader misreads.
        return _leniently(raw, shape, names, body)
    header = shape.delimiter.join(names).encode() + b"\n"
    try:
        return pl.read_csv(
            header + body,
            separator=shape.delimiter,
            schema=schema,
            truncate_ragged_lines=True,
            empty_string_is_null=False,
            # Without quotes in the text no cell is quoted, and the reader has less to look for.
            quote_char='"' if b'"' in raw.text else None,
        )
    except pl.exceptions.PolarsError:
        return _leniently(raw, shape, names, body)


def _well_quoted(body: bytes, delimiter: bytes) -> bool:
    """Return whether quotes only enclose whole cells, doubled inside them (RFC 4180)."""
    if b'"' not in body:
        return True
    mark = re.escape(delimiter)
    # It begins with the quote itself, which is found fast; what stands before it is asked then.
    cell = rb'"(?<![^\n%b]")[^"]*(?:""[^"]*)*"(?![^\r\n%b])' % (mark, mark)
    return b'"' not in re.sub(cell, b"", body)


def _leniently(raw: Raw, shape: Shape, names: list[str], body: memoryview) -> pl.DataFrame:
    text = bytes(body).decode()
    width = len(names)
    limit = csv.field_size_limit(_LONGEST)
    rows: list[list[str]] = []
    begins = ends = 0
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=shape.delimiter)
        for row in reader:
            rows.append([*row[:width], *[""] * (width - len(row))])
            begins, ends = ends, reader.line_num
        if ends - begins > 1:
            last = io.StringIO(text, newline="").readlines()[begins:]
            list(csv.reader(last, delimiter=shape.delimiter, strict=True))
    except csv.Error as error:
        raise BadInputError(
            f"{raw.name} has a quotation mark in line {shape.line + begins} or below that is never "
            "closed; close it, or get the file once more."
        ) from error
    finally:
        csv.field_size_limit(limit)
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")


def _lines(frame: pl.DataFrame, names: list[str], raw: Raw, shape: Shape) -> pl.Series:
    """Return the line in the file on which each row begins."""
    rows = pl.Series(LINE, range(shape.line, shape.line + frame.height), dtype=pl.Int64)
    if b'"' not in raw.text or raw.text.count(b"\n", shape.body) <= frame.height:
        return rows
    breaks = frame.select(
        pl.sum_horizontal(pl.col(names).str.count_matches("\n", literal=True))
        .cast(pl.Int64)
        .cum_sum()
        .shift(1, fill_value=0)
    ).to_series()
    return rows + breaks
