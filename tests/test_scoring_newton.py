"""The arithmetic under the fits: gamma functions, and where a smooth function is least."""

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import gammaln, polygamma, psi

from tests.test_scoring_fit import TODAY, bought, simulated
from winback_tui.scoring import fit as fitting
from winback_tui.scoring.fit import fit, fit_past, log_posterior
from winback_tui.scoring.gammas import gammas
from winback_tui.scoring.newton import Array, least
from winback_tui.scoring.rows import Rows

POINT = np.array([0.4, -0.6, 0.9, -0.2])


def test_the_gamma_functions_are_those_of_scipy():
    values = np.concatenate([10.0 ** np.linspace(-9, 7, 500), np.linspace(0.5, 20, 200)])
    for ours, theirs in zip(gammas(values), (gammaln, psi, lambda z: polygamma(1, z)), strict=True):
        assert ours == pytest.approx(theirs(values), rel=1e-11, abs=1e-11)


def test_second_derivatives_are_those_that_small_steps_show():
    groups = tuple(
        np.array(values, dtype=float)
        for values in ([0, 0, 3, 50], [0, 0, 40, 900], [0, 700, 300, 905], [5, 7, 2, 1])
    )
    bend = log_posterior(POINT, groups, 30.0)[2]
    for direction, row in zip(np.eye(4) * 1e-5, bend, strict=True):
        ahead, behind = (log_posterior(POINT + way * direction, groups, 30.0)[1] for way in (1, -1))
        assert row == pytest.approx((ahead - behind) / 2e-5, abs=1e-5)


class TestLeast:
    @pytest.mark.parametrize("seed", range(6))
    def test_is_where_another_method_ends_within_bounds(self, seed):
        chance = np.random.default_rng(seed)
        table, silent = chance.normal(size=(80, 4)), chance.integers(0, 2, 80).astype(float)
        low, high = np.array([-np.inf, 0.0, 0.0, -0.1]), np.array([np.inf, 0.2, np.inf, 0.0])

        def of(at: Array) -> tuple[float, Array, Array]:
            odds = table @ at
            said = 1 / (1 + np.exp(-odds))
            value = (np.logaddexp(0, odds) - silent * odds).mean() + 0.01 * at @ at
            slope = table.T @ (said - silent) / 80 + 0.02 * at
            bend = (table.T * (said * (1 - said))) @ table / 80 + 0.02 * np.eye(4)
            return float(value), slope, bend

        found = least(of, np.array([0.0, 0.1, 3.0, -0.1]), low, high)
        known = minimize(
            lambda at: of(at)[:2], np.zeros(4), jac=True, method="L-BFGS-B",
            bounds=list(zip(low, high, strict=True)), options={"ftol": 1e-15, "gtol": 1e-10},
        )  # fmt: skip
        assert (found.point >= low).all()
        assert (found.point <= high).all()
        assert found.point == pytest.approx(known.x, abs=1e-5)

    def test_is_found_from_where_the_function_bends_down(self):
        def of(at: Array) -> tuple[float, Array, Array]:
            return (
                float(np.cos(at[0]) + at[1] ** 2),
                np.array([-np.sin(at[0]), 2 * at[1]]),
                np.diag([-np.cos(at[0]), 2.0]),
            )

        assert least(of, np.array([0.3, 5.0]), -12.0, 12.0).point == pytest.approx([np.pi, 0.0])


class TestTheFitOfTheSameBook:
    def test_ends_at_the_same_digits_wherever_it_begins(self, monkeypatch):
        table = bought(simulated(300, seed=5))
        usual = fit(table, TODAY)
        for start in (POINT, -POINT, 3 * POINT):
            monkeypatch.setattr(fitting, "_STARTS", (start,))
            assert fit(table, TODAY) == usual

    def test_of_many_customers_differs_little_from_that_of_each_history(self, monkeypatch):
        table = bought(simulated(1_500, seed=9))
        single = fit(table, TODAY).parameters
        monkeypatch.setattr(fitting, "_CROWD", 100)
        crowd = fit(table, TODAY).parameters
        for name in ("r", "alpha", "a", "b"):
            assert getattr(crowd, name) == pytest.approx(getattr(single, name), rel=0.03)

    def test_in_its_past_lies_nearer_to_today_the_smaller_the_book(self):
        today = fit(bought(simulated(2_000, seed=3)), TODAY)

        def moved(customers: int) -> float:
            other = bought(simulated(customers, seed=8, r=3.0))
            return fit_past(Rows.of(other), TODAY, today).parameters.r / today.parameters.r

        assert 1 < moved(20) < moved(2_000)
