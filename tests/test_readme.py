"""The README names every command, and no command that does not exist."""

import re
from pathlib import Path

import pytest

from tests.test_cli_help import COMMANDS

README = Path(__file__).resolve().parents[1] / "README.md"
#: What a shown command line may hold between `winback` and the command.
_GLOBAL = r"(?: --(?:db|config|as-of)[ =]\S+)*"


def section(title: str) -> str:
    """Return the text under a heading of the README."""
    text = README.read_text(encoding="utf-8")
    found = re.search(rf"^##+ {title}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found is not None, f"README has no section “{title}”"
    return found[1]


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_each_command_stands_in_the_section_commands(path: tuple[str, ...]) -> None:
    assert re.search(rf"\bwinback{_GLOBAL} {' '.join(path)}\b", section("Commands"))


def test_the_section_names_options_variables_and_exit_codes() -> None:
    text = section("Commands")
    for name in ("--db", "--config", "--as-of", "--version"):
        assert name in text
    for name in ("WINBACK_DB", "WINBACK_CONFIG", "WINBACK_AS_OF"):
        assert name in text
    for code in "0123":
        assert re.search(rf"\b{code}\b", text)


def test_no_command_is_shown_that_does_not_exist() -> None:
    shown = re.findall(rf"`winback{_GLOBAL} ([a-z][a-z-]+)", README.read_text(encoding="utf-8"))
    assert set(shown) <= {path[0] for path in COMMANDS}
