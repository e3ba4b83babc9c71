"""Runs our score in a process of its own: `ours.py INPUT OUTPUT …`, as others.py the others.

Each INPUT has customer, day, as_of and horizon; OUTPUT gets the probabilities of winback (with
what the book's own past corrects) and of the formula alone.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from benchmarks.score.others import peak
from winback_tui.config import Bands, Horizon
from winback_tui.scoring import formula
from winback_tui.scoring.model import train
from winback_tui.scoring.rows import Rows
from winback_tui.scoring.score import score
from winback_tui.scoring.statistics import statistics


def run(given: dict[str, Any]) -> tuple[dict[str, float], dict[str, Any]]:
    count = len(given["day"])
    # All of it in memory, as the others get theirs: a literal would be written out on first use.
    lines = pl.DataFrame(
        {
            "customer_id": given["customer"].astype(np.int64),
            "day": given["day"].astype(np.int32),
            "amount": np.full(count, 1_000),
            "currency": pl.Series(["EUR"]).gather(np.zeros(count, np.uint32)),
        }
    )
    horizon, day = Horizon(days=int(given["horizon"])), int(given["as_of"])
    used, began = time.process_time(), time.perf_counter()
    known = statistics(lines)
    summed = time.perf_counter()
    model = train(lines, day, horizon=horizon, known=known)
    fitted = time.perf_counter()
    scored = score(known, day, model, horizon, Bands())
    done, spent = time.perf_counter(), time.process_time() - used
    rows = Rows.of(known)
    silence = formula.silence(day, rows)
    plain = formula.misses(model.parameters, rows.x, rows.span, silence, float(given["horizon"]))
    values = {
        "misses": scored["score"].to_numpy() / 100,
        "formula": plain,
        "recency": day - scored["last_day"].to_numpy(),
        "rfm": -sum(scored["rfm"].str.slice(at, 1).cast(pl.Float64).to_numpy() for at in range(3)),
    }
    took = {"summary": summed - began, "fit": fitted - summed, "score": done - fitted}
    return took | {"cpu": spent}, values


def main() -> None:
    told = []
    for source, target in zip(sys.argv[1::2], sys.argv[2::2], strict=True):
        took, values = run(dict(np.load(source)))
        np.savez(Path(target), **values)
        told.append(took | {"memory": peak()})
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
