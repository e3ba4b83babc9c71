"""`winback digest`: what a manager should know today, for cron and the morning's mail."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from winback_tui.cli import printing
from winback_tui.cli.context import formats, open_desk, parse_day


class Shape(StrEnum):
    """How the digest is written."""

    TEXT = "text"
    MD = "md"
    HTML = "html"
    JSON = "json"


def register(app: typer.Typer) -> None:
    """Add the command of this module to `app`."""
    app.command("digest")(digest)


def digest(
    ctx: typer.Context,
    *,
    format_: Annotated[Shape, typer.Option("--format", help="How to write it.")] = Shape.TEXT,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where to; standard output if not given.")
    ] = None,
    top: Annotated[int, typer.Option(min=1, metavar="N", help="At most so many new ones.")] = 20,
    since: Annotated[
        str, typer.Option(metavar="DATE", help="New since this day, not since the last digest.")
    ] = "",
    peek: Annotated[bool, typer.Option("--peek", help="Do not count as the last digest.")] = False,
) -> None:
    """Say who is new in the queue, and what is due.

    New is who came since the last digest; the inbox of “winback alerts” and consents that end
    soon are named too.

    Example: winback digest --format md | mail -s "winback" kim@example.com
    """
    from winback_tui import paths
    from winback_tui.desk import digest as desks
    from winback_tui.desk import looking
    from winback_tui.outreach import digest as written

    after = f"{parse_day(since, '--since').isoformat()}T00:00:00Z" if since else None
    shown = formats(ctx)
    with open_desk(ctx) as desk:
        looking.freshen(desk)
        found = desks.make(desk, top=top, since=after)
        if format_ is Shape.JSON:
            text = written.as_json(found)
        else:
            write = {
                Shape.TEXT: written.as_text,
                Shape.MD: written.as_markdown,
                Shape.HTML: written.as_html,
            }[format_]
            text = write(found, shown)
        import hashlib

        sha256 = hashlib.sha256(text.encode()).hexdigest()
        place = "-" if out is None else str(out.expanduser().absolute())
        if out is not None:
            _must_be_writable(out.expanduser())
        desks.note(desk, found, format_.value, place, sha256, peek=peek)
        if out is not None:
            paths.write_atomically(out.expanduser(), text)
            return
    printing.write(text if sys.stdout.isatty() else text.replace("\u00a0", " "))


def _must_be_writable(path: Path) -> None:
    from winback_tui.errors import BadInputError

    if path.is_dir() or not path.absolute().parent.is_dir():
        raise BadInputError(f"--out: {path} is no file in a directory that exists.")
