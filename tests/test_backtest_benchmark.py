"""The benchmark of the score gives every program the same past, and nothing of what came after."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from benchmarks.score.runs import Split, quality, split
from benchmarks.score.simulate import BOOKS, START, simulate


@pytest.fixture(scope="module")
def cut() -> Split:
    customer, day = simulate(BOOKS["as the formula"], 300, 400)
    lines = pl.DataFrame({"customer_id": customer, "day": day}).with_columns(
        pl.col("day").cast(pl.Int32), amount=pl.lit(1_000, pl.Int64), currency=pl.lit("EUR")
    )
    return split("book", lines)


def test_a_simulated_book_is_the_same_each_time_and_within_its_days() -> None:
    one, two = (simulate(BOOKS["regular buyers"], 200, 365) for _ in range(2))
    for first, second in zip(one, two, strict=True):
        assert (first == second).all()
    customer, day = one
    assert (day >= START).all()
    assert (day < START + 365).all()
    assert len(set(zip(customer.tolist(), day.tolist(), strict=True))) == len(day)


def test_the_summary_is_that_of_the_purchases_and_the_label_that_of_the_rest(cut: Split) -> None:
    assert cut.purchases.filter(pl.col("day") > cut.as_of).is_empty()
    row = cut.summary.row(5, named=True)
    days = cut.purchases.filter(pl.col("customer_id") == row["customer_id"])["day"].to_list()
    assert row["x"] == len(days) - 1
    assert row["t_x"] == max(days) - min(days)
    assert row["age"] == cut.as_of - min(days)
    assert set(cut.outcome.tolist()) == {0.0, 1.0}


def test_what_a_program_is_given_holds_nothing_of_the_rest(cut: Split, tmp_path: Path) -> None:
    cut.write(tmp_path / "given.npz")
    given = np.load(tmp_path / "given.npz")
    assert "outcome" not in given
    assert given["day"].max() <= given["as_of"]
    assert len(given["x"]) == cut.summary.height == len(set(given["customer"].tolist()))


def test_a_sample_keeps_whole_customers(cut: Split) -> None:
    some = cut.sample(40, seed=1)
    assert some.summary.height == 40
    assert set(some.purchases["customer_id"]) == set(some.summary["customer_id"])


def test_a_scorer_without_a_number_for_everybody_gets_no_figure() -> None:
    outcome = np.array([1.0, 0.0, 1.0])
    assert np.isnan(quality(np.array([0.5, np.nan, 0.2]), outcome, probability=True).auc)
    ranked = quality(np.array([3.0, 1.0, 2.0]), outcome, probability=False)
    assert ranked.auc == 1.0
    assert np.isnan(ranked.log_loss)
