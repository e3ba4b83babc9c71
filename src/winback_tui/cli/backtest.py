"""`backtest`: how well the score would have done on this book."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from winback_tui.cli import printing
from winback_tui.cli.context import formats, open_desk

if TYPE_CHECKING:
    from winback_tui.desk.backtest import Proof
    from winback_tui.proof import Backtest, Figure, ScorerFigures
    from winback_tui.words.backtest import Table
    from winback_tui.words.format import Formats

#: Cells of each of the two drawings that stand side by side.
_WIDTH: Final = 38
_HEIGHT: Final = 13


class BacktestFormat(StrEnum):
    """How `backtest` prints."""

    TEXT = "text"
    JSON = "json"


def register(app: typer.Typer) -> None:
    """Add the command of this module to `app`."""
    app.command("backtest")(backtest)


def backtest(
    ctx: typer.Context,
    horizon: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=3_650,
            metavar="DAYS",
            show_default=False,
            help="One horizon for all, in days; else each customer's own, or as the config says.",
        ),
    ] = None,
    size: Annotated[
        int | None,
        typer.Option(
            "--list",
            min=1,
            metavar="N",
            show_default=False,
            help="How many customers you can work; else a tenth of the book, 10 to 100.",
        ),
    ] = None,
    format_: Annotated[
        BacktestFormat, typer.Option("--format", help="How to print.")
    ] = BacktestFormat.TEXT,
) -> None:
    """Prove the score on the past of this book.

    It goes back to the latest day after which enough is known, scores the customers of that day
    from what was known then, and compares with what they did. Nothing is changed.

    Example: winback backtest --list 50
    """
    from winback_tui.desk.backtest import backtest as proven

    with open_desk(ctx, reading=True) as desk, printing.progress("Looking back") as report:
        proof = proven(desk, horizon_days=horizon, list_size=size, progress=report)
    if format_ is BacktestFormat.JSON:
        printing.print_json(record(proof, formats(ctx)))
    else:
        _print_text(proof, formats(ctx))


def record(proof: "Proof", shown: "Formats") -> dict[str, Any]:
    """Return the proof as JSON has it; what cannot be known is null."""
    from winback_tui.desk.backtest import day
    from winback_tui.words import backtest as words

    result = proof.result
    note = words.why_not(result, proof.as_of, shown) or words.warning(result, shown)
    return {
        "customers": result.customers,
        "as_of": printing.iso(day(result.day)) if result.day is not None else None,
        "horizon": result.horizon or "own",
        "churned_share": result.churned_share,
        "scorers": {name: _scorer(each) for name, each in result.scorers.items()},
        "seen_until": printing.iso(day(result.last)) if result.last is not None else None,
        "first_purchase": printing.iso(day(result.first)) if result.first is not None else None,
        "last_purchase": printing.iso(day(result.last)) if result.last is not None else None,
        "usual_horizon_days": result.usual_horizon,
        "known_customers": result.known,
        "drawn": {"customers": proof.drawn[0], "of": proof.drawn[1]} if proof.drawn else None,
        "left_out": {"horizon_runs_on": result.unobserved, "silent_over_a_year": result.long_gone},
        "list": {
            "size": result.list_size,
            "flagged": len(result.flagged),
            "of": result.workable,
            "churned_share": result.workable_stayed / result.workable if result.workable else None,
        },
        "winback_better_by": {
            name: {"auc": _figure(lead.auc), "list_precision": _figure(lead.listed)}
            for name, lead in result.leads.items()
        },
        **_parts(result),
        "would_have_flagged": [
            {
                "customer": proof.people.get(each.customer_id, ("", ""))[0],
                "name": proof.people.get(each.customer_id, ("", ""))[1],
                "score": each.score,
                "silence_days": each.silence,
                "usual_gap_days": each.usual_gap,
                "horizon_days": each.horizon_days,
                "bought_again_after_days": each.returned_after,
                "stayed_away": each.stayed,
            }
            for each in result.flagged
        ],
        "note": note,
    }


def _scorer(each: "ScorerFigures") -> dict[str, Any]:
    return {
        "auc": _figure(each.auc),
        "lift_top_decile": _figure(each.lift_top_decile),
        "brier": _figure(each.brier),
        "log_loss": _figure(each.log_loss),
        "calibration_error": _figure(each.calibration_error),
        "list_precision": _figure(each.listed),
        "lift_list": _figure(each.lift_list),
    }


def _parts(result: "Backtest") -> dict[str, Any]:
    """Return bands, calibration, segments, lead time and lift curves."""
    time = result.lead_time
    return {
        "bands": [
            {
                "band": each.band,
                "customers": each.customers,
                "precision": _figure(each.precision),
                "recall": each.recall,
            }
            for each in result.bands
        ],
        "calibration": [
            {
                "customers": each.customers,
                "predicted": each.predicted,
                "stayed_away": _figure(each.stayed),
            }
            for each in result.groups
        ],
        "segments": [
            {
                "segment": each.segment or None,
                "customers": each.customers,
                "churned_share": each.churned_share,
                "predicted": each.predicted,
                "auc": _figure(each.auc),
            }
            for each in result.segments
        ],
        "lead_time": {
            "days": _figure(time.days),
            "flagged_share": time.flagged_share,
            "customers": time.customers,
        },
        "lift_curves": {name: list(curve) for name, curve in result.curves.items()},
    }


def _figure(figure: "Figure") -> dict[str, float | None]:
    """Return a figure with its interval; all null where it cannot be known."""
    return {"value": figure.value, "low": figure.low, "high": figure.high}


def _print_text(proof: "Proof", shown: "Formats") -> None:
    from winback_tui.words import backtest as words

    result = proof.result
    reason = words.why_not(result, proof.as_of, shown)
    if reason is not None:
        _paragraph(reason)
        left = words.left_out(result, shown, proof.drawn)
        if left is not None:
            _paragraph(left)
        return
    printing.line(words.heading(result, shown))
    few, left = words.warning(result, shown), words.left_out(result, shown, proof.drawn)
    for sentence in [*words.story(result, shown), *(each for each in (few, left) if each)]:
        printing.line("")
        _paragraph(sentence)
    _print_drawings(result, shown)
    for table in words.tables(result, shown):
        _print_table(table)
    for right in (True, False):
        _print_table(words.named(result, proof.people, shown, right=right))


def _print_drawings(result: "Backtest", shown: "Formats") -> None:
    from winback_tui.words import backtest as words
    from winback_tui.words import plots

    marks = plots.ASCII if shown.plain else plots.Marks()
    left = plots.calibration(result.groups, _WIDTH, _HEIGHT, marks)
    curves = result.curves
    right = plots.lift(curves["winback"], curves["recency"], _WIDTH, _HEIGHT, marks)
    legends = words.legend(marks.point, marks.other, marks.chance)
    printing.line("")
    for one, two in (words.DRAWINGS, legends):
        printing.line(f"{one:<{_WIDTH + 2}}{two}")
    for line in plots.plain(plots.side_by_side(left, right, _WIDTH)):
        printing.line(line)


def _print_table(table: "Table") -> None:
    if not table.rows:
        return
    printing.line("")
    printing.line(table.title)
    printing.print_table(
        [printing.visible(each) for each in table.headers],
        [[printing.visible(cell) for cell in row] for row in table.rows],
        table.right,
        wide=1 if "customer" in table.headers else None,
    )


def _paragraph(sentence: str) -> None:
    """Print a sentence in lines of at most 79 characters."""
    import textwrap

    for line in textwrap.wrap(printing.visible(sentence), 79, break_on_hyphens=False):
        printing.line(line)
