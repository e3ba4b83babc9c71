"""Who may be contacted, as a table to be read by a lawyer.

Each row is a history: what is on record on the channel itself, and on no other. The cells say
whether a win-back contact may be made on 21 November 2026: `yes`, only with a `reason` that is
typed and kept, or `no`. B is a business, C a consumer; a customer of whom it is not known is
treated as a consumer, in every cell. The law is Germany's, as docs/consent.md tells it.
"""

from datetime import date
from typing import Any

import pytest

from winback_tui.config import Consent
from winback_tui.model import Channel, PartyKind, Purpose, Standing
from winback_tui.rules.consent import CONDITIONS, SUPPRESSED, ConsentCode, ConsentFact, standing

TODAY = date(2026, 11, 21)
DEFAULTS = Consent()

TABLE = """
history                                                    | e-mail  B C      | SMS     B C      | phone   B C      | post    B C
-- nothing, and consent by its age (never used: doubted after 12 months, lapsed after 18)
nothing on record                                          | no      no       | no      no       | reason  no       | yes     yes
consent given 6 months ago, never used                     | yes     yes      | yes     yes      | yes     yes      | yes     yes
consent given 13 months ago, never used                    | reason  reason   | reason  reason   | reason  reason   | yes     yes
consent given 19 months ago, never used                    | reason  no       | reason  no       | reason  no       | yes     yes
-- the second clock: since the last use (doubted after 18 months, lapsed after 24)
consent of 2020, first used 6 months ago                   | yes     no       | yes     no       | yes     no       | yes     yes
consent of 2020 in use, last 6 months ago                  | yes     yes      | yes     yes      | yes     yes      | yes     yes
consent of 2020 in use, last 19 months ago                 | reason  reason   | reason  reason   | reason  reason   | yes     yes
consent of 2020 in use, last 25 months ago                 | reason  no       | reason  no       | reason  no       | yes     yes
consent of 2020, confirmed last month                      | yes     yes      | yes     yes      | yes     yes      | yes     yes
consent of 2020, renewed last month                        | yes     yes      | yes     yes      | yes     yes      | yes     yes
-- what was said against it
consent, then withdrawn                                    | no      no       | no      no       | no      no       | no      no
consent, then an objection                                 | no      no       | no      no       | no      no       | no      no
an objection, nothing else                                 | no      no       | no      no       | no      no       | no      no
an objection, then used all the same                       | no      no       | no      no       | no      no       | no      no
an objection, then a basis claimed                         | no      no       | no      no       | no      no       | no      no
an objection, then a new consent                           | yes     yes      | yes     yes      | yes     yes      | yes     yes
withdrawn, then a new consent                              | yes     yes      | yes     yes      | yes     yes      | yes     yes
consent and an objection of the same day, in this order    | no      no       | no      no       | no      no       | no      no
consent, then the address bounced                          | no      no       | no      no       | no      no       | no      no
bounced, then a new consent                                | yes     yes      | yes     yes      | yes     yes      | yes     yes
-- other bases than consent
a reason to expect the contact, recorded                   | no      no       | no      no       | yes     no       | yes     yes
a reason recorded, then given up                           | no      no       | no      no       | reason  no       | yes     yes
existing customer, all four conditions                     | yes     yes      | yes     yes      | yes     no       | yes     yes
existing customer, three of four conditions                | no      no       | no      no       | yes     no       | yes     yes
existing customer, four conditions, newsletter withdrawn   | no      no       | no      no       | yes     no       | yes     yes
existing customer, then given up                           | no      no       | no      no       | reason  no       | yes     yes
existing customer, then consent that has lapsed            | reason  no       | reason  no       | reason  no       | yes     yes
-- what does not count
consent for the newsletter only                            | no      no       | no      no       | reason  no       | yes     yes
consent for service only                                   | no      no       | no      no       | reason  no       | yes     yes
consent without a date, from a file                        | no      no       | no      no       | reason  no       | yes     yes
withdrawal without a date, from a file                     | no      no       | no      no       | no      no       | no      no
consent of somebody who has left                           | no      no       | no      no       | reason  no       | yes     yes
a reason recorded for somebody who has left                | no      no       | no      no       | reason  no       | yes     yes
objection of somebody who has left                         | no      no       | no      no       | no      no       | no      no
consent dated tomorrow                                     | no      no       | no      no       | reason  no       | yes     yes
objection dated tomorrow                                   | no      no       | no      no       | no      no       | no      no
-- erased at their own wish
erased, and come back with fresh consent                   | no      no       | no      no       | no      no       | no      no
"""  # noqa: E501 - a table is read across


def at(event: str, day: str, **more: Any) -> ConsentFact:
    return ConsentFact(event, None, date.fromisoformat(day))._replace(**more)


GIVEN = at("granted", "2026-05-21")
OBJECTED = at("objected", "2026-06-01")
OLD = at("granted", "2020-03-01")
USED = (OLD, *(at("used", f"{year}-05-21") for year in range(2021, 2025)))
REASON = at("basis_claimed", "2026-01-05", basis="presumed")
CUSTOMER = at(
    "basis_claimed", "2026-01-05", basis="existing_customer", conditions=",".join(CONDITIONS)
)
LOST = at("basis_lost", "2026-03-01")

HISTORIES: dict[str, tuple[ConsentFact, ...]] = {
    "nothing on record": (),
    "consent given 6 months ago, never used": (GIVEN,),
    "consent given 13 months ago, never used": (at("granted", "2025-10-21"),),
    "consent given 19 months ago, never used": (at("granted", "2025-04-21"),),
    "consent of 2020, first used 6 months ago": (OLD, at("used", "2026-05-21")),
    "consent of 2020 in use, last 6 months ago": (
        *USED,
        at("used", "2025-05-21"),
        at("used", "2026-05-21"),
    ),
    "consent of 2020 in use, last 19 months ago": (*USED, at("used", "2025-04-21")),
    "consent of 2020 in use, last 25 months ago": (*USED, at("used", "2024-10-21")),
    "consent of 2020, confirmed last month": (OLD, at("confirmed", "2026-10-21")),
    "consent of 2020, renewed last month": (OLD, at("renewed", "2026-10-21")),
    "consent, then withdrawn": (GIVEN, at("withdrawn", "2026-06-01")),
    "consent, then an objection": (GIVEN, OBJECTED),
    "an objection, nothing else": (OBJECTED,),
    "an objection, then used all the same": (OBJECTED, at("used", "2026-07-01")),
    "an objection, then a basis claimed": (
        OBJECTED,
        CUSTOMER._replace(at=date(2026, 7, 1)),
    ),
    "an objection, then a new consent": (OBJECTED, at("granted", "2026-07-01")),
    "withdrawn, then a new consent": (
        GIVEN,
        at("withdrawn", "2026-06-01"),
        at("granted", "2026-07-01"),
    ),
    "consent and an objection of the same day, in this order": (
        at("granted", "2026-06-01"),
        OBJECTED,
    ),
    "consent, then the address bounced": (GIVEN, at("bounced", "2026-06-01")),
    "bounced, then a new consent": (at("bounced", "2026-06-01"), at("granted", "2026-07-01")),
    "a reason to expect the contact, recorded": (REASON,),
    "a reason recorded, then given up": (REASON, LOST),
    "existing customer, all four conditions": (CUSTOMER,),
    "existing customer, three of four conditions": (
        CUSTOMER._replace(conditions=",".join(CONDITIONS[:3])),
    ),
    "existing customer, four conditions, newsletter withdrawn": (
        CUSTOMER,
        at("withdrawn", "2025-06-01", purpose="newsletter"),
    ),
    "existing customer, then given up": (CUSTOMER, LOST),
    "existing customer, then consent that has lapsed": (CUSTOMER, OLD),
    "consent for the newsletter only": (GIVEN._replace(purpose="newsletter"),),
    "consent for service only": (GIVEN._replace(purpose="service"),),
    "consent without a date, from a file": (GIVEN._replace(dated=False),),
    "withdrawal without a date, from a file": (
        GIVEN,
        at("withdrawn", "2026-06-01", dated=False),
    ),
    "consent of somebody who has left": (GIVEN._replace(point=7, gone=True),),
    "a reason recorded for somebody who has left": (REASON._replace(point=7, gone=True),),
    "objection of somebody who has left": (OBJECTED._replace(point=7, gone=True),),
    "consent dated tomorrow": (at("granted", "2026-11-22"),),
    "objection dated tomorrow": (at("objected", "2026-11-22"),),
    "erased, and come back with fresh consent": (GIVEN, at(SUPPRESSED, "0001-01-01")),
}
CHANNELS = {
    "e-mail": Channel.EMAIL,
    "SMS": Channel.SMS,
    "phone": Channel.PHONE,
    "post": Channel.POST,
}
WORDS = {"yes": Standing.ALLOWED, "reason": Standing.WARN, "no": Standing.BLOCKED}


def cells() -> list[tuple[str, Channel, PartyKind, Standing]]:
    """Return every cell of the table: history, channel, kind of party, and what it says."""
    head, *rows = (row for row in TABLE.strip().splitlines() if not row.startswith("--"))
    channels = [CHANNELS[each.split()[0]] for each in head.split("|")[1:]]
    found = []
    for row in rows:
        history, *told = (each.strip() for each in row.split("|"))
        for channel, pair in zip(channels, told, strict=True):
            business, consumer = pair.split()
            found += [
                (history, channel, PartyKind.BUSINESS, WORDS[business]),
                (history, channel, PartyKind.CONSUMER, WORDS[consumer]),
                (history, channel, PartyKind.UNKNOWN, WORDS[consumer]),
            ]
    return found


CELLS = cells()


def test_the_table_holds_every_channel_party_and_history_once() -> None:
    said = [cell[:3] for cell in CELLS]
    assert len(said) == len(set(said))
    assert set(said) == {
        (history, channel, kind)
        for history in HISTORIES
        for channel in Channel
        for kind in PartyKind
    }


@pytest.mark.parametrize("history", HISTORIES)
def test_the_rules_say_what_the_table_says(history: str) -> None:
    for told, channel, kind, expected in CELLS:
        if told == history:
            found = standing(HISTORIES[history], channel, kind, TODAY, DEFAULTS)
            assert found.standing is expected, (channel, kind, found)


NEWS = GIVEN._replace(purpose="newsletter")


@pytest.mark.parametrize(
    ("history", "why", "since"),
    [
        ((), ConsentCode.NO_CONSENT, None),
        ((NEWS,), ConsentCode.OTHER_PURPOSE, NEWS.at),
        ((NEWS._replace(dated=False),), ConsentCode.OTHER_PURPOSE, None),
        ((GIVEN._replace(dated=False), NEWS), ConsentCode.UNDATED, None),
        ((NEWS, at("withdrawn", "2026-11-01", purpose="newsletter")), ConsentCode.NO_CONSENT, None),
        ((NEWS._replace(at=date(2026, 11, 22)),), ConsentCode.NO_CONSENT, None),
        ((NEWS._replace(point=7, gone=True),), ConsentCode.NO_CONSENT, None),
    ],
)
def test_a_consent_that_does_not_cover_this_is_named_and_opens_nothing(
    history: tuple[ConsentFact, ...], why: ConsentCode, since: date | None
) -> None:
    for kind in PartyKind:
        found = standing(history, Channel.EMAIL, kind, TODAY, DEFAULTS)
        assert (found.standing, found.why, found.since) == (Standing.BLOCKED, why, since)


def test_an_objection_to_advertising_leaves_service_alone_and_one_to_service_blocks_all() -> None:
    for channel in Channel:
        kept = standing(
            (OBJECTED,), channel, PartyKind.CONSUMER, TODAY, DEFAULTS, purpose=Purpose.SERVICE
        )
        assert (kept.standing, kept.why) == (Standing.ALLOWED, ConsentCode.SERVICE)
        everything = (OBJECTED._replace(purpose="service"),)
        for purpose in Purpose:
            found = standing(
                everything, channel, PartyKind.BUSINESS, TODAY, DEFAULTS, purpose=purpose
            )
            assert found.why is ConsentCode.OBJECTED


def test_the_policy_is_the_user_s_to_loosen_and_tighten() -> None:
    policy = DEFAULTS.policy
    strict = DEFAULTS._replace(
        policy=policy._replace(
            phone=policy.phone._replace(business="consent"),
            post=policy.post._replace(consumer="consent"),
            existing_customers=False,
            business_lapses=True,
        )
    )
    business, consumer = PartyKind.BUSINESS, PartyKind.CONSUMER

    def found(facts: tuple[ConsentFact, ...], channel: Channel, kind: PartyKind) -> Standing:
        return standing(facts, channel, kind, TODAY, strict).standing

    assert found((REASON,), Channel.PHONE, business) is Standing.BLOCKED
    assert found((), Channel.POST, consumer) is Standing.BLOCKED
    assert found((CUSTOMER,), Channel.EMAIL, business) is Standing.BLOCKED
    assert found((OLD,), Channel.EMAIL, business) is Standing.BLOCKED
