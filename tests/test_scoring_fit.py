"""The fit: a model for every book, from nobody to a million customers."""

import math
import random
from datetime import date
from statistics import fmean

import numpy as np
import polars as pl
import pytest
from scipy.optimize import approx_fprime
from scipy.special import betaln, gammaln

from tests.conftest import shared_data
from winback_tui.config import Bands, Horizon
from winback_tui.scoring import fit as fitting
from winback_tui.scoring.fit import fit, log_posterior, natural
from winback_tui.scoring.formula import Model
from winback_tui.scoring.score import score
from winback_tui.scoring.statistics import statistics

TODAY = 1_000


def bought(days_of: dict[int, list[int]], amount: int = 1_000) -> pl.DataFrame:
    """Statistics of customers who bought on these days."""
    rows = [(who, day, amount, "EUR") for who, days in days_of.items() for day in days]
    return statistics(
        pl.DataFrame(
            rows,
            schema={
                "customer_id": pl.Int64,
                "day": pl.Int32,
                "amount": pl.Int64,
                "currency": pl.String,
            },
            orient="row",
        )
    )


def simulated(
    customers: int, *, seed: int, r=1.2, alpha=50.0, a=0.8, b=3.0
) -> dict[int, list[int]]:
    """Customers who behave as the formula says, over `TODAY` days."""
    chance = random.Random(seed)
    book = {}
    for who in range(1, customers + 1):
        rate, leaves = chance.gammavariate(r, 1 / alpha), chance.betavariate(a, b)
        moment = chance.uniform(0, TODAY * 0.6)
        days = [moment]
        while chance.random() > leaves:
            moment += chance.expovariate(rate)
            if moment > TODAY:
                break
            days.append(moment)
        book[who] = [int(day) for day in days]
    return book


class TestThePosterior:
    GROUPS = tuple(
        np.array(values, dtype=float)
        for values in ([0, 0, 3, 50], [0, 0, 40, 900], [0, 700, 300, 905], [5, 7, 2, 1])
    )

    @pytest.mark.parametrize("theta", [[0, 0, 0, 0], [0.5, -0.7, 1.1, -0.4], [-2, 1, -3, 2]])
    def test_has_the_gradient_that_small_steps_show(self, theta):
        point = np.array(theta, dtype=float)
        shown = approx_fprime(point, lambda t: log_posterior(t, self.GROUPS, 30.0)[0], 1e-7)
        assert log_posterior(point, self.GROUPS, 30.0)[1] == pytest.approx(
            shown, rel=1e-4, abs=1e-3
        )

    def test_is_the_likelihood_of_the_formula_times_the_priors(self):
        theta = np.array([0.3, -0.2, 0.4, 0.1])
        r, alpha, a, b = natural(theta, 30.0)
        x, t_x, age, count = self.GROUPS
        gone = betaln(a + 1, b + x) - betaln(a, b) - (r + x) * np.log(alpha + t_x)
        here = betaln(a, b + x + 1) - betaln(a, b) - (r + x) * np.log(alpha + age)
        each = gammaln(r + x) - gammaln(r) + r * math.log(alpha) + np.logaddexp(here, gone)
        expected = float(theta @ theta) / 2 - float(count @ each)
        assert log_posterior(theta, self.GROUPS, 30.0)[0] == pytest.approx(expected)


class TestTheFit:
    def test_finds_the_parameters_that_made_the_book(self):
        found = fit(bought(simulated(4_000, seed=3)), TODAY).parameters
        assert found.r == pytest.approx(1.2, rel=0.2)
        assert found.alpha == pytest.approx(50, rel=0.2)
        assert found.a / (found.a + found.b) == pytest.approx(0.8 / 3.8, abs=0.05)

    def test_does_not_depend_on_the_order_or_the_ids_of_customers(self):
        book = simulated(200, seed=5)
        others = {10_000 - who * 7: days for who, days in book.items()}
        shuffled = bought(others).sample(fraction=1.0, shuffle=True, seed=1)
        assert fit(bought(book), TODAY) == fit(shuffled, TODAY)

    def test_gives_nearly_the_same_from_classes_as_from_single_histories(self, monkeypatch):
        table = bought(simulated(1_500, seed=9))
        single = fit(table, TODAY).parameters
        monkeypatch.setattr(fitting, "MOST_GROUPS", 10)
        thinned = fit(table, TODAY).parameters
        for name in ("r", "alpha", "a", "b"):
            assert getattr(thinned, name) == pytest.approx(getattr(single, name), rel=0.03)

    @pytest.mark.parametrize(
        "days_of",
        [
            {},
            {1: [1_000]},
            {1: [0]},
            {1: [10], 2: [10], 3: [10]},
            {who: [who] for who in range(1, 51)},
            {who: list(range(0, 1_000, 7)) for who in range(1, 51)},
            {who: list(range(30)) for who in range(1, 4)},
            {1: list(range(1_001))},
            {1: [0, 1_000], 2: [5], 3: [999, 1_000]},
        ],
        ids=[
            "nobody",
            "today",
            "long-ago",
            "same-day",
            "once-each",
            "weekly",
            "fell-silent",
            "daily",
            "three",
        ],
    )
    def test_is_sane_for_small_and_odd_books(self, days_of):
        table = bought(days_of)
        model = fit(table, TODAY)
        p = model.parameters
        assert all(0 < value < 1e9 for value in (p.r, p.alpha, p.a, p.b, model.median_gap))
        rows = score(table, TODAY, model, Horizon(), Bands())
        assert rows.height == len(days_of)
        assert rows["score"].is_between(0, 100).all()

    def test_of_fifty_customers_lies_near_that_of_many(self):
        true = 0.8 / 3.8
        for seed in range(5):
            p = fit(bought(simulated(50, seed=seed)), TODAY).parameters
            assert p.a / (p.a + p.b) == pytest.approx(true, abs=0.2)
            assert 15 < p.alpha / p.r < 150

    def test_keeps_what_the_book_says_of_anyone(self):
        model = fit(bought({1: [0, 10, 20], 2: [0, 40], 3: [5]}), TODAY)
        assert isinstance(model, Model)
        assert (model.median_gap, model.tail, model.median_spend) == (25.0, 37.0, {"EUR": 1_000.0})


EPOCH = date(1970, 1, 1)


@pytest.mark.parametrize("name", ["cdnow.csv", "iowa_beam.csv"])
def test_on_real_customers_the_score_tells_who_will_stay_silent(name):
    """Learned from three quarters of a real log, judged on whether the next purchase came."""
    lines = pl.read_csv(shared_data(name), schema_overrides={"customer_id": pl.String}).select(
        customer_id=pl.col("customer_id").rank("dense").cast(pl.Int64),
        day=(pl.col("date").str.to_date() - pl.lit(EPOCH)).dt.total_days().cast(pl.Int32),
        amount=(pl.col("amount") * 100).round().cast(pl.Int64),
        currency=pl.lit("USD"),
    )
    days = lines["day"].to_list()
    last = max(days)
    day = int(min(days) + 0.75 * (last - min(days)))
    table = statistics(lines.filter(pl.col("day") <= day))
    rows = score(table, day, fit(table, day), Horizon(), Bands())
    later = (
        lines.filter(pl.col("day") > day, pl.col("amount") > 0)
        .group_by("customer_id")
        .agg(next=pl.col("day").min())
    )
    judged = (
        rows.join(later, on="customer_id", how="left")
        .filter(pl.col("horizon_days") + day <= last, day - pl.col("last_day") <= 365)
        .with_columns(silent=(pl.col("next") - day > pl.col("horizon_days")).fill_null(value=True))
    )
    truth, points = judged["silent"].to_list(), judged["score"].to_list()
    assert abs(100 * fmean(truth) - fmean(points)) < 8
    assert area_under_curve(truth, points) > 0.77


def area_under_curve(truth: list[bool], points: list[float]) -> float:
    """The chance that a silent customer has the higher score than one who bought."""
    ranks = pl.Series(points).rank().to_list()
    yes = sum(truth)
    above = sum(rank for rank, silent in zip(ranks, truth, strict=True) if silent)
    return float((above - yes * (yes + 1) / 2) / (yes * (len(truth) - yes)))
