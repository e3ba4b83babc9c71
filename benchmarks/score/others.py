"""Runs one of the yardsticks in its own environment: `others.py TOOL INPUT OUTPUT …`.

Each INPUT is an .npz with x, t_x and age in days, or with customer and day and nothing summed up,
and the horizon; its OUTPUT gets one array per way of scoring. What each took, in seconds, and the
peak memory go to standard output as JSON. Knows nothing of winback, whose interpreter it is not.
"""

from __future__ import annotations

import json
import os
import sys
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np

warnings.simplefilter("ignore")
#: lifetimes gives up without a penalty where its likelihood is flat; then these are tried.
PENALTIES = (0.0, 0.01, 0.1, 1.0)
#: lifetimes is given weeks: in days it gives up oftener.
WEEK = 7.0
#: Of so many draws of a chain one is kept to score by.
THINNED = 40

Given = dict[str, Any]
Values = dict[str, Any]


def lifetimes(tool: str, given: Given, horizon: float) -> tuple[dict[str, float], Values]:
    import pandas as pd
    from lifetimes import BetaGeoFitter, ModifiedBetaGeoFitter
    from lifetimes.utils import ConvergenceError, summary_data_from_transaction_data

    lines = _dated(given, pd)
    began = time.perf_counter()
    if lines is not None:
        summary = summary_data_from_transaction_data(
            lines, "customer", "date", observation_period_end=lines["date"].max()
        )
        x, t_x, age = summary["frequency"], summary["recency"], summary["T"]
    else:
        x, t_x, age = given["x"], given["t_x"], given["age"]
    t_x, age, horizon = t_x / WEEK, age / WEEK, horizon / WEEK
    summed = time.perf_counter()
    kind = ModifiedBetaGeoFitter if tool == "lifetimes-mbg" else BetaGeoFitter
    failed = 0
    for penalty in PENALTIES:
        model = kind(penalizer_coef=penalty)
        try:
            model.fit(x, t_x, age)
            break
        except ConvergenceError:
            failed += 1
    else:
        nothing = np.full(len(x), np.nan)
        took = {"summary": summed - began, "fit": time.perf_counter() - summed, "score": 0.0}
        return took | {"failed_fits": failed, "gave_up": 1}, dict.fromkeys(
            ("gone", "none_expected"), nothing
        )
    fitted = time.perf_counter()
    expected = model.conditional_expected_number_of_purchases_up_to_time(horizon, x, t_x, age)
    alive = model.conditional_probability_alive(x, t_x, age)
    scored = time.perf_counter()
    told: dict[str, float] = {
        "summary": summed - began,
        "fit": fitted - summed,
        "score": scored - fitted,
    }
    values = {"gone": 1.0 - np.asarray(alive), "none_expected": np.exp(-np.asarray(expected))}
    return told | {"failed_fits": failed}, values


def pymc(tool: str, given: Given, horizon: int) -> tuple[dict[str, float], Values]:
    import pandas as pd
    from pymc_marketing.clv import BetaGeoModel, ModifiedBetaGeoModel, rfm_summary

    lines = _dated(given, pd)
    began = time.perf_counter()
    if lines is not None:
        data = rfm_summary(lines, "customer", "date")
    else:
        data = pd.DataFrame(
            {
                "customer_id": np.arange(len(given["x"])),
                "frequency": given["x"],
                "recency": given["t_x"],
                "T": given["age"],
            }
        )
    summed = time.perf_counter()
    model = (ModifiedBetaGeoModel if tool == "pymc-mbg" else BetaGeoModel)(data=data)
    if tool == "pymc-bg-mcmc":
        # What fit() does when nothing is said; one draw in forty is enough to score by, and all
        # of them would not fit into memory for a hundred thousand customers.
        model.fit(progressbar=False, random_seed=1)
        model = model.thin_fit_result(keep_every=THINNED)
    else:
        model.fit(method="map", progressbar=False)
    fitted = time.perf_counter()
    if tool == "pymc-mbg":
        # There is no probability of no purchase for this model.
        expected = model.expected_purchases(data=data, future_t=horizon)
        values = {"none_expected": np.exp(-np.asarray(expected).reshape(-1))}
    else:
        missed = model.expected_probability_no_purchase(t=horizon, data=data)
        values = {"misses": np.asarray(missed.mean(("chain", "draw")))}
    scored = time.perf_counter()
    told: dict[str, float] = {
        "summary": summed - began,
        "fit": fitted - summed,
        "score": scored - fitted,
    }
    return told | {"failed_fits": 0}, values


def _dated(given: Given, pd: Any) -> Any:
    """Return the lines as their owners want them: a frame with a date; None for a summary."""
    if "x" in given:
        return None
    day = np.asarray(given["day"]).astype("datetime64[D]").astype("datetime64[ns]")
    return pd.DataFrame({"customer": given["customer"], "date": day})


def imported(tool: str) -> float:
    """Import the tool's library and return the processor time used so far, in seconds."""
    if tool.startswith("lifetimes"):
        import lifetimes  # noqa: F401
    else:
        import pymc_marketing.clv  # noqa: F401
    return time.process_time()


def peak() -> int:
    """Return the most memory that this process ever held, in bytes; 0 where nobody knows."""
    # What getrusage says of a child begins with the size of its parent.
    try:
        with Path("/proc/self/status").open(encoding="ascii") as status:
            return next(int(line.split()[1]) * 1024 for line in status if "VmHWM" in line)
    except OSError:
        return 0


def main() -> None:
    tool, *files = sys.argv[1:]
    run = lifetimes if tool.startswith("lifetimes") else pymc
    # The fits report on standard output, which is ours.
    out = os.dup(1)
    os.dup2(2, 1)
    told = []
    for source, target in zip(files[::2], files[1::2], strict=True):
        given = dict(np.load(source))
        before = imported(tool)
        took, values = run(tool, given, int(given["horizon"]))
        took["cpu"] = time.process_time() - before
        np.savez(target, **values)
        told.append(took | {"memory": peak()})
    os.write(out, json.dumps(told).encode())


if __name__ == "__main__":
    main()
