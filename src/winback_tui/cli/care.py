"""Caring for the book and the set-up: `doctor`, `backup`, `paths` and `keys`."""

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from winback_tui import __version__, paths
from winback_tui.cli.context import open_desk, options
from winback_tui.words import printed

#: Libraries whose versions matter when something goes wrong.
_LIBRARIES = ("textual", "rich", "polars", "sqlite-utils", "typer", "numpy", "platformdirs")


class Format(StrEnum):
    """Text for people or JSON for scripts."""

    TEXT = "text"
    JSON = "json"


class KeysFormat(StrEnum):
    """How `keys` prints."""

    TEXT = "text"
    MD = "md"
    JSON = "json"


def register(app: typer.Typer) -> None:
    """Add the commands of this module to `app`."""
    app.command("keys")(keys)
    app.command("paths")(show_paths)
    app.command("doctor")(doctor)
    app.command("backup")(backup)


def keys(
    ctx: typer.Context,
    format_: Annotated[
        KeysFormat, typer.Option("--format", help="How to print.")
    ] = KeysFormat.TEXT,
) -> None:
    """Print every key of the app.

    With what it does, and the name to set it by in the config's [keys] table.

    Example: winback keys --format md
    """
    from winback_tui.cli import printing
    from winback_tui.desk.keymap import key_sign, with_user_keys

    known = with_user_keys(options(ctx).load_config().keys)
    rows = [
        (
            " ".join(key_sign(key) for key in each.keys),
            each.title,
            each.sentence,
            ", ".join(context.value for context in each.contexts),
            each.id,
        )
        for each in known
    ]
    headers = ("keys", "command", "does", "where", "name")
    if format_ is KeysFormat.JSON:
        printing.print_json(
            [
                {
                    "name": each.id,
                    "title": each.title,
                    "sentence": each.sentence,
                    "keys": list(each.keys),
                    "where": [context.value for context in each.contexts],
                }
                for each in known
            ]
        )
    elif format_ is KeysFormat.MD:
        printing.write("| keys | does | where |\n| --- | --- | --- |\n")
        for row in rows:
            signs = " ".join(f"`{sign}`" for sign in row[0].split(" ")) if row[0] else ""
            printing.write(f"| {signs} | {row[2]} | {row[3]} |\n")
    else:
        printing.print_table(headers, rows, wide=2, spare=(4, 3))


def show_paths(
    ctx: typer.Context,
    format_: Annotated[Format, typer.Option("--format", help="How to print.")] = Format.TEXT,
) -> None:
    """Print where book, config and reports live.

    Example: winback paths --format json
    """
    from winback_tui.cli import printing

    chosen = options(ctx)
    places = {
        "book": chosen.book_path(),
        "config": chosen.config or paths.config_file(),
        "handovers": paths.handover_dir(),
        "state": paths.state_dir(),
        "crashes": paths.state_dir() / "crashes",
    }
    if format_ is Format.JSON:
        printing.print_json({name: str(place) for name, place in places.items()})
        return
    rows = [
        (name, printing.printable(str(place)), "" if place.exists() else "not there yet")
        for name, place in places.items()
    ]
    printing.print_table(("what", "where", ""), rows)


def doctor(
    ctx: typer.Context,
    format_: Annotated[Format, typer.Option("--format", help="How to print.")] = Format.TEXT,
) -> int:
    """Check the book and the set-up.

    Works on a damaged book too, and leaves that untouched. Ends with 0 if all is well, 1 on
    findings, 3 on damage.

    Example: winback --db book.db doctor
    """
    from winback_tui.cli import printing
    from winback_tui.desk import care
    from winback_tui.desk.care import Grade

    chosen = options(ctx)
    checks = care.examine(chosen.book_path(), chosen.load_config(), chosen.today())
    checks.append(_terminal())
    versions = _versions()
    grades = {check.grade for check in checks}
    if format_ is Format.JSON:
        printing.print_json(
            {
                "book": str(chosen.book_path()),
                "checks": [
                    {"code": each.code, "grade": each.grade.value, "text": each.text}
                    for each in checks
                ],
                "versions": versions,
            }
        )
    else:
        for each in checks:
            printing.write(
                f"{each.grade.value:<8} {each.code:<11} {printing.printable(each.text)}\n"
            )
        told = ", ".join(f"{name} {number}" for name, number in versions.items())
        printing.write(f"{'':<8} {'versions':<11} {told}\n")
    return 3 if Grade.DAMAGED in grades else 1 if Grade.FINDING in grades else 0


def backup(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="Where the copy goes.")],
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")] = False,
) -> None:
    """Copy the book, also while it is in use.

    Example: winback backup ~/backup/book-2026-11-21.db
    """
    from winback_tui.cli import printing
    from winback_tui.desk import care, export
    from winback_tui.errors import BookBusyError
    from winback_tui.words.care import NOT_NOTED

    to = file.expanduser()
    with open_desk(ctx) as desk:
        size = care.backup(desk.book, to, replace=force)
        try:
            export.note_backup(desk, to)
        except BookBusyError:
            printing.note(NOT_NOTED)
    printing.line(printed.copied(to, size))


def _terminal() -> Any:
    from winback_tui.desk.care import Check, Grade
    from winback_tui.words import care as words

    encoding = sys.stdout.encoding or "unknown"
    names = ("LC_ALL", "LC_CTYPE", "LANG")
    locale = next((os.environ[name] for name in names if os.environ.get(name)), "")
    utf8 = encoding.lower().replace("-", "") == "utf8"
    return Check(
        "terminal", Grade.FINE if utf8 else Grade.FINDING, words.encoding(encoding, locale)
    )


def _versions() -> dict[str, str]:
    import platform
    import sqlite3
    from importlib.metadata import PackageNotFoundError, version

    found = {
        "winback": __version__,
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "system": platform.platform(terse=True),
    }
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "missing"
    return found
