"""The reject file: rows as they stood with line, column and reason, to mend and feed again."""

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from winback_tui.errors import BadInputError


def write(path: Path, rejects: Sequence[pl.DataFrame], delimiter: str) -> None:
    """Write the rejected rows of one or several files to `path` (mode 0600), all or none.

    Cells are written as they were read, formulas too: this file goes back into import.
    """
    frame = pl.concat(rejects, how="diagonal")
    added = [column for column in frame.columns if column in rejects[0].columns[-4:]]
    ordered = frame.select(pl.exclude(added), *added).with_columns(
        pl.when(pl.col(pl.String) != "").then(pl.col(pl.String)).name.keep()
    )
    draft = None
    try:
        handle, draft = tempfile.mkstemp(dir=path.absolute().parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as file:
            ordered.write_csv(file, separator=delimiter)
        Path(draft).replace(path)
    except OSError as error:
        if draft is not None:
            Path(draft).unlink(missing_ok=True)
        raise BadInputError(
            f"The import is done, but {path} could not be written: {error.strerror}."
        ) from error
