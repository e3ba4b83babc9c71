"""What a file would be taken for: shown before an import, with what the file leaves open."""

from pathlib import Path
from typing import Final, NamedTuple

import polars as pl

from winback_tui.intake import dates, table
from winback_tui.intake import facts as told
from winback_tui.intake.fields import Field, Hints
from winback_tui.intake.guessing import Guess, Sample, guessed, samples
from winback_tui.intake.reading import Evidence, Progress, Take, look, rows_of
from winback_tui.intake.recognising import recognised
from winback_tui.intake.sniff import Source
from winback_tui.intake.unclear import UnclearError

#: How many rows of a file that is not understood are shown as they stand.
_SHOWN: Final = 3


class Question(NamedTuple):
    """What a file leaves open: `asks` is decimal, order, sheet or mapping; `sentence` says how."""

    asks: str
    sentence: str


class Inspection(NamedTuple):
    """What a file would be taken for; `guess` is None where that is not clear at all.

    `rows` are the first rows as they stand, by column; `samples` the same with what the book would
    hold, where nothing is open. `fields` are the fields that a column can be mapped to.
    """

    file: str
    layout: str
    encoding: str
    delimiter: str
    columns: tuple[str, ...]
    left_out: tuple[str, ...]
    guess: Guess | None
    samples: tuple[Sample, ...]
    rows: tuple[dict[str, str], ...]
    questions: tuple[Question, ...]
    fields: tuple[str, ...] = tuple(map(str, Field))


def inspect(source: str | Path | Source, hints: Hints, progress: Progress) -> Inspection:
    """Return what a file would be taken for. Raises BadInputError for what is no table."""
    from winback_tui.intake import sniff

    opened_source = source if isinstance(source, Source) else sniff.source(source)
    try:
        take = recognised(opened_source, hints)
    except UnclearError as error:
        return _unclear(opened_source, hints, error)
    questions: list[Question] = []
    try:
        evidence = look(take, progress)
    except UnclearError as error:
        questions.append(Question(error.asks, str(error)))
        evidence = Evidence(
            dates.Order(day_first=True), ".", tails=False, shared=frozenset(), rows=0
        )
    frame, found = _first(take, evidence)
    opened = take.opened
    return Inspection(
        file=opened.name,
        layout=opened.layout,
        encoding=opened.encoding,
        delimiter=opened.delimiter,
        columns=opened.columns,
        left_out=opened.left_out,
        guess=guessed(take, evidence, found),
        samples=() if questions or found is None else samples(take, frame, found),
        rows=_rows(frame, opened.columns),
        questions=tuple(questions),
    )


def _unclear(source: Source, hints: Hints, error: UnclearError) -> Inspection:
    """Return what is known of a file of which sheet or columns are not clear."""
    question = Question(error.asks, str(error))
    if error.asks == "sheet":
        return Inspection(source.name, "Excel", "UTF-8", ",", (), (), None, (), (), (question,))
    opened = table.open_table(source, lambda _: False, sheet=hints.sheet)
    frame = next(opened.batches(), pl.DataFrame())
    return Inspection(
        *(opened.name, opened.layout, opened.encoding, opened.delimiter, opened.columns),
        *(opened.left_out, None, (), _rows(frame, opened.columns), (question,)),
    )


def _first(take: Take, evidence: Evidence) -> tuple[pl.DataFrame, pl.DataFrame | None]:
    frame = next(rows_of(take), pl.DataFrame()).head(1_000)
    return frame, told.facts(take, evidence, frame) if frame.height else None


def _rows(frame: pl.DataFrame, columns: tuple[str, ...]) -> tuple[dict[str, str], ...]:
    if frame.is_empty():
        return ()
    return tuple(frame.select(columns).head(_SHOWN).iter_rows(named=True))
