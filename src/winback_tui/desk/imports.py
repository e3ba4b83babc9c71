"""Importing files, listing what was imported, and taking it back."""

import os
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol

from winback_tui.book import events
from winback_tui.book import imports as batches
from winback_tui.book.imports import Batch
from winback_tui.config import Config
from winback_tui.desk import import_places as places
from winback_tui.desk.session import Desk, now
from winback_tui.model import EventKind

#: Called with what is done, what there is to do, and the name of the phase ("look", "read",
#: "write", "statistics"); may raise to cancel, which leaves the book as it was.
Progress = Callable[[int, int, str], None]

KIND: Final = "transactions"
#: Files of fewer bytes together fit into memory whatever is made of them.
_SMALL: Final = 64 << 20


class ImportOptions(NamedTuple):
    """What a person says about the files; the rest is guessed from them.

    `mapping` holds pairs of column and field, `decimal` is ".", "," or "each", `day_first` None
    unless said, `currency` what holds where a row names none, `rejects` where rejected rows are
    written. `again` reads a file anew that was imported before; without `use_saved`, what was said
    about an earlier file with this header does not count.
    """

    preset: str = "auto"
    mapping: tuple[tuple[str, str], ...] = ()
    dry_run: bool = False
    decimal: str | None = None
    day_first: bool | None = None
    currency: str | None = None
    rejects: Path | None = None
    #: Which sheet of a workbook is meant; None: the one whose header is known.
    sheet: str | None = None
    again: bool = False
    use_saved: bool = True
    #: What new customers are whose kind no column tells; empty: as the config says.
    party_kind: str = ""


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
    kind: str = KIND
    #: Cells that were not taken though their rows were: an e-mail or a phone that is none.
    cells_set_aside: int = 0
    #: What was added to the consent ledger, counted by channel and event.
    consents: dict[str, int] = {}  # noqa: RUF012 - never changed: a record's default
    #: The first fields that were changed: number, field, before, after.
    changes: tuple[dict[str, str], ...] = ()
    #: The first customers who may be one: number, other, reason.
    suggestions: tuple[dict[str, str], ...] = ()
    #: "CSV", "Excel", "Parquet" or "JSON Lines", and the sheets with rows that were not read.
    layout: str = "CSV"
    left_out: tuple[str, ...] = ()
    #: How sure each field of `mapping` is, from 0 to 1.
    confidence: dict[str, float] = {}  # noqa: RUF012 - never changed: a record's default
    #: How numbers' decimal sign (".", "," or "each") and the order of dates were read.
    decimal: str = ""
    day_first: bool | None = None
    serial_dates: bool = False
    #: On which day the mapping was said that served again; "" where none did.
    mapped_on: str = ""
    #: Some rows: their line, their cells before, and what the book holds of them after.
    samples: tuple[dict[str, Any], ...] = ()
    #: What was chosen where the file leaves room for it: field, column, others.
    choices: tuple[dict[str, Any], ...] = ()
    #: Orders that earlier files had brought: renewed, recalled, beside; and lines alike.
    retold: dict[str, Any] = {}  # noqa: RUF012 - never changed: a record's default
    #: Cells that were longer than is kept of them.
    cells_shortened: int = 0
    #: How many new customers are of unknown kind, which the gate of consent takes for consumers.
    unknown_kind: int = 0
    #: Kinds of signals that [signals] has no rule for, with how many rows there were of each.
    ruleless: dict[str, int] = {}  # noqa: RUF012 - never changed: a record's default


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


class DryRunError(Exception):
    """Ends the transaction of a dry run."""


class Work(Protocol):
    """The files of one call: read once, stored in a book, then finished."""

    def store(self, desk: Desk) -> ImportSummary:
        """Write all files in one transaction, a batch per file; a dry run keeps nothing."""

    def finish(self, summary: ImportSummary) -> ImportSummary:
        """Write the reject file, where one is wanted and there is something to write."""


def silent(_done: int, _total: int, _phase: str) -> None:
    """Show no progress."""


class KnownPreset(NamedTuple):
    """A program whose files are known; `columns` are those that tell one of them."""

    name: str
    title: str
    columns: tuple[str, ...]
    #: What such a file is imported as: transactions, or customers (and what hangs on them).
    kind: str = KIND


def known_presets() -> list[KnownPreset]:
    """Return the programs whose files are known, in the order of trial; transactions first."""
    from winback_tui.intake.kinds.presets import PRESETS as PEOPLE
    from winback_tui.intake.presets import PRESETS

    known = [(each.name, each.title, each.editions[0], KIND) for each in PRESETS]
    known += [(each.name, each.title, each.editions[0], "customers") for each in PEOPLE]
    return [
        KnownPreset(name, title, tuple(mark.split("|")[0] for mark in marks), kind)
        for name, title, marks, kind in known
    ]


def run_import(
    desk: Desk,
    kind: str,
    files: Sequence[str | Path],
    options: ImportOptions | None = None,
    progress: Progress = silent,
) -> ImportSummary:
    """Import files of a kind ("transactions", "customers", …) in one transaction, a batch per file.

    A dry run does the same and keeps nothing. A file that was imported before, byte for byte, is
    answered for at once. Raises BadInputError where a file cannot be understood
    or needs a word from its user, and whatever `progress` raises; the book is then as it was.
    """
    work = _work(kind, files, options or ImportOptions(), desk.config, desk.as_of, progress, desk)
    return work.finish(work.store(desk))


def import_transactions(
    desk: Desk,
    files: Sequence[str | Path],
    options: ImportOptions | None = None,
    progress: Progress = silent,
) -> ImportSummary:
    """Import files of transactions ("-": standard input); see `run_import`."""
    return run_import(desk, KIND, files, options, progress)


def import_into(
    path: Path,
    files: Sequence[str | Path],
    options: ImportOptions,
    *,
    config: Config,
    as_of: date,
    progress: Progress = silent,
    kind: str = KIND,
) -> ImportSummary:
    """Import into the book at `path`, which is made if it is missing and there is what to keep.

    A new book appears under its name only when it holds the whole import.
    """
    places.clear_up(path)
    if path.exists():
        with Desk.open(path, config, as_of) as desk:
            return run_import(desk, kind, files, options, progress)
    work = _work(kind, files, options, config, as_of, progress)
    with places.draft(path) as draft:
        with Desk.open(draft, config, as_of, create=True) as desk, desk.book.unnamed():
            summary = work.store(desk)
        if any(file.batch for file in summary.files) and not places.put(draft, path):
            # Somebody else made a book here in the meantime.
            with Desk.open(path, config, as_of) as desk:
                summary = work.store(desk)
    return work.finish(summary)


def _work(  # noqa: PLR0917 - it hands on what it is given
    kind: str,
    files: Sequence[str | Path],
    options: ImportOptions,
    config: Config,
    as_of: date,
    progress: Progress,
    desk: Desk | None = None,
) -> Work:
    places.check(files, options.rejects)
    _settle_libraries(files)
    if kind != KIND:
        from winback_tui.desk import import_kinds

        return import_kinds.Work(kind, files, options, config, progress, desk)
    from winback_tui.desk import import_transactions

    return import_transactions.Work(files, options, config, as_of, progress, desk)


def _settle_libraries(files: Sequence[str | Path]) -> None:
    """Say how much memory and how many threads libraries may take, where none is at work yet."""
    # Memory that a batch of a large file leaves goes back at once; asking for it anew takes time.
    decay = 5_000 if sum(map(places.size, files)) < _SMALL else 200
    conf = f"dirty_decay_ms:{decay},muzzy_decay_ms:0,narenas:2"
    os.environ.setdefault("_RJEM_MALLOC_CONF", conf)
    # Nothing is multiplied here; the threads for it would only wait, and loudly.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


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


def record(desk: Desk, file: FileSummary, at: str) -> None:
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
