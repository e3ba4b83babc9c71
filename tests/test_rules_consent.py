"""May we? Consent with its two clocks, and what takes precedence."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from winback_tui.config import Consent
from winback_tui.model import Channel, PartyKind, Standing
from winback_tui.rules.consent import (
    ADDRESS,
    ConsentCode,
    ConsentFact,
    Contactability,
    of_address,
    standing,
)

TODAY = date(2026, 11, 21)
CLOCKS = Consent()
ALLOWED, WARN, BLOCKED = Standing.ALLOWED, Standing.WARN, Standing.BLOCKED
BUSINESS, CONSUMER, UNKNOWN = PartyKind.BUSINESS, PartyKind.CONSUMER, PartyKind.UNKNOWN


def fact(event: str, day: str, basis: str | None = None) -> ConsentFact:
    return ConsentFact(event, basis, date.fromisoformat(day))


def found(
    *facts: ConsentFact, channel: Channel = Channel.EMAIL, party: PartyKind = CONSUMER
) -> Contactability:
    return standing(facts, channel, party, TODAY, CLOCKS)


class TestWithoutAnyFact:
    @pytest.mark.parametrize(
        ("channel", "party", "expected", "why"),
        [
            (Channel.EMAIL, BUSINESS, BLOCKED, ConsentCode.NO_CONSENT),
            (Channel.SMS, BUSINESS, BLOCKED, ConsentCode.NO_CONSENT),
            (Channel.PHONE, BUSINESS, WARN, ConsentCode.PRESUMED),
            (Channel.PHONE, CONSUMER, BLOCKED, ConsentCode.NO_CONSENT),
            (Channel.PHONE, UNKNOWN, BLOCKED, ConsentCode.KIND_UNKNOWN),
            (Channel.POST, CONSUMER, ALLOWED, ConsentCode.NOT_NEEDED),
        ],
    )
    def test_the_law_decides(
        self, channel: Channel, party: PartyKind, expected: Standing, why: ConsentCode
    ) -> None:
        result = found(channel=channel, party=party)
        assert (result.standing, result.why) == (expected, why)


class TestClocks:
    @pytest.mark.parametrize(
        ("granted", "used", "consumer", "business"),
        [
            ("2026-05-03", None, ALLOWED, ALLOWED),
            ("2025-11-22", None, ALLOWED, ALLOWED),
            ("2025-11-21", None, WARN, WARN),
            ("2025-05-22", None, WARN, WARN),
            ("2025-05-21", None, BLOCKED, WARN),
            ("2024-06-01", "2025-06-01", ALLOWED, ALLOWED),
            ("2024-06-01", "2025-05-21", WARN, WARN),
            ("2023-08-01", "2024-11-22", WARN, WARN),
            ("2023-08-01", "2024-11-21", BLOCKED, WARN),
        ],
    )
    def test_a_consent_ages_from_its_grant_or_its_last_use(
        self, granted: str, used: str | None, consumer: Standing, business: Standing
    ) -> None:
        facts = [fact("granted", granted)] + ([fact("used", used)] if used else [])
        assert found(*facts).standing is consumer
        assert found(*facts, party=BUSINESS).standing is business

    def test_the_end_is_named(self) -> None:
        assert found(fact("granted", "2026-05-03")) == Contactability(
            ALLOWED, ConsentCode.CONSENT, date(2027, 5, 3), date(2026, 5, 3)
        )
        assert found(fact("granted", "2025-08-31")).until == date(2027, 2, 28)

    def test_a_renewal_starts_the_clock_again(self) -> None:
        old = fact("granted", "2020-01-01")
        assert found(old).why is ConsentCode.EXPIRED
        assert found(old, fact("renewed", "2026-10-01")).standing is ALLOWED
        assert found(old, fact("confirmed", "2026-10-01")).standing is ALLOWED


class TestPrecedence:
    def test_an_objection_outweighs_everything_recorded_before(self) -> None:
        result = found(
            fact("granted", "2026-01-01"),
            fact("objected", "2026-03-02"),
            fact("withdrawn", "2026-04-01"),
            fact("bounced", "2026-05-01"),
        )
        assert result == Contactability(BLOCKED, ConsentCode.OBJECTED, None, date(2026, 3, 2))

    def test_withdrawal_then_bad_address_then_age(self) -> None:
        given = fact("granted", "2020-01-01")
        assert found(given, fact("bounced", "2026-02-01")).why is ConsentCode.BOUNCED
        withdrawn = fact("withdrawn", "2026-01-01")
        assert found(given, withdrawn, fact("bounced", "2026-02-01")).why is ConsentCode.WITHDRAWN

    def test_only_new_consent_opens_a_blocked_channel(self) -> None:
        objected = fact("objected", "2026-03-02")
        assert found(objected, fact("used", "2026-04-01")).standing is BLOCKED
        claimed = fact("basis_claimed", "2026-04-01", "existing_customer")
        assert found(objected, claimed).standing is BLOCKED
        assert found(objected, fact("granted", "2026-04-01")).standing is ALLOWED

    def test_on_one_day_the_later_entry_wins(self) -> None:
        granted, objected = fact("granted", "2026-03-02"), fact("objected", "2026-03-02")
        assert found(granted, objected).standing is BLOCKED
        assert found(objected, granted).standing is ALLOWED

    def test_post_is_blocked_by_an_objection_only(self) -> None:
        assert found(fact("objected", "2026-03-02"), channel=Channel.POST).standing is BLOCKED
        assert found(fact("granted", "2001-03-02"), channel=Channel.POST).standing is ALLOWED


class TestOtherBases:
    def test_existing_customers_may_be_mailed_about_similar_goods(self) -> None:
        claimed = fact("basis_claimed", "2026-01-01", "existing_customer")._replace(
            conditions="sale,similar,no_objection,notice"
        )
        assert found(claimed).standing is ALLOWED
        assert found(claimed, fact("basis_lost", "2026-02-01")).standing is BLOCKED
        assert found(claimed, channel=Channel.PHONE).standing is BLOCKED

    def test_a_recorded_reason_lets_a_business_be_called(self) -> None:
        claimed = fact("basis_claimed", "2026-01-01", "presumed")
        assert found(claimed, channel=Channel.PHONE, party=BUSINESS).standing is ALLOWED
        assert found(claimed).standing is BLOCKED


class TestDates:
    def test_what_speaks_for_contact_counts_from_its_day_what_speaks_against_at_once(self) -> None:
        assert found(fact("granted", "2027-01-01")).standing is BLOCKED
        granted = fact("granted", "2026-10-01")
        assert found(granted, fact("objected", "2027-01-01")).standing is BLOCKED


events = st.sampled_from(
    ["granted", "confirmed", "renewed", "used", "withdrawn", "objected", "bounced",
     "basis_claimed", "basis_lost"]
)  # fmt: skip
ledgers = st.lists(
    st.builds(
        ConsentFact,
        events,
        st.sampled_from([None, "existing_customer", "presumed"]),
        st.dates(date(2015, 1, 1), TODAY),
    ),
    max_size=8,
)


@given(ledgers, st.sampled_from(Channel), st.sampled_from(PartyKind))
def test_an_objection_today_blocks_whatever_the_ledger_held(
    facts: list[ConsentFact], channel: Channel, party: PartyKind
) -> None:
    result = standing([*facts, ConsentFact("objected", None, TODAY)], channel, party, TODAY, CLOCKS)
    assert (result.standing, result.why) == (BLOCKED, ConsentCode.OBJECTED)


@given(ledgers, st.sampled_from(Channel))
def test_an_unknown_party_is_treated_as_a_consumer(
    facts: list[ConsentFact], channel: Channel
) -> None:
    found = standing(facts, channel, UNKNOWN, TODAY, CLOCKS)
    if found.why is ConsentCode.KIND_UNKNOWN:
        # A call to a business would need no more than a reason, and that is said.
        assert channel is Channel.PHONE
        assert standing(facts, channel, BUSINESS, TODAY, CLOCKS).standing is not BLOCKED
        found = found._replace(why=ConsentCode.NO_CONSENT)
    assert found == standing(facts, channel, CONSUMER, TODAY, CLOCKS)


@given(ledgers, st.sampled_from(Channel), st.sampled_from(PartyKind), st.integers(0, 4000))
def test_time_alone_never_opens_a_channel(
    facts: list[ConsentFact], channel: Channel, party: PartyKind, days: int
) -> None:
    strictness = [ALLOWED, WARN, BLOCKED]
    now = standing(facts, channel, party, TODAY, CLOCKS)
    later = standing(facts, channel, party, TODAY + timedelta(days=days), CLOCKS)
    assert strictness.index(later.standing) >= strictness.index(now.standing)
    if now.until is not None:
        assert standing(facts, channel, party, now.until, CLOCKS) != now
        before = now.until - timedelta(days=1)
        assert standing(facts, channel, party, max(TODAY, before), CLOCKS) == now


class TestCallsToNobodyKnowsWhichNumber:
    """Which of several numbers was called is not on record, so its consent is not prolonged."""

    FACTS = (
        ConsentFact("granted", "consent", date(2025, 1, 10), point=1),
        ConsentFact("used", "consent", date(2026, 1, 10)),
    )
    ONE = ConsentFact(ADDRESS, None, date.min, point=1)
    TWO = ConsentFact(ADDRESS, None, date.min, point=2)

    def test_of_one_number_each_call_is_a_use(self) -> None:
        assert found(*self.FACTS, self.ONE, channel=Channel.PHONE).standing is ALLOWED

    def test_of_two_a_call_is_no_use_of_a_consent_for_one(self) -> None:
        state = found(*self.FACTS, self.ONE, self.TWO, channel=Channel.PHONE)
        assert state.why is ConsentCode.EXPIRED
        own = of_address([*self.FACTS, self.ONE, self.TWO], 1)
        assert found(*own, channel=Channel.PHONE).why is ConsentCode.EXPIRED

    def test_a_call_is_a_use_of_a_consent_for_the_whole_channel(self) -> None:
        given, used = self.FACTS
        facts = (given._replace(point=None), used, self.ONE, self.TWO)
        assert found(*facts, channel=Channel.PHONE).standing is ALLOWED
