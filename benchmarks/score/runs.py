"""One split of one log, and what each program makes of it in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from benchmarks.books import say
from winback_tui.scoring import metrics
from winback_tui.scoring.statistics import purchase_days

Array = npt.NDArray[np.float64]
_HERE: Final = Path(__file__).resolve().parent
LEARN: Final = 0.75

#: Each row of a table: its title, the program, the array of its output, whether a probability.
ROWS: Final[tuple[tuple[str, str, str, bool], ...]] = (
    ("winback", "ours", "misses", True),
    ("formula alone", "ours", "formula", True),
    ("pymc-marketing BG/NBD, P(no purchase in H)", "pymc-bg", "misses", True),
    ("pymc-marketing BG/NBD by MCMC, P(no purchase in H)", "pymc-bg-mcmc", "misses", True),
    ("pymc-marketing MBG/NBD, e^−E[purchases in H]", "pymc-mbg", "none_expected", True),
    ("lifetimes MBG/NBD, e^−E[purchases in H]", "lifetimes-mbg", "none_expected", True),
    ("lifetimes MBG/NBD, 1 − P(alive)", "lifetimes-mbg", "gone", True),
    ("lifetimes BG/NBD, e^−E[purchases in H]", "lifetimes-bg", "none_expected", True),
    ("lifetimes BG/NBD, 1 − P(alive)", "lifetimes-bg", "gone", True),
    ("RFM quintiles", "ours", "rfm", False),
    ("recency alone", "ours", "recency", False),
)


class Quality(NamedTuple):
    """How good a scorer was; not a number where that cannot be said of it."""

    auc: float
    lift: float
    brier: float = float("nan")
    log_loss: float = float("nan")
    calibration: float = float("nan")


@dataclass(frozen=True, slots=True)
class Split:
    """A log cut at 75 % of its span: what may be learned from, and who bought nothing after."""

    name: str
    purchases: pl.DataFrame
    as_of: int
    horizon: int
    summary: pl.DataFrame

    @property
    def outcome(self) -> Array:
        """1.0 for each customer who bought nothing in the rest of the span."""
        return self.summary["outcome"].to_numpy()

    def sample(self, size: int, seed: int) -> Split:
        """Return the split of so many of its customers, drawn by chance."""
        kept = self.summary.sample(min(size, self.summary.height), seed=seed).sort("customer_id")
        purchases = self.purchases.join(kept, on="customer_id", how="semi", maintain_order="left")
        return Split(f"{self.name}-{size}-{seed}", purchases, self.as_of, self.horizon, kept)

    def write(self, path: Path) -> None:
        """Write what the programs may know: nothing from after the cut."""
        np.savez(
            path,
            customer=self.purchases["customer_id"].to_numpy(),
            day=self.purchases["day"].to_numpy(),
            as_of=self.as_of,
            horizon=self.horizon,
            x=self.summary["x"].to_numpy(),
            t_x=self.summary["t_x"].to_numpy(),
            age=self.summary["age"].to_numpy(),
        )


def split(name: str, lines: pl.DataFrame) -> Split:
    """Return the log `name` cut at 75 % of its span; lines as scoring.statistics wants them."""
    first, last = lines.select(pl.col("day").min(), last=pl.col("day").max()).row(0)
    as_of = int(first + (last - first) * LEARN)
    past = purchase_days(lines.filter(pl.col("day") <= as_of))
    later = purchase_days(lines).filter(pl.col("day") > as_of)["customer_id"].unique()
    summary = (
        past.group_by("customer_id")
        .agg(
            x=(pl.len() - 1).cast(pl.Float64),
            t_x=(pl.col("day").max() - pl.col("day").min()).cast(pl.Float64),
            age=(as_of - pl.col("day").min()).cast(pl.Float64),
        )
        .with_columns(outcome=(~pl.col("customer_id").is_in(later.implode())).cast(pl.Float64))
        .sort("customer_id")
    )
    return Split(name, past, as_of, int(last) - as_of, summary)


def run(tool: str, splits: Sequence[Split], environments: Path, room: Path) -> list[dict[str, Any]]:
    """Return what `tool` took for each split, with the arrays that it made of it under "values"."""
    files: list[str] = []
    for each in splits:
        source, target = room / f"{each.name}.npz", room / f"{each.name}-{tool}.npz"
        if not source.exists():
            each.write(source)
        files += [str(source), str(target)]
    say(f"{tool} on {len(splits)} ({splits[0].name} …)")
    told = start(tool, files, environments)
    for took, target_name in zip(told, files[1::2], strict=True):
        took["values"] = dict(np.load(target_name))
    return told


def start(tool: str, files: Sequence[str], environments: Path) -> list[dict[str, Any]]:
    """Run a program on pairs of files and return what it says of each."""
    if tool == "ours":
        command = [sys.executable, "-m", "benchmarks.score.ours"]
    else:
        python = environments / tool.partition("-")[0] / "bin" / "python"
        command = [str(python), str(_HERE / "others.py"), tool]
    done = subprocess.run(
        [*command, *files], cwd=_HERE.parents[1], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{tool} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def quality(values: Array, outcome: Array, *, probability: bool) -> Quality:
    """Return how well `values` told `outcome`; nothing where any of them is not a number."""
    values = values.astype(np.float64)
    if not np.isfinite(values).all():
        return Quality(float("nan"), float("nan"))
    ranked = (
        float(metrics.auc(values, outcome)[0]),
        float(metrics.lift(values, outcome, len(outcome) / 10)[0]),
    )
    if not probability:
        return Quality(*ranked)
    return Quality(
        *ranked,
        *(
            float(measure(values, outcome)[0])
            for measure in (metrics.brier, metrics.log_loss, metrics.calibration_error)
        ),
    )
