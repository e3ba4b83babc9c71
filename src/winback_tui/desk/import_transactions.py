"""Importing files of transactions: planned without the book, then written in one go."""

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any, Final

from winback_tui.book import answers, purchases, statistics
from winback_tui.book import imports as batches
from winback_tui.book.today import newest_purchase
from winback_tui.config import Config
from winback_tui.desk import import_answers as said_before
from winback_tui.desk import import_places
from winback_tui.desk.imports import (
    KIND,
    DryRunError,
    FileSummary,
    ImportOptions,
    ImportSummary,
    Progress,
    record,
)
from winback_tui.desk.session import Desk, now
from winback_tui.errors import BadInputError
from winback_tui.intake import sniff
from winback_tui.intake.fields import Answers, Hints

if TYPE_CHECKING:
    from winback_tui.intake.transactions import Plan

#: So many more containers than before set off the garbage collector while lines are written.
_CONTAINERS: Final = 50_000
_EPOCH: Final = date(1970, 1, 1)
_READER: Final = "winback_tui.intake.transactions"


class Work:
    """The files of one call: planned, or known from before; then stored and finished."""

    def __init__(  # noqa: PLR0917 - it is made in one place
        self,
        files: Sequence[str | Path],
        options: ImportOptions,
        config: Config,
        as_of: date,
        progress: Progress,
        desk: Desk | None = None,
    ) -> None:
        self._options = options
        self._config = config
        self._progress = progress
        self._today = (as_of - _EPOCH).days
        self._saved = {} if desk is None else said_before.saved(desk, KIND, options)
        self._hints = hints(options, config, self._saved)
        self._work: list[Plan | FileSummary] = [self._one(file, desk) for file in files]

    def store(self, desk: Desk) -> ImportSummary:
        """Write all files in one transaction, a batch per file; a dry run keeps nothing."""
        files: list[FileSummary] = []
        if all(isinstance(each, FileSummary) for each in self._work):
            files = [each for each in self._work if isinstance(each, FileSummary)]
            with desk.book.snapshot() as connection:
                newest = newest_purchase(connection, desk.as_of)
            return ImportSummary(tuple(files), self._options.dry_run, newest)
        newest = None
        try:
            with (
                _seldom_collecting(),
                desk.book.by_the_million(),
                desk.book.patience(batches.PATIENCE),
                desk.book.write() as connection,
            ):
                earlier: list[int] = []
                for each in self._work:
                    if isinstance(each, FileSummary):
                        files.append(each)
                        continue
                    files.append(self._write(desk, each, earlier))
                    if (batch := files[-1].batch) is not None:
                        earlier.append(batch)
                newest = statistics.newest(connection, desk.as_of)
                if self._options.dry_run:
                    raise DryRunError
        except DryRunError:
            files = [file._replace(batch=None) for file in files]
        return ImportSummary(tuple(files), self._options.dry_run, newest)

    def finish(self, summary: ImportSummary) -> ImportSummary:
        """Write the reject file, where one is wanted and there is something to write."""
        if self._options.rejects is not None and summary.total("rejected"):
            from winback_tui.intake.rejects import write

            plans = [each for each in self._work if not isinstance(each, FileSummary)]
            delimiter = plans[0].guess.delimiter
            heads = [each.above for each in plans if each.rejects.height and each.above]
            if len(dict.fromkeys(heads)) > 1:
                raise BadInputError(
                    "The import is done, but the rejects of DATEV files of several periods do not "
                    "fit one file; import each once more with --again and --rejects of its own."
                )
            above = heads[0] if heads else ()
            write(self._options.rejects, [each.rejects for each in plans], delimiter, above)
        return summary

    def _one(self, file: str | Path, desk: Desk | None) -> "Plan | FileSummary":
        """Return what is known of a file from before, or else its plan."""
        if desk is None and import_places.is_file(file):
            # Nothing can be known of the file: what reads it is got ready while it is digested.
            Thread(target=import_module, args=(_READER,)).start()
        source = sniff.source(file)
        known = None if desk is None else self._known(desk, source)
        if known is not None:
            return known
        from winback_tui.intake.transactions import plan

        wanted = self._options.rejects is not None
        return plan(source, self._hints, self._progress, today=self._today, rejects=wanted)

    def _known(self, desk: Desk, source: sniff.Source) -> FileSummary | None:
        """Return what was told about this very file, if it would be told again."""
        if self._options.again:
            return None
        with desk.book.snapshot() as connection:
            told = answers.told(connection, KIND, source.sha256)
        if told is None:
            return None
        mark = told.summary.pop("fingerprint", "")
        if told.options != said_before.read_as(self._options, self._config, self._saved.get(mark)):
            return None
        if told.summary["rejected"] and self._options.rejects is not None:
            return None
        return said_before.told_again(told.summary, source.name, told.batch)

    def _write(self, desk: Desk, plan: "Plan", earlier: Sequence[int]) -> FileSummary:
        """Write one file; the transaction is open."""
        connection = desk.book.connection
        already = batches.same_file(connection, plan.sha256)
        origin = _origin(desk, plan, self._options)
        lines = purchases.Lines(
            customers=plan.customers,
            products=plan.products,
            parts=plan.rows.parts,
            height=plan.rows.height,
            source=plan.source,
            own_ids=plan.own_ids,
            withdrawn=plan.withdrawn,
            mark=_mark(plan),
            recalled=plan.recalled,
            header=plan.guess.fingerprint,
            twice=plan.twice,
            tills=not {"branch", "till"}.isdisjoint(plan.guess.mapping),
        )
        stored = purchases.store(
            connection, origin, lines, earlier=earlier, progress=self._progress
        )
        summary = _summary(plan, stored, already)
        if stored.customers:
            unknown = batches.of_unknown_kind(connection, stored.batch)
            summary = summary._replace(unknown_kind=unknown)
        mark = plan.guess.fingerprint
        before = self._saved.get(mark)
        header = said_before.Header(KIND, mark, plan.guess.columns)
        said_before.keep(desk, header, self._options, before, origin.imported_at)
        if stored.batch is not None:
            record(desk, summary, origin.imported_at)
            said = said_before.counting(self._options, before)
            way = said_before.read_as(self._options, self._config, said)
            answers.remember(connection, stored.batch, way, said_before.to_tell(summary, mark))
        return summary


@contextmanager
def _seldom_collecting() -> Iterator[None]:
    """Let the garbage collector come seldom: lists of values set it off for nothing."""
    first, *others = gc.get_threshold()
    gc.set_threshold(max(first, _CONTAINERS) if first else first, *others)
    try:
        yield
    finally:
        gc.set_threshold(first, *others)


def hints(options: ImportOptions, config: Config, known: Mapping[str, Answers]) -> Hints:
    """Return what is said about files, now (`options`) and before (`known`)."""
    return Hints(
        preset=options.preset,
        mapping=options.mapping,
        decimal=options.decimal,
        day_first=options.day_first,
        currency=options.currency,
        default_currency=config.imports.currency,
        sheet=options.sheet,
        saved=known,
    )


def _mark(plan: "Plan") -> str:
    """Return what tells earlier files whose documents this one may tell again, "" for none."""
    known = plan.guess.preset in {"auto", "map"} and "document" in plan.guess.mapping
    return plan.guess.fingerprint if known and not plan.part else ""


def _retold(plan: "Plan", stored: purchases.Stored) -> dict[str, Any]:
    """Return what is told of purchases that earlier files had brought; {} where there is none."""
    found = stored.retold
    told: dict[str, Any] = {
        "renewed": found.renewed,
        "recalled": found.recalled,
        "beside": found.beside,
        "left": found.left,
        "named": found.named,
        "otherwise": 0 if found.twice else found.otherwise,
        "parted": found.parted,
        "renumbered": found.renumbered,
        "alike": found.alike if found.twice else 0,
    }
    others = stored.others
    if not any(told.values()) and others is None:
        return {}
    also: dict[str, Any] = {"column": plan.guess.mapping.get("document", "")}
    if found.all_changed:
        also["all_changed"] = True
    if others is not None:
        also["strangers"] = others._asdict()
    if found.parted:
        also["parted_from"] = found.parted_from
    if found.left:
        also["left_one"] = found.left_one
    if found.named:
        also["named_one"] = found.named_one
    if found.otherwise:
        also |= {"otherwise_one": found.otherwise_one, "otherwise_by": found.otherwise_by}
    if found.shown:
        also["shown"] = [list(each) for each in found.shown]
    if found.ended:
        also["ended"] = [list(each) for each in found.ended]
    if told["alike"]:
        also |= {"asked": found.asked, "by": found.batch, "file": found.file}
    return {**told, **also}


def _origin(desk: Desk, plan: "Plan", options: ImportOptions) -> batches.Origin:
    return batches.Origin(
        kind=KIND,
        preset=plan.guess.preset,
        file_name=plan.name,
        sha256=plan.sha256,
        imported_at=now(),
        actor=desk.actor,
        rows_read=plan.read,
        rejected=plan.rejected.total(),
        party_kind=options.party_kind or desk.config.imports.party_kind,
    )


def _summary(plan: "Plan", stored: purchases.Stored, already: int | None) -> FileSummary:
    guess = plan.guess
    return FileSummary(
        file=plan.name,
        read=plan.read,
        created=stored.created,
        updated=stored.updated,
        unchanged=stored.unchanged,
        rejected=plan.rejected.total(),
        suppressed=stored.suppressed,
        duplicates=stored.duplicates,
        batch=stored.batch,
        preset=guess.preset,
        columns_without_a_home=guess.homeless,
        customers_created=stored.customers,
        reasons=dict(plan.rejected),
        already=already,
        mapping=guess.mapping,
        encoding=guess.encoding,
        delimiter=guess.delimiter,
        currency=guess.currency,
        future=plan.future,
        mappable=guess.mappable,
        kind=KIND,
        layout=guess.layout,
        left_out=guess.left_out,
        confidence=dict(guess.confidence),
        decimal=guess.decimal,
        day_first=guess.day_first,
        serial_dates=guess.serial,
        mapped_on=guess.answers.saved_at[:10] if guess.answers is not None else "",
        retold=_retold(plan, stored),
        cells_shortened=plan.shortened,
        samples=tuple(each._asdict() for each in plan.samples),
        choices=tuple(each._asdict() for each in guess.choices),
    )
