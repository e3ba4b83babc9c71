"""What tests of files of unlisted programs ask of them."""

from pathlib import Path

import pytest

from tests.test_intake_files import Made, planned
from winback_tui.errors import BadInputError
from winback_tui.words import readings


def bought(made: Made) -> list[tuple[str, int, str]]:
    """Customer, amount and currency of each row."""
    return made.rows.select("number", "amount", "currency").rows()


def chosen(made: Made) -> list[str]:
    """What is told of the choices that were made."""
    return [readings.chosen(*each) for each in made.guess.choices]


def assert_read_as(
    path: Path, preset: str, expected: list[tuple[str, int, str]], codes: list[str]
) -> None:
    """The file is taken for that of a program, for these purchases, and these rows are rejected."""
    made = planned(path)
    assert made.guess.preset == preset
    assert sorted(bought(made)) == expected
    assert made.rejects["_code"].to_list() == codes


def refusal(path: Path, **hints: object) -> str:
    with pytest.raises(BadInputError) as refused:
        planned(path, **hints)
    assert "\n" not in str(refused.value)
    return str(refused.value)
