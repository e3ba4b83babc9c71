"""What is to be expected of a customer, in words: no date that says nothing, no sum without why."""

from datetime import date
from typing import NamedTuple

from winback_tui.words import outlook

TODAY = 20_000


class Ahead(NamedTuple):
    score: float = 76.0
    p_left: float = 0.2
    horizon_days: int = 60
    last_day: int = TODAY - 30
    next_day: int = TODAY + 20
    next_until: int = TODAY + 90
    expected: int = 24_000
    value_at_risk: int = 76_000
    currency: str = "EUR"


def test_the_next_order_is_told_by_half_and_by_nine_in_ten():
    found = outlook.foretold(Ahead(), 30)
    assert found == (date(2024, 10, 24), date(2025, 1, 2))
    assert "within 20 days for one in two, by 2 Jan 2025" in outlook.next_purchase(Ahead(), 30)


def test_no_date_is_told_that_lies_beyond_two_horizons_or_two_years():
    assert outlook.dates(Ahead(next_until=TODAY + 121), 30) is None
    assert outlook.dates(Ahead(next_until=TODAY + 120), 30) is not None
    assert outlook.dates(Ahead(horizon_days=3650, next_until=TODAY + 731), 30) is None
    assert outlook.next_purchase(Ahead(next_until=TODAY + 731), 30) == ""


def test_of_one_who_has_left_as_likely_as_not_no_order_is_foretold():
    assert outlook.foretold(Ahead(p_left=0.5), 30) is None


def test_what_is_expected_and_what_is_at_risk_name_their_chances():
    told = outlook.worth(Ahead(), 30)
    assert "Expected in 60 days: 240.00\xa0€, the 24% chance of an order" in told
    assert "At risk: 760.00\xa0€, the 76% chance of none" in told
    assert "longer than" not in told
    assert "less for a silence longer than that" in outlook.worth(Ahead(), 61)
