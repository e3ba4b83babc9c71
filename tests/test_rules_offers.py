"""The ladder of offers: the next rung, its brakes, what it brings, and what a book teaches."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from winback_tui.config.offers import Offers, Rung
from winback_tui.errors import BadInputError
from winback_tui.model import CaseState, LeavingReason, Stage
from winback_tui.rules import amounts, beta, offers
from winback_tui.rules.offer_cases import after_answer, after_offer
from winback_tui.rules.offers import Block, Made, Quote, Result, Tally

TODAY = date(2026, 11, 21)
STEPS = offers.ladder(Offers())
SHARES = st.floats(0.01, 0.99)
MONEY = st.integers(0, 10**9)


def quote(**changed: float | int) -> Quote:
    usual = Quote(0.1, 0.3, 0.4, 1_000_000, 10_000, 500, "EUR")
    return usual._replace(**changed)  # type: ignore[arg-type]


class TestLadder:
    def test_it_has_seven_rungs_and_price_stands_late(self) -> None:
        assert [step.code for step in STEPS] == [
            *("fix", "personal", "content", "service", "price", "bundle", "exit")
        ]

    def test_a_user_changes_adds_and_takes_away_rungs(self) -> None:
        own = Offers(
            rungs={
                "price": Rung(cost_share=0.05),
                "bundle": Rung(use=False),
                "visit": Rung(step=2, title="a visit", cost=80.0),
            }
        )
        steps = {step.code: step for step in offers.ladder(own)}
        assert steps["price"].cost_share == 0.05
        assert steps["price"].title == "price, for a limited time"
        assert "bundle" not in steps
        assert [*steps][2:4] == ["content", "visit"]

    def test_a_ladder_without_rungs_is_refused(self) -> None:
        nothing = Offers(rungs={step.code: Rung(use=False) for step in STEPS})
        with pytest.raises(BadInputError, match="no rung is left"):
            offers.ladder(nothing)

    def test_the_next_rung_follows_the_highest(self) -> None:
        assert offers.next_step(STEPS, []) == STEPS[0]
        made = [Made(1, "content", TODAY), Made(2, "fix", TODAY)]
        assert offers.next_step(STEPS, made) == STEPS[3]
        assert offers.next_step(STEPS, [Made(1, "exit", TODAY)]) is None

    def test_a_ladder_is_used_up_after_its_last_rung_unless_something_was_accepted(self) -> None:
        last = Made(9, "exit", TODAY, Result.DECLINED)
        assert offers.used_up(STEPS, [last])
        assert not offers.used_up(STEPS, [Made(1, "price", TODAY, Result.ACCEPTED), last])
        assert not offers.used_up(STEPS, [Made(1, "price", TODAY)])

    @pytest.mark.parametrize("text", ["4", "price", " PRICE ", "price, for a limited time"])
    def test_a_rung_is_named_by_place_code_or_title(self, text: str) -> None:
        assert offers.rung_of(STEPS, text).code == "price"

    def test_an_unknown_rung_lists_the_known(self) -> None:
        with pytest.raises(BadInputError, match="0 fix, 1 personal"):
            offers.rung_of(STEPS, "gold")


class TestBrakes:
    def test_skipping_a_rung_needs_a_reason(self) -> None:
        with pytest.raises(BadInputError, match="useful content"):
            offers.may_step(STEPS, STEPS[3], [Made(1, "personal", TODAY)], TODAY, cooldown=0)
        offers.may_step(STEPS, STEPS[3], [], TODAY, cooldown=0, why="they asked for it")

    def test_between_two_rungs_lies_the_cooldown(self) -> None:
        made = [Made(1, "fix", TODAY - timedelta(days=13))]
        with pytest.raises(BadInputError, match="2026-11-22"):
            offers.may_step(STEPS, STEPS[1], made, TODAY, cooldown=14)
        offers.may_step(STEPS, STEPS[1], made, TODAY + timedelta(days=1), cooldown=14)
        offers.may_step(STEPS, STEPS[1], made, TODAY, cooldown=14, why="they called")

    def test_a_rung_again_is_no_skip(self) -> None:
        offers.may_step(STEPS, STEPS[0], [Made(1, "content", TODAY)], TODAY, cooldown=0)


class TestNet:
    def test_it_is_the_formula(self) -> None:
        # 0.1 × 0.4 × 10,000 € − 100 € × 0.3 − 5 € = 400 − 30 − 5
        assert quote().net == 36_500

    @given(low=SHARES, high=SHARES, margin=SHARES, revenue=MONEY, cost=MONEY)
    def test_it_grows_with_the_uplift(
        self, low: float, high: float, margin: float, revenue: int, cost: int
    ) -> None:
        low, high = sorted((low, high))
        one = quote(uplift=low, margin_rate=margin, revenue=revenue, cost=cost)
        assert one.net <= one._replace(uplift=high).net

    @given(cost=MONEY, more=MONEY, accept=SHARES)
    def test_it_never_grows_with_the_cost(self, cost: int, more: int, accept: float) -> None:
        one = quote(cost=cost, accept=accept)
        assert one._replace(cost=cost + more).net <= one.net

    @given(cap=MONEY, above=st.integers(1, 10**6), uplift=SHARES, revenue=MONEY)
    def test_a_cost_above_the_cap_is_always_blocked(
        self, cap: int, above: int, uplift: float, revenue: int
    ) -> None:
        one = quote(cost=cap + above, uplift=uplift, revenue=revenue)
        assert offers.blocked(one, cap) is Block.CAP

    def test_a_loss_is_blocked(self) -> None:
        assert offers.blocked(quote(revenue=1_000, cost=0), 10**9) is Block.NET
        assert offers.blocked(quote(), 10**9) is None

    def test_the_cap_is_the_tighter_of_two(self) -> None:
        assert offers.cap_of(0.4, 100_000, 100, Offers(cap_share=0.5)) == 20_000
        assert offers.cap_of(0.4, 100_000, 100, Offers(cap_share=0.5, cap=50.0)) == 5_000

    def test_a_cost_is_asked_for_shared_or_usual(self) -> None:
        price = offers.rung_of(STEPS, "price")
        assert offers.cost_of(price, 100_000, 100, None, None) == 10_000
        assert offers.cost_of(price, 100_000, 100, 12.5, None) == 1_250
        assert offers.cost_of(price, 100_000, 100, None, 0.05) == 5_000
        assert offers.cost_of(price, 100_000, 1, 12.0, None) == 12


class TestLearning:
    @given(
        prior=SHARES,
        weight=st.floats(1, 1000),
        n=st.integers(1, 500),
        share=st.floats(0, 1),
    )
    def test_a_belief_lies_between_prior_and_data(
        self, prior: float, weight: float, n: int, share: float
    ) -> None:
        found = offers.believe(prior, weight, share * n, n)
        assert min(prior, share) - 1e-9 <= found.mean <= max(prior, share) + 1e-9
        assert 0 <= found.low <= found.high <= 1

    @given(prior=SHARES, share=st.floats(0, 1), n=st.integers(1, 200))
    def test_more_data_draws_it_further(self, prior: float, share: float, n: int) -> None:
        one = offers.believe(prior, 20, share * n, n).mean
        more = offers.believe(prior, 20, share * 2 * n, 2 * n).mean
        assert abs(more - share) <= abs(one - share) + 1e-12

    @given(a=st.floats(0.2, 400), b=st.floats(0.2, 400), x=st.floats(0.001, 0.999))
    def test_the_beta_distribution_is_the_textbook_s(self, a: float, b: float, x: float) -> None:
        assert beta.below(a, b, x) == pytest.approx(stats.beta.cdf(x, a, b), abs=1e-9)

    def test_its_interval_too(self) -> None:
        low, high = beta.interval(3.4, 21.0, 0.9)
        assert (low, high) == pytest.approx(stats.beta.ppf([0.05, 0.95], 3.4, 21.0), abs=1e-9)

    def test_a_reason_learns_from_itself_and_from_the_others(self) -> None:
        price = offers.rung_of(STEPS, "price")
        nothing = offers.lesson(price, LeavingReason.PRICE, {}, 20)
        others = {("price", LeavingReason.SERVICE): Tally(40, 30, 25.0)}
        heard = offers.lesson(price, LeavingReason.PRICE, others, 20)
        own = offers.lesson(
            price, LeavingReason.PRICE, {("price", LeavingReason.PRICE): Tally(40, 30, 25.0)}, 20
        )
        assert nothing.uplift.mean < heard.uplift.mean
        assert (nothing.uplift.n, heard.uplift.n, own.uplift.n) == (0, 0, 40)
        assert own.uplift.high - own.uplift.low < nothing.uplift.high - nothing.uplift.low

    def test_a_price_cut_fits_who_leaves_for_the_price(self) -> None:
        price = offers.rung_of(STEPS, "price")
        fits = offers.lesson(price, LeavingReason.PRICE, {}, 20).uplift.mean
        assert fits > offers.lesson(price, LeavingReason.SERVICE, {}, 20).uplift.mean

    def test_credit_is_only_what_would_not_have_come_anyway(self) -> None:
        price = offers.rung_of(STEPS, "price")
        sure = {("price", LeavingReason.PRICE): Tally(10, 10, 10 * 0.9)}
        anyway = {("price", LeavingReason.PRICE): Tally(10, 10, 10 * 0.1)}
        reason = LeavingReason.PRICE
        assert (
            offers.lesson(price, reason, sure, 20).uplift.mean
            > offers.lesson(price, reason, anyway, 20).uplift.mean
        )


class TestAmounts:
    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("120", "120"),
            ("120,50", "120.5"),
            ("1.204,00", "1204"),
            ("1,204.5", "1204.5"),
            ("1.204.000", "1204000"),
            ("50 €", "50"),
        ],
    )
    def test_amounts_read_as_they_are_written(self, text: str, value: str) -> None:
        assert amounts.parse_amount(text) == Decimal(value)

    @pytest.mark.parametrize("text", ["", "-5", "1.204", "abc", "1,2,3", "٣"])
    def test_what_may_mean_two_things_or_none_is_refused(self, text: str) -> None:
        with pytest.raises(BadInputError):
            amounts.parse_amount(text)

    @pytest.mark.parametrize(("text", "value"), [("30%", 0.3), ("12,5 %", 0.125), ("0.4", 0.4)])
    def test_shares(self, text: str, value: float) -> None:
        assert amounts.parse_share(text) == pytest.approx(value)

    @pytest.mark.parametrize("text", ["30", "101%", "-1%", "x", ""])
    def test_no_shares(self, text: str) -> None:
        with pytest.raises(BadInputError):
            amounts.parse_share(text)

    def test_a_margin_is_never_taken_for_granted(self) -> None:
        assert amounts.margin_rate(None, {}, None, {"tea": 100}) is None
        assert amounts.margin_rate(None, {"tea": 0.5}, None, {"tea": 79, "": 21}) is None

    def test_a_margin_comes_from_the_nearest(self) -> None:
        groups = {"tea": 0.5, "cups": 0.2}
        assert amounts.margin_rate(0.33, groups, 0.1, {"tea": 1}) == (0.33, "customer")
        mixed = amounts.margin_rate(None, groups, None, {"tea": 50, "cups": 50})
        assert mixed is not None
        assert mixed.source == "group"
        assert mixed.rate == pytest.approx(0.35)
        filled = amounts.margin_rate(None, {"tea": 0.5}, 0.1, {"tea": 50, "": 50})
        assert filled is not None
        assert filled.rate == pytest.approx(0.3)
        assert amounts.margin_rate(None, {}, 0.1, {}) == (0.1, "all")


class TestCases:
    def test_an_offer_is_an_attempt_with_a_date_to_ask(self) -> None:
        due = TODAY + timedelta(days=7)
        case = after_offer(CaseState(), TODAY, follow_up=due, next_action="answer to: price")
        assert (case.stage, case.attempts, case.next_action_on) == (Stage.CONTACTED, 1, due)
        assert case.unanswered == 1

    def test_who_is_with_sales_gets_no_offer(self) -> None:
        with_sales = CaseState(stage=Stage.HANDED_OVER, handed_to="Kim")
        with pytest.raises(BadInputError, match="with Kim"):
            after_offer(with_sales, TODAY, follow_up=TODAY, next_action="")

    def test_a_yes_or_no_is_an_answer_and_silence_is_none(self) -> None:
        state = CaseState(stage=Stage.CONTACTED, opened_on=TODAY, attempts=1, unanswered=1)
        no = after_answer(state, Result.DECLINED, TODAY, follow_up=TODAY, next_action="x")
        assert (no.stage, no.unanswered, no.answered_on) == (Stage.RESPONDED, 0, TODAY)
        silent = after_answer(state, Result.NO_ANSWER, TODAY, follow_up=TODAY, next_action="x")
        assert (silent.stage, silent.unanswered) == (Stage.CONTACTED, 1)

    def test_an_answer_reopens_nothing(self) -> None:
        lost = CaseState(stage=Stage.LOST, closed_on=TODAY)
        assert after_answer(lost, Result.ACCEPTED, TODAY, follow_up=TODAY, next_action="") == lost
