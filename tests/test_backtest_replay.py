"""A replayed day: what it may see, whom it judges, and what came after."""

from functools import cache

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from winback_tui.config import Bands, Horizon
from winback_tui.proof import SCORERS, Backtest
from winback_tui.scoring.backtest import backtest
from winback_tui.scoring.lead import lead_times
from winback_tui.scoring.model import train
from winback_tui.scoring.replay import LONG_GONE, Way, choose_day, observe, replay
from winback_tui.scoring.score import score

DAY = 20_000


def lines(*buyers: list[int], amount: int = 1_000) -> pl.DataFrame:
    """Return one line per purchase day of each buyer; ids count from 1."""
    rows = [(key, day, amount) for key, days in enumerate(buyers, 1) for day in days]
    schema = {"customer_id": pl.Int64, "day": pl.Int32, "amount": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(currency=pl.lit("EUR"))


@cache
def crowd(count: int = 120, seed: int = 1, days: int = 500) -> pl.DataFrame:
    """Return a book of buyers with gaps of their own, of whom every third one stops."""
    generator = np.random.default_rng(seed)
    buyers = []
    for each in range(count):
        gap = generator.uniform(10, 45)
        until = days * generator.uniform(0.3, 0.9) if each % 3 == 0 else days
        found = np.cumsum(np.maximum(1, generator.exponential(gap, 60)))
        start = generator.uniform(0, 100)
        buyers.append(
            sorted({DAY + int(d + start) for d in found if d + start < until} | {DAY + int(start)})
        )
    return lines(*buyers)


def plainly(horizon: Horizon, bands: Bands) -> Way:
    """Return the way of a book without segments and signals."""
    return Way(
        horizon,
        bands,
        lambda past, day, known: train(past, day, horizon=horizon, known=known),
        lambda known, day, model: score(known, day, model, horizon, bands),
    )


def prove(frame: pl.DataFrame, horizon: int = 0, **more: object) -> Backtest:
    return backtest(frame, 10**6, plainly(Horizon(days=horizon), Bands()), **more)  # type: ignore[arg-type]


FUTURE = st.lists(
    st.tuples(st.integers(1, 120), st.integers(1, 400), st.integers(-5_000, 50_000)), max_size=30
)


@settings(max_examples=5, deadline=None)
@given(FUTURE)
def test_what_comes_after_the_day_changes_no_score_of_it(
    future: list[tuple[int, int, int]],
) -> None:
    past = crowd().filter(pl.col("day") <= DAY + 300)
    later = pl.DataFrame(
        [(key, DAY + 300 + after, amount, "EUR") for key, after, amount in future],
        schema=past.schema,
        orient="row",
    )
    anchor = lines([DAY + 900]).with_columns(customer_id=pl.lit(121, pl.Int64))
    seen = [observe(pl.concat([past, more, anchor]), 10**6) for more in (later, later.clear())]
    one, two = (replay(each, DAY + 300, plainly(Horizon(), Bands())) for each in seen)
    of_the_day = ("customer_id", "score", "lifecycle", "horizon_days", "silence", *SCORERS)
    assert one.rows.select(of_the_day).equals(two.rows.select(of_the_day))


def test_the_date_that_the_desk_looks_at_hides_what_is_later() -> None:
    frame = crowd()
    early = backtest(frame, DAY + 400, plainly(Horizon(), Bands()))
    assert early == backtest(
        frame.filter(pl.col("day") <= DAY + 400), 10**6, plainly(Horizon(), Bands())
    )
    assert early.last is not None
    assert early.last <= DAY + 400


def test_an_outcome_is_no_purchase_within_the_horizon() -> None:
    frame = lines([0, 30, 60, 110], [0, 30, 60, 160], [0, 30, 60], [0, 400])
    played = replay(observe(frame, 10**6), 70, plainly(Horizon(days=50), Bands()))
    by_customer = dict(played.rows.select("customer_id", "outcome").iter_rows())
    assert by_customer == {1: 0.0, 2: 1.0, 3: 1.0, 4: 1.0}
    after = dict(played.rows.select("customer_id", "returned_after").iter_rows())
    assert after == {1: 40, 2: 90, 3: None, 4: 330}


def test_the_last_day_of_the_horizon_is_in_time_and_the_next_one_is_not() -> None:
    played = replay(
        observe(lines([0, 30, 120], [0, 30, 121], [0, 500]), 10**6),
        70,
        plainly(Horizon(days=50), Bands()),
    )
    assert played.rows["outcome"].to_list() == [0.0, 1.0, 1.0]


def test_a_cancelled_order_is_no_return() -> None:
    frame = pl.concat([lines([0, 30, 60, 90], [0, 400]), lines([95], amount=-1_000)])
    played = replay(observe(frame, 10**6), 70, plainly(Horizon(days=50), Bands()))
    assert played.rows["outcome"].to_list() == [1.0, 1.0]


def test_whose_horizon_runs_beyond_the_book_is_left_out_and_counted() -> None:
    # The first buys every 10 days (horizon 30), the second every 150 (horizon 300 and more).
    frame = lines(list(range(0, 400, 10)), [0, 150, 300])
    played = replay(observe(frame, 10**6), 340, plainly(Horizon(), Bands()))
    assert played.rows["customer_id"].to_list() == [1]
    assert (played.customers, played.unobserved, played.long_gone) == (2, 1, 0)


def test_who_was_silent_for_over_a_year_is_left_out_and_counted() -> None:
    frame = lines([0, 10], list(range(0, 900, 20)))
    played = replay(observe(frame, 10**6), 10 + LONG_GONE + 1, plainly(Horizon(days=60), Bands()))
    assert played.rows["customer_id"].to_list() == [2]
    assert played.long_gone == 1


def test_the_day_is_the_latest_by_which_nearly_all_horizons_ran_out() -> None:
    frame = crowd()
    seen = observe(frame, 10**6)
    assert seen.span is not None
    day = choose_day(seen, Horizon(days=60))
    assert day == seen.span.last - 60
    assert choose_day(seen, Horizon(days=10_000)) == seen.span.first + round(
        (seen.span.last - seen.span.first) / 2
    )
    own = choose_day(seen, Horizon())
    assert own is not None
    played = replay(seen, own, plainly(Horizon(), Bands()))
    assert played.unobserved <= 0.15 * played.customers


@cache
def proven() -> Backtest:
    """Return the backtest of the crowd, worked out once."""
    return prove(crowd())


def test_every_scorer_is_judged_on_the_same_customers() -> None:
    found = proven()
    assert set(found.scorers) == set(SCORERS)
    assert found.customers + found.long_gone + found.unobserved == found.known
    assert found.scorers["winback"].auc.value is not None
    assert found.scorers["winback"].auc.value > 0.6
    assert found.scorers["recency"].brier.value is None
    assert sum(each.customers for each in found.bands) == found.customers
    assert sum(each.recall or 0.0 for each in found.bands) == pytest.approx(1.0)
    assert sum(each.customers for each in found.groups) == found.customers


def test_the_list_is_as_long_as_one_can_work() -> None:
    found = prove(crowd(), list_size=7)
    assert found.list_size == len(found.named) == 7
    shares = [each.score for each in found.named]
    assert shares == sorted(shares, reverse=True)
    assert prove(crowd(), list_size=10**6).list_size == found.workable
    assert proven().list_size == max(10, round(found.workable / 10))


def test_neither_the_order_of_rows_nor_ids_nor_the_currency_change_a_figure() -> None:
    other = (
        crowd()
        .sample(fraction=1.0, shuffle=True, seed=2)
        .with_columns(customer_id=pl.col("customer_id") + 1_000, currency=pl.lit("USD"))
    )
    one, two = proven(), prove(other)
    assert one.day == two.day
    for name in SCORERS:
        first, second = one.scorers[name], two.scorers[name]
        assert (first.auc.value, first.brier.value) == pytest.approx(
            (second.auc.value, second.brier.value)
        )


def test_a_perfect_figure_of_a_few_is_doubted() -> None:
    busy = [list(range(shift, 400, 10)) for shift in range(12)]
    stopped = [list(range(shift, 330, 10)) for shift in range(12)]
    found = prove(lines(*busy, *stopped), 40)
    auc, listed = found.scorers["winback"].auc, found.scorers["winback"].listed
    assert (auc.value, listed.value) == (1.0, 1.0)
    assert auc.low is not None
    assert listed.low is not None
    assert 0.5 < listed.low < 0.95
    assert 0.5 < auc.low < 0.95


def test_segments_are_told_apart_and_small_ones_left_out() -> None:
    frame = crowd()
    names = pl.DataFrame({"customer_id": range(1, 121)}).with_columns(
        pl.col("customer_id").cast(pl.Int64),
        segment=pl.when(pl.col("customer_id") <= 3)
        .then(pl.lit("tiny"))
        .when(pl.col("customer_id") % 2 == 0)
        .then(pl.lit("even"))
        .otherwise(None),
    )
    found = prove(frame, segments=names)
    assert {each.segment for each in found.segments} == {"even", ""}
    assert prove(frame, segments=names.with_columns(segment=pl.lit("one"))).segments == ()


def test_a_lead_time_runs_from_the_flag_to_the_last_chance() -> None:
    frame = crowd()
    seen = observe(frame, 10**6)
    day = choose_day(seen, Horizon())
    assert day is not None
    played = replay(seen, day, plainly(Horizon(), Bands()))
    times = lead_times(played, plainly(Horizon(), Bands()))
    stayed = played.rows.filter(pl.col("outcome") > 0, pl.col("workable"))
    assert times["customer_id"].to_list() == stayed["customer_id"].to_list()
    known = times["lead_days"].drop_nulls()
    assert len(known) > 0
    assert float(known.min()) >= 0  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "frame",
    [
        lines(),
        lines([5]),
        lines([5], [5], [5]),
        lines([1, 2], [1, 2], [2]),
        lines([0], [0], [100]),
        lines([0, 400], [3, 390], [2, 395]),
        lines([0, 10, 20], amount=-100),
    ],
    ids=["nothing", "one", "one day", "three", "gone", "yearly", "refunds"],
)
@pytest.mark.parametrize("horizon", [0, 1, 30, 3_650])
def test_a_degenerate_book_gives_what_can_be_known_and_no_error(
    frame: pl.DataFrame, horizon: int
) -> None:
    found = prove(frame, horizon)
    for scorer in found.scorers.values():
        for figure in scorer:
            if figure.value is not None:
                assert np.isfinite(figure.value)
                if figure.low is not None and figure.high is not None:
                    assert figure.low <= figure.value <= figure.high
    if not found.customers:
        assert found.churned_share is None


def test_all_stayed_or_all_bought_leaves_the_order_unknown() -> None:
    buying = lines(*([day + shift for day in range(0, 400, 20)] for shift in range(12)))
    found = prove(buying, 40)
    assert found.customers == 12
    assert found.stayed == 0
    assert found.scorers["winback"].auc.value is None
    assert found.scorers["winback"].lift_top_decile.value is None
    assert found.scorers["winback"].brier.value is not None
    stopped = lines(*([0 + shift, 50 + shift] for shift in range(12)), [400])
    gone = prove(stopped, 40)
    assert gone.stayed == gone.customers > 0
    assert gone.scorers["winback"].auc.value is None
