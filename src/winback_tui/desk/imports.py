"""Importing a file, listing what was imported, and taking it back."""

import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from winback_tui.book import events
from winback_tui.book import imports as batches
from winback_tui.book.imports import Batch
from winback_tui.book.today import newest_purchase
from winback_tui.config import Config
from winback_tui.desk.session import Desk, now
from winback_tui.errors import BadInputError
from winback_tui.model import EventKind

if TYPE_CHECKING:
    import polars as pl

    from winback_tui.intake.transactions import Plan

#: Called with what is done, what there is to do, and the name of the phase; may raise to cancel,
#: which leaves the book as it was.
Progress = Callable[[int, int, str], None]

KIND: Final = "transactions"


class ImportOptions(NamedTuple):
    """What a person says about the files; the rest is guessed from them.

    `mapping` holds pairs of column and field, `decimal` is "." or ",", `day_first` None unless
    said, `currency` what holds where a row names none, `rejects` where rejected rows are written.
    """

    preset: str = "auto"
    mapping: tuple[tuple[str, str], ...] = ()
    dry_run: bool = False
    decimal: str | None = None
    day_first: bool | None = None
    currency: str | None = None
    rejects: Path | None = None


class FileSummary(NamedTuple):
    """What became of one file.

    `read` is the sum of created, updated, unchanged, rejected, suppressed and duplicates.
    `unchanged` rows were in the book before, `duplicates` in an earlier file of the same call.
    `batch` is None after a dry run and where the file brought nothing new; `already` is the batch
    that had brought the very same file. `mapping` names the column of each field.
    """

    file: str
    read: int
    created: int
    updated: int
    unchanged: int
    rejected: int
    suppressed: int
    duplicates: int
    batch: int | None
    preset: str
    columns_without_a_home: tuple[str, ...]
    customers_created: int
    reasons: dict[str, int]
    already: int | None
    mapping: dict[str, str]
    encoding: str
    delimiter: str
    currency: str
    #: Rows that are dated after the desk's date; they count as created all the same.
    future: int
    #: For each passed-over column that a field could take: COLUMN=FIELD, as --map wants it.
    mappable: tuple[str, ...]


class ImportSummary(NamedTuple):
    """What became of all files of one call.

    `newest` is the day of the book's newest purchase up to the desk's date, None if there is none.
    """

    files: tuple[FileSummary, ...]
    dry_run: bool
    newest: date | None = None

    def total(self, count: str) -> int:
        """Return the sum over the files of a count such as "read" or "created"."""
        return sum(int(getattr(file, count)) for file in self.files)


class UndoneImport(NamedTuple):
    """What taking a batch back removed; `kept` are numbers of customers others refer to.

    `again` are later files of which lines were in the book already, perhaps from this batch: those
    lines are gone with it, until the files are imported once more.
    """

    batch: int
    transactions: int
    customers: int
    kept: tuple[str, ...]
    again: tuple[str, ...] = ()


class _DryRunError(Exception):
    """Ends the transaction of a dry run."""


def _silent(_done: int, _total: int, _phase: str) -> None:
    return None


def import_transactions(
    desk: Desk,
    files: Sequence[str | Path],
    options: ImportOptions | None = None,
    progress: Progress = _silent,
) -> ImportSummary:
    """Import files of transactions ("-": standard input) in one transaction, a batch per file.

    A dry run does the same and keeps nothing. Raises BadInputError where a file cannot be
    understood or needs a word from its user; the book is then as it was.
    """
    chosen = options or ImportOptions()
    plans = _read(files, chosen, desk.config, progress)
    return _finish(_store(desk, plans, chosen, progress), plans, chosen)


def import_into(
    path: Path,
    files: Sequence[str | Path],
    options: ImportOptions,
    *,
    config: Config,
    as_of: date,
    progress: Progress = _silent,
) -> ImportSummary:
    """Import into the book at `path`, which is made if it is missing and there is what to keep.

    A new book appears under its name only when it holds the whole import.
    """
    if path.exists():
        with Desk.open(path, config, as_of) as desk:
            return import_transactions(desk, files, options, progress)
    plans = _read(files, options, config, progress)
    with _draft(path) as draft:
        with Desk.open(draft, config, as_of, create=True) as desk:
            summary = _store(desk, plans, options, progress)
        kept = summary.total("created") and not options.dry_run
        if kept and not _name(draft, path):
            # Somebody else made a book here in the meantime.
            with Desk.open(path, config, as_of) as desk:
                summary = _store(desk, plans, options, progress)
    return _finish(summary, plans, options)


def import_log(desk: Desk) -> list[Batch]:
    """Return all batches of the book, the newest first."""
    with desk.book.snapshot() as connection:
        return batches.log(connection)


def batch_to_undo(desk: Desk, batch: int | None = None) -> Batch | None:
    """Return the batch that `undo_import` would take back, or None where it would refuse."""
    standing = [each for each in import_log(desk) if each.undone_at is None]
    return next((each for each in standing if batch in {None, each.id}), None)


def undo_import(desk: Desk, batch: int | None = None) -> UndoneImport:
    """Take a batch back (None: the newest that stands), in one transaction.

    Raises BadInputError where there is no such batch or it was taken back before.
    """
    with desk.book.patience(batches.PATIENCE), desk.book.write() as connection:
        number = batches.latest(connection) if batch is None else batch
        at = now()
        taken = batches.take_back(connection, number, at)
        desk.book.bump_revision()
        recorded = batches.import_event(connection, number)
        events.append(
            connection,
            kind=EventKind.IMPORT_UNDONE,
            actor=desk.actor,
            at=at,
            customer=None,
            payload={
                "batch": number,
                "transactions": taken.transactions,
                "customers": taken.customers,
            },
            action=None,
            undoes=None if recorded is None else recorded[0],
        )
        later = [
            each.file_name
            for each in reversed(batches.log(connection))
            if each.id > number and each.unchanged and each.undone_at is None
        ]
    again = tuple(dict.fromkeys(later))
    return UndoneImport(number, taken.transactions, taken.customers, taken.kept, again)


def _read(
    files: Sequence[str | Path], options: ImportOptions, config: Config, progress: Progress
) -> "list[Plan]":
    from winback_tui.intake.fields import Hints
    from winback_tui.intake.transactions import plan

    if not files:
        raise BadInputError("Name a file to import, or “-” for standard input.")
    if sum(str(file) == "-" for file in files) > 1:
        raise BadInputError("Standard input (“-”) can be read only once.")
    _check_rejects(files, options.rejects)
    hints = Hints(
        preset=options.preset,
        mapping=options.mapping,
        decimal=options.decimal,
        day_first=options.day_first,
        currency=options.currency,
        default_currency=config.imports.currency,
    )
    return [plan(file, hints, progress) for file in files]


def _check_rejects(files: Sequence[str | Path], rejects: Path | None) -> None:
    if rejects is None:
        return
    folder = rejects.absolute().parent
    if rejects.is_dir() or not folder.is_dir():
        raise BadInputError(f"--rejects: {rejects} is no file in a directory that exists.")
    if not os.access(folder, os.W_OK):
        raise BadInputError(f"--rejects: you may not write in {folder}; name another place.")
    if any(str(file) != "-" and Path(file).resolve() == rejects.resolve() for file in files):
        raise BadInputError(f"--rejects names {rejects}, which is being imported; name another.")


@contextmanager
def _draft(path: Path) -> Iterator[Path]:
    """Yield the path of a book to be, in a folder beside `path` that is gone afterwards."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder = tempfile.TemporaryDirectory(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise BadInputError(f"{path} could not be created: {error.strerror}.") from error
    with folder as name:
        yield Path(name) / path.name


def _name(draft: Path, path: Path) -> bool:
    """Give a finished book its name; return False where another one has taken it."""
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        return False
    except OSError:
        # A file system without links: there the last of two first imports wins.
        draft.rename(path)
    return True


def _store(
    desk: Desk, plans: "list[Plan]", options: ImportOptions, progress: Progress
) -> ImportSummary:
    files: list[FileSummary] = []
    newest: date | None = None
    try:
        with desk.book.patience(batches.PATIENCE), desk.book.write() as connection:
            earlier: list[pl.DataFrame] = []
            for plan in plans:
                already = batches.same_file(connection, plan.sha256)
                origin = _origin(desk, plan)
                stored, keys = batches.store(
                    connection,
                    origin,
                    plan.rows,
                    plan.customers,
                    plan.products,
                    earlier=earlier,
                    progress=progress,
                )
                earlier.append(keys)
                files.append(_summary(plan, stored, already, desk.as_of))
                if stored.batch is not None:
                    _record(desk, files[-1], origin.imported_at)
            newest = newest_purchase(connection, desk.as_of)
            if options.dry_run:
                raise _DryRunError
    except _DryRunError:
        files = [file._replace(batch=None) for file in files]
    return ImportSummary(tuple(files), options.dry_run, newest)


def _origin(desk: Desk, plan: "Plan") -> batches.Origin:
    return batches.Origin(
        kind=KIND,
        preset=plan.guess.preset,
        file_name=plan.name,
        sha256=plan.sha256,
        imported_at=now(),
        actor=desk.actor,
        rows_read=plan.read,
        rejected=plan.rejects.height,
        party_kind=desk.config.imports.party_kind,
    )


def _record(desk: Desk, file: FileSummary, at: str) -> None:
    """Log the batch and note that the book's data changed; the transaction is open."""
    desk.book.bump_revision()
    events.append(
        desk.book.connection,
        kind=EventKind.IMPORT,
        actor=desk.actor,
        at=at,
        customer=None,
        payload={
            "batch": file.batch,
            "file": file.file,
            "created": file.created,
            "customers": file.customers_created,
        },
        action=None,
    )


def _summary(plan: "Plan", stored: batches.Stored, already: int | None, today: date) -> FileSummary:
    return FileSummary(
        file=plan.name,
        read=plan.read,
        created=stored.created,
        updated=0,
        unchanged=stored.unchanged,
        rejected=plan.rejects.height,
        suppressed=0,
        duplicates=stored.duplicates,
        batch=stored.batch,
        preset=plan.guess.preset,
        columns_without_a_home=plan.guess.homeless,
        customers_created=stored.customers,
        reasons=dict(Counter(plan.rejects["_code"].to_list())),
        already=already,
        mapping=plan.guess.mapping,
        encoding=plan.guess.encoding,
        delimiter=plan.guess.delimiter,
        currency=plan.guess.currency,
        future=int((plan.rows["day"] > (today - date(1970, 1, 1)).days).sum()),
        mappable=plan.guess.mappable,
    )


def _finish(summary: ImportSummary, plans: "list[Plan]", options: ImportOptions) -> ImportSummary:
    """Write the reject file, where one is wanted and there is something to write."""
    if options.rejects is not None and summary.total("rejected"):
        from winback_tui.intake.rejects import write

        write(options.rejects, [plan.rejects for plan in plans], plans[0].guess.delimiter)
    return summary
