"""What the score learns from the book's own past, and when it lets that be."""

import json
import math
import random
import re
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from benchmarks.score.simulate import BOOKS, START, simulate

from tests.conftest import shared_data
from tests.test_scoring_fit import bought, simulated
from tests.test_scoring_sense import TODAY as DAY
from tests.test_scoring_sense import lines
from winback_tui.config import Bands, Horizon
from winback_tui.config.signals import effective
from winback_tui.scoring import past as learning
from winback_tui.scoring import weights as weighing
from winback_tui.scoring.fit import fit, fit_segment
from winback_tui.scoring.formula import Layer, Model, Parameters, Past
from winback_tui.scoring.model import train
from winback_tui.scoring.score import score
from winback_tui.scoring.signal_weights import signal_weights
from winback_tui.scoring.statistics import purchase_days, statistics
from winback_tui.scoring.weights import Known, learned
from winback_tui.words import scores as words
from winback_tui.words.format import Formats

TODAY = 1_000


def halves(book: dict[int, list[int]], day: int) -> tuple[pl.DataFrame, dict[int, int]]:
    """The lines up to a day, and each customer's next purchase after it."""
    table = lines(book)
    later = (
        purchase_days(table.filter(pl.col("day") > day))
        .group_by("customer_id")
        .agg(pl.col("day").min())
    )
    return table.filter(pl.col("day") <= day), dict(later.iter_rows())


def log_loss(past: pl.DataFrame, following: dict[int, int], day: int, model: Model) -> float:
    """The mean log loss over everyone's own horizon."""
    rows = score(statistics(past), day, model, Horizon(), Bands()).rows(named=True)
    losses = []
    for row in rows:
        silent = following.get(row["customer_id"], 10**9) > day + row["horizon_days"]
        chance = min(max(row["score"] / 100, 1e-6), 1 - 1e-6)
        losses.append(-math.log(chance if silent else 1 - chance))
    return sum(losses) / len(losses)


def a_day(day: int, recent: float, silent: float) -> Known:
    """A day on which the formula knows nothing, and such shares of two kinds of people stay away:
    those who bought a moment ago, and those who were silent for long.
    """
    count = 200
    kind = np.repeat([-1.0, 1.0], count)
    stays = np.concatenate([np.arange(count) < share * count for share in (recent, silent)])
    features = np.column_stack([np.zeros(2 * count), kind, np.zeros((2 * count, 2))])
    customers = pl.Series("customer_id", np.arange(2 * count))
    return Known(day, day + 30, features, stays.astype(np.float64), customers)


class TestTheLayer:
    def test_stays_near_the_formula_where_the_formula_is_the_truth(self):
        past, following = halves(simulated(1_500, seed=4), 700)
        model = train(past, 700)
        plain = replace(model, layer=None)
        gained = log_loss(past, following, 700, plain) - log_loss(past, following, 700, model)
        assert abs(gained) < 0.01

    def test_corrects_the_formula_where_customers_are_otherwise(self):
        """Half the customers stop for good after half a year, whatever they bought."""
        chance = random.Random(8)
        book = {}
        for who in range(1, 900):
            begin, every = chance.randrange(0, 600), chance.uniform(8, 20)
            end = begin + (180 if who % 2 else 2_000)
            days, moment = [], float(begin)
            while moment < min(end, TODAY):
                days.append(int(moment))
                moment += chance.expovariate(1 / every)
            book[who] = days
        past, following = halves(book, 750)
        model = train(past, 750)
        assert model.past is not None
        assert model.past.outcome == "used"
        better = log_loss(past, following, 750, model)
        assert better < log_loss(past, following, 750, replace(model, layer=None))

    def test_of_too_little_past_is_none_and_the_score_the_formula(self):
        model = train(lines({1: [10, 50, 90], 2: [70]}), 100)
        assert (model.layer, model.past and model.past.outcome) == (None, "little")
        assert model.parameters == fit(bought({1: [10, 50, 90], 2: [70]}), 100).parameters

    def test_that_does_worse_on_days_held_out_is_not_used(self):
        """Each day says the opposite of the other."""
        found, past = learned([a_day(100, 0.8, 0.8), a_day(50, 0.2, 0.2)])
        assert found is None
        assert past.outcome == "worse"
        assert past.formula_loss == pytest.approx(math.log(2), abs=1e-4)
        assert (past.layer_loss or 0) > (past.formula_loss or 0)

    def test_takes_what_days_agree_in_where_their_level_differs(self):
        """A busy day and a slow one; on both, who is silent for long stays away oftener."""
        found, past = learned([a_day(100, 0.6, 0.95), a_day(50, 0.05, 0.4)])
        assert past.outcome == "used"
        assert found is not None
        assert found.intercept == pytest.approx(0.0, abs=0.1)
        assert found.silence > 0.3

    def test_takes_the_level_that_days_agree_in(self):
        found, past = learned([a_day(day, 0.7, 0.7) for day in (100, 50, 25)])
        assert past.outcome == "used"
        assert found is not None
        assert found.intercept == pytest.approx(0.9 * math.log(0.7 / 0.3), rel=0.15)
        assert found.silence == pytest.approx(0.0, abs=0.01)

    def test_believes_the_newest_day_more(self):
        """The last two days contradict each other in turn; the later one decides."""
        up, down = a_day(100, 0.75, 0.75), a_day(50, 0.6, 0.6)
        newest_up = learned([up, down])[0]
        newest_down = learned([up._replace(day=50), down._replace(day=100)])[0]
        assert newest_up is not None
        assert newest_down is not None
        assert newest_up.intercept > newest_down.intercept

    def test_that_cannot_be_fitted_is_not_used(self, monkeypatch):
        past, _ = halves(simulated(600, seed=2), 700)
        monkeypatch.setattr(weighing, "_found", lambda known: None)
        model = train(past, 700)
        assert (model.layer, model.past and model.past.outcome) == (None, "failed")

    def test_never_looks_beyond_the_day(self):
        book = simulated(400, seed=6)
        past, _ = halves(book, 700)
        assert train(lines(book), 700) == train(past, 700)

    def test_survives_its_json(self):
        model = replace(
            train(lines({1: [10, 50, 90], 2: [70]}), 100),
            layer=Layer(0.1, 0.9, 0.2, -0.3, 0.0, -1.0, 0.5, 0.7),
            past=Past("used", 900, (90, 80), 0.5, 0.45),
            segments={"few": Parameters(1.0, 20.0, 0.3, 2.0)},
            signals={"complaint": 1.25},
        )
        assert Model.from_json(model.to_json()) == model

    def test_looks_a_year_back_once_the_book_was_a_year_old_by_then(self):
        seen = {first: learning._days(2_000, 60, first) for first in (None, 1_900, 1_300, 1_210, 0)}
        recent = [1_940, 1_910, 1_880]
        assert seen[None] == seen[1_900] == seen[1_300] == recent
        assert seen[1_210] == seen[0] == [*recent, 2_000 - 365]
        # A horizon of half a year and more brings it back there by itself.
        assert learning._days(2_000, 182, 0) == [1_818, 1_727, 1_636]

    def test_of_a_season_that_is_over_does_no_harm(self, monkeypatch):
        """Autumn comes: the last months were busy, and a year ago tells what follows them."""
        customer, day = simulate(BOOKS["by season"], 1_500, 1_460)
        book: dict[int, list[int]] = {}
        for who, when in zip(customer.tolist(), (day - START).tolist(), strict=True):
            book.setdefault(who, []).append(when)
        past, following = halves(book, 1_022)

        def gained() -> float:
            model = train(past, 1_022)
            plain = replace(model, layer=None)
            return log_loss(past, following, 1_022, plain) - log_loss(past, following, 1_022, model)

        assert gained() > -0.005
        monkeypatch.setattr(learning, "YEAR", 10**6)
        assert gained() < -0.05

    def test_has_the_signs_that_common_sense_asks_for(self):
        for seed in range(2):
            past, _ = halves(simulated(300, seed=seed), 700)
            if (layer := train(past, 700).layer) is not None:
                assert layer.formula >= 0
                assert layer.silence >= 0
                assert layer.purchases <= 0
                assert layer.lately <= 0


class TestSegmentsOfAModel:
    def test_of_nobody_are_the_book(self):
        table = bought(simulated(400, seed=1))
        book = fit(table, TODAY)
        alone = fit_segment(table.head(0), TODAY, book)
        for name in ("r", "alpha", "a", "b"):
            assert getattr(alone, name) == pytest.approx(getattr(book.parameters, name), rel=1e-3)


class TestLearnedSignals:
    def test_leave_the_configured_weight_as_far_as_the_past_says(self):
        chance = random.Random(3)
        customers = pl.Series(range(400), dtype=pl.Int64)
        given = [who for who in range(400) if who % 2]
        # Whoever complained stays away far more often than a weight of 0.8 says.
        silent = [float(chance.random() < (0.9 if who % 2 else 0.4)) for who in range(400)]
        table = pl.DataFrame(
            [(who, "complaint", DAY - 1, None) for who in given],
            schema={
                "customer_id": pl.Int64,
                "kind": pl.String,
                "day": pl.Int32,
                "value": pl.Float64,
            },
            orient="row",
        )
        odds = np.full(400, math.log(0.4 / 0.6))
        found = signal_weights([(DAY, customers, odds, np.array(silent))], table, effective({}))
        assert 1.5 < found["complaint"] < 3.0
        few = signal_weights(
            [(DAY, customers, odds, np.array(silent))], table.head(20), effective({})
        )
        assert few == {}


@pytest.mark.parametrize("name", ["cdnow.csv", "iowa_beam.csv"])
def test_on_real_customers_the_layer_does_better_than_the_formula(name):
    table = pl.read_csv(shared_data(name), schema_overrides={"customer_id": pl.String}).select(
        customer_id=pl.col("customer_id").rank("dense").cast(pl.Int64),
        day=(pl.col("date").str.to_date() - pl.date(1970, 1, 1)).dt.total_days().cast(pl.Int32),
        amount=(pl.col("amount") * 100).round().cast(pl.Int64),
        currency=pl.lit("USD"),
    )
    table = table.filter(pl.col("customer_id") % 8 == 0)
    first, last = table.select(pl.col("day").min(), last=pl.col("day").max()).row(0)
    day = first + (last - first) * 3 // 4
    later = (
        purchase_days(table.filter(pl.col("day") > day))
        .group_by("customer_id")
        .agg(pl.col("day").min())
    )
    past = table.filter(pl.col("day") <= day)
    fixed = Horizon(days=last - day)
    model = train(past, day, horizon=fixed)
    losses = []
    for each in (replace(model, layer=None), model):
        rows = score(statistics(past), day, each, fixed, Bands())
        came = rows["customer_id"].is_in(later["customer_id"].implode()).to_list()
        chances = [min(max(points / 100, 1e-6), 1 - 1e-6) for points in rows["score"].to_list()]
        losses.append(
            -sum(math.log(1 - q if back else q) for q, back in zip(chances, came, strict=True))
        )
    assert losses[1] < losses[0]


@pytest.mark.parametrize(
    ("past", "said"),
    [
        (None, "too short to learn from"),
        ({"outcome": "little", "rows": 3}, "too short to learn from"),
        ({"outcome": "worse", "rows": 1200}, "What 1,200 outcomes .* would have scored .* worse"),
        ({"outcome": "failed", "rows": 200}, "could not be fitted"),
        (
            {"outcome": "used", "rows": 900, "formula_loss": 0.5, "layer_loss": 0.45},
            "learned from 900 outcomes .* 10% smaller",
        ),
        ({"outcome": "used", "rows": 900}, "learned from 900 outcomes of the book's own past.$"),
    ],
)
def test_what_the_past_did_is_said_in_a_sentence(past, said):
    text = words.past(json.dumps({"past": past}), Formats())
    assert text.endswith(".")
    assert re.search(said, text)
