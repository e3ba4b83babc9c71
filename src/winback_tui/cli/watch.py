"""`winback watch` and `winback alerts`: early warning for timers, and the inbox in text."""

import hashlib
import sys
import time
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from winback_tui.cli import printing
from winback_tui.cli.context import formats, open_desk

if TYPE_CHECKING:
    from winback_tui.desk.watch import Watched
    from winback_tui.words.format import Formats


class Shape(StrEnum):
    """How alerts are written."""

    TEXT = "text"
    MD = "md"
    JSON = "json"


def register(app: typer.Typer) -> None:
    """Add the commands of this module to `app`."""
    app.command("watch")(watch)
    app.command("alerts")(alerts)


def watch(
    ctx: typer.Context,
    *,
    format_: Annotated[Shape, typer.Option("--format", help="How to write it.")] = Shape.TEXT,
    every: Annotated[
        int,
        typer.Option(min=0, max=1440, metavar="MINUTES", help="Look again and again; 0: once."),
    ] = 0,
    retry: Annotated[
        bool, typer.Option("--retry", help="Post again now what waits or was given up.")
    ] = False,
) -> None:
    """Look once: score, raise alerts, deliver what is new.

    Prints the alerts that were not printed before; with --as-of a day to come, they are shown
    only. For cron and systemd timers; with --every it
    goes on until ctrl+c.

    Example: winback watch --format md | mail -E -s "winback" kim@example.com
    """
    failed = _look(ctx, format_, retry=retry)
    while every:
        time.sleep(every * 60)
        failed = _look_again(ctx, format_)
    if failed:
        raise typer.Exit(1)


def alerts(
    ctx: typer.Context,
    *,
    seen: Annotated[
        list[int] | None,
        typer.Option(metavar="ALERT", help="Say that an alert was seen; may be repeated."),
    ] = None,
    dismiss: Annotated[
        list[int] | None,
        typer.Option(metavar="ALERT", help="Take an alert out of the inbox; may be repeated."),
    ] = None,
    format_: Annotated[Shape, typer.Option("--format", help="How to print.")] = Shape.TEXT,
) -> None:
    """Print the inbox: alerts that nobody dismissed or answered.

    An alert is answered by a call, a mail, an offer or a move of the case. “winback undo” takes
    back what was said of an alert.

    Example: winback alerts --dismiss 12 --dismiss 14
    """
    from winback_tui.desk import alerts as desks
    from winback_tui.desk import delivery
    from winback_tui.outreach import alerts as written
    from winback_tui.words import alerts as words

    shown = formats(ctx)
    with open_desk(ctx, reading=not (seen or dismiss)) as desk:
        for how, numbers in (("seen", seen or []), ("dismissed", dismiss or [])):
            for number in numbers:
                desks.mark(desk, number, how)
        found = delivery.as_told(desk, desks.standing(desk))
        empty = desks.why_none(desk) or words.EMPTY
    if format_ is Shape.JSON:
        printing.print_json([written.as_plain(each) for each in found])
    elif not found:
        printing.line(empty)
    else:
        write = written.as_markdown if format_ is Shape.MD else written.as_text
        _write(write(found, shown))


def _look(ctx: typer.Context, format_: Shape, *, retry: bool = False) -> bool:
    """Look once and print what is new; return whether something could not be delivered."""
    from winback_tui.desk import alerts, delivery
    from winback_tui.desk import watch as desks
    from winback_tui.words import alerts as words

    shown = formats(ctx)
    with open_desk(ctx) as desk, printing.progress("scoring") as progress:
        ahead = words.ahead(desk.as_of) if alerts.is_ahead(desk) else ""
        if retry and not ahead:
            delivery.retry(desk)
        found = desks.to_print(desk, desks.once(desk, progress))
        try:
            if format_ is Shape.JSON:
                text = printing.dumps(_plain(desk.as_of.isoformat(), desk, found)) + "\n"
            else:
                text = _told(desk, found, shown, format_)
            if text:
                _write(text)
                sys.stdout.flush()
        except BaseException:
            desks.unprinted(desk, found)
            raise
        digest = hashlib.sha256(text.encode()).hexdigest()
        desks.printed(desk, found, format_.value, digest)
        silent = "" if found.new or ahead else alerts.why_none(desk)
    for why in (ahead, silent):
        if why:
            printing.note(why)
    for sentence in found.wrong:
        printing.note(sentence)
    return bool(found.wrong)


def _look_again(ctx: typer.Context, format_: Shape) -> bool:
    """Look once more; what went wrong is said, and the next look may go better."""
    from winback_tui.errors import WinbackError

    try:
        return _look(ctx, format_)
    except WinbackError as error:
        printing.note(str(error))
        return True


def _told(desk: Any, found: "Watched", shown: "Formats", format_: Shape) -> str:
    """Return the new alerts as text or Markdown; nothing where there are none."""
    from winback_tui.desk import delivery
    from winback_tui.outreach import alerts as written
    from winback_tui.words import alerts as words

    if not found.new:
        return ""
    write = written.as_markdown if format_ is Shape.MD else written.as_text
    text = write(delivery.as_told(desk, found.new), shown)
    more = words.waiting(found.waiting, desk.config.alerts.daily_cap, shown)
    gap = "\n" if format_ is Shape.MD else ""
    return f"{text}{gap}{more}\n" if more else text


def _plain(as_of: str, desk: Any, found: "Watched") -> dict[str, Any]:
    from winback_tui.desk import delivery
    from winback_tui.outreach import alerts as written

    return {
        "schema": "winback.watch/1",
        "book": desk.book.meta("name") or desk.book.path.stem,
        "as_of": as_of,
        "alerts": [written.as_plain(each) for each in delivery.as_told(desk, found.new)],
        "waiting": found.waiting,
        "delivered": [
            {"way": each.way, "count": each.number, "where": each.where, "wrong": each.wrong}
            for each in found.delivered
        ],
        "queue": found.queue._asdict(),
    }


def _write(text: str) -> None:
    printing.write(text if sys.stdout.isatty() else text.replace("\u00a0", " "))
