"""What offers cost has a currency, and what costs something is weighed before it is mailed."""

from decimal import Decimal

import pytest

from winback_tui.book import events
from winback_tui.errors import BadInputError
from winback_tui.outreach import letters
from winback_tui.rules import offers as rules
from winback_tui.rules.amounts import parse_amount


@pytest.mark.parametrize(
    ("text", "currency"), [("50$", "EUR"), ("50 usd", "EUR"), ("5 €", "JPY"), ("5 £", "USD")]
)
def test_an_amount_in_another_currency_is_refused(text: str, currency: str) -> None:
    with pytest.raises(BadInputError, match=f"must be in {currency}"):
        parse_amount(text, "The cost", currency)


def test_an_amount_in_the_customers_currency_is_read() -> None:
    assert parse_amount("50$", "The cost", "USD") == Decimal(50)
    assert parse_amount("50$", "The cost", "CAD") == Decimal(50)
    assert parse_amount("12,50 EUR", "The cost", "EUR") == Decimal("12.5")


def test_an_address_that_no_header_holds_is_refused() -> None:
    with pytest.raises(BadInputError, match="before the @"):
        letters.address("müller@x.example")
    assert letters.address("a@münchen.example") == "a@münchen.example"


def test_why_a_rung_is_skipped_is_free_text() -> None:
    assert {"note", "why", "justify", "skip_why", "next_action", "budget"} <= events.FREE_TEXT


def test_an_interval_is_reckoned_once_for_each_share() -> None:
    from winback_tui.rules.beta import interval

    interval.cache_clear()
    for _ in range(50):
        rules.lesson(rules.SHIPPED[0], None, {}, 20.0)
    assert interval.cache_info().misses == 2
