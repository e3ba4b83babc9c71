"""Parquet and JSON as CSV text, a line per row."""

import csv
import io
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Final, cast

import polars as pl

from winback_tui.errors import BadInputError
from winback_tui.intake.cells import TYPED, number, written

_STEP: Final = 5_000
_CHUNK: Final = 1 << 20
#: How days and times are written as text.
_TIMES: Final = {pl.Date: "%Y-%m-%d", pl.Datetime: "%Y-%m-%d %H:%M:%S", pl.Time: "%H:%M:%S"}
#: No row of JSON for people is longer (bytes).
_LONGEST: Final = 8 << 20
#: No JSON array is longer (bytes), which is read as a whole.
_LONGEST_ARRAY: Final = 64 << 20


def parquet(file: IO[bytes], name: str) -> Iterator[bytes]:
    """Yield a Parquet file as CSV text. Raises BadInputError for a damaged one."""
    with tempfile.TemporaryDirectory(prefix="winback-") as folder:
        target = Path(folder) / "rows.csv"
        file.seek(0)
        try:
            # The reader wants a path or all bytes; a file on disk is mapped, not read.
            where = getattr(file, "name", None)
            lazy = pl.scan_parquet(where if isinstance(where, str) else file.read())
            schema = lazy.collect_schema()
            if not schema:
                raise BadInputError(f"{name} is empty; name a file with columns and rows.")
            lazy.select(
                text for each in schema.items() for text in _parts(pl.col(each[0]), *each)
            ).sink_csv(target)
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
            raise BadInputError(f"{name} is a damaged Parquet file; get it once more.") from error
        with target.open("rb") as made:
            while part := made.read(_CHUNK):
                yield part


def _parts(column: pl.Expr, name: str, kind: pl.DataType) -> Iterator[pl.Expr]:
    """Yield a column as text; the fields of a record as columns such as `billing.city`."""
    if not isinstance(kind, pl.Struct) or not kind.fields:
        yield _plain(column, kind).alias(name)
        return
    for field in kind.fields:
        inner = column.struct.field(field.name)
        yield from _parts(inner, f"{name}.{field.name}", cast("pl.DataType", field.dtype))


def _plain(column: pl.Expr, kind: pl.DataType) -> pl.Expr:
    """Return a column as text in one line, numbers so that a decimal comma cannot be meant."""
    if kind.is_temporal():
        return column.dt.to_string(_TIMES.get(kind.base_type(), "polars"))
    if kind.is_numeric():
        text = column.cast(pl.String)
        return text.str.replace(r"^([-+]?\d+)\.0$", "$1").str.replace(r"(\.\d+)$", f"${{1}}{TYPED}")
    if isinstance(kind, pl.List | pl.Array | pl.Struct):
        return pl.struct(column).struct.json_encode()
    if isinstance(kind, pl.Binary):
        return column.bin.encode("hex")
    return column.cast(pl.String).str.replace_all(r"[\r\n]+", " ").str.replace_all("\x00", "")


def json_lines(file: IO[bytes], name: str) -> Iterator[bytes]:
    """Yield JSON Lines as CSV text; nested values get names such as `billing.city`.

    Raises BadInputError for a line that is no JSON object.
    """
    columns: dict[str, int] = {}
    start = file.tell()
    for row in _objects(file, name):
        for column, cell in row.items():
            columns[column] = columns.get(column, 0) + (cell != "")
    file.seek(start)
    if not columns:
        raise BadInputError(f"{name} is empty; name a file with columns and rows.")
    part = io.StringIO(newline="")
    writer = csv.DictWriter(
        part, _even(columns), restval="", extrasaction="ignore", lineterminator="\n"
    )
    writer.writeheader()
    for count, row in enumerate(_objects(file, name), 1):
        writer.writerow(row)
        if count % _STEP == 0:
            yield part.getvalue().encode()
            part.seek(0)
            part.truncate()
    yield part.getvalue().encode()


def _even(columns: dict[str, int]) -> list[str]:
    """Return the columns but those of objects in odd rows, where most rows have a plain value."""
    parents = {column: column.rpartition(".")[0] for column in columns}
    return [
        column
        for column, parent in parents.items()
        if not (parent in columns and columns[parent] > columns[column])
    ]


def json_array(file: IO[bytes], name: str) -> Iterator[bytes]:
    """Yield a JSON array of objects as CSV text, as `json_lines` does; it must fit memory."""
    text = file.read(_LONGEST_ARRAY + 1)
    if len(text) > _LONGEST_ARRAY:
        raise BadInputError(
            f"{name} is one JSON array of more than {_LONGEST_ARRAY >> 20} MB; export CSV, or JSON "
            "with one object per line."
        )
    try:
        found = json.loads(text, parse_float=number, parse_int=str, parse_constant=str)
    except (ValueError, RecursionError) as error:
        raise BadInputError(f"{name} is no whole JSON array; get it once more.") from error
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise BadInputError(
            f"{name} holds more than objects in its JSON array; export CSV instead."
        )
    lines = "".join(f"{json.dumps(each)}\n" for each in found)
    return json_lines(io.BytesIO(lines.encode()), name)


def _objects(file: IO[bytes], name: str) -> Iterator[dict[str, str]]:
    place = 0
    while line := file.readline(_LONGEST):
        place += 1
        if not line.strip():
            yield {}
            continue
        try:
            found = json.loads(line, parse_float=number, parse_int=str, parse_constant=str)
            row = dict(_flat("", found)) if isinstance(found, dict) else None
        except (ValueError, RecursionError) as error:
            raise BadInputError(
                f"{name} is no JSON in line {place}; get it once more, one object per line."
            ) from error
        if row is None:
            raise BadInputError(f"{name} holds no object in line {place}; one object per line.")
        yield row


def _flat(prefix: str, values: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for key, value in values.items():
        name = f"{prefix}{written(key)}"
        if isinstance(value, dict) and value:
            yield from _flat(f"{name}.", value)
        elif isinstance(value, str):
            yield name, written(value)
        elif isinstance(value, bool):
            yield name, "true" if value else "false"
        elif value is None:
            yield name, ""
        else:
            yield name, written(json.dumps(value, ensure_ascii=False))
