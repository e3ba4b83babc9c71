"""How a file is imported from the command line: what is asked, and what is said of it."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from winback_tui.cli import printing
from winback_tui.cli.context import formats, options
from winback_tui.errors import BadInputError
from winback_tui.model import PartyKind

if TYPE_CHECKING:
    from winback_tui.desk.imports import FileSummary, ImportSummary, Progress
    from winback_tui.words.format import Formats

#: The counts of the JSON contract, in its order.
_COUNTS: Final = (
    *("read", "created", "updated", "unchanged", "rejected", "suppressed", "duplicates"),
)
#: Data whose newest purchase is older than this is best looked at as of its own day.
_OLD: Final = timedelta(days=180)
_PHASES: Final = {
    "look": "Looking through the file",
    "read": "Reading and checking",
    "write": "Writing",
    "statistics": "Counting purchases",
}


class Layout(StrEnum):
    """How a summary is printed."""

    TEXT = "text"
    JSON = "json"


Format = Annotated[Layout, typer.Option("--format", help="How the summary is printed.")]


def command(
    kind: str,
    *,
    files_help: str = "Files to import; - is standard input.",
    preset_help: str = "What made the file; auto looks at its columns.",
) -> Callable[..., None]:
    """Return the function of the command that imports files of this kind."""

    def run(  # noqa: PLR0917 - typer makes options of them
        ctx: typer.Context,
        files: Annotated[
            list[str],
            typer.Argument(metavar="FILE...", help=files_help),
        ],
        preset: Annotated[str, typer.Option(metavar="NAME", help=preset_help)] = "auto",
        mapping: Annotated[
            list[str] | None,
            typer.Option(
                "--map", metavar="COLUMN=FIELD", help="Which column holds which field; repeatable."
            ),
        ] = None,
        dry_run: Annotated[
            bool, typer.Option("--dry-run", help="Do all of it, and keep nothing.")
        ] = False,
        decimal: Annotated[
            str | None,
            typer.Option(
                metavar="point|comma|each", help="The decimal sign of all numbers, or each's own."
            ),
        ] = None,
        day_first: Annotated[
            bool | None,
            typer.Option(
                "--dayfirst/--monthfirst", help="How 03/04/2026 is read.", show_default=False
            ),
        ] = None,
        currency: Annotated[
            str | None, typer.Option(metavar="CODE", help="The currency where a row names none.")
        ] = None,
        party_kind: Annotated[
            PartyKind | None,
            typer.Option(help="What new customers are where no column tells; unknown is consumer."),
        ] = None,
        sheet: Annotated[
            str | None, typer.Option(metavar="NAME", help="Which sheet of a workbook is read.")
        ] = None,
        again: Annotated[
            bool, typer.Option("--again", help="Read a file anew that was imported before.")
        ] = False,
        forget: Annotated[
            bool,
            typer.Option(
                "--forget-mapping", help="Forget what was said about files with this header."
            ),
        ] = False,
        rejects: Annotated[
            Path | None,
            typer.Option(metavar="FILE", help="Write rejected rows here, to mend and import."),
        ] = None,
        layout: Format = Layout.TEXT,
    ) -> None:
        from winback_tui.desk.imports import ImportOptions, import_into

        chosen = options(ctx)
        wanted = ImportOptions(
            preset=preset,
            mapping=tuple(pair(each) for each in mapping or ()),
            dry_run=dry_run,
            decimal=decimal_sign(decimal),
            day_first=day_first,
            currency=currency,
            rejects=rejects,
            sheet=sheet,
            again=again or forget,
            use_saved=not forget,
            party_kind=party_kind.value if party_kind else "",
        )
        with shown_progress() as progress:
            summary = import_into(
                chosen.book_path(),
                files,
                wanted,
                config=chosen.load_config(),
                as_of=chosen.today(),
                progress=progress,
                kind=kind,
            )
        if layout is Layout.JSON:
            printing.print_json(document(summary))
        else:
            print_summary(summary, formats(ctx), rejects, chosen.today())
        if summary.total("rejected") or summary.total("cells_set_aside"):
            raise typer.Exit(1)

    return run


def pair(text: str) -> tuple[str, str]:
    """Return column and field of what --map was given."""
    column, equals, field = text.rpartition("=")
    if not (column and equals and field):
        raise BadInputError(f"--map needs COLUMN=FIELD, such as Betrag=amount, not “{text}”.")
    return column, field


def decimal_sign(text: str | None) -> str | None:
    """Return the sign that --decimal names, "." or ",", or "each"; None where it was not given."""
    if text is None:
        return None
    signs = {"point": ".", ".": ".", "dot": ".", "comma": ",", ",": ",", "each": "each"}
    if text.lower() not in signs:
        raise BadInputError(
            f"--decimal is point or comma, or each for files with both, not “{text}”."
        )
    return signs[text.lower()]


def document(summary: "ImportSummary") -> dict[str, Any]:
    """Return the JSON contract of `import`: sums over the files, and each file under `files`."""
    files = summary.files
    presets = list(dict.fromkeys(file.preset for file in files))
    columns = dict.fromkeys(column for file in files for column in file.columns_without_a_home)
    return {
        **{count: summary.total(count) for count in _COUNTS},
        "future": summary.total("future"),
        "batch": next((file.batch for file in reversed(files) if file.batch is not None), None),
        "preset": presets[0] if len(presets) == 1 else "several",
        "columns_without_a_home": list(columns),
        "dry_run": summary.dry_run,
        "files": [file._asdict() for file in files],
    }


def _guess(file: "FileSummary") -> str:
    from winback_tui.words import imports as words

    return words.guessed(
        preset=file.preset,
        mapping=file.mapping,
        encoding=file.encoding if file.layout == "CSV" else file.layout,
        delimiter=file.delimiter if file.layout == "CSV" else "",
        currency=file.currency,
    )


def print_summary(
    summary: "ImportSummary", shown: "Formats", rejects: Path | None, today: date
) -> None:
    """Print what became of each file: what it was taken for, and what it brought."""
    from winback_tui.words import empty, readings
    from winback_tui.words import imports as words

    for file in summary.files:
        printing.line(f"{file.file}: {_guess(file)}")
        for told in readings.readings(
            decimal=file.decimal,
            day_first=file.day_first,
            serial=file.serial_dates,
            confidence=file.confidence,
            mapped_on=file.mapped_on,
            left_out=file.left_out,
            choices=file.choices,
        ):
            printing.line(f"  {told}")
        if file.columns_without_a_home:
            people = file.kind != "transactions"
            told = words.homeless(file.columns_without_a_home, file.mappable, people=people)
            printing.line(f"  {told}")
        counts = {count: int(getattr(file, count)) for count in _COUNTS}
        printing.line(f"  {words.outcome(counts, shown.number, dry_run=summary.dry_run)}")
        if summary.dry_run:
            for sample in file.samples:
                printing.line(f"  {readings.sample(**sample)}")
        if file.reasons:
            printing.line(f"  {words.rejected(file.reasons, shown.number)}")
        for told in words.beside(file, shown.number):
            printing.line(f"  {told}")
        if file.future:
            printing.line(f"  {words.future(file.future, shown.number)}")
        if file.batch is not None:
            printing.line(f"  {words.batch_line(file.batch, file.customers_created, shown.number)}")
        elif file.already is not None:
            printing.line(f"  {words.already(file.already)}")
    if summary.newest is not None and today - summary.newest > _OLD:
        printing.line(empty.old_data(summary.newest, shown))
    if rejects is not None and (summary.total("rejected") or summary.total("cells_set_aside")):
        printing.line(words.rejects_written(str(rejects)))


@contextmanager
def shown_progress() -> "Iterator[Progress]":
    """Yield a bar with rate and time left on a terminal's standard error, plain lines elsewhere."""
    if not sys.stderr.isatty():
        yield _Lines()
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    tasks: dict[str, Any] = {}
    with bar:

        def show(done: int, total: int, phase: str) -> None:
            if phase not in tasks:
                tasks[phase] = bar.add_task(_PHASES.get(phase, phase), total=total, rate="")
            task = bar.tasks[bar.task_ids.index(tasks[phase])]
            rate = f"{task.speed:,.0f}/s" if task.speed and total > 100 else ""
            bar.update(tasks[phase], completed=done, total=total, rate=rate)

        yield show


class _Lines:
    """Progress for a log: a line when a phase begins, and no more than one per tenth of it."""

    def __init__(self) -> None:
        self._last: tuple[str, int] = ("", -1)

    def __call__(self, done: int, total: int, phase: str) -> None:
        tenth = 10 * done // max(total, 1) if phase == "write" else 0
        if (phase, tenth) != self._last:
            self._last = (phase, tenth)
            share = f" {10 * tenth} %" if phase == "write" else ""
            printing.note(f"{_PHASES.get(phase, phase)}{share}")
