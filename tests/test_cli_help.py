"""Every command and every option explains itself."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from winback_tui.__main__ import main
from winback_tui.cli.app import root
from winback_tui.desk import filters


def commands() -> Iterator[tuple[str, ...]]:
    """Yield the path of every command, such as ("import", "undo")."""

    def walk(group: Any, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        for name, command in sorted(group.commands.items()):
            if hasattr(command, "commands"):
                yield from walk(command, (*path, name))
            else:
                yield (*path, name)

    yield from walk(root(), ())


COMMANDS = list(commands())


def test_the_commands_are_those_of_the_contract() -> None:
    assert {" ".join(path) for path in COMMANDS} >= {
        *("import transactions", "import log", "import undo"),
        *("list", "show", "score", "log-call", "case", "snooze", "handover", "undo", "history"),
        *("sample", "demo", "doctor", "backup", "keys", "paths"),
    }


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_a_command_says_what_it_does_with_an_example(
    path: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*path, "--help"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert f"Usage: winback {' '.join(path)}" in out
    example = re.search(r"Example: winback [^\n]*", out)
    assert example is not None
    assert " ".join(path) in example[0]


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_option_has_a_sentence(path: tuple[str, ...]) -> None:
    command = root()
    for name in path:
        command = command.commands[name]
    for parameter in command.params:
        assert getattr(parameter, "help", None), (path, parameter.name)


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_filter_that_is_named_is_one(path: tuple[str, ...]) -> None:
    command = root()
    for name in path:
        command = command.commands[name]
    told = [command.help or "", *(getattr(each, "help", "") or "" for each in command.params)]
    fields = "|".join(filters.KEYS)
    named = re.findall(rf"\b(?:{fields}):[^\s\"”,]+", " ".join(told))
    assert all(filters.parse(each.rstrip(".;")) for each in named)


def test_the_overview_has_one_line_per_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    out, _ = capsys.readouterr()
    listed = re.findall(r"^  ([a-z-]+)  +([^\n]+)$", out.partition("Commands:")[2], re.MULTILINE)
    assert {name for name, _ in listed} == {path[0] for path in COMMANDS}
    assert [name for name, sentence in listed if sentence.endswith("...")] == []


@pytest.mark.parametrize("group", sorted({path[0] for path in COMMANDS if len(path) == 2}))
def test_a_group_s_overview_has_one_line_per_command(
    group: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([group, "--help"]) == 0
    out, _ = capsys.readouterr()
    listed = re.findall(r"^  ([a-z-]+)  +([^\n]+)$", out.partition("Commands:")[2], re.MULTILINE)
    assert {name for name, _ in listed} == {path[1] for path in COMMANDS if path[0] == group}
    assert [name for name, sentence in listed if sentence.endswith("...")] == []


def test_short_help_is_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "-h"]) == 0
    short = capsys.readouterr().out
    assert main(["list", "--help"]) == 0
    assert capsys.readouterr().out == short
