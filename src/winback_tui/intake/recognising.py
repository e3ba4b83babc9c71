"""What a file of purchases is taken for: its program or its columns, and what its rows add."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from winback_tui.errors import BadInputError
from winback_tui.intake import doubts, likeness, presets, reports, sides, table
from winback_tui.intake.currencies import CODES
from winback_tui.intake.fields import (
    Answers,
    Field,
    Hints,
    complete,
    fingerprint,
    guess,
    overrule,
    require,
)
from winback_tui.intake.presets.record import Preset
from winback_tui.intake.reading import Take, cells_of
from winback_tui.intake.sniff import Source


def recognised(source: str | Path | Source, hints: Hints) -> Take:
    """Return what a file is taken for. Raises BadInputError where its columns are unclear."""
    opened = table.open_table(source, lambda columns: _known(columns, hints), sheet=hints.sheet)
    doubts.refuse_reports(opened)
    preset, mapped, answers = _mapping(opened.columns, opened.name, hints)
    said = answers or Answers()
    pairs = said.mapping or hints.mapping
    mapped = doubts.with_currency(opened, mapped, pairs)
    code = hints.currency or said.currency or (preset.currency if preset else None)
    code = code or _in_header(mapped) or doubts.in_units(opened, mapped)
    currency = _currency(code, hints)
    found = doubts.Weighed(mapped)
    if preset is None:
        if Field.CUSTOMER not in mapped:
            # Nothing else is to be asked of a file whose rows name nobody.
            reports.refuse_fixed_width(opened.raw)
            require(mapped, opened.columns, opened.name)
        found = doubts.weighed(opened, mapped, pairs, currency)
    take = Take(
        *(opened, preset, found.mapped, hints, answers, currency, found.choices, found.invoices),
        *(found.ordered, found.once, found.guests, found.on_account),
    )
    made = _made(take)
    sides.two_sides(opened.name, opened.columns, made)
    if not complete(made):
        reports.refuse_fixed_width(opened.raw)
    require(made, opened.columns, opened.name)
    return take


def _in_header(mapped: Mapping[str, str]) -> str | None:
    """Return the currency that the amount's own header names, as in `Betrag (CHF)`."""
    column = mapped.get(Field.AMOUNT) or mapped.get(Field.PRICE)
    return (likeness.currency(column) or None) if column is not None else None


def _made(take: Take) -> dict[str, str]:
    """Return the fields that there are once the preset has made its own of the columns."""
    if take.preset is None or take.preset.shape is None or not take.mapped:
        return dict(take.mapped)
    empty = pl.DataFrame(schema=dict.fromkeys(take.mapped.values(), pl.String))
    try:
        made = cells_of(take, empty)
    except KeyError:
        return dict(take.mapped)
    return {field: take.mapped.get(field, "") for field in made}


def _known(columns: Sequence[str], hints: Hints) -> bool:
    if fingerprint(columns) in hints.saved:
        return True
    try:
        mapped = overrule(_by_name(columns), columns, hints.mapping)
    except BadInputError:
        return False
    return complete(mapped) or presets.recognise(columns) is not None


def _by_name(columns: Sequence[str]) -> dict[str, str]:
    return {str(field): column for field, column in guess(columns).items()}


def _mapping(
    columns: Sequence[str], name: str, hints: Hints
) -> tuple[Preset | None, dict[str, str], Answers | None]:
    answers = None
    if hints.preset == "auto":
        found = presets.recognise(columns)
        preset, mapped = found or (None, _by_name(columns))
        if not hints.mapping:
            answers = hints.saved.get(fingerprint(columns))
    else:
        preset = presets.named(hints.preset)
        matched = presets.match(preset, columns)
        if matched is None:
            wanted = ", ".join(mark.replace("|", " or ") for mark in preset.editions[0])
            raise BadInputError(
                f"{name} is not a file of {preset.title}, whose columns are {wanted}."
            )
        mapped = matched
    pairs = answers.mapping if answers is not None else hints.mapping
    return preset, overrule(mapped, columns, pairs), answers


def _currency(code: str | None, hints: Hints) -> str:
    if code is None:
        return hints.default_currency
    bare = code.strip().upper()
    if bare not in CODES:
        raise BadInputError(f"--currency needs a code such as EUR, not “{code}”.")
    return bare
