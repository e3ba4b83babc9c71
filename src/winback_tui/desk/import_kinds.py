"""Importing files of customers, contacts, consents, signals and contracts."""

import gc
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from winback_tui.book import answers
from winback_tui.book import imports as batches
from winback_tui.book.today import newest_purchase
from winback_tui.config import Config
from winback_tui.config.signals import effective
from winback_tui.desk import import_answers as said_before
from winback_tui.desk.imports import (
    DryRunError,
    FileSummary,
    ImportOptions,
    ImportSummary,
    Progress,
    record,
)
from winback_tui.desk.session import Desk, now
from winback_tui.errors import BadInputError

if TYPE_CHECKING:
    from winback_tui.book.upsert import Outcome
    from winback_tui.intake.fields import Answers
    from winback_tui.intake.kinds.cells import Problem
    from winback_tui.intake.kinds.hints import KindHints
    from winback_tui.intake.kinds.plan import Plan
    from winback_tui.intake.sniff import Source

#: The kinds of files, but transactions, in the order in which a new book wants them.
KINDS: Final = ("customers", "contacts", "consents", "signals", "contracts")
#: So many changes and suggestions are shown of each file.
_SHOWN: Final = 20


class Work:
    """The files of one call: read, or known from before; then stored, then finished."""

    def __init__(  # noqa: PLR0917 - it is made in one place
        self,
        kind: str,
        files: Sequence[str | Path],
        options: ImportOptions,
        config: Config,
        progress: Progress,
        desk: Desk | None = None,
    ) -> None:
        self.kind = checked(kind)
        self.options = options
        self.config = config
        self.progress = progress
        # Hundreds of thousands of records, none of them in circles: looking for such takes a fifth.
        with uncollected():
            self._read(files, desk)

    def _read(self, files: Sequence[str | Path], desk: Desk | None) -> None:
        progress, kind, options = self.progress, self.kind, self.options
        self._saved = {} if desk is None else said_before.saved(desk, kind, options)
        self.plans: list[Plan | FileSummary] = []
        for place, file in enumerate(files):
            progress(place, len(files), "read")
            self.plans.append(self._one(file, desk))
        progress(len(files), len(files), "read")
        self._refused: list[Mapping[int, Problem]] = [{} for _ in self.plans]

    def store(self, desk: Desk) -> ImportSummary:
        """Write all files in one transaction, a batch per file; a dry run keeps nothing."""
        with uncollected():
            return self._store(desk)

    def _store(self, desk: Desk) -> ImportSummary:
        from winback_tui.book.upsert import store

        files: list[FileSummary] = [each for each in self.plans if isinstance(each, FileSummary)]
        if len(files) == len(self.plans):
            with desk.book.snapshot() as connection:
                newest = newest_purchase(connection, desk.as_of)
            return ImportSummary(tuple(files), self.options.dry_run, newest)
        files, newest = [], None
        try:
            with desk.book.patience(batches.PATIENCE), desk.book.write() as connection:
                seen: set[tuple[Any, ...]] = set()
                for place, plan in enumerate(self.plans):
                    if isinstance(plan, FileSummary):
                        files.append(plan)
                        continue
                    already = batches.same_file(connection, plan.sha256)
                    origin = _origin(desk, plan, self.options)
                    outcome = store(
                        connection, origin, plan.entries, seen=seen, progress=self.progress
                    )
                    self._refused[place] = _problems(plan, outcome)
                    told = _summary(plan, outcome, self._refused[place], already)
                    idle = _ruleless(plan, self._refused[place], self.config)
                    ahead = _ahead(plan, f"{desk.as_of}")
                    unknown = batches.of_unknown_kind(connection, outcome.batch)
                    files.append(told._replace(future=ahead, ruleless=idle, unknown_kind=unknown))
                    if outcome.batch is not None:
                        record(desk, files[-1], origin.imported_at)
                    header = said_before.Header(
                        self.kind, plan.guess.fingerprint, plan.guess.columns
                    )
                    before = self._saved.get(header.fingerprint)
                    said_before.keep(desk, header, self.options, before, origin.imported_at)
                self._remember(desk, files)
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
            pairs = [
                (plan, refused)
                for plan, refused in zip(self.plans, self._refused, strict=True)
                if not isinstance(plan, FileSummary)
            ]
            frames = [rejects(plan, refused) for plan, refused in pairs]
            if any(frame.height for frame in frames):
                from winback_tui.intake.rejects import write

                write(self.options.rejects, frames, pairs[0][0].guess.delimiter)
        return summary

    def _one(self, file: str | Path, desk: Desk | None) -> "Plan | FileSummary":
        """Return what is known of a file from before, or else its plan."""
        from winback_tui.intake.kinds.fields import Kind
        from winback_tui.intake.kinds.plan import plan
        from winback_tui.intake.sniff import source

        opened = source(file)
        known = None if desk is None else self._known(desk, opened)
        if known is not None:
            return known
        return plan(Kind(self.kind), opened, _hints(self.options, self.config, self._saved))

    def _known(self, desk: Desk, source: "Source") -> FileSummary | None:
        """Return what was told about this very file, if it would be told again."""
        if self.options.again:
            return None
        with desk.book.snapshot() as connection:
            state = answers.state(connection)
            told = answers.told_in(connection, self.kind, source.sha256, state)
        if told is None:
            return None
        mark = str(told.summary.pop("fingerprint", ""))
        if told.options != self._read_as(self._saved.get(mark)):
            return None
        wrong = told.summary["rejected"] or told.summary["cells_set_aside"]
        if wrong and self.options.rejects is not None:
            return None
        again = int(told.summary["duplicates"])
        return said_before.told_again(told.summary, source.name, told.batch, duplicates=again)

    def _remember(self, desk: Desk, files: Sequence[FileSummary]) -> None:
        """Keep what is told of the files, to tell it again while the book says nothing else."""
        connection = desk.book.connection
        state = answers.state(connection)
        done: set[str] = set()
        for plan, file in zip(self.plans, files, strict=True):
            if isinstance(plan, FileSummary) or plan.sha256 in done:
                continue
            done.add(plan.sha256)
            batch = answers.bringer(connection, self.kind, plan.sha256)
            if batch is None:
                continue
            mark = plan.guess.fingerprint
            said = said_before.counting(self.options, self._saved.get(mark))
            told = said_before.to_tell(file, mark) | {"state": state}
            answers.remember(connection, batch, self._read_as(said), told)

    def _read_as(self, said: "Answers | None") -> str:
        held = self.config.imports
        return said_before.read_as(
            *(self.options, self.config, said, held.region, held.zone, held.party_kind),
            *(sorted(self.config.signals) if self.kind == "signals" else ()),
        )


@contextmanager
def uncollected() -> Iterator[None]:
    """Let no search for circles of objects run during the block."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def checked(kind: str) -> str:
    """Return `kind` if files of it can be imported. Raises BadInputError listing the kinds."""
    if kind not in KINDS:
        raise BadInputError(
            f"There is no import of “{kind}”; there are transactions, {', '.join(KINDS)}."
        )
    return kind


def _hints(options: ImportOptions, config: Config, saved: "Mapping[str, Answers]") -> "KindHints":
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
        saved=saved,
    )


def _origin(desk: Desk, plan: "Plan", options: ImportOptions) -> batches.Origin:
    return batches.Origin(
        kind=str(plan.kind),
        preset=plan.guess.preset,
        file_name=plan.name,
        sha256=plan.sha256,
        imported_at=now(),
        actor=desk.actor,
        rows_read=plan.read,
        rejected=len(plan.rejected),
        party_kind=options.party_kind or desk.config.imports.party_kind,
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


def _ahead(plan: "Plan", today: str) -> int:
    """Return how many rows tell of consent after `today`, which opens nothing until then."""
    return sum(
        entry.signal is None and any(each.at[:10] > today for each in entry.consents)
        for entry in plan.entries
    )


def _choices(plan: "Plan", outcome: "Outcome") -> tuple[dict[str, Any], ...]:
    """Return the column whose header made businesses of customers, if one did."""
    columns = [each.column for each in plan.guess.mapping if each.field == "name"]
    if not outcome.guessed or not columns or plan.guess.preset not in ("auto", "map"):
        return ()
    return ({"field": "party_kind", "column": columns[0], "others": ()},)


def _newsletters(plan: "Plan", outcome: "Outcome") -> tuple[dict[str, Any], ...]:
    """Return what is told of consents that are for a newsletter, and of who left only that."""
    from winback_tui.intake.kinds.fields import What

    if not outcome.consents:
        return ()
    told = [each for entry in plan.entries for each in entry.consents if not each.plain_no]
    given = any(each.purpose == "newsletter" and each.basis == "consent" for each in told)
    left = {each.purpose for each in told if each.event == "withdrawn"} == {"newsletter"}
    columns = {each.field: each.column for each in reversed(plan.guess.mapping)}
    where = (What.EMAIL_CONSENT, What.EMAIL_CONSENT_AT, What.EMAIL_CONFIRMED_AT, What.CHANNEL)
    column = next((columns[each] for each in where if each in columns), plan.guess.preset)
    others = (*("given",) * given, *("left",) * left)
    return ({"field": "newsletter", "column": column, "others": others},) if others else ()


def _two_names(plan: "Plan", outcome: "Outcome") -> tuple[dict[str, Any], ...]:
    """Return what is told of customers of whom the file says two things."""
    found: list[dict[str, Any]] = []
    columns = {each.field: each.column for each in reversed(plan.guess.mapping)}
    for told in (outcome.twice, outcome.differing):
        if told is None:
            continue
        others = [told.number, told.one, told.other, str(told.many)]
        if told is outcome.differing:
            others.append(columns.get(told.field, told.field))
        field = "last_name" if told is outcome.twice else "last_said"
        found.append({"field": field, "column": columns.get("number", ""), "others": (*others,)})
    return tuple(found)


def _ruleless(plan: "Plan", refused: Mapping[int, object], config: Config) -> dict[str, int]:
    """Return how many rows there are of each kind of signal that no rule makes count."""
    ruled = effective(config.signals)
    found = Counter(
        entry.signal.kind
        for entry in plan.entries
        if entry.signal is not None and entry.row not in refused and entry.signal.kind not in ruled
    )
    return dict(sorted(found.items()))


def _periods(plan: "Plan") -> tuple[dict[str, Any], ...]:
    """Return what is told of times by which contracts renew: the book keeps that they do."""
    from winback_tui.intake.kinds.fields import Kind, What
    from winback_tui.intake.kinds.vocabulary import is_period

    columns = [each.column for each in plan.guess.mapping if each.field == What.RENEWAL]
    if plan.kind is not Kind.CONTRACTS or not columns:
        return ()
    cells = (str(each or "") for each in plan.table.frame[columns[0]].unique().sort())
    found = [each for each in cells if is_period(each)]
    return ({"field": "renewal", "column": columns[0], "others": found},) if found else ()


def _summary(
    plan: "Plan", outcome: "Outcome", refused: "Mapping[int, Problem]", already: int | None
) -> FileSummary:
    from winback_tui.intake.kinds.plan import field_names, mappable, samples

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
        layout=plan.guess.layout,
        left_out=plan.guess.left_out,
        mapped_on=plan.guess.answers.saved_at[:10] if plan.guess.answers is not None else "",
        cells_set_aside=len(flawed),
        cells_shortened=plan.shortened,
        consents=dict(sorted(outcome.consents.items())),
        changes=tuple(each._asdict() for each in outcome.changes[:_SHOWN]),
        suggestions=tuple(each._asdict() for each in outcome.suggestions[:_SHOWN]),
        choices=(
            *_choices(plan, outcome),
            *_periods(plan),
            *_newsletters(plan, outcome),
            *_two_names(plan, outcome),
        ),
        retold={} if outcome.others is None else {"strangers": outcome.others._asdict()},
        samples=tuple(
            {"line": line, "before": before, "after": after}
            for line, before, after in samples(plan)
        ),
    )
