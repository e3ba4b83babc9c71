"""Importing files of transactions: planned without the book, then written in one go."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from winback_tui.book import answers, purchases
from winback_tui.book import imports as batches
from winback_tui.book.today import newest_purchase
from winback_tui.config import Config
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
from winback_tui.intake import sniff
from winback_tui.intake.fields import Answers, Hints

if TYPE_CHECKING:
    from winback_tui.intake.transactions import Plan

_EPOCH: Final = date(1970, 1, 1)
#: What is not told again of a file that comes a second time.
_OF_THE_MOMENT: Final = ("samples", "batch", "already", "customers_created")


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
        self._progress = progress
        self._today = (as_of - _EPOCH).days
        self._saved = {} if desk is None else saved(desk, options)
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
            with desk.book.patience(batches.PATIENCE), desk.book.write() as connection:
                earlier: list[int] = []
                for each in self._work:
                    if isinstance(each, FileSummary):
                        files.append(each)
                        continue
                    files.append(self._write(desk, each, earlier))
                    if (batch := files[-1].batch) is not None:
                        earlier.append(batch)
                newest = newest_purchase(connection, desk.as_of)
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
            write(self._options.rejects, [each.rejects for each in plans], delimiter)
        return summary

    def _one(self, file: str | Path, desk: Desk | None) -> "Plan | FileSummary":
        """Return what is known of a file from before, or else its plan."""
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
        if told.options != _read_as(self._hints, self._saved.get(mark)):
            return None
        rejected = int(told.summary["rejected"])
        if rejected and self._options.rejects is not None:
            return None
        kept = int(told.summary["read"]) - rejected - int(told.summary["suppressed"])
        summary = {
            **told.summary, "file": source.name, "created": 0, "updated": 0, "unchanged": kept,
            "duplicates": 0, "batch": None, "already": told.batch, "customers_created": 0,
        }  # fmt: skip
        return FileSummary(**{name: _frozen(value) for name, value in summary.items()})

    def _write(self, desk: Desk, plan: "Plan", earlier: Sequence[int]) -> FileSummary:
        """Write one file; the transaction is open."""
        connection = desk.book.connection
        already = batches.same_file(connection, plan.sha256)
        origin = _origin(desk, plan)
        lines = purchases.Lines(
            customers=plan.customers,
            products=plan.products,
            parts=plan.rows.parts,
            height=plan.rows.height,
            source=plan.source,
            own_ids=plan.own_ids,
            withdrawn=plan.withdrawn,
        )
        stored = purchases.store(
            connection, origin, lines, earlier=earlier, progress=self._progress
        )
        summary = _summary(plan, stored, already)
        self._keep_answers(desk, plan, origin.imported_at)
        if stored.batch is not None:
            record(desk, summary, origin.imported_at)
            told = {k: v for k, v in summary._asdict().items() if k not in _OF_THE_MOMENT}
            told["fingerprint"] = plan.guess.fingerprint
            said = self._answers(plan.guess.fingerprint)
            answers.remember(connection, stored.batch, _read_as(self._hints, said), told)
        return summary

    def _answers(self, fingerprint: str) -> Answers | None:
        """Return what counts for files with this header from now on."""
        options = self._options
        before = self._saved.get(fingerprint)
        if not _says(options):
            return before
        known = before or Answers()
        return Answers(
            mapping=options.mapping or known.mapping,
            decimal=options.decimal or known.decimal,
            day_first=known.day_first if options.day_first is None else options.day_first,
            currency=options.currency or known.currency,
        )

    def _keep_answers(self, desk: Desk, plan: "Plan", at: str) -> None:
        """Keep what was said about this file for the next one with its header."""
        said = self._answers(plan.guess.fingerprint)
        if said is None or not _says(self._options):
            if not self._options.use_saved:
                answers.forget(desk.book.connection, KIND, plan.guess.fingerprint)
            return
        kept = {k: v for k, v in said._asdict().items() if v not in (None, (), "")}
        answers.keep(
            desk.book.connection,
            answers.Mapping(KIND, plan.guess.fingerprint, plan.guess.columns, kept, at, desk.actor),
        )


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


def saved(desk: Desk, options: ImportOptions) -> dict[str, Answers]:
    """Return what was said about earlier files of transactions, by their header's fingerprint."""
    if not options.use_saved:
        return {}
    with desk.book.snapshot() as connection:
        found = answers.mappings(connection, KIND)
    return {each.fingerprint: _answered(each) for each in found}


def _answered(mapping: answers.Mapping) -> Answers:
    said: dict[str, Any] = mapping.answers
    return Answers(
        mapping=tuple((str(column), str(field)) for column, field in said.get("mapping", ())),
        decimal=said.get("decimal"),
        day_first=said.get("day_first"),
        currency=said.get("currency"),
        saved_at=mapping.saved_at,
    )


def _says(options: ImportOptions) -> bool:
    """Return whether a person says something that helps with the next file as well."""
    said = options.mapping or options.decimal or options.currency
    return bool(said) or options.day_first is not None


def _read_as(hints: Hints, said: Answers | None) -> str:
    """Return how a file is read as a text that two readings can be compared by."""
    known = said or Answers()
    order = known.day_first if hints.day_first is None else hints.day_first
    return json.dumps([
        hints.preset, hints.mapping or known.mapping, hints.decimal or known.decimal, order,
        hints.currency or known.currency or hints.default_currency, hints.sheet,
    ])  # fmt: skip


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _origin(desk: Desk, plan: "Plan") -> batches.Origin:
    return batches.Origin(
        kind=KIND,
        preset=plan.guess.preset,
        file_name=plan.name,
        sha256=plan.sha256,
        imported_at=now(),
        actor=desk.actor,
        rows_read=plan.read,
        rejected=plan.rejected.total(),
        party_kind=desk.config.imports.party_kind,
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
        samples=tuple(each._asdict() for each in plan.samples),
    )
