"""The reject file: rows as they stood with line, column and reason, to mend and feed again."""

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO

import polars as pl

from winback_tui.errors import BadInputError
from winback_tui.intake.fields import REJECT_COLUMNS
from winback_tui.intake.spill import Spill
from winback_tui.intake.table import EXTRA


def write(
    path: Path,
    rejects: Sequence[Spill | pl.DataFrame],
    delimiter: str,
    above: Sequence[str] = (),
) -> None:
    """Write the rejected rows of one or several files to `path` (mode 0600), all or none.

    Cells are written as they were read, formulas too: this file goes back into import. `above` are
    lines before the header that it needs.
    """
    draft = None
    try:
        handle, draft = tempfile.mkstemp(dir=path.absolute().parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as file:
            file.write("".join(f"{line}\n" for line in above).encode())
            _rows(file, rejects, delimiter)
        Path(draft).replace(path)
    except OSError as error:
        if draft is not None:
            Path(draft).unlink(missing_ok=True)
        raise BadInputError(
            f"The import is done, but {path} could not be written: {error.strerror}."
        ) from error


def _rows(file: IO[bytes], rejects: Sequence[Spill | pl.DataFrame], delimiter: str) -> None:
    own = dict.fromkeys(
        column for each in rejects for column in _columns(each) if column not in REJECT_COLUMNS
    )
    columns = [*own, *(c for c in REJECT_COLUMNS if c != EXTRA or _beyond(rejects))]
    header = pl.DataFrame(schema=dict.fromkeys(columns, pl.String))
    file.write(header.write_csv(separator=delimiter).encode())
    for each in rejects:
        for frame in each.frames() if isinstance(each, Spill) else (each,):
            missing = (pl.lit(None, pl.String).alias(c) for c in columns if c not in frame.columns)
            whole = frame.with_columns(*missing).select(columns)
            filled = pl.when(pl.col(pl.String) != "").then(pl.col(pl.String)).name.keep()
            whole.with_columns(filled).write_csv(file, separator=delimiter, include_header=False)


def _beyond(rejects: Sequence[Spill | pl.DataFrame]) -> bool:
    """Return whether a row has cells beyond the header."""
    frames = (
        f for each in rejects for f in (each.frames() if isinstance(each, Spill) else (each,))
    )
    return any(EXTRA in frame.columns and frame[EXTRA].count() > 0 for frame in frames)


def _columns(rejects: Spill | pl.DataFrame) -> list[str]:
    return rejects.columns if isinstance(rejects, pl.DataFrame) else rejects.columns()
