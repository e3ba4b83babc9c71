"""The sample book: `sample` makes one, `demo` opens a throw-away copy of ours."""

import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from winback_tui.cli.context import options
from winback_tui.words import printed


def register(app: typer.Typer) -> None:
    """Add the commands of this module to `app`."""
    app.command("sample")(sample)
    app.command("demo")(demo)


def sample(  # noqa: PLR0917 - typer calls it by name
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="Where the book goes.")],
    customers: Annotated[
        int, typer.Option("--customers", "-n", min=1, help="How many customers it has.")
    ] = 300,
    seed: Annotated[int, typer.Option("--seed", help="Another seed, another book.")] = 7,
    transactions: Annotated[
        int | None,
        typer.Option(
            "--transactions",
            min=1,
            help="About how many invoice lines; by default 45 per customer up to a thousand "
            "customers, beyond that 45,000 or ten each; never under five or over eighty each.",
            show_default=False,
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a book that is there.")] = False,
) -> None:
    """Make a sample book of an invented wholesaler.

    The same customers and seed make the same book everywhere, as of 20 November 2026 or the
    date given with --as-of.

    Example: winback sample play.db --customers 1000 --seed 1
    """
    from winback_tui.cli import printing
    from winback_tui.desk.sample import make_sample

    began = time.monotonic()
    made = make_sample(
        file.expanduser(),
        customers,
        seed,
        options(ctx).as_of,
        transactions=transactions,
        force=force,
        progress=_progress if sys.stderr.isatty() else None,
    )
    printing.line(
        printed.sample_made(
            made.path, made.customers, made.transactions, made.as_of, time.monotonic() - began
        )
    )
    printing.line(printed.look_at_it(made.path, made.as_of))


def demo(ctx: typer.Context) -> int:
    """Open a throw-away copy of the sample book.

    Its dates are moved up to today. Nothing that you do in it is kept.

    Example: winback demo
    """
    from winback_tui.cli.launch import launch
    from winback_tui.desk.sample import demo_copy

    chosen = options(ctx)
    with demo_copy(chosen.today()) as copy:
        return launch(chosen._replace(db=copy), "demo, not kept")


def _progress(step: str, share: float) -> None:
    """Draw one line on standard error, and take it away at the end."""
    done = int(share * 30)
    line = "" if share >= 1 else f"{step:<6} {'█' * done}{'·' * (30 - done)} {share:4.0%}"
    sys.stderr.write(f"\r\x1b[K{line}")
    sys.stderr.flush()
