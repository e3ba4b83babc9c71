"""What a file was taken for, as it is told: columns, how sure they are, rows before and after."""

from typing import Final, NamedTuple

import polars as pl

from winback_tui.intake.cells import TYPED
from winback_tui.intake.choices import Choice
from winback_tui.intake.fields import Answers, Field, fingerprint, homes, normal, shell
from winback_tui.intake.reading import Evidence, Take

#: How many rows are shown before and after.
_SAMPLES: Final = 3


class Guess(NamedTuple):
    """What the file was taken for.

    `confidence` says for each field how much of its column's first rows can be read, times how
    well its header is known, from 0 to 1. `answers` are those kept from an earlier file with this
    header, if they were used. `notes` are readings worth a line: serial days, decimal sign.
    """

    preset: str
    mapping: dict[str, str]
    encoding: str
    delimiter: str
    currency: str
    homeless: tuple[str, ...]
    #: Pairs of column and field that --map could say of homeless columns.
    mappable: tuple[str, ...] = ()
    layout: str = "CSV"
    left_out: tuple[str, ...] = ()
    confidence: tuple[tuple[str, float], ...] = ()
    answers: Answers | None = None
    decimal: str = "."
    day_first: bool = True
    serial: bool = False
    fingerprint: str = ""
    columns: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()


class Sample(NamedTuple):
    """A row before and after: cells by column, and what the book would hold."""

    line: int
    before: dict[str, str]
    after: dict[str, str | int | float | None]


def guessed(take: Take, evidence: Evidence, first: pl.DataFrame | None) -> Guess:
    """Return what the file was taken for; `first` are the facts of its first rows."""
    opened, mapped, hints = take.opened, take.mapped, take.hints
    said = hints.mapping or (take.answers.mapping if take.answers is not None else ())
    named = "map" if said else "auto"
    order = {str(field): place for place, field in enumerate(Field)}
    used = dict(sorted(mapped.items(), key=lambda each: order.get(each[0], len(order))))
    homeless = tuple(c for c in opened.columns if c not in used.values())
    # Only for fields that nothing holds: what stands is not to be thrown out by a suggestion.
    free = {field: column for field, column in homes(homeless).items() if field not in mapped}
    return Guess(
        preset=take.preset.name if take.preset else named,
        mapping=used,
        encoding=opened.encoding,
        delimiter=opened.delimiter,
        currency=take.currency,
        homeless=homeless,
        mappable=tuple(shell(column, field) for field, column in free.items()),
        layout=opened.layout,
        left_out=opened.left_out,
        confidence=tuple(_confidence(take, first).items()),
        answers=take.answers,
        decimal=evidence.sign,
        day_first=evidence.order.day_first,
        serial=evidence.order.serial,
        fingerprint=fingerprint(opened.columns),
        columns=opened.columns,
        choices=take.choices,
    )


def _confidence(take: Take, first: pl.DataFrame | None) -> dict[str, float]:
    """Return how sure each field is: its header known as a whole, and its cells readable."""
    said = {normal(word) for _, word in take.hints.mapping}
    sure: dict[str, float] = {}
    for field, column in take.mapped.items():
        named = take.preset is not None or field in said or take.answers is not None
        sure[field] = 1.0 if named else (0.9 if normal(column).count("_") else 0.8)
    if first is None or first.is_empty():
        return sure
    looks = {
        Field.DATE: first["day"].is_not_null(),
        Field.AMOUNT: first["amount"].is_not_null(),
        Field.CUSTOMER: first["number"] != "",
        Field.CURRENCY: first["currency"].is_not_null(),
    }
    for field, readable in looks.items():
        if field in sure:
            sure[field] = round(
                sure[field] * float(readable.cast(pl.Int64).sum()) / len(readable), 2
            )
    return sure


def samples(take: Take, frame: pl.DataFrame, found: pl.DataFrame) -> tuple[Sample, ...]:
    """Return some rows before and after; good ones rather than bad ones."""
    after = ("number", "day", "amount", "currency", "document", "product", "quantity")
    good = found.filter(pl.col("_code") == "")
    chosen = (good if good.height else found).head(_SAMPLES)
    columns = list(dict.fromkeys(take.mapped.values()))
    shown: list[Sample] = []
    for row in chosen.select("row", "line", *after).iter_rows(named=True):
        cells: dict[str, str] = frame[columns].row(row.pop("row"), named=True)
        before = {column: (cell or "").removesuffix(TYPED) for column, cell in cells.items()}
        shown.append(Sample(row.pop("line"), before, row))
    return tuple(shown)
