"""What the import screen asks of a file before and while it is taken into the book."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from winback_tui.desk.imports import ImportOptions, ImportSummary, Progress, run_import
from winback_tui.desk.session import Desk
from winback_tui.errors import BadInputError, WinbackError

if TYPE_CHECKING:
    from winback_tui.intake.fields import Answers
    from winback_tui.intake.preview import Preview

#: Endings of files that can be read; each may also end in .gz.
SUFFIXES: Final = (
    *(".csv", ".tsv", ".txt", ".xlsx", ".xlsm"),
    *(".parquet", ".jsonl", ".ndjson", ".json"),
)
KINDS: Final = ("transactions", "customers", "contacts", "consents", "signals", "contracts")
#: The folder above.
UP: Final = ".."
#: What stands for a column that is to be passed over.
IGNORE: Final = "ignore"


class Place(NamedTuple):
    """One entry of a folder: another folder, or a file that could be imported; `size` in bytes."""

    name: str
    folder: bool
    size: int
    changed: float


def places(folder: Path) -> list[Place]:
    """Return the folders and the readable tables in `folder`, folders first, the newest files next.

    Raises BadInputError where the folder cannot be read.
    """
    found: list[Place] = []
    try:
        up = folder.resolve()
        for each in folder.iterdir():
            if each.name.startswith("."):
                continue
            try:
                info = each.stat()
            except OSError:
                # A link to nowhere, or a file that went away meanwhile.
                continue
            if each.is_dir():
                found.append(Place(each.name, True, 0, info.st_mtime))
            elif each.name.casefold().removesuffix(".gz").endswith(SUFFIXES):
                found.append(Place(each.name, False, info.st_size, info.st_mtime))
    except OSError as error:
        raise BadInputError(f"{folder} cannot be read: {error.strerror}.") from error
    parent = [] if up == up.parent else [Place(UP, True, 0, up.parent.stat().st_mtime)]
    folders = sorted((each for each in found if each.folder), key=lambda each: each.name.casefold())
    files = [each for each in found if not each.folder]
    return [*parent, *folders, *sorted(files, key=lambda each: (-each.changed, each.name))]


class Recalled(NamedTuple):
    """What was said about an earlier file with the same header: field by column, and the rest.

    `decimal` and `days` are as the screen turns them ("" where nothing was said), as is the
    currency; `day` is the ISO date on which it was said.
    """

    said: dict[str, str]
    decimal: str
    days: str
    currency: str
    day: str


def look(path: Path, sheet: str | None = None, desk: Desk | None = None) -> "Preview":
    """Return a first look at the file at `path`; headers that `desk` remembers are known.

    Raises BadInputError for what is no table.
    """
    from winback_tui.intake.preview import preview

    if desk is None:
        return preview(path, sheet)
    from winback_tui.book import answers

    with desk.twin() as own, own.book.snapshot() as connection:
        known = frozenset(each.fingerprint for each in answers.mappings(connection))
    return preview(path, sheet, known)


def recall(desk: Desk, columns: tuple[str, ...]) -> dict[str, Recalled]:
    """Return what was said about earlier files with these columns, by kind, the latest first."""
    from winback_tui.desk.import_answers import lookup
    from winback_tui.intake.fields import fingerprint

    found = lookup(desk, KINDS, fingerprint(columns))
    return {kind: _recalled(said, columns) for kind, said in found.items()}


def _recalled(said: "Answers", columns: tuple[str, ...]) -> Recalled:
    from winback_tui.intake.fields import normal

    spelled = {normal(column): column for column in reversed(columns)}
    fields = {
        (column if column in columns else spelled.get(normal(column), column)): field
        for column, field in said.mapping
    }
    days = {None: "", True: "day", False: "month"}[said.day_first]
    return Recalled(fields, said.decimal or "", days, said.currency or "", said.saved_at[:10])


def currency(text: str) -> str:
    """Return the code of a currency as it was typed. Raises BadInputError for an unknown one."""
    from winback_tui.intake.currencies import CODES

    code = text.strip().upper()
    if code not in CODES:
        raise BadInputError(f"There is no currency “{text.strip()}”; type a code such as EUR.")
    return code


def unclear(error: WinbackError) -> tuple[str, str]:
    """Return what a refusal asks ("": nothing, see UnclearError) and what is open."""
    from winback_tui.intake.unclear import UnclearError

    if isinstance(error, UnclearError):
        return error.asks, error.fact
    return "", str(error)


def sheets(error: WinbackError) -> tuple[str, ...]:
    """Return the sheets one of which must be named, where a file was refused for that."""
    from winback_tui.intake.unclear import UnclearError

    return error.choices if isinstance(error, UnclearError) and error.asks == "sheet" else ()


def guess(kind: str, columns: tuple[str, ...]) -> dict[str, str]:
    """Return the field that each column would be taken for in a file of `kind`."""
    from winback_tui.intake.preview import guess as guessed

    return guessed(kind, columns)


def fields_of(kind: str) -> tuple[str, ...]:
    """Return the names of the fields that a file of `kind` may hold."""
    from winback_tui.intake.preview import fields_of as known

    return known(kind)


def options(
    said: Mapping[str, str],
    *,
    sheet: str | None = None,
    decimal: str | None = None,
    day_first: bool | None = None,
    currency: str | None = None,
    dry_run: bool = False,
    as_before: bool = False,
) -> ImportOptions:
    """Return the options for what a person said: field by column, and how cells are written.

    It counts for the next file with this header, in place of all that was said before; with
    `as_before` it is just what was said before, which then counts as it did.
    """
    if as_before:
        return ImportOptions(dry_run=dry_run, sheet=sheet)
    return ImportOptions(
        mapping=tuple(said.items()),
        dry_run=dry_run,
        decimal=decimal,
        day_first=day_first,
        currency=currency,
        sheet=sheet,
        use_saved=False,
    )


def carry_out(
    desk: Desk, kind: str, path: Path, chosen: ImportOptions, progress: Progress
) -> ImportSummary:
    """Import one file, or with `dry_run` do the same and keep nothing.

    Whatever `progress` raises ends it, and the book stays as it was.
    """
    return run_import(desk, kind, [path], chosen, progress)
