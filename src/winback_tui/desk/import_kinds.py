"""Importing files of customers, contacts, consents, signals and contracts."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from winback_tui.book import imports as batches
from winback_tui.book.today import newest_purchase
from winback_tui.config import Config
from winback_tui.desk.imports import (
    DryRunError,
    FileSummary,
    ImportOptions,
    ImportSummary,
    Progress,
    record,
)
from winback_tui.desk.session import Desk, now
from winback_tui.entries import Entry
from winback_tui.errors import BadInputError

if TYPE_CHECKING:
    from winback_tui.book.upsert import Outcome
    from winback_tui.intake.kinds.cells import Problem
    from winback_tui.intake.kinds.hints import KindHints
    from winback_tui.intake.kinds.plan import Plan

#: The kinds of files, but transactions, in the order in which a new book wants them.
KINDS: Final = ("customers", "contacts", "consents", "signals", "contracts")
#: So many changes and suggestions are shown of each file.
_SHOWN: Final = 20


class Work:
    """The files of one call: read, then stored as often as needed, then finished."""

    def __init__(
        self,
        kind: str,
        files: Sequence[str | Path],
        options: ImportOptions,
        config: Config,
        progress: Progress,
    ) -> None:
        from winback_tui.intake.kinds.fields import Kind
        from winback_tui.intake.kinds.plan import plan

        self.options = options
        self.progress = progress
        wanted = Kind(checked(kind))
        hints = _hints(options, config)
        self.plans: list[Plan] = []
        for place, file in enumerate(files):
            progress(place, len(files), "read")
            self.plans.append(plan(wanted, file, hints))
        progress(len(files), len(files), "read")
        self._refused: list[Mapping[int, Problem]] = [{} for _ in self.plans]

    def store(self, desk: Desk) -> ImportSummary:
        """Write all files in one transaction, a batch per file; a dry run keeps nothing."""
        from winback_tui.book.upsert import store

        files: list[FileSummary] = []
        newest = None
        try:
            with desk.book.patience(batches.PATIENCE), desk.book.write() as connection:
                seen: set[Entry] = set()
                for place, plan in enumerate(self.plans):
                    already = batches.same_file(connection, plan.sha256)
                    origin = _origin(desk, plan)
                    outcome = store(
                        connection, origin, plan.entries, seen=seen, progress=self.progress
                    )
                    self._refused[place] = _problems(plan, outcome)
                    files.append(_summary(plan, outcome, self._refused[place], already))
                    if outcome.batch is not None:
                        record(desk, files[-1], origin.imported_at)
                newest = newest_purchase(connection, desk.as_of)
                if self.options.dry_run:
                    raise DryRunError
        except DryRunError:
            files = [file._replace(batch=None) for file in files]
        return ImportSummary(tuple(files), self.options.dry_run, newest)

    def finish(self, summary: ImportSummary) -> ImportSummary:
        """Write the reject file, where one is wanted and there is something to write."""
        from winback_tui.intake.kinds.plan import rejects

        if self.options.rejects is not None:
            frames = [
                rejects(plan, refused)
                for plan, refused in zip(self.plans, self._refused, strict=True)
            ]
            if any(frame.height for frame in frames):
                from winback_tui.intake.rejects import write

                write(self.options.rejects, frames, self.plans[0].guess.delimiter)
        return summary


def checked(kind: str) -> str:
    """Return `kind` if files of it can be imported. Raises BadInputError listing the kinds."""
    if kind not in KINDS:
        raise BadInputError(
            f"There is no import of “{kind}”; there are transactions, {', '.join(KINDS)}."
        )
    return kind


def _hints(options: ImportOptions, config: Config) -> "KindHints":
    from winback_tui.intake.kinds.hints import KindHints

    return KindHints(
        preset=options.preset,
        mapping=options.mapping,
        decimal=options.decimal,
        day_first=options.day_first,
        currency=options.currency,
        default_currency=config.imports.currency,
        region=config.imports.region,
        zone=config.imports.zone,
        sheet=options.sheet,
    )


def _origin(desk: Desk, plan: "Plan") -> batches.Origin:
    return batches.Origin(
        kind=str(plan.kind),
        preset=plan.guess.preset,
        file_name=plan.name,
        sha256=plan.sha256,
        imported_at=now(),
        actor=desk.actor,
        rows_read=plan.read,
        rejected=len(plan.rejected),
        party_kind=desk.config.imports.party_kind,
    )


def _problems(plan: "Plan", outcome: "Outcome") -> "dict[int, Problem]":
    """Return the rows that the book refused, each with the column that says whom it means."""
    from winback_tui.intake.kinds.cells import Problem

    columns = {each.field: each.column for each in reversed(plan.guess.mapping)}
    names = {"own_id": "id", "emails": "email", "phones": "phone"}
    return {
        row: Problem(columns.get(names.get(refused.field, refused.field), ""), refused.code)
        for row, refused in outcome.refused.items()
    }


def _summary(
    plan: "Plan", outcome: "Outcome", refused: "Mapping[int, Problem]", already: int | None
) -> FileSummary:
    from winback_tui.intake.kinds.plan import field_names, mappable

    flawed = [
        problem for row, told in plan.flawed.items() if row not in refused for problem in told
    ]
    wrong = [*plan.rejected.values(), *refused.values(), *flawed]
    return FileSummary(
        file=plan.name,
        read=plan.read,
        created=outcome.created,
        updated=outcome.updated,
        unchanged=outcome.unchanged,
        rejected=len(plan.rejected) + len(refused),
        suppressed=outcome.suppressed,
        duplicates=outcome.duplicates,
        batch=outcome.batch,
        preset=plan.guess.preset,
        columns_without_a_home=plan.guess.homeless,
        customers_created=outcome.customers,
        reasons=dict(Counter(str(each.code) for each in wrong)),
        already=already,
        mapping=field_names(plan.guess.mapping),
        encoding=plan.guess.encoding,
        delimiter=plan.guess.delimiter,
        currency="",
        future=0,
        mappable=mappable(plan.guess.homeless, plan.kind),
        kind=str(plan.kind),
        cells_set_aside=len(flawed),
        consents=dict(sorted(outcome.consents.items())),
        changes=tuple(each._asdict() for each in outcome.changes[:_SHOWN]),
        suggestions=tuple(each._asdict() for each in outcome.suggestions[:_SHOWN]),
    )
