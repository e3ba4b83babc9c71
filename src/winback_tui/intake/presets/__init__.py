"""Presets: programs and data sets whose files are known by their distinctive columns.

A preset is a record in a module of its own here; `PRESETS` lists them in the order of trial.
"""

from collections.abc import Sequence
from typing import Final

from winback_tui.errors import BadInputError
from winback_tui.intake.fields import Field, normal
from winback_tui.intake.presets import online_retail
from winback_tui.intake.presets.record import Preset

PRESETS: Final[tuple[Preset, ...]] = (online_retail.PRESET,)


def recognise(columns: Sequence[str]) -> tuple[Preset, dict[Field, str]] | None:
    """Return the first preset whose columns are all among `columns`, with its mapping, or None."""
    for preset in PRESETS:
        mapped = match(preset, columns)
        if mapped is not None:
            return preset, mapped
    return None


def match(preset: Preset, columns: Sequence[str]) -> dict[Field, str] | None:
    """Return which of `columns` hold the preset's fields, or None where one is missing."""
    by_name = {normal(column): column for column in reversed(columns)}
    for header in preset.headers:
        if all(normal(column) in by_name for column in header.values()):
            return {field: by_name[normal(column)] for field, column in header.items()}
    return None


def named(name: str) -> Preset:
    """Return the preset called `name`. Raises BadInputError listing those there are."""
    for preset in PRESETS:
        if preset.name == normal(name):
            return preset
    known = ", ".join(preset.name for preset in PRESETS)
    raise BadInputError(f"There is no preset “{name}”; there are auto, {known}.")
