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


def refusal(path: Path, **hints: object) -> str:
    with pytest.raises(BadInputError) as refused:
        planned(path, **hints)
    assert "\n" not in str(refused.value)
    return str(refused.value)
