"""When signs become an alert: the plain rules, and that polars says the same of a whole book."""

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from winback_tui.config.alerts import SHIPPED, Alerts, Rule, Rules, effective
from winback_tui.rules.alerts import (
    Priority,
    Sign,
    Verdict,
    due_on,
    is_fresh,
    leading,
    room,
    verdict,
)
from winback_tui.scoring import alerts as scoring
from winback_tui.scoring.signs import MEASURES
from winback_tui.words import alerts as words
from winback_tui.words.format import Formats

TODAY = date(2026, 11, 21)
EPOCH = date(1970, 1, 1)
DAY = (TODAY - EPOCH).days


def sign(rule: str, ago: int = 1, **given: object) -> Sign:
    shipped = SHIPPED[rule]
    day = TODAY - timedelta(days=ago)
    values = {"weight": shipped.weight, "critical": shipped.critical, **given}
    return Sign(rule, day, (day - EPOCH).days, **values)  # type: ignore[arg-type]


def measured(facts: list[tuple[int, str, int, bool]]) -> pl.DataFrame:
    """Return measures of customer, rule, how many days ago, or ahead where it is to come."""
    rows = [
        {
            "customer_id": who,
            "rule": rule,
            "day": DAY - ago,
            "period": ago,
            "until": DAY + ago if ahead else None,
            "most": False,
        }
        for who, rule, ago, ahead in facts
    ]
    return pl.DataFrame(rows, schema=MEASURES)


@pytest.mark.parametrize(
    ("signs", "priority"),
    [
        ([], None),
        (["complaint"], Priority.URGENT),
        (["notice_given", "silence"], Priority.URGENT),
        (["silence"], None),
        (["contact_left", "bounce"], Priority.NORMAL),  # 0.7 + 0.3 is one, in floats too
        (["silence", "consent_ends"], Priority.NORMAL),
        (["silence", "bounce"], None),
        (["silence", "nps", "contact_left"], Priority.HIGH),
    ],
)
def test_one_critical_sign_is_enough_or_a_sum_of_weights(
    signs: list[str], priority: Priority | None
) -> None:
    found = verdict([sign(each) for each in signs], TODAY, Alerts())
    assert (found.priority if found else None) is priority


def test_what_is_more_urgent_is_due_sooner_and_never_after_what_ends() -> None:
    alerts = Alerts()
    days = [(due_on(each, [sign("silence")], TODAY, alerts) - TODAY).days for each in Priority]
    assert days == [1, 3, 7]
    ends = sign("contract_end", until=TODAY + timedelta(days=2))
    assert due_on(Priority.NORMAL, [ends], TODAY, alerts) == TODAY + timedelta(days=2)
    assert verdict([ends], TODAY, alerts) == Verdict(
        Priority.URGENT, 1.0, TODAY + timedelta(days=1)
    )


@pytest.mark.parametrize("ahead", [False, True])
def test_a_sign_is_news_for_a_while_and_what_is_to_come_from_a_while_before(ahead: bool) -> None:
    chosen = scoring.settings({"": {"complaint": SHIPPED["complaint"]._replace(within=30)}})
    for days, news in ((-1, False), (0, True), (30, True), (31, False)):
        measures = measured([(1, "complaint", days, ahead)])
        assert scoring.judged(measures, chosen, None, DAY).height == news


def test_the_same_sign_of_the_same_period_is_told_once_and_its_kind_not_before_its_cooldown() -> (
    None
):
    rule = Rule(cooldown=14)
    one = sign("complaint")
    assert is_fresh(one, {}, TODAY, rule)
    long_ago = date(2020, 1, 1)
    assert not is_fresh(one, {("complaint", one.period): long_ago}, TODAY, rule)
    assert is_fresh(one, {("complaint", 1): long_ago}, TODAY, rule)
    for days, fresh in ((13, False), (14, True)):
        raised = {("complaint", 1): TODAY - timedelta(days=days)}
        assert is_fresh(one, raised, TODAY, rule) is fresh
        assert is_fresh(sign("nps"), raised, TODAY, rule)


def test_an_alert_is_called_by_what_cannot_wait() -> None:
    signs = [sign("silence"), sign("complaint", weight=0.1), sign("nps")]
    assert leading(signs).rule == "complaint"
    assert leading(signs[::2]).rule == "nps"
    assert [room(3, raised) for raised in (0, 2, 3, 9)] == [3, 1, 0, 0]


def test_a_segment_overrides_the_book_and_the_book_what_is_shipped() -> None:
    given = Alerts(
        rules=Rules(silence=Rule(at=3.0, weight=0.9)),
        segments={"wholesale": Rules(silence=Rule(at=1.5), nps=Rule(use=False))},
    )
    assert effective(given)["silence"] == SHIPPED["silence"]._replace(at=3.0, weight=0.9)
    own = effective(given, "wholesale")
    assert (own["silence"].at, own["silence"].weight, own["nps"].use) == (1.5, 0.9, False)
    assert effective(given, "retail") == effective(given)
    assert set(SHIPPED) == set(Rules._fields)


@pytest.mark.parametrize("rule", sorted(SHIPPED))
def test_every_sign_has_a_title_and_a_sentence_with_its_values(rule: str) -> None:
    until = TODAY + timedelta(days=9) if rule in ("contract_end", "consent_ends") else None
    what = {"consent_ends": "email", "spend_drop": "EUR", "smaller_orders": "EUR"}.get(rule)
    said = words.sentence(sign(rule, value=4.0, usual=20.0, what=what, until=until), Formats())
    assert rule in words.TITLES
    assert "None" not in said
    assert not said.endswith(".")
    assert any(each.isdigit() for each in said)


def test_who_returns_more_than_they_buy_does_not_spend_over_100_percent_less() -> None:
    def said(value: float) -> str:
        return words.sentence(
            sign("spend_drop", value=value, usual=85_300.0, what="GBP"), Formats()
        )

    assert said(-2_300.0).startswith("has returned more than was bought of late (")
    assert "%" not in said(-2_300.0)
    assert "853" in said(-2_300.0)
    assert said(0.0).startswith("spends 100% less than usual")


#: Rules that do not ask for a measure.
RULES = ("complaint", "silence", "contact_left", "bounce", "nps")
settings_of = st.builds(
    Rule,
    use=st.just(True),
    critical=st.booleans(),
    weight=st.sampled_from([0.0, 0.3, 0.5, 0.7, 1.0]),
    within=st.integers(1, 20),
    cooldown=st.integers(0, 20),
)
moments = st.integers(-3, 25)


@given(
    rules=st.fixed_dictionaries(dict.fromkeys(RULES, settings_of)),
    facts=st.lists(
        st.tuples(st.integers(1, 4), st.sampled_from(RULES), moments, st.booleans()),
        max_size=14,
        unique_by=lambda each: each[:2],
    ),
    raised=st.lists(
        st.tuples(st.integers(1, 4), st.sampled_from(RULES), moments, st.integers(0, 25)),
        max_size=8,
        unique_by=lambda each: each[:3],
    ),
    threshold=st.sampled_from([0.5, 1.0, 1.2]),
)
def test_polars_says_of_all_customers_what_the_rules_say_of_each(
    rules: dict[str, Rule],
    facts: list[tuple[int, str, int, bool]],
    raised: list[tuple[int, str, int, int]],
    threshold: float,
) -> None:
    """`facts` are customer, rule, days ago, and whether it is to come; `raised` rule and period."""
    measures = measured(facts)
    chosen = scoring.settings({"": rules})
    keys = pl.DataFrame(
        [(who, rule, period, DAY - ago) for who, rule, period, ago in raised],
        schema={"customer_id": pl.Int64, "rule": pl.String, "period": pl.Int64,
                "raised_day": pl.Int32},
        orient="row",
    )  # fmt: skip
    signs = scoring.fresh(scoring.judged(measures, chosen, None, DAY), keys, DAY)
    nobody = pl.DataFrame(schema={"customer_id": pl.Int64, "currency": pl.String})
    found = scoring.ranked(signs, threshold, 2.0, pl.Series([], dtype=pl.Int64), nobody)

    alerts = Alerts(threshold=threshold)
    expected: dict[int, tuple[int, float]] = {}
    for who in range(1, 5):
        told = {(rule, period): TODAY - timedelta(days=ago)
                for other, rule, period, ago in raised if other == who}  # fmt: skip
        own = []
        for other, rule, ago, _ in facts:
            day = TODAY - timedelta(days=ago)
            each = Sign(rule, day, ago, rules[rule].weight or 0, bool(rules[rule].critical))
            if (
                other == who
                and 0 <= ago <= (rules[rule].within or 0)
                and is_fresh(each, told, TODAY, rules[rule])
            ):
                own.append(each)
        if (verdict_ := verdict(own, TODAY, alerts)) is not None:
            expected[who] = (int(verdict_.priority), verdict_.weight)
    assert {row[0]: (row[1], row[2]) for row in found.iter_rows()} == expected
    assert found["priority"].to_list() == sorted(found["priority"].to_list())


def test_of_equal_urgency_the_higher_value_comes_first_each_currency_by_itself() -> None:
    signs = pl.DataFrame(
        {"customer_id": [1, 2, 3, 4, 5], "weight": [1.0] * 5, "critical": [True] * 5}
    )
    currencies = pl.DataFrame(
        {"customer_id": [1, 2, 3, 4], "currency": ["EUR", "DKK", "DKK", "EUR"]}
    )
    # By minor units alone, both of the kroner come before the euros.
    order = pl.Series([2, 3, 1, 4], dtype=pl.Int64)
    found = scoring.ranked(signs, 1.0, 2.0, order, currencies)["customer_id"].to_list()
    assert found == [1, 2, 3, 4, 5]
