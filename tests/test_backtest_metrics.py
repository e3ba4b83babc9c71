"""The measures of a score: against examples worked out by hand, and what must hold of any."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from winback_tui.proof import Figure
from winback_tui.scoring import metrics
from winback_tui.scoring.metrics import Array, Places
from winback_tui.scoring.resampling import MOST, Measured, figures


def array(*values: float) -> Array:
    return np.array(values, dtype=np.float64)


SCORED = st.lists(st.tuples(st.integers(0, 100), st.booleans()), min_size=2, max_size=60).map(
    lambda rows: (array(*(r[0] / 100 for r in rows)), array(*(float(r[1]) for r in rows)))
)


def test_auc_counts_the_pairs_in_the_right_order_and_ties_for_half() -> None:
    # Stayed away: .9, .4; bought: .8, .4, .1. Pairs won: 3 of .9, and of .4 one and a tie.
    values, outcome = array(0.9, 0.8, 0.4, 0.4, 0.1), array(1, 0, 1, 0, 0)
    assert metrics.auc(values, outcome)[0] == pytest.approx((3 + 1 + 0.5) / 6)


def test_auc_of_a_perfect_order_its_opposite_and_none() -> None:
    outcome = array(1, 1, 0, 0, 0)
    assert metrics.auc(array(5, 4, 3, 2, 1), outcome)[0] == 1.0
    assert metrics.auc(array(1, 2, 3, 4, 5), outcome)[0] == 0.0
    assert metrics.auc(array(7, 7, 7, 7, 7), outcome)[0] == 0.5


def test_auc_is_not_a_number_where_all_did_the_same() -> None:
    for outcome in (array(1, 1, 1), array(0, 0, 0)):
        assert np.isnan(metrics.auc(array(1, 2, 3), outcome)[0])


@settings(max_examples=60)
@given(SCORED)
def test_auc_depends_on_the_order_alone(scored: tuple[Array, Array]) -> None:
    values, outcome = scored
    assume(0 < outcome.sum() < len(outcome))
    before = metrics.auc(values, outcome)[0]
    assert metrics.auc(np.exp(3 * values) - 7, outcome)[0] == pytest.approx(before)
    assert metrics.auc(-values, outcome)[0] == pytest.approx(1 - before)
    mixed = np.random.default_rng(1).permutation(len(values))
    assert metrics.auc(values[mixed], outcome[mixed])[0] == pytest.approx(before)


@settings(max_examples=60)
@given(SCORED)
def test_a_whole_weight_counts_as_so_many_customers(scored: tuple[Array, Array]) -> None:
    values, outcome = scored
    weights = np.arange(len(values)) % 3
    assume(0 < outcome @ weights < weights.sum())
    again = np.repeat(np.arange(len(values)), weights)
    weighted = weights[None, :].astype(np.float64)
    for measure in (metrics.auc, metrics.brier, metrics.log_loss):
        whole = measure(values[again], outcome[again])[0]
        assert measure(values, outcome, weighted)[0] == pytest.approx(whole)


def test_the_top_takes_equals_at_the_cut_in_parts() -> None:
    values, outcome = array(9, 5, 5, 5, 1), array(1, 1, 0, 0, 1)
    # One stands above; of the three equals one may come in, and a third of them stayed away.
    assert metrics.share_at_top(values, outcome, 2)[0] == pytest.approx((1 + 1 / 3) / 2)
    assert metrics.lift(values, outcome, 2)[0] == pytest.approx((4 / 3) / 2 / (3 / 5))
    assert metrics.share_at_top(values, outcome, 99)[0] == pytest.approx(3 / 5)


def test_brier_and_log_loss_of_known_guesses() -> None:
    probability, outcome = array(0.8, 0.5, 0.1), array(1, 0, 0)
    assert metrics.brier(probability, outcome)[0] == pytest.approx((0.04 + 0.25 + 0.01) / 3)
    wanted = -(np.log(0.8) + np.log(0.5) + np.log(0.9)) / 3
    assert metrics.log_loss(probability, outcome)[0] == pytest.approx(wanted)


def test_a_certainty_that_proves_wrong_costs_much_but_not_everything() -> None:
    cost = metrics.log_loss(array(0.0, 1.0), array(1, 1))[0]
    assert cost == pytest.approx((-np.log(metrics.SUREST) - np.log(1 - metrics.SUREST)) / 2)


def test_calibration_error_is_the_mean_distance_of_the_groups() -> None:
    # Twenty customers, ten groups of two: in each the mean said is .5, and one of two stayed.
    probability = np.full(20, 0.5) + np.repeat(np.arange(10), 2) * 1e-6
    assert metrics.calibration_error(probability, np.tile([0.0, 1.0], 10))[0] < 1e-5
    assert metrics.calibration_error(probability, np.ones(20))[0] == pytest.approx(0.5, abs=1e-4)


def test_equals_stay_in_one_group() -> None:
    places = metrics.groups(array(0.2, 0.2, 0.2, 0.7, 0.7, 0.9), 3)
    assert places[0] == places[1] == places[2]
    assert places[3] == places[4]
    assert list(places) == sorted(places)


@pytest.mark.parametrize("bend", [1.0, 0.5])
def test_a_process_whose_probabilities_are_known_is_found_calibrated_or_not(bend: float) -> None:
    generator = np.random.default_rng(3)
    truth = generator.uniform(0.02, 0.98, 20_000)
    outcome = (generator.random(20_000) < truth).astype(np.float64)
    said = truth**bend
    error = metrics.calibration_error(said, outcome)[0]
    if bend == 1.0:
        assert error < 0.015
        assert metrics.brier(said, outcome)[0] == pytest.approx(
            float((truth * (1 - truth)).mean()), abs=0.005
        )
    else:
        assert error == pytest.approx(float((said - truth).mean()), abs=0.015)


def test_the_interval_of_a_share_is_wilsons() -> None:
    low, high = metrics.wilson(8, 10)
    assert (round(low, 3), round(high, 3)) == (0.490, 0.943)
    assert metrics.wilson(0, 0) == (0.0, 1.0)
    assert metrics.wilson(0, 5)[0] == 0.0
    assert metrics.wilson(5, 5)[1] == 1.0


# Intervals


def of_mean(values: Array) -> Measured:
    def measure(weights: Array | None, places: Places | None) -> Array:
        return metrics.mean(values if places is None else values[places], weights)

    return Measured(measure, 0.0, 1.0)


def test_an_interval_is_the_same_on_every_run_and_as_wide_as_theory_says() -> None:
    values = (np.random.default_rng(5).random(900) < 0.3).astype(np.float64)
    one, two = (figures({"a": of_mean(values)}, 900)["a"] for _ in range(2))
    assert one == two
    assert one.low is not None
    assert one.high is not None
    share = values.mean()
    wide = 2 * 1.96 * np.sqrt(share * (1 - share) / 900)
    assert one.high - one.low == pytest.approx(wide, rel=0.2)


def test_the_interval_of_many_customers_is_scaled_from_a_part_of_them() -> None:
    count = MOST * 4
    values = (np.random.default_rng(6).random(count) < 0.5).astype(np.float64)
    found = figures({"a": of_mean(values)}, count)["a"]
    assert found.value == pytest.approx(values.mean())
    assert found.low is not None
    assert found.high is not None
    assert found.high - found.low == pytest.approx(2 * 1.96 * 0.5 / np.sqrt(count), rel=0.25)


def test_a_difference_is_taken_on_the_same_customers() -> None:
    values = np.random.default_rng(7).random(500)
    found = figures({"a": of_mean(values), "b": of_mean(values)}, 500, (("a", "b"),))
    assert found["a - b"] == Figure(0.0, 0.0, 0.0)


def test_nobody_and_nothing_known_give_no_figure() -> None:
    assert figures({"a": of_mean(array())}, 0, (("a", "a"),)) == {"a": Figure(), "a - a": Figure()}

    def never(weights: Array | None, places: object) -> Array:
        return np.full(1 if weights is None else len(weights), np.nan)

    assert figures({"a": Measured(never)}, 5)["a"] == Figure()


@settings(max_examples=25, deadline=None)
@given(SCORED)
def test_a_figure_lies_within_its_interval(scored: tuple[Array, Array]) -> None:
    values, outcome = scored

    def error(weights: Array | None, places: object) -> Array:
        return metrics.calibration_error(values, outcome, weights)

    found = figures({"a": Measured(error, 0.0, 1.0)}, len(values))["a"]
    assert found.value is not None
    assert found.low is not None
    assert found.high is not None
    assert 0 <= found.low <= found.value <= found.high <= 1
