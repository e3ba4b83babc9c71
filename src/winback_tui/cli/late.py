"""Commands that are worked out when they are asked for.

Typer reads the signature of every command before it parses a word, which for some sixty commands
takes half as long as importing typer does. Of most of them a call needs name and sentence at most.

And it makes a pydantic model of every option of the command that is called, also where nothing was
said of it, which takes longer than importing typer and as long as importing polars.
"""

import inspect
from collections.abc import Iterator, MutableMapping
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command_name
from typer.models import CommandInfo, TyperInfo


class LateCommands(MutableMapping[str, Any]):
    """The commands and groups registered with a typer app, by name; made when first read."""

    def __init__(self, shelf: typer.Typer) -> None:
        self._infos: dict[str, CommandInfo | TyperInfo] = {
            info.name or get_command_name(getattr(info.callback, "__name__", "")): info
            for info in shelf.registered_commands
        }
        self._infos |= {info.name or "": info for info in shelf.registered_groups}
        self._made: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        """Return the command, its parameters read; raises KeyError where there is none."""
        if name not in self._made:
            self._made[name] = _made(self._infos[name], name)
        return self._made[name]

    def __setitem__(self, name: str, command: Any) -> None:
        self._made[name] = command

    def __delitem__(self, name: str) -> None:
        self._infos.pop(name, None)
        self._made.pop(name, None)

    def __iter__(self) -> Iterator[str]:
        yield from self._infos
        yield from (name for name in self._made if name not in self._infos)

    def __len__(self) -> int:
        return len(self._infos.keys() | self._made.keys())

    def __contains__(self, name: object) -> bool:
        return name in self._infos or name in self._made

    def sentence(self, name: str, limit: int) -> str:
        """Return what the command does in `limit` characters; its signature stays unread."""
        if name in self._made:
            return str(self._made[name].get_short_help_str(limit))
        info = self._infos[name]
        text = info.help if isinstance(info, CommandInfo) else _group_help(info)
        return TyperCommand(name, help=text or inspect.getdoc(info.callback)).get_short_help_str(
            limit
        )


class LateGroup(TyperGroup):
    """A group whose overview reads no command's signature."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - as typer calls it
        """Return the names, in the order in which they were registered."""
        return list(self.commands)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the names with a sentence each."""
        if not isinstance(self.commands, LateCommands):
            super().format_commands(ctx, formatter)
            return
        limit = formatter.width - 6 - max(map(len, self.commands))
        rows = [(name, self.commands.sentence(name, limit)) for name in self.commands]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


class _AsSaid:
    """What typer asks for a parameter's value; only what is no text yet goes to its own model."""

    def __init__(self, param: Any) -> None:
        self._param = param

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        """Return a value as the command takes it. Raises what typer raises for a wrong one."""
        annotation = self._param.type_descriptor.annotation
        if value is None:
            return () if param.multiple or param.nargs == -1 else None
        # What was typed is text: whatever else is of the right type is the default.
        if isinstance(annotation, type) and isinstance(value, annotation):
            return value
        if annotation == list[str] and isinstance(value, (list, tuple)):
            return [*value]
        self._param._runtime_param = None
        return self._param.get_runtime_param().coerce(value, param=param, ctx=ctx)


def as_said(command: Any) -> Any:
    """Return a command that makes no models of what is said as text or not at all."""
    every = command.get_params

    def get_params(ctx: Any) -> list[Any]:
        params: list[Any] = every(ctx)
        for param in params:
            # A typer that keeps its models elsewhere goes on making them; nothing else changes.
            if not isinstance(getattr(param, "_runtime_param", None), _AsSaid):
                param._runtime_param = _AsSaid(param)
        return params

    command.get_params = get_params
    for each in getattr(command, "commands", {}).values():
        as_said(each)
    return command


def _made(info: CommandInfo | TyperInfo, name: str) -> Any:
    """Let typer make the one command or group that `info` describes."""
    one = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    if isinstance(info, CommandInfo):
        one.registered_commands.append(info)
        return as_said(typer.main.get_command(one))
    one.registered_groups.append(info)
    return as_said(typer.main.get_command(one).commands[name])  # type: ignore[attr-defined]


def _group_help(info: TyperInfo) -> str:
    """Return the help text that a group was made with."""
    return str(info.typer_instance.info.help) if info.typer_instance else ""
