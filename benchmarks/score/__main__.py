"""`python -m benchmarks.score DATA`: our score beside lifetimes and pymc-marketing."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl

from benchmarks.__main__ import machine
from benchmarks.books import AS_OF, say
from benchmarks.programs import run as run_program
from benchmarks.programs import surroundings, winback
from benchmarks.score.data import sets
from benchmarks.score.runs import ROWS, Quality, Split, quality, run, split, start
from benchmarks.score.simulate import BOOKS, simulate
from winback_tui.scoring import formula
from winback_tui.scoring.formula import Parameters

TOOLS: Final = ("ours", "lifetimes-bg", "lifetimes-mbg", "pymc-bg", "pymc-mbg")
#: Besides, and asked for by name alone, for it takes long: pymc-marketing's own default.
SLOW: Final = ("pymc-bg-mcmc",)
SIZES: Final = (50, 200, 1_000)
_TITLES: Final = ("scorer", "AUC", "lift", "Brier", "log loss", "calibration", "s", "MB")


def main() -> int:
    """Print the tables that the arguments name."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.score", description=__doc__)
    parser.add_argument("data", type=Path, help="the folder of the three logs")
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="of sets, samples, simulated, speed, million"
    )
    parser.add_argument("--envs", type=Path, required=True, help="what environments.sh made")
    parser.add_argument("--tools", nargs="*", default=TOOLS, choices=TOOLS + SLOW)
    parser.add_argument("--draws", type=int, default=10, help="samples of each size")
    parser.add_argument("--customers", type=int, default=100_000, help="size of the timed book")
    parser.add_argument("--keep", type=Path, help="a folder for the book of a million")
    chosen = parser.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory(prefix="winback-score-") as name:
        for each in chosen.names or USUAL:
            PARTS[each](chosen, Path(name))
    return 0


def on_sets(chosen: argparse.Namespace, room: Path) -> None:
    """Print the quality on each log, and the means."""
    splits = [split(name, lines) for name, lines in sets(chosen.data).items()]
    found = {tool: run(tool, splits, chosen.envs, room) for tool in chosen.tools}
    whole: list[list[tuple[Quality, float, float]]] = []
    for at, each in enumerate(splits):
        outcome = each.outcome
        print(
            f"\n{each.name}: {len(outcome):,} customers, {each.horizon} days ahead, "
            f"{outcome.mean():.1%} bought nothing\n"
        )
        whole.append(_judged({tool: told[at] for tool, told in found.items()}, outcome))
        _table(chosen.tools, whole[-1])
    print("\nmean of the sets\n")
    _table(chosen.tools, [_mean(rows) for rows in zip(*whole, strict=True)])


def on_samples(chosen: argparse.Namespace, room: Path) -> None:
    """Print the mean quality on small books: customers drawn from the logs."""
    splits = [split(name, lines) for name, lines in sets(chosen.data).items()]
    for size in SIZES:
        drawn = [each.sample(size, seed) for each in splits for seed in range(chosen.draws)]
        drawn = [each for each in drawn if 0 < each.outcome.sum() < len(each.outcome)]
        found = {tool: run(tool, drawn, chosen.envs, room) for tool in chosen.tools}
        judged = [
            _judged({tool: told[at] for tool, told in found.items()}, each.outcome)
            for at, each in enumerate(drawn)
        ]
        print(f"\n{size:,} customers, mean of {len(drawn)} books drawn from the three logs\n")
        _table(chosen.tools, [_mean(rows, known=True) for rows in zip(*judged, strict=True)])
        for tool, told in found.items():
            failed = sum(1 for took in told if took.get("failed_fits"))
            gave_up = sum(1 for took in told if took.get("gave_up"))
            if failed:
                print(
                    f"\n{tool} did not converge without a penalty in {failed} of {len(told)}, "
                    f"and with none in {gave_up}, which its means leave out."
                )


def on_simulated(chosen: argparse.Namespace, room: Path) -> None:
    """Print the quality on simulated books, beside that of the truth where it is the formula."""
    splits = []
    for name, truth in BOOKS.items():
        customer, day = simulate(truth, 5_000, truth.days)
        splits.append(split(name.replace(" ", "-").replace(",", ""), _lines(customer, day)))
    told = {tool: run(tool, splits, chosen.envs, room) for tool in chosen.tools}
    whole: list[list[tuple[Quality, float, float]]] = []
    for at, (each, (name, truth)) in enumerate(zip(splits, BOOKS.items(), strict=True)):
        print(f"\n{name}: {truth}; {len(each.outcome):,} customers, {each.horizon} days ahead\n")
        whole.append(_judged({tool: found[at] for tool, found in told.items()}, each.outcome))
        _table(chosen.tools, whole[-1])
        if truth.is_formula:
            known = quality(_truth(each, truth), each.outcome, probability=True)
            print("\nthe formula with the true parameters: " + _figures(known))
    print("\nmean of the simulated books\n")
    _table(chosen.tools, [_mean(rows) for rows in zip(*whole, strict=True)])


def on_speed(chosen: argparse.Namespace, room: Path) -> None:
    """Print what a big book takes from its lines to its scores, and in how much memory."""
    customer, day = simulate(BOOKS["as the formula"], chosen.customers, 730)
    source = room / "speed.npz"
    np.savez(source, customer=customer, day=day, as_of=int(day.max()), horizon=90)
    print(f"\n{chosen.customers:,} customers, {len(day):,} lines: from lines to scores\n")
    print(
        "| program | summary | fit | score | together | times ours "
        "| processor | times ours | memory |"
    )
    print("| --- |" + " ---: |" * 8)
    ours = cpu = 0.0
    for tool in chosen.tools:
        took = start(tool, [str(source), str(room / "out.npz")], chosen.envs)[0]
        parts = [took[name] for name in ("summary", "fit", "score")]
        ours, cpu = ours or sum(parts), cpu or took["cpu"]
        shown = " | ".join(f"{part:.2f} s" for part in (*parts, sum(parts)))
        print(
            f"| {tool} | {shown} | {sum(parts) / ours:.1f} | {took['cpu']:.2f} s "
            f"| {took['cpu'] / cpu:.1f} | {took['memory'] / 1e6:.0f} MB |"
        )


def on_million(chosen: argparse.Namespace, room: Path) -> None:
    """Print what the program itself takes to fit and score a million customers, and to prove it."""
    folder: Path = chosen.keep or room
    folder.mkdir(parents=True, exist_ok=True)
    home = room / "home"
    home.mkdir()
    environment, book = surroundings(home), folder / "million.db"
    at = ["--db", str(book), "--as-of", AS_OF.isoformat()]
    if not book.exists():
        say("making a book of 1,000,000 customers and 10,000,000 transactions")
        size = ["--customers", "1000000", "--transactions", "10000000", "--seed", "1"]
        run_program(winback(*at[2:], "sample", str(book), *size), environment)
    print("\n1,000,000 customers, 10,000,000 transactions: the program's own commands\n")
    print("| command | seconds | peak memory |\n| --- | ---: | ---: |")
    for command in (["score", "--refit"], ["backtest"]):
        done = run_program(winback(*at, *command), environment)
        print(
            f"| winback {' '.join(command)} | {done.seconds:.0f} s | {done.memory / 1e6:.0f} MB |"
        )


PARTS: Final = {
    "sets": on_sets,
    "samples": on_samples,
    "simulated": on_simulated,
    "speed": on_speed,
    "million": on_million,
}
#: What is done where nothing is named; a million customers take a quarter of an hour.
USUAL: Final = ("sets", "samples", "simulated", "speed")


def _judged(found: dict[str, dict[str, Any]], outcome: Any) -> list[tuple[Quality, float, float]]:
    """Return quality, seconds and megabytes of each row whose program ran."""
    rows = []
    for _, tool, array, probability in ROWS:
        if tool in found:
            took = found[tool]
            seconds = took["summary"] + took["fit"] + took["score"]
            measured = quality(took["values"][array], outcome, probability=probability)
            rows.append((measured, seconds, took["memory"] / 1e6))
    return rows


def _mean(
    rows: Sequence[tuple[Quality, float, float]], *, known: bool = False
) -> tuple[Quality, float, float]:
    """Return the mean of each figure: not a number where one is not, or of those `known`."""
    figures = np.array([[*measured, seconds, size] for measured, seconds, size in rows])
    if known:
        figures = figures[~np.isnan(figures[:, 0])]
    *measured, seconds, size = figures.mean(axis=0)
    return Quality(*measured), seconds, size


def _table(tools: Iterable[str], rows: Sequence[tuple[Quality, float, float]]) -> None:
    print("| " + " | ".join(_TITLES) + " |")
    print("| --- |" + " ---: |" * (len(_TITLES) - 1))
    titles = [title for title, tool, _, _ in ROWS if tool in tools]
    for title, (measured, seconds, size) in zip(titles, rows, strict=True):
        print(f"| {title} | {_figures(measured)} | {seconds:.2f} | {size:.0f} |")


def _figures(measured: Quality) -> str:
    places = (4, 2, 4, 4, 4)
    return " | ".join(
        "" if np.isnan(value) else f"{value:.{digits}f}"
        for value, digits in zip(measured, places, strict=True)
    )


def _lines(customer: Any, day: Any) -> pl.DataFrame:
    return pl.DataFrame({"customer_id": customer, "day": day}).with_columns(
        pl.col("day").cast(pl.Int32), amount=pl.lit(1_000, pl.Int64), currency=pl.lit("EUR")
    )


def _truth(each: Split, truth: Any) -> Any:
    """Return the probability that somebody who knew the true parameters would give."""
    parameters = Parameters(truth.r, truth.alpha, truth.a, truth.b)
    x, span, age = (each.summary[name].to_numpy() for name in ("x", "t_x", "age"))
    return formula.misses(parameters, x, span, age - span, float(each.horizon))


if __name__ == "__main__":
    sys.exit(main())
