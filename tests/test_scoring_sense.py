"""Common sense, as properties: what a score must never do, whatever the book has taught it."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from winback_tui.config import Bands, Horizon
from winback_tui.config.segments import Segment
from winback_tui.config.signals import Signal, effective
from winback_tui.scoring.formula import Layer, Model, Parameters
from winback_tui.scoring.model import sample, train
from winback_tui.scoring.score import Group, score
from winback_tui.scoring.signals import effects
from winback_tui.scoring.statistics import statistics

TODAY = 20_000
SIGNALS = {"customer_id": pl.Int64, "kind": pl.String, "day": pl.Int32, "value": pl.Float64}
SCHEMA = {
    "customer_id": pl.Int64, "day": pl.Int32, "amount": pl.Int64, "currency": pl.String,
}  # fmt: skip


def lines(book: dict[int, list[int]], currency: str = "EUR") -> pl.DataFrame:
    """Transaction lines of customers who bought on these days."""
    rows = [(who, day, 1_000, currency) for who, days in book.items() for day in days]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def scored(
    book: dict[int, list[int]], model: Model, day: int = TODAY, horizon: Horizon | None = None
) -> dict[int, dict[str, Any]]:
    table = statistics(lines(book).filter(pl.col("day") <= day))
    rows = score(table, day, model, horizon or Horizon(), Bands()).rows(named=True)
    return {row["customer_id"]: row for row in rows}


def points(days: list[int], model: Model, day: int = TODAY, **other: Any) -> float:
    return float(scored({1: days}, model, day, **other)[1]["score"])


#: Days of purchases, the last one at most a month before TODAY.
HISTORIES = st.lists(st.integers(0, 900), min_size=1, max_size=25, unique=True).map(
    lambda ago: sorted(TODAY - 30 - each for each in ago)
)
#: Any layer that the bounds on its weights allow, over any formula.
MODELS = st.builds(
    lambda p, w, gap: Model(Parameters(*p), gap, 100.0, {"EUR": 1_000.0}, layer=w),
    st.tuples(st.floats(0.05, 20), st.floats(1, 3_000), st.floats(1e-4, 5), st.floats(0.01, 50)),
    st.none()
    | st.builds(
        Layer, st.floats(-2, 2), st.floats(0, 3), st.floats(0, 3), st.floats(-3, 0),
        st.floats(-3, 0), st.floats(-2, 2), st.floats(0, 4), st.floats(0, 3),
    ),
    st.floats(1, 400),
)  # fmt: skip
HORIZONS = st.sampled_from([Horizon(), Horizon(days=90), Horizon(cycles=1.0, shortest=7)])
#: What rounding to a millionth of a point leaves open.
CLOSE = 2e-6


class TestSilenceAndPurchase:
    @settings(max_examples=60, deadline=None)
    @given(HISTORIES, MODELS, HORIZONS, st.lists(st.integers(0, 1_500), min_size=2, max_size=6))
    def test_a_day_more_of_silence_never_lowers_a_score(self, days, model, horizon, waits):
        found = [points(days, model, TODAY + wait, horizon=horizon) for wait in sorted(set(waits))]
        assert all(later >= earlier - CLOSE for earlier, later in pairwise(found))

    @settings(max_examples=120, deadline=None)
    @given(HISTORIES, MODELS, HORIZONS, st.integers(0, 900))
    def test_a_purchase_today_never_raises_a_score(self, days, model, horizon, wait):
        today = TODAY + wait
        before = points(days, model, today, horizon=horizon)
        assert points([*days, today], model, today, horizon=horizon) <= before + CLOSE

    @settings(max_examples=40, deadline=None)
    @given(HISTORIES, MODELS, st.integers(0, 900))
    def test_the_parts_add_up_and_silence_never_counts_in_favour(self, days, model, wait):
        row = scored({1: days, 2: [TODAY - 5]}, model, TODAY + wait)[1]
        parts = ("base", "history", "silence", "rhythm", "signal")
        assert sum(row[f"{part}_points"] for part in parts) == pytest.approx(row["score"], abs=1e-6)
        assert row["silence_points"] >= -CLOSE


PLAIN = Model(Parameters(0.9, 60.0, 0.3, 1.2), 60.0, 150.0)
LEARNED = replace(PLAIN, layer=Layer(0.2, 0.8, 0.2, -0.3, -0.4, 0.0, 1.0, 0.7))
YEAR = 365


@pytest.mark.parametrize("model", [PLAIN, LEARNED], ids=["formula", "layer"])
class TestRhythm:
    @pytest.mark.parametrize("late", [1.5, 2.0, 3.0])
    @pytest.mark.parametrize("uneven", [[5, 55], [55, 5], [10, 20, 60], [2, 28, 60]])
    def test_clockwork_is_missed_sooner_than_chance_of_the_same_mean_gap(self, model, late, uneven):
        gaps = uneven * (12 // len(uneven))
        days = [TODAY - 360 + sum(gaps[:n]) for n in range(13)]
        even = list(range(TODAY - 360, TODAY + 1, 30))
        assert (days[0], days[-1], len(days)) == (even[0], even[-1], len(even))
        found = scored({1: even, 2: days}, model, TODAY + int(30 * late))
        assert found[1]["score"] > found[2]["score"]
        assert found[1]["rhythm_points"] > found[2]["rhythm_points"] - CLOSE

    @pytest.mark.parametrize("each_spring", [[0], [0, 30, 55]])
    def test_who_buys_every_spring_is_calm_in_autumn_and_alarming_in_june(self, model, each_spring):
        spring = [year * YEAR + day for year in range(9) for day in each_spring]
        last = spring[-1]
        autumn = scored({1: spring}, model, last + 150)[1]
        june = scored({1: spring}, model, spring[-len(each_spring)] + YEAR + 80)[1]
        assert autumn["lifecycle"] in {"active", "watch"}
        assert june["score"] > autumn["score"] + 15
        assert june["lifecycle"] != "active"
        if each_spring == [0]:
            assert june["lifecycle"] == "at_risk"


class TestNothingElseCounts:
    @settings(max_examples=15, deadline=None)
    @given(st.randoms(use_true_random=False))
    def test_order_currency_and_number_play_no_part(self, chance):
        book = {
            who: sorted({TODAY - chance.randrange(700) for _ in range(chance.randint(1, 8))})
            for who in range(1, 40)
        }
        model = train(lines(book), TODAY)
        others = {9_000 - 7 * who: days for who, days in book.items()}
        shuffled = lines(others, "USD").sample(fraction=1.0, shuffle=True, seed=3)
        again = train(shuffled, TODAY)
        assert replace(again, median_spend={}) == replace(model, median_spend={})
        one, two = scored(book, model), scored(others, again)
        assert [one[who]["score"] for who in book] == [
            two[9_000 - 7 * who]["score"] for who in book
        ]

    def test_two_customers_with_one_history_have_one_score(self):
        days = [TODAY - 90, TODAY - 70, TODAY - 12]
        found = scored({1: days, 2: [TODAY - 3], 3: days}, LEARNED)
        assert found[1]["score"] == found[3]["score"]

    def test_a_sample_is_taken_by_history_alone(self):
        book = {who: [TODAY - who, TODAY - 2 * who] for who in range(1, 400)}
        taken = set(sample(statistics(lines(book)), 50).to_list())
        others = {1_000 - who: days for who, days in book.items()}
        assert {1_000 - who for who in sample(statistics(lines(others)), 50).to_list()} == taken
        assert 20 <= len(taken) <= 110


class TestSignals:
    DAYS = (TODAY - 200, TODAY - 120, TODAY - 60)

    def told(self, *given: tuple[str, int, float | None], day: int = TODAY, **rules: Signal):
        table = pl.DataFrame(
            [(1, kind, when, value) for kind, when, value in given], schema=SIGNALS, orient="row"
        )
        effect = effects(table, day, effective(rules))
        table = statistics(lines({1: list(self.DAYS), 2: [TODAY - 9]}))
        return score(table, day, PLAIN, Horizon(), Bands(), effects=effect).row(0, named=True)

    def test_move_the_score_and_say_which(self):
        calm, upset = self.told(), self.told(("complaint", TODAY - 3, None))
        assert upset["score"] > calm["score"]
        assert upset["signal_points"] == pytest.approx(upset["score"] - calm["score"])
        assert (upset["signal"], upset["signal_day"]) == ("complaint", TODAY - 3)
        assert self.told(("email_opened", TODAY - 3, None))["score"] < calm["score"]

    def test_fade_by_half_each_half_life(self):
        rule = Signal(odds=1.0, half_life=20)
        told = [
            effects(
                pl.DataFrame([(1, "x", TODAY, None)], schema=SIGNALS, orient="row"),
                TODAY + days,
                {"x": effective({"x": rule})["x"]},
            )["signal_odds"].item()
            for days in (0, 20, 40)
        ]
        assert told == pytest.approx([1.0, 0.5, 0.25])

    def test_notice_given_sets_a_floor_for_its_time(self):
        assert self.told(("notice_given", TODAY - 1, None))["score"] >= 90
        rule = Signal(odds=0.0, floor=80.0, holds=10)
        assert self.told(("gone", TODAY - 9, None), gone=rule)["score"] == 80
        assert self.told(("gone", TODAY - 10, None), gone=rule)["score"] < 80

    def test_small_ones_add_up_and_repeats_do_not_run_away(self):
        one = self.told(("ticket", TODAY, None))["signal_points"]
        both = self.told(("ticket", TODAY, None), ("bounce", TODAY, None))["signal_points"]
        many = self.told(*[("ticket", TODAY - n, None) for n in range(50)])["signal_points"]
        assert both > one > 0
        assert many < 2.2 * one

    def test_a_value_may_have_to_be_low_and_what_is_to_come_does_not_count(self):
        assert self.told(("nps", TODAY, 3.0))["signal_points"] > 0
        assert self.told(("nps", TODAY, 9.0))["signal_points"] == 0
        assert self.told(("nps", TODAY, None))["signal_points"] == 0
        assert self.told(("complaint", TODAY + 1, None))["signal_points"] == 0


class TestSegments:
    def test_have_their_own_horizon_and_bands(self):
        table = statistics(lines({1: [TODAY - 80, TODAY - 40], 2: [TODAY - 80, TODAY - 40]}))
        wholesale = Segment(match={"segment": "wholesale"}, days=200, watch=1.0, at_risk=2.0)
        group = Group(PLAIN, wholesale.horizon(Horizon()), wholesale.bands(Bands()))
        members = pl.DataFrame({"customer_id": [2], "group": ["wholesale"]})
        rows = score(
            table, TODAY, PLAIN, Horizon(), Bands(), groups={"wholesale": group}, members=members
        ).rows(named=True)
        assert [row["customer_id"] for row in rows] == [1, 2]
        assert rows[1]["horizon_days"] == 200
        assert rows[1]["score"] < rows[0]["score"]
        assert rows[1]["lifecycle"] in {"at_risk", "lapsed"}

    def test_of_few_stay_near_the_book_and_of_many_speak_for_themselves(self):
        book = {who: list(range(TODAY - 700 - who % 13, TODAY, 60)) for who in range(1, 120)}
        fast = {who: list(range(TODAY - 300 - who % 7, TODAY, 5)) for who in range(200, 280)}
        table = lines(book | fast)

        def rate(ids: list[int]) -> float:
            members = pl.DataFrame({"customer_id": ids, "group": "fast"})
            segment = Segment(match={"segment": "fast"})
            model = train(table, TODAY, segments={"fast": segment}, members=members, layered=True)
            own, whole = model.segments["fast"], model.parameters
            return (own.r / own.alpha) / (whole.r / whole.alpha)

        assert 1 < rate([200]) < rate(list(range(200, 280)))
