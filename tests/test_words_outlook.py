"""What is to be expected of a customer, in words: no date that says nothing, no sum without why."""

from dataclasses import replace
from datetime import date
from typing import NamedTuple

from tests.little import Facts
from winback_tui.model import EventKind
from winback_tui.words import deeds, outlook, reasons, scores
from winback_tui.words.format import Formats

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


def test_a_small_chance_that_brings_something_is_no_chance_of_nothing():
    told = outlook.worth(Ahead(score=99.94, expected=6, value_at_risk=9_994), 30)
    assert "0.06\xa0€, the under 1% chance of an order" in told
    assert "99.94\xa0€, the over 99% chance of none" in told
    sure = outlook.worth(Ahead(score=100.0, expected=0, value_at_risk=10_000), 30)
    assert "0.00\xa0€, the 0% chance of an order" in sure
    assert "100.00\xa0€, the 100% chance of none" in sure
    assert reasons.chance(Facts(score=99.6, p_left=0.004)).startswith(
        "Over 99% chance of no order in the next 42 days; under 1% that they have left."
    )


class Part(NamedTuple):
    code: str
    points: float


def test_what_moved_a_score_is_told_by_size_and_sign_alone():
    told = reasons.changed(
        date(2026, 11, 13), [Part("silence", 1.2), Part("rhythm", -0.9), Part("model", 0.1)], 0.4
    )
    assert told == (
        "Since 13 Nov 2026 the score moved by 0: longer silence (+1), "
        "less by rhythm and season (\u22121)."
    )


def test_a_signal_that_finds_no_room_is_not_said_to_be_old():
    full = Facts(score=99.9, signal="notice_given", signal_points=0.01, signal_day=20_000)
    assert reasons.reasons(full, 9)[-1].text.endswith(
        "the score is this high already, so signals hardly move it."
    )
    old = replace(full, score=40.0)
    assert reasons.reasons(old, 9)[-1].text.endswith("signals hardly say anything by now.")


def test_a_call_done_again_is_marked_by_its_outcome():
    assert deeds.deed_mark(EventKind.CALL, {"outcome": "voicemail"}) == "voicemail"
    assert deeds.deed_mark(EventKind.NOTE, {"note": "x"}) == "note"


def test_other_deeds_done_again_are_marked_as_they_were_at_first():
    said = {
        EventKind.STAGE: ({"stage": "reactivated"}, "reactivated"),
        EventKind.SNOOZE: ({"until": "2026-12-04"}, "until 2026-12-04"),
        EventKind.DONE: ({}, "done today"),
        EventKind.HANDOVER: ({"to": "Bo"}, "to Bo"),
        EventKind.MAIL: ({"subject": "x"}, "mail drafted"),
        EventKind.OFFER: ({"rung": "fix", "title": "fix the problem"}, "offered fix the problem"),
        EventKind.ERASE: ({"due": "2026-12-04"}, "erased on 2026-12-04"),
    }
    for kind, (facts, mark) in said.items():
        assert deeds.deed_mark(kind, facts) == mark


def test_who_has_no_purchase_left_is_counted():
    assert scores.unscored(0, Formats()) == ""
    assert scores.unscored(1, Formats()).startswith("1 customer has no score")
    assert scores.unscored(47, Formats()).startswith("47 customers have no score")


def test_a_fit_tells_what_it_did_to_the_queue():
    shown = Formats()
    assert scores.fitted(1200, 61, 61, shown) == (
        "The score is fitted anew to 1,200 customers; the queue holds 61, as before."
    )
    assert scores.fitted(1, 0, 1, shown).endswith(
        "to 1 customer; the queue holds 1, and held 0 before."
    )
    assert scores.fitted(0, 0, 0, shown) == (
        "Nobody has bought anything yet, so there is no score to fit."
    )
