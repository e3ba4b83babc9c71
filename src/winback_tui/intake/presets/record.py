"""What a preset says about the files of one program."""

from collections.abc import Mapping
from typing import NamedTuple

from winback_tui.intake.fields import Field


class Preset(NamedTuple):
    """The files of one program: how they are recognised, and what their columns hold.

    Each of `headers` is one edition of the header; all of its columns must be there. `currency`
    holds where the file names none. Documents that start with `credit_prefix` are credit notes,
    whose lines are negative whatever sign they bear.
    """

    name: str
    title: str
    headers: tuple[Mapping[Field, str], ...]
    currency: str | None = None
    credit_prefix: str | None = None
