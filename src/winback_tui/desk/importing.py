"""What the import screen asks of a file before and while it is taken into the book."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from winback_tui.desk.imports import ImportOptions, ImportSummary, Progress, run_import
from winback_tui.desk.session import Desk
from winback_tui.errors import BadInputError

if TYPE_CHECKING:
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


def look(path: Path, sheet: str | None = None) -> "Preview":
    """Return a first look at the file at `path`. Raises BadInputError for what is no table."""
    from winback_tui.intake.preview import preview

    return preview(path, sheet)


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
    dry_run: bool = False,
) -> ImportOptions:
    """Return the options for what a person said: field by column, and how cells are written."""
    return ImportOptions(
        mapping=tuple(said.items()),
        dry_run=dry_run,
        decimal=decimal,
        day_first=day_first,
        sheet=sheet,
    )


def carry_out(
    desk: Desk, kind: str, path: Path, chosen: ImportOptions, progress: Progress
) -> ImportSummary:
    """Import one file, or with `dry_run` do the same and keep nothing.

    Whatever `progress` raises ends it, and the book stays as it was.
    """
    return run_import(desk, kind, [path], chosen, progress)
