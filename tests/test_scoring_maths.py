"""The arithmetic of the score: the same on every machine, and of one customer as of many."""

import math
import struct

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from winback_tui.config import Bands, Horizon
from winback_tui.scoring import classes, rows
from winback_tui.scoring.classes import Book, distinct, sorted_out, thinned
from winback_tui.scoring.formula import Model, Parameters
from winback_tui.scoring.histories import measures
from winback_tui.scoring.maths import exp, log, log1p, of_whole
from winback_tui.scoring.score import score
from winback_tui.scoring.statistics import statistics

MODEL = Model(Parameters(0.9, 60.0, 0.3, 1.2), 45.0, 150.0, {"EUR": 20_000.0})
TODAY = 1_000
BITS = [
    "3feff7cfe56f1a9d",
    "3fef75e9be98d3f7",
    "3fec48fdaec40324",
    "3f9a8c67fc1bcddc",
    "36eaae2fe69f872a",
    "c0026bb1bbb55515",
    "3fe0fae81914a991",
    "40041a4f0369f2d2",
    "40179a322e5b4bb6",
    "40226bab2df1dd6f",
]


def one(function, value: float) -> float:
    return float(function(np.array([value]))[0])


class TestExponentialAndLogarithm:
    @given(st.floats(-700, 700))
    @settings(max_examples=500)
    def test_the_exponential_is_right_to_the_last_bits(self, value):
        assert one(exp, value) == pytest.approx(math.exp(value), rel=5e-16)

    @given(st.floats(1e-300, 1e300))
    @settings(max_examples=500)
    def test_the_logarithm_is_right_to_the_last_bits(self, value):
        assert one(log, value) == pytest.approx(math.log(value), rel=5e-16, abs=4e-16)

    def test_are_exact_where_nothing_is_to_be_done(self):
        assert one(exp, 0.0) == 1.0
        assert one(log, 1.0) == 0.0

    def test_of_numbers_without_bounds_are_within_bounds(self):
        assert 0 < one(exp, -1e9) < 1e-300
        assert 1e300 < one(exp, 1e9) < math.inf

    def test_never_fall_from_one_number_to_the_next_beyond_the_last_bits(self):
        values = np.sort(np.random.default_rng(1).normal(size=50_000))
        assert (np.diff(exp(values)) >= -4e-16 * exp(values)[1:]).all()
        assert (np.diff(log(exp(values))) >= -4e-16).all()

    def test_come_out_to_these_bits_on_every_machine(self):
        """Sums and products have one result by IEEE 754; a library's logarithm has several."""
        values = np.array([0.1, 1.7, 12.34, 365.25, 9_999.5])
        found = np.concatenate([exp(-values / 100), log(values)])
        assert [struct.pack(">d", each).hex() for each in found] == BITS

    @given(st.integers(0, 100_000))
    def test_of_whole_numbers_are_looked_up_as_they_are_worked_out(self, value):
        numbers = np.array([0.0, float(value)])
        assert (of_whole(log1p, numbers) == log1p(numbers)).all()


def book(customers: int, seed: int) -> pl.DataFrame:
    """Lines of customers with one to eight purchases each, sorted as the book's are."""
    chance = np.random.default_rng(seed)
    customer = np.repeat(np.arange(customers), chance.integers(1, 9, customers))
    lines = pl.DataFrame(
        {"customer_id": customer, "day": chance.integers(0, TODAY, len(customer), np.int32)}
    )
    return (
        lines.unique()
        .sort("customer_id", "day")
        .with_columns(amount=pl.col("day").cast(pl.Int64) + 1, currency=pl.lit("EUR"))
    )


class TestPartByPart:
    def test_a_customer_has_the_score_among_many_that_they_have_alone(self, monkeypatch):
        known = statistics(book(500, seed=1))
        whole = score(known, TODAY, MODEL, Horizon(), Bands())
        monkeypatch.setattr(rows, "AT_ONCE", 7)
        assert score(known, TODAY, MODEL, Horizon(), Bands()).equals(whole)
        alone = pl.concat(
            score(known[at : at + 1], TODAY, MODEL, Horizon(), Bands()) for at in range(0, 500, 50)
        )
        hangs_on_all = ("rfm", "base_points", "history_points")
        assert alone.drop(hangs_on_all).equals(whole.drop(hangs_on_all)[::50])

    def test_the_statistics_do_not_depend_on_where_the_lines_are_parted(self, monkeypatch):
        lines = book(300, seed=2)
        whole = statistics(lines)
        for size in (1, 5, 64):
            monkeypatch.setattr("winback_tui.scoring.histories._AT_ONCE", size)
            assert statistics(lines).equals(whole)

    @pytest.mark.parametrize("at", [3, 4, 5])
    def test_days_that_fall_at_the_edge_of_a_part_are_seen(self, monkeypatch, at):
        """Lines out of order come to the same as sorted ones, wherever the parts begin."""
        monkeypatch.setattr("winback_tui.scoring.histories._AT_ONCE", 4)
        lines = book(6, seed=3)
        swapped = pl.concat(
            [lines[:at], lines[at + 1 : at + 2], lines[at : at + 1], lines[at + 2 :]]
        )
        assert statistics(swapped).equals(statistics(lines))

    def test_the_revenue_is_that_of_each_customers_lines(self):
        lines = book(40, seed=4)
        found = measures(*(lines[name].to_numpy() for name in ("customer_id", "day")),
                         amount=lines["amount"].to_numpy())  # fmt: skip
        by_hand = lines.group_by("customer_id").agg(pl.col("amount").sum()).sort("customer_id")
        assert found["revenue"].tolist() == by_hand["amount"].to_list()


class TestClassesOfHistories:
    def histories(self, count: int, seed: int) -> Book:
        chance = np.random.default_rng(seed)
        first, last = np.sort(chance.integers(0, TODAY, (2, count)), axis=0)
        return Book(chance.integers(1, 30, count), first, last, TODAY, ())

    def test_of_a_crowd_are_those_of_its_single_histories(self, monkeypatch):
        histories = self.histories(20_000, seed=1)
        slow = thinned(histories.single(), 3.0)
        for size in (1_000, 100_000):
            monkeypatch.setattr(classes, "_AT_ONCE", size)
            quick = sorted_out(histories, 3.0)
            assert all((a == b).all() for a, b in zip(quick, slow, strict=True))

    def test_are_the_same_counted_into_a_table_or_sorted(self, monkeypatch):
        histories = self.histories(3_000, seed=2).single()
        counted = thinned(histories, 2.0)
        monkeypatch.setattr(classes, "_WIDE", 0)
        in_order = thinned(histories, 2.0)
        assert all((a == b).all() for a, b in zip(counted, in_order, strict=True))

    def test_lose_nobody_and_no_purchase(self):
        histories = self.histories(2_000, seed=3).single()
        for found in (distinct(histories), thinned(histories, 4.0)):
            assert [each.sum() for each in found] == [each.sum() for each in histories]
