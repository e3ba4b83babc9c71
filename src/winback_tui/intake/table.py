"""From any file to a table of text: every cell as it stands, every row with its line.

`open_table` opens CSV, TSV, XLSX, Parquet and JSON Lines, packed or not, from a path or standard
input. What it returns is read in batches as often as needed (`Opened.batches`), so that a file
may be larger than memory; `Opened.whole` returns all rows at once, for files that are small.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import polars as pl

from winback_tui.errors import BadInputError
from winback_tui.intake import plain, sniff
from winback_tui.intake.fields import REJECT_COLUMNS
from winback_tui.intake.shaping import Shape, shape
from winback_tui.intake.sniff import Accepts, Raw, Source

#: Name of the added column with the line (from 1) on which a row begins.
LINE: Final = "_line"
#: Name of the added column that holds what a row has beyond the header's last column.
EXTRA: Final = "_extra"
#: Stands in `_extra` for a last row in whose middle the file ends.
CUT: Final = "(the file ends here)"
#: Says whether a row that polars read has more than one cell too many.
_MORE: Final = "_more"
#: A number with two decimals; so many tell how a file writes them.
_CENTS: Final = re.compile(r"\d[.,]\d\d$")
_TOLD: Final = 3
#: How many lines before the last one tell how many cells a row has.
_LOOK: Final = 20
#: Dates of which every one has the same form, and what is left of one that was cut.
_PIECES: Final = (
    (re.compile(r"\d{1,2}[./-]\d{1,2}[./-]\d{4}"), re.compile(r"[\d./-]+")),
    (re.compile(r"\d{4}-\d\d-\d\d"), re.compile(r"[\d-]+")),
)
#: No cell of a table for people is longer (bytes); a longer one is a quotation mark never closed.
_LONGEST: Final = 1_000_000
#: A line that only parts others, as printed lists have them.
_RULER: Final = r"^[-=_*+|]{5,}$"
#: Bytes of text per batch. No line is longer.
BLOCK: Final = 3 << 20


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


class Opened(NamedTuple):
    """A file whose header is known; `columns` are those of the file but a reject file's own.

    `layout` is "CSV", "Excel", "Parquet" or "JSON Lines"; `left_out` names sheets that are not
    read; `above` are the lines before the header; `size` is the text's in bytes.
    """

    name: str
    sha256: str
    layout: str
    encoding: str
    delimiter: str
    columns: tuple[str, ...]
    left_out: tuple[str, ...]
    above: tuple[str, ...]
    size: int
    raw: Raw
    shape: Shape

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[pl.DataFrame]:
        """Yield the rows in the order of the file, in frames like `Table.frame`.

        `columns` are the only ones wanted (None: all); without them blank rows are left out.
        Raises BadInputError for a quotation mark left open. One reader at a time.
        """
        names = [f"c{place}" for place in range(len(self.shape.columns))]
        kept = {
            column: name
            for name, column in zip(names, self.shape.columns, strict=True)
            if column in (self.columns if columns is None else columns)
        }
        for frame in _frames(self.raw, self.shape, None if columns is None else [*kept.values()]):
            whole = frame
            if columns is None:
                whole = _without_blanks(_fed_again(frame, names, self.shape), names, self.shape)
            # Put together anew, not selected: that would copy each of them into one piece.
            named = [whole[name].alias(column) for column, name in kept.items()]
            others = [whole[name] for name in (EXTRA, LINE)] if columns is None else []
            yield pl.DataFrame([*named, *others])

    def whole(self) -> Table:
        """Return all rows at once."""
        frame = pl.concat([*self.batches()]) if self.columns else pl.DataFrame()
        return Table(self.name, self.sha256, self.encoding, self.delimiter, self.columns, frame)


def open_table(
    where: str | Path | Source,
    accepts: Accepts,
    *,
    sheet: str | None = None,
) -> Opened:
    """Return the table in a file: a path, "-" for standard input, or what `sniff.source` gave.

    `accepts` says whether cells are a header that it knows: lines above such a header are passed
    over, and of several sheets the one with such a header is read, unless `sheet` names one.
    Raises BadInputError, in one sentence, for what is no table or needs a word from its user.
    """
    raw = sniff.take(where, accepts, sheet)
    return opened(raw, shape(raw, accepts))


def opened(raw: Raw, shape: Shape) -> Opened:
    """Return the table in a text whose shape is known."""
    kept = tuple(c for c in shape.columns if c not in REJECT_COLUMNS)
    return Opened(
        name=raw.name,
        sha256=raw.sha256,
        layout=raw.layout,
        encoding=raw.encoding,
        delimiter=shape.delimiter,
        columns=kept,
        left_out=raw.left_out,
        above=shape.above,
        size=raw.size,
        raw=raw,
        shape=shape,
    )


def read(raw: Raw, shape: Shape) -> Table:
    """Return the rows below the header. Raises BadInputError for a quotation mark left open."""
    return opened(raw, shape).whole()


def _frames(raw: Raw, shape: Shape, only: list[str] | None) -> Iterator[pl.DataFrame]:
    """Yield the rows with columns c0, c1, …, `_extra` and `_line` (or `only` some), in batches.

    Texts that are quoted as RFC 4180 has it are read by polars, others row by row.
    """
    names = [f"c{place}" for place in range(len(shape.columns))] + [EXTRA]
    mark = shape.delimiter.encode()
    place, line = shape.body, shape.line
    some = False
    while place < raw.size:
        raw.text.seek(place)
        block = raw.text.read(min(BLOCK, raw.size - place))
        last = place + len(block) >= raw.size
        end = len(block) if last else _boundary(block)
        rows = block[:end]
        frame = None
        if end and _well_quoted(rows, mark):
            frame = _fast(shape, names, rows, only)
        if frame is None or (only is None and _ragged(frame)):
            # Quotes inside plain cells (6" plate): people write them, the fast reader misreads.
            frame, end = _leniently(raw, shape, names, block, line, last=last)
        elif only is None:
            frame = frame.with_columns(_lines(frame, names, rows, line))
        if last and only is None and raw.layout == "CSV":
            frame = _with_cut(frame, shape, block)
        yield frame.select(*names, LINE) if only is None else frame.select(only)
        some = True
        line += plain.newlines(block, end)
        place += end
    if not some:
        schema = dict.fromkeys(names, pl.String) | {LINE: pl.Int64}
        empty = pl.DataFrame(schema=schema)
        yield empty if only is None else empty.select(only)


def _boundary(block: bytes) -> int:
    """Return where the last whole row of a block ends: behind a newline outside all quotes."""
    if b'"' not in block:
        return block.rfind(b"\n") + 1
    inside = block.count(b'"') % 2 == 1
    end = len(block)
    while (found := block.rfind(b"\n", 0, end)) >= 0:
        inside ^= block.count(b'"', found, end) % 2 == 1
        if not inside:
            return found + 1
        end = found
    return 0


def _fast(
    shape: Shape, names: list[str], block: bytes, only: list[str] | None
) -> pl.DataFrame | None:
    """Return a block's rows as polars reads them, or None where it cannot."""
    marked = block
    if b"\xef" in block:
        marked = block.replace(b"\n\xef\xbb\xbf", b"\n").removeprefix(b"\xef\xbb\xbf")
    if not marked or marked.isspace():
        return pl.DataFrame(schema=dict.fromkeys(names, pl.String)).select(only or names)
    try:
        return pl.read_csv(
            marked,
            has_header=False,
            columns=None if only is None else [names.index(each) for each in only],
            separator=shape.delimiter,
            schema=dict.fromkeys([*names, _MORE], pl.String),
            missing_columns="insert",
            truncate_ragged_lines=True,
            empty_string_is_null=False,
            # Without quotes in the text no cell is quoted, and the reader has less to look for.
            quote_char='"' if b'"' in marked else None,
        )
    except pl.exceptions.PolarsError:
        return None


def _well_quoted(block: bytes, delimiter: bytes) -> bool:
    """Return whether quotes only enclose whole cells, doubled inside them (RFC 4180)."""
    if b'"' not in block:
        return True
    if b'\xef\xbb\xbf"' in block:
        block = block.replace(b"\n\xef\xbb\xbf", b"\n").removeprefix(b"\xef\xbb\xbf")
    mark = re.escape(delimiter)
    # It begins with the quote itself, which is found fast; what stands before it is asked then.
    cell = rb'"(?<![^\n%b]")[^"]*(?:""[^"]*)*"(?![^\r\n%b])' % (mark, mark)
    return b'"' not in re.sub(cell, b"", block)


def _leniently(
    raw: Raw, shape: Shape, names: list[str], block: bytes, line: int, *, last: bool
) -> tuple[pl.DataFrame, int]:
    """Return a block's rows with their lines as csv reads them, and how many bytes they took."""
    text = block.decode("utf-8", "replace" if last else "ignore")
    lines = io.StringIO(text, newline="").readlines()
    width = len(names)
    limit = csv.field_size_limit(_LONGEST)
    rows: list[list[str]] = []
    starts: list[int] = []
    begins = ends = 0
    try:
        reader = csv.reader(lines, delimiter=shape.delimiter)
        for row in reader:
            begins, ends = ends, reader.line_num
            starts.append(begins)
            rows.append(_fitted(row, width, shape.delimiter))
        if last and ends - begins > 1:
            list(csv.reader(lines[begins:], delimiter=shape.delimiter, strict=True))
    except csv.Error as error:
        raise _left_open(raw, line + begins) from error
    finally:
        csv.field_size_limit(limit)
    taken = len(block)
    if not last:
        # The last row may go on behind this block, which then begins with it.
        rows.pop()
        starts.pop()
        taken = len("".join(lines[:begins]).encode())
        if not rows:
            raise _left_open(raw, line)
    frame = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")
    # Lines as an editor counts them: a lone carriage return ends none.
    breaks = [0]
    for each in lines:
        breaks.append(breaks[-1] + each.endswith("\n"))
    places = pl.Series(LINE, [line + breaks[start] for start in starts], dtype=pl.Int64)
    return frame.with_columns(pl.col("c0").str.strip_prefix("\ufeff"), places), taken


def _fitted(row: list[str], width: int, delimiter: str) -> list[str]:
    """Return a row of `width` cells; the last holds what it has beyond the header, as it stands."""
    beyond = row[width - 1 :]
    if not any(cell.strip() for cell in beyond):
        return [*row[: width - 1], *[""] * (width - len(row[: width - 1]))]
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator="").writerow(beyond)
    return [*row[: width - 1], text.getvalue()]


def _ragged(frame: pl.DataFrame) -> bool:
    """Return whether a row has cells beyond the header's last that are not blank."""
    beyond = (frame[name] for name in (EXTRA, _MORE) if name in frame.columns)
    return any(
        bool((each.fill_null("") != "").any()) for each in beyond if each.null_count() < len(each)
    )


def _with_cut(frame: pl.DataFrame, shape: Shape, block: bytes) -> pl.DataFrame:
    """Mark the last row where the file ends in it.

    It has no line end, and fewer cells than the others, a quotation mark left open, or a date or
    number that cannot be whole.
    """
    if frame.is_empty() or block.endswith(b"\n"):
        return frame
    start = _boundary(block)
    open_quote = rb'(?:^|[\n%b])"[^"]*(?:""[^"]*)*$' % re.escape(shape.delimiter).encode()
    unclosed = block.count(b'"', start) % 2 == 1 and re.search(open_quote, block[start:])
    before = block[:start].decode("utf-8", "replace").split("\n")[-_LOOK:]
    cells = _cells(block[start:].decode("utf-8", "replace"), shape)[-1:]
    rows = _cells("\n".join(before), shape)
    usual = min(len(shape.columns), max(map(len, rows), default=len(shape.columns)))
    if not cells or not any(cells[0]):
        return frame
    ends = [row[-1] for row in rows if len(row) == usual]
    if len(cells[0]) >= usual and not unclosed and not _broken(cells[0][-1], ends):
        return frame
    last = pl.int_range(pl.len()) == pl.len() - 1
    return frame.with_columns(pl.when(last).then(pl.lit(CUT)).otherwise(EXTRA).alias(EXTRA))


def _cells(text: str, shape: Shape) -> list[list[str]]:
    """Return the cells of some rows; none where csv cannot cut them."""
    lines = io.StringIO(text.replace("\r", " "), newline="")
    try:
        return [row for row in csv.reader(lines, delimiter=shape.delimiter) if row]
    except csv.Error:
        return []


def _broken(last: str, ends: list[str]) -> bool:
    """Return whether the last cell of a file is the beginning of one, as the others end.

    It stops at a decimal sign, or has a shorter date than all others. A number with fewer decimals
    is one only where all others have two, noughts too: many programs write 7 for 7.00, and no line
    end behind the last row. A nought alone is written so by more of them.
    """
    cell = last.strip()
    if re.fullmatch(r"-?\d[\d.,]*[.,]", cell):
        return True
    if len(ends) < 2:
        return False
    bare = re.fullmatch(r"-?\d[\d.,]*", cell) and cell != "0"
    if len(ends) >= _TOLD and bare and not _CENTS.search(cell):
        others = [each.strip() for each in ends]
        if all(map(_CENTS.search, others)) and any(each.endswith("0") for each in others):
            return True
    for whole, piece in _PIECES:
        if all(whole.fullmatch(each.strip()) for each in ends):
            return whole.fullmatch(cell) is None and piece.fullmatch(cell) is not None
    return False


def _fed_again(frame: pl.DataFrame, names: list[str], shape: Shape) -> pl.DataFrame:
    """Return the rows of a reject file with what its column `_extra` holds beyond them."""
    if EXTRA not in shape.columns:
        return frame
    told = pl.col(names[shape.columns.index(EXTRA)])
    return frame.with_columns(
        pl.when(told.str.strip_chars() != "").then(told).otherwise(EXTRA).alias(EXTRA)
    )


def _left_open(raw: Raw, line: int) -> BadInputError:
    return BadInputError(
        f"{raw.name} has a quotation mark in line {line} or below that is never closed; close it, "
        "or get the file once more."
    )


def _without_blanks(frame: pl.DataFrame, names: list[str], shape: Shape) -> pl.DataFrame:
    """Return the rows that have cells and do not repeat the header, as joined files do."""
    if frame[EXTRA].null_count() < frame.height:
        frame = frame.with_columns(pl.when(pl.col(EXTRA) != "").then(pl.col(EXTRA)).alias(EXTRA))
    header = shape.cells[0] if shape.cells else shape.columns[0]
    if _all_told(frame[names[0]], header):
        return frame
    first = pl.col(names[0]).str.strip_chars()
    ruler = first.str.contains(_RULER)
    doubtful = frame.select((first == "") | (first == header) | ruler).to_series()
    if not doubtful.any():
        return frame
    blank = pl.all_horizontal(pl.col(names).str.strip_chars() == "")
    repeats = pl.all_horizontal(
        pl.col(name).str.strip_chars() == cell
        for name, cell in zip(names, shape.cells or shape.columns, strict=True)
    )
    alone = pl.all_horizontal(pl.col(names[1:]).str.strip_chars() == "") if names[1:] else True
    return frame.filter(~blank & ~repeats & ~(ruler & alone))


def _all_told(column: pl.Series, header: str) -> bool:
    """Return whether no cell is blank, the header or a ruler, as far as its first byte tells.

    A digit or an ASCII letter begins most cells, whatever else they hold.
    """
    least, most = column.min(), column.max()
    if column.null_count() or not isinstance(least, str) or not isinstance(most, str):
        return False
    if least < "0" or most >= "|" or not header:
        return False
    marks = (header, "=", "_")
    return not any(least[:1] <= each[0] and column.str.starts_with(each).any() for each in marks)


def _lines(frame: pl.DataFrame, names: list[str], block: bytes, line: int) -> pl.Series:
    """Return the line in the file on which each row begins."""
    rows = pl.Series(LINE, range(line, line + frame.height), dtype=pl.Int64)
    if b'"' not in block or block.count(b"\n") <= frame.height:
        return rows
    breaks = frame.select(
        pl.sum_horizontal(pl.col(names).str.count_matches("\n", literal=True))
        .cast(pl.Int64)
        .cum_sum()
        .shift(1, fill_value=0)
    ).to_series()
    return rows + breaks
