"""What a preset says about the files of one program."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import polars as pl

from winback_tui.intake.fields import normal
from winback_tui.model import RejectCode

#: The cells of some rows by field (or by a name of the preset's own), all of one length.
Cells = dict[str, pl.Series]


class Preset(NamedTuple):
    """The files of one program: how they are recognised, and what their columns hold.

    Headers stand as `normal` writes them, alternatives with a bar between. Each of `editions` is
    one edition of the header: all of its marks must be there. `columns` names the columns of each
    field, the better ones first; keys that are no field are the preset's own. `currency` holds
    where the file names none. Documents that start with `credit_prefix` are credit notes, whose
    lines are negative whatever sign they bear. `source` is the program whose customer ids they
    are ("": customer numbers).

    With `own_ids` a document is one record of that program: what a later file says of it takes
    the place of what an earlier one said. With `follow_up`, rows whose cell of that name is blank
    belong to the row above them and take over the cells of `handed_down`. `statuses` are words for
    what is no purchase. `shape` makes the fields from the cells, given the lines above the header;
    it may add "skip", a column of reject codes, "" where a row is a purchase.
    """

    name: str
    title: str
    editions: tuple[tuple[str, ...], ...]
    columns: Mapping[str, str]
    source: str = ""
    currency: str | None = None
    credit_prefix: str | None = None
    own_ids: bool = False
    follow_up: str = ""
    handed_down: tuple[str, ...] = ()
    statuses: Mapping[str, RejectCode] = {}
    shape: Callable[[Cells, Sequence[str]], Cells] | None = None


def match(preset: Preset, columns: Sequence[str]) -> dict[str, str] | None:
    """Return which of `columns` hold the preset's fields, or None where it is not its file."""
    by_name: dict[str, str] = {}
    for column in columns:
        by_name.setdefault(normal(column), column)

    def found(wanted: str) -> str | None:
        return next((by_name[name] for name in wanted.split("|") if name in by_name), None)

    if not any(all(found(mark) for mark in marks) for marks in preset.editions):
        return None
    mapped = {field: found(wanted) for field, wanted in preset.columns.items()}
    return {field: column for field, column in mapped.items() if column is not None}


def first_of(cells: Cells, *names: str) -> pl.Series:
    """Return the first cell of each row that is not blank, of the columns that there are."""
    there = [cells[name].alias(str(place)) for place, name in enumerate(names) if name in cells]
    if not there:
        height = len(next(iter(cells.values())))
        return pl.Series([""], dtype=pl.String).new_from_index(0, height)
    frame = pl.DataFrame(there)
    filled = (pl.when(pl.col(c).str.strip_chars() != "").then(pl.col(c)) for c in frame.columns)
    return frame.select(pl.coalesce(*filled, pl.lit(""))).to_series()


def chosen(test: pl.Series, code: RejectCode, otherwise: pl.Series | None = None) -> pl.Series:
    """Return a column of reject codes: `code` where `test` holds, else what `otherwise` says."""
    other = pl.lit("") if otherwise is None else pl.lit(otherwise)
    return pl.select(pl.when(test).then(pl.lit(str(code))).otherwise(other)).to_series()
