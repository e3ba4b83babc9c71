"""What offers cost has a currency, and what costs something is weighed before it is mailed."""

from decimal import Decimal
from pathlib import Path

import pytest
from textual.widgets import Input

from tests.apps import running, scored, shown
from winback_tui.book import events
from winback_tui.errors import BadInputError
from winback_tui.outreach import letters
from winback_tui.rules import offers as rules
from winback_tui.rules.amounts import parse_amount
from winback_tui.tui.sheets.offer import OfferSheet


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


@pytest.mark.parametrize(
    ("text", "currency", "value"),
    [("1500", "JPY", "1500"), ("1,500", "JPY", "1500"), ("1500 JPY", "JPY", "1500"),
     ("0.500", "KWD", "0.5"), ("1204,250", "KWD", "1204.25"), ("1,204.25 kwd", "KWD", "1204.25"),
     ("1.204", "KWD", None), ("0.500", "EUR", None), ("12.5", "JPY", None), ("50 CHF", "", "50"),
     ("50 XYZ", "", None)],
)  # fmt: skip
def test_an_amount_has_the_decimals_of_its_currency(
    text: str, currency: str, value: str | None
) -> None:
    if value is not None:
        assert parse_amount(text, "The cost", currency) == Decimal(value)
        return
    with pytest.raises(BadInputError, match="The cost"):
        parse_amount(text, "The cost", currency)


def test_yen_have_no_decimals() -> None:
    with pytest.raises(BadInputError, match=r"The cost 12\.5 has more decimals than JPY has\."):
        parse_amount("12.5", "The cost", "JPY")


async def test_a_sign_is_refused_where_those_marked_do_not_all_pay_in_it(tmp_path: Path) -> None:
    path = scored(tmp_path / "book.db")
    async with running(path) as (app, pilot):
        await pilot.press("slash", *"100", "enter", "asterisk", "p")
        assert isinstance(app.screen, OfferSheet)
        app.screen.query_one("#cost", Input).value = "50€"
        await pilot.pause()
        assert "must be in GBP, not “50€”" in shown(app)
        app.screen.query_one("#cost", Input).value = "50"
        await pilot.pause()
        assert "must be in" not in shown(app)
