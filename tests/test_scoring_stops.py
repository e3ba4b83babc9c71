"""A book that stood still for weeks: what counts as a stop, and that it makes nobody look lost."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from benchmarks.score.simulate import BOOKS, START, simulate
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.test_scoring_sense import (
    CLOSE,
    HISTORIES,
    HORIZONS,
    MODELS,
    PLAIN,
    TODAY,
    points,
    scored,
)
from winback_tui.config import Bands, Horizon
from winback_tui.scoring.formula import Model
from winback_tui.scoring.model import train
from winback_tui.scoring.score import score
from winback_tui.scoring.statistics import statistics
from winback_tui.scoring.stops import back, stops
from winback_tui.words import scores as words
from winback_tui.words.format import Formats

#: Every day somebody buys, but for the six weeks from day 200 on.
DAILY = np.array([day for day in range(400) if not 200 <= day < 242])
STOPS = st.lists(st.tuples(st.integers(-900, 900), st.integers(1, 90)), max_size=3).map(
    lambda found: tuple(
        (TODAY + first, TODAY + first + days - 1)
        for at, (first, days) in enumerate(sorted(found))
        if at == 0 or first > sum(sorted(found)[at - 1])
    )
)


class TestWhatIsAStop:
    def test_is_a_time_in_which_nobody_bought_though_many_would_have(self):
        assert stops(np.repeat(DAILY, 3)) == ((200, 241),)

    def test_is_only_one_that_is_over(self):
        assert stops(DAILY[DAILY < 242]) == ()
        # A sale or two on the first day of the reopening are no pace yet.
        assert stops(DAILY[DAILY < 244]) == ()
        assert stops(DAILY[DAILY < 260]) == ((200, 241),)

    def test_is_no_holiday(self):
        assert stops(np.array([day for day in range(400) if not 200 <= day < 213])) == ()

    def test_is_no_chance_of_a_small_book(self):
        """One purchase in four days: forty days without one are rare, but they come."""
        assert stops(np.array([day for day in range(0, 800, 4) if not 400 <= day < 440])) == ()

    @pytest.mark.parametrize("every", [7, 30, 91])
    def test_is_not_how_the_book_counts_its_days(self, every):
        """A book that knows months alone has a month between any two days of trade."""
        assert stops(np.repeat(np.arange(0, 1_460, every), 200)) == ()

    def test_may_come_twice(self):
        days = [day for day in range(900) if not (200 <= day < 230 or 600 <= day < 650)]
        assert stops(np.array(days)) == ((200, 229), (600, 649))

    @pytest.mark.parametrize("bought", [[], [5], [5, 900]])
    def test_is_not_in_next_to_nothing(self, bought):
        assert stops(np.array(bought, np.int64)) == ()

    def test_lies_nowhere_in_books_that_never_stood_still(self):
        for name, truth in BOOKS.items():
            _, day = simulate(truth, 1_000, truth.days)
            assert bool(stops(day)) == (truth.shut is not None), name


class TestWhatItDoes:
    def test_makes_the_days_count_for_nothing(self):
        """Silent over the stop is as silent as the days before and after it, to the last digit."""
        days = [TODAY - 300, TODAY - 250, TODAY - 180, TODAY - 60]
        shut = replace(PLAIN, stops=((TODAY - 50, TODAY - 21),))
        assert points(days, shut) == points(days, PLAIN, TODAY - 30)
        assert points(days, shut) < points(days, PLAIN)

    def test_does_nothing_to_who_has_bought_since(self):
        days = [TODAY - 300, TODAY - 250, TODAY - 20]
        assert points(days, replace(PLAIN, stops=((TODAY - 50, TODAY - 21),))) == points(
            days, PLAIN
        )

    @settings(max_examples=60, deadline=None)
    @given(
        HISTORIES, MODELS, HORIZONS, STOPS, st.lists(st.integers(0, 900), min_size=2, max_size=6)
    )
    def test_a_day_more_of_silence_never_lowers_a_score(self, days, model, horizon, during, waits):
        shut = replace(model, stops=during)
        found = [points(days, shut, TODAY + wait, horizon=horizon) for wait in sorted(set(waits))]
        assert all(later >= earlier - CLOSE for earlier, later in pairwise(found))

    @settings(max_examples=60, deadline=None)
    @given(HISTORIES, MODELS, HORIZONS, STOPS, st.integers(0, 900))
    def test_a_purchase_today_never_raises_a_score(self, days, model, horizon, during, wait):
        shut, today = replace(model, stops=during), TODAY + wait
        before = points(days, shut, today, horizon=horizon)
        assert points([*days, today], shut, today, horizon=horizon) <= before + CLOSE

    @settings(max_examples=40, deadline=None)
    @given(HISTORIES, MODELS, STOPS)
    def test_its_points_add_up(self, days, model, during):
        row = scored({1: days}, replace(model, stops=during), TODAY + 200)[1]
        names = ("base", "history", "silence", "rhythm", "signal")
        assert sum(row[f"{name}_points"] for name in names) == pytest.approx(row["score"], abs=1e-5)

    def test_keeps_a_book_true_that_stood_still_just_now(self):
        """A week after the reopening: nobody looks lost for the weeks in which nobody could buy."""
        truth = BOOKS["shut for six weeks"]
        customer, day = simulate(truth, 3_000, truth.days)
        book = {"customer_id": customer, "day": day}
        table = pl.DataFrame(book, schema_overrides={"day": pl.Int32}).with_columns(
            amount=pl.lit(1_000), currency=pl.lit("EUR")
        )
        today, horizon = START + sum(truth.shut or ()) + 7, Horizon(days=180)
        past = table.filter(pl.col("day") <= today)
        bought = set(table.filter(pl.col("day").is_between(today + 1, today + 180))["customer_id"])
        model = train(past, today, horizon=horizon)
        assert len(model.stops) == 1
        found = score(statistics(past), today, model, horizon, Bands())
        silent = 1 - len(bought & set(found["customer_id"])) / found.height
        assert found["score"].mean() == pytest.approx(100 * silent, abs=4)

    def test_is_said(self):
        model = replace(PLAIN, stops=((18_262, 18_292),))
        assert words.stood_still(model.to_json(), Formats()) == (
            "Nobody bought from 1 Jan 2020 to 31 Jan 2020: these days count as silence for nobody."
        )
        assert words.stood_still(PLAIN.to_json(), Formats()) == ""
        assert Model.from_json(model.to_json()) == model


def test_a_day_of_the_past_lies_so_many_days_of_trade_back():
    assert back(400, 50, ((200, 241),)) == 350
    assert back(400, 200, ((200, 241),)) == 158
    assert back(242, 1, ((200, 241),)) == 199
    assert back(400, 250, ((100, 109), (200, 241))) == 98
