"""The score: a probability with reasons that add up, for every past that a customer can have."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from winback_tui.config import Bands, Horizon
from winback_tui.scoring import formula
from winback_tui.scoring.formula import Model, Parameters
from winback_tui.scoring.score import COLUMNS, score
from winback_tui.scoring.statistics import SCHEMA

MODEL = Model(Parameters(0.9, 60.0, 0.3, 1.2), 45.0, 150.0, {"EUR": 20_000.0, "USD": 30_000.0})
TODAY = 20_000


def past(**facts) -> dict[str, Any]:
    """One customer's statistics: ten purchases, thirty days apart, the last one today."""
    row = {
        "customer_id": 1, "currency": "EUR", "first_day": TODAY - 270, "last_day": TODAY,
        "purchases": 10, "paid_days": 10, "revenue": 100_000, "purchase_revenue": 100_000,
        "gap_p90": 35.0, "gap_max": 40, "last_gap": 30,
        "last_transaction_day": TODAY,
    }  # fmt: skip
    return row | facts


def scored(
    *rows: dict[str, Any], day: int = TODAY, model: Model = MODEL, horizon=None, bands=None
) -> list[dict[str, Any]]:
    table = pl.DataFrame(list(rows), schema=SCHEMA)
    return score(table, day, model, horizon or Horizon(), bands or Bands()).rows(named=True)


def one(day: int = TODAY, **facts) -> dict[str, Any]:
    return scored(past(**facts), day=day)[0]


def orders(row: dict[str, Any], silence: int) -> float:
    """How many orders come within the horizon of a `past` if any do, by hand."""
    share = row["horizon_days"] / (60 + 270 + silence)
    return float(9.9 * share / (1 - (1 + share) ** -9.9))


ONCE: dict[str, Any] = dict.fromkeys(("gap_p90", "gap_max", "last_gap"))
ONCE |= {"first_day": TODAY, "purchases": 1, "paid_days": 1}

PASTS = st.builds(
    lambda span, purchases, spend: past(
        first_day=TODAY - max(span, purchases - 1), purchases=purchases, paid_days=purchases,
        revenue=spend, purchase_revenue=spend, last_gap=None if purchases == 1 else 1,
    ),
    st.integers(0, 5_000), st.integers(1, 3_000), st.integers(1, 10**12),
)  # fmt: skip
PARAMETERS = st.builds(
    Parameters,
    *(st.floats(low, high) for low, high in ((1e-4, 50), (1e-2, 1e5), (1e-9, 50), (1e-9, 1e3))),
)


class TestTheScore:
    @settings(max_examples=80, deadline=None)
    @given(PASTS, PARAMETERS, st.lists(st.integers(0, 1_000_000), min_size=2, max_size=8))
    def test_never_falls_while_a_customer_stays_silent(self, customer, parameters, silences):
        model = replace(MODEL, parameters=parameters)
        points = [
            scored(customer, day=TODAY + days, model=model)[0]["score"] for days in sorted(silences)
        ]
        assert points == sorted(points)

    @settings(max_examples=80, deadline=None)
    @given(PASTS, PARAMETERS, st.sampled_from([0, 1, 40, 400, 1_000_000]))
    def test_is_a_probability_and_every_figure_is_a_number(self, customer, parameters, silence):
        row = scored(customer, day=TODAY + silence, model=replace(MODEL, parameters=parameters))[0]
        assert 0 <= row["score"] <= 100
        assert 0 <= row["p_left"] <= 1
        assert 0 <= row["still_there"] <= 1
        assert row["value_at_risk"] >= 0
        assert all(math.isfinite(value) for value in row.values() if isinstance(value, float))

    @settings(max_examples=40, deadline=None)
    @given(st.lists(PASTS, min_size=1, max_size=6), st.integers(0, 2_000))
    def test_is_the_sum_of_its_reasons(self, customers, silence):
        for row in scored(*customers, day=TODAY + silence):
            parts = row["base_points"] + row["history_points"] + row["silence_points"]
            assert parts == pytest.approx(row["score"], abs=1e-9)
            assert row["silence_points"] >= 0

    def test_is_the_chance_to_have_left_or_to_stay_silent_though_still_there(self):
        row = one(TODAY + 80)
        ahead = row["horizon_days"]
        r, alpha, a, b = 0.9, 60.0, 0.3, 1.2
        still = ((alpha + 270) / (alpha + 350)) ** (r + 9)
        left = a / (a + (b + 9) * still)
        silent = ((alpha + 350) / (alpha + 350 + ahead)) ** (r + 9)
        assert row["still_there"] == pytest.approx(still, abs=1e-6)
        assert row["p_left"] == pytest.approx(left, abs=1e-6)
        assert row["score"] == pytest.approx(100 * (left + (1 - left) * silent), abs=1e-5)

    def test_of_one_purchase_today_and_of_one_a_million_days_ago(self):
        fresh, lost = one(**ONCE), one(TODAY + 1_000_000, **ONCE)
        assert fresh["silence_points"] == 0
        assert lost["score"] > 99
        assert lost["value_at_risk"] == 0

    def test_leaves_out_who_has_not_bought_yet(self):
        assert scored(past(first_day=TODAY + 5, last_day=TODAY + 5), day=TODAY) == []
        assert scored(past(purchases=0)) == []

    def test_does_not_depend_on_the_order_of_the_customers(self):
        rows = [past(customer_id=n, last_day=TODAY - n * 7, revenue=n) for n in range(1, 30)]
        forth, back = scored(*rows), scored(*rows[::-1])
        assert forth == back[::-1]

    def test_has_the_columns_of_the_book(self):
        assert tuple(one()) == COLUMNS


class TestTheHorizon:
    def test_is_two_usual_cycles_shrunk_towards_the_book(self):
        row = one()
        assert row["usual_gap"] == pytest.approx((270 + 45) / 10)
        assert row["horizon_days"] == 63

    @pytest.mark.parametrize(("span", "days"), [(10, 30), (4_000, 365)])
    def test_stays_within_a_month_and_a_year(self, span, days):
        assert one(first_day=TODAY - span)["horizon_days"] == days

    def test_may_be_the_same_for_all(self):
        row = scored(past(), horizon=Horizon(days=90))[0]
        assert row["horizon_days"] == 90

    def test_of_a_single_purchase_goes_by_the_book_and_claims_no_gap_of_its_own(self):
        row = one(**ONCE)
        assert row["horizon_days"] == 90
        assert (row["usual_gap"], row["long_gap"], row["due_day"]) == (None, None, None)

    def test_next_order_is_due_a_usual_gap_after_the_last(self):
        assert one()["due_day"] == TODAY + 32

    @pytest.mark.parametrize(("purchases", "long_gap"), [(3, None), (4, 35.0)])
    def test_nine_in_ten_needs_three_gaps(self, purchases, long_gap):
        assert one(purchases=purchases)["long_gap"] == long_gap


class TestTheLifecycle:
    def test_runs_from_active_to_gone_with_the_silence(self):
        seen = [one(TODAY + days)["lifecycle"] for days in range(0, 500, 2)]
        assert list(dict.fromkeys(seen)) == ["active", "watch", "at_risk", "lapsed", "gone"]

    def test_is_gone_only_beyond_the_books_own_tail_or_a_year(self):
        patient = replace(MODEL, tail=300.0)
        assert one(TODAY + 250)["lifecycle"] == "gone"
        assert scored(past(), day=TODAY + 250, model=patient)[0]["lifecycle"] == "lapsed"
        assert (
            scored(past(), day=TODAY + 366, model=replace(MODEL, tail=900.0))[0]["lifecycle"]
            == "gone"
        )

    def test_of_a_single_purchase_goes_by_the_book(self):
        seen = {days: one(TODAY + days, **ONCE)["lifecycle"] for days in (0, 179, 181)}
        assert seen == {0: "watch", 179: "at_risk", 181: "gone"}
        patient = replace(MODEL, tail=200.0)
        assert scored(past(**ONCE), day=TODAY + 199, model=patient)[0]["lifecycle"] == "lapsed"
        bare = replace(MODEL, tail=0.0)
        late = [scored(past(**ONCE), day=TODAY + days, model=bare)[0] for days in (300, 366)]
        assert [row["lifecycle"] for row in late] == ["lapsed", "gone"]

    def test_needs_half_the_score_when_a_firm_rhythm_breaks(self):
        steady = replace(MODEL, parameters=Parameters(0.9, 60.0, 1e-6, 1.2))

        def band(purchases: int, bands: Bands) -> str:
            row = scored(past(purchases=purchases), day=TODAY + 150, model=steady, bands=bands)[0]
            return str(row["lifecycle"])

        assert band(10, Bands(watch=45, at_risk=55)) == "lapsed"
        assert band(10, Bands(watch=45, at_risk=55, broken_rhythm=0)) == "active"
        assert band(3, Bands(watch=45, at_risk=55)) == "active"
        assert band(10, Bands(watch=45, at_risk=100)) == "watch"

    def test_is_not_gone_after_a_year_for_who_buys_every_year(self):
        yearly = past(first_day=TODAY - 9 * 360, gap_p90=370.0, gap_max=370, last_gap=360)
        assert scored(yearly, day=TODAY + 370)[0]["lifecycle"] not in {"lapsed", "gone"}

    def test_is_returned_after_a_gap_that_looked_like_the_end(self):
        assert one(first_day=TODAY - 600, last_gap=420)["lifecycle"] == "returned"
        assert one(first_day=TODAY - 600, last_gap=60)["lifecycle"] == "active"

    def test_is_not_returned_when_a_yearly_buyer_comes_a_little_late(self):
        yearly = past(first_day=TODAY - 9 * 360, gap_p90=370.0, gap_max=380, last_gap=380)
        assert scored(yearly, day=TODAY + 20)[0]["lifecycle"] == "active"

    def test_bands_are_the_configs(self):
        assert scored(past(), bands=Bands(watch=1, at_risk=2))[0]["lifecycle"] == "at_risk"


class TestTheValueAtRisk:
    def test_is_the_chance_of_loss_times_what_would_come(self):
        row = one(TODAY + 40)
        spend = (100_000 + 20_000) / 11
        assert row["value_at_risk"] == round(row["score"] / 100 * orders(row, 40) * spend)

    def test_and_what_is_expected_share_what_one_who_orders_brings(self):
        for silence in (0, 10, 40):
            row = one(TODAY + silence)
            whole = orders(row, silence) * 120_000 / 11
            assert row["value_at_risk"] + row["expected"] == pytest.approx(whole, abs=1)

    def test_leaves_of_one_order_no_more_to_expect_than_the_chance_of_another_allows(self):
        for silence in (1, 60, 400):
            row = one(TODAY + silence, **ONCE, revenue=114_360, purchase_revenue=114_360)
            chance = 1 - row["score"] / 100
            few = chance * 3 * (114_360 + 20_000) / 2
            assert chance * 60_000 < row["expected"] < few

    @settings(max_examples=60, deadline=None)
    @given(PASTS, PARAMETERS, st.sampled_from([0, 1, 40, 400, 1_000_000]))
    def test_counts_at_least_one_order_and_at_most_one_a_day(self, customer, parameters, silence):
        model = replace(MODEL, parameters=parameters, median_spend={})
        row = scored(customer, day=TODAY + silence, model=model)[0]
        spend = customer["purchase_revenue"] / customer["paid_days"]
        chance = 1 - row["score"] / 100
        assert row["expected"] >= chance * spend * 0.999 - 1
        assert row["expected"] <= chance * spend * row["horizon_days"] * 1.001 + 1

    def test_halves_with_each_quarter_beyond_a_short_horizon(self):
        late = scored(past(), day=TODAY + 10 * 63)[0]
        later = scored(past(), day=TODAY + 10 * 63 + 91)[0]
        fewer = orders(later, 10 * 63 + 91) / orders(late, 10 * 63)
        assert later["value_at_risk"] / late["value_at_risk"] == pytest.approx(
            0.5 * fewer, rel=0.01
        )

    def test_halves_with_each_horizon_beyond_a_long_one(self):
        fixed = Horizon(days=180)
        late = scored(past(), day=TODAY + 4 * 180, horizon=fixed)[0]
        later = scored(past(), day=TODAY + 5 * 180, horizon=fixed)[0]
        fewer = orders(later, 5 * 180) / orders(late, 4 * 180)
        assert later["value_at_risk"] / late["value_at_risk"] == pytest.approx(
            0.5 * fewer, rel=0.01
        )

    def test_of_an_unknown_currency_goes_by_the_customers_own_spend(self):
        row = scored(past(currency="CHF"), day=TODAY + 40)[0]
        assert row["value_at_risk"] == round(row["score"] / 100 * orders(row, 40) * 10_000)
        bare = replace(MODEL, median_spend={})
        assert scored(past(currency="CHF"), day=TODAY + 40, model=bare)[0] == row


class TestRfm:
    def test_is_three_fifths_and_equal_customers_share_a_digit(self):
        rows = [
            past(customer_id=n, last_day=TODAY - 100 + n, purchases=1, revenue=n * 100)
            for n in range(1, 11)
        ]
        digits = [row["rfm"] for row in scored(*rows)]
        assert digits == ["111", "111", "212", "212", "313", "313", "414", "414", "515", "515"]

    def test_compares_money_within_one_currency(self):
        rows = [past(customer_id=n, revenue=n) for n in range(1, 6)]
        rows.append(past(customer_id=6, currency="JPY", revenue=10**9))
        digits = [row["rfm"][2] for row in scored(*rows)]
        assert digits == ["1", "2", "3", "4", "5", "1"]


def test_a_model_survives_its_json():
    assert Model.from_json(MODEL.to_json()) == MODEL


def test_the_formula_is_steady_for_who_has_bought_a_million_times():
    x, span = np.array([999_999.0]), np.array([1.0])
    for days in (0.0, 1.0, 1e6):
        value = formula.misses(MODEL.parameters, x, span, days, 30.0)
        assert 0 <= float(value[0]) <= 1
