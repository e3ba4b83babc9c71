"""Commands that are made late: their values are those that typer makes, without its models."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from tests.little import fill
from winback_tui.cli.app import root


def parameters() -> Iterator[Any]:
    """Yield each command with each of its parameters."""

    def walk(command: Any, context: Any) -> Iterator[Any]:
        for param in command.get_params(context):
            yield pytest.param(context, param, id=f"{context.command_path} {param.name}")
        for name in getattr(command, "commands", {}):
            made = command.commands[name]
            yield from walk(made, typer.Context(made, info_name=name, parent=context))

    command = root()
    yield from walk(command, typer.Context(command, info_name="winback"))


@pytest.mark.parametrize(("context", "param"), parameters())
def test_what_is_not_said_becomes_what_typer_makes_of_it(context: Any, param: Any) -> None:
    default = param.get_default(context)
    values = [None, default]
    if param.type_descriptor.annotation is str:
        values.append("said")
    elif param.type_descriptor.annotation == list[str]:
        values += [("said",), ["said", "again"], ()]
    for value in values:
        ours = param.get_runtime_param().coerce(value, param=param, ctx=context)
        param._runtime_param = None
        theirs = param.get_runtime_param().coerce(value, param=param, ctx=context)
        assert (ours, type(ours)) == (theirs, type(theirs))
        param = next(each for each in context.command.get_params(context) if each is param)


@pytest.mark.parametrize(
    "arguments", [["list", "--top", "3"], ["show", "K1"], ["import", "log"], ["import", "presets"]]
)
def test_models_are_made_only_of_what_is_said_and_is_no_text(
    tmp_path: Path, arguments: list[str]
) -> None:
    book = fill(tmp_path / "book.db")
    script = (
        "import sys; from winback_tui.__main__ import main;"
        f" main(['--db', {str(book)!r}, *{arguments!r}]); print('pydantic' in sys.modules)"
    )
    result = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    assert result.stdout.splitlines()[-1] == str("--top" in arguments)
