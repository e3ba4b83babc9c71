"""A first look at any file: what it is, its columns with a few cells each, and what they hold."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from winback_tui.errors import BadInputError
from winback_tui.intake import fields, presets, table
from winback_tui.intake.cells import TYPED
from winback_tui.intake.kinds import fields as people
from winback_tui.intake.kinds import guessing
from winback_tui.intake.kinds import presets as people_presets
from winback_tui.intake.kinds.fields import Column, Kind, What

TRANSACTIONS: Final = "transactions"
#: The kinds in the order in which a header is tried for them; the first that is complete wins.
_TRIED: Final = (TRANSACTIONS, *(str(each) for each in (
    Kind.CONTRACTS, Kind.SIGNALS, Kind.CONSENTS, Kind.CONTACTS, Kind.CUSTOMERS,
)))  # fmt: skip
_SAMPLES: Final = 3


class Seen(NamedTuple):
    """One column of a file, with its first cells that are not empty."""

    name: str
    samples: tuple[str, ...]


class Preview(NamedTuple):
    """What a file looks like.

    `kind` is the likeliest kind, `preset` the title of the program it comes from ("": none known);
    `left_out` are the other sheets of a workbook.
    """

    name: str
    layout: str
    encoding: str
    delimiter: str
    columns: tuple[Seen, ...]
    left_out: tuple[str, ...]
    kind: str
    preset: str


def preview(path: Path, sheet: str | None = None, known: frozenset[str] = frozenset()) -> Preview:
    """Return a first look at the file at `path`; `known` are fingerprints of headers besides.

    Raises BadInputError for what is no table, UnclearError where a sheet must be named.
    """
    opened = table.open_table(
        path, lambda cells: fields.fingerprint(cells) in known or _is_header(cells), sheet=sheet
    )
    first = next(opened.batches(), None)
    samples: dict[str, tuple[str, ...]] = {}
    if first is not None:
        for column in opened.columns:
            cells = first[column].head(200).drop_nulls().to_list()
            shown = (cell.removesuffix(TYPED) for cell in cells if cell)
            samples[column] = tuple(list(dict.fromkeys(shown))[:_SAMPLES])
    kind, preset = _likeliest(opened.columns)
    return Preview(
        opened.name,
        opened.layout,
        opened.encoding,
        opened.delimiter,
        tuple(Seen(column, samples.get(column, ())) for column in opened.columns),
        opened.left_out,
        kind,
        preset,
    )


def guess(kind: str, columns: Sequence[str]) -> dict[str, str]:
    """Return the field that each of `columns` would be taken for; others are passed over."""
    if kind == TRANSACTIONS:
        found = presets.recognise(columns)
        mapped = found[1] if found else fields.guess(columns)
        return {column: str(field) for field, column in mapped.items()}
    known = people_presets.recognise(columns)
    pairs = (
        guessing.guess(Kind(kind), columns)
        if known is None
        else people_presets.mapped(known, columns)
    )
    return {each.column: str(each.field) for each in pairs}


def fields_of(kind: str) -> tuple[str, ...]:
    """Return the names of the fields that a file of `kind` may hold."""
    if kind == TRANSACTIONS:
        return tuple(str(each) for each in fields.Field if each is not fields.Field.IGNORE)
    return tuple(str(each) for each in people.HOMES[Kind(kind)])


def _is_header(columns: Sequence[str]) -> bool:
    if presets.recognise(columns) or people_presets.recognise(columns):
        return True
    return any(_complete(kind, columns) for kind in _TRIED)


def _complete(kind: str, columns: Sequence[str]) -> bool:
    if kind == TRANSACTIONS:
        return fields.complete(fields.guess(columns))
    mapped: list[Column] = guessing.guess(Kind(kind), columns)
    return len(mapped) > 1 and not people.lacking(Kind(kind), mapped)


def _likely(kind: str, columns: Sequence[str]) -> bool:
    """Return whether a header is complete for `kind`, and people are people, not customers."""
    if kind != str(Kind.CONTACTS):
        return _complete(kind, columns)
    fields_found = {each.field for each in guessing.guess(Kind.CONTACTS, columns)}
    return bool(fields_found & {What.PERSON, What.ROLE}) and _complete(kind, columns)


def _likeliest(columns: Sequence[str]) -> tuple[str, str]:
    """Return the likeliest kind of a header, and the title of the program it comes from."""
    found = presets.recognise(columns)
    if found is not None:
        return TRANSACTIONS, found[0].title
    known = people_presets.recognise(columns)
    if known is not None:
        return str(Kind.CUSTOMERS), known.title
    return _fullest(columns), ""


def _fullest(columns: Sequence[str]) -> str:
    """Return the kind of file that has a home for most of the columns, transactions by default.

    What is listed as a header of transactions goes before what only sounds like one.
    """
    if fields.complete(fields.guess(columns, likely=False)):
        return TRANSACTIONS
    counts = {kind: _homes(kind, columns) for kind in _TRIED if _likely(kind, columns)}
    return max(counts, key=lambda kind: counts[kind], default=TRANSACTIONS)


def _homes(kind: str, columns: Sequence[str]) -> int:
    if kind == TRANSACTIONS:
        return len(fields.guess(columns))
    return len(guessing.guess(Kind(kind), columns))


def checked(kind: str) -> str:
    """Return `kind` if there are files of it. Raises BadInputError listing the kinds."""
    if kind not in _TRIED:
        raise BadInputError(f"There is no import of “{kind}”; there are {', '.join(_TRIED)}.")
    return kind
