"""The sentences that say why."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.little import Facts
from winback_tui.words import reasons
from winback_tui.words.customers import count, customer_name
from winback_tui.words.format import Formats
from winback_tui.words.scores import moved


def test_the_headline_sets_silence_against_what_is_usual() -> None:
    assert reasons.headline(Facts(), 84) == (
        "Silent 84 days; usual gap 21, nine in ten under 35. "
        "One in 30 who are still there is this silent."
    )


def test_a_signal_that_makes_up_most_of_the_score_is_told_first() -> None:
    told = Facts(
        score=90.0, silence_points=2.0, signal_points=84.0, signal="notice_given", signal_day=20_000
    )
    assert reasons.headline(told, 3).startswith(
        "Notice given on 4 Oct 2024. Silent 3 days; usual gap 21, nine in ten under 35. "
    )
    less = Facts(signal_points=20.0, signal="notice_given", signal_day=20_000)
    assert reasons.headline(less, 84) == reasons.headline(Facts(), 84)


@pytest.mark.parametrize(
    ("facts", "days", "said"),
    [
        (Facts(), 1, "Silent 1 day; usual gap 21, nine in ten under 35."),
        (Facts(), 0, "Bought today; usual gap 21, nine in ten under 35."),
        (Facts(long_gap=None), 2, "Silent 2 days; usual gap 21."),
        (Facts(long_gap=20.0), 2, "Silent 2 days; usual gap 21."),
        (Facts(usual_gap=0.4, long_gap=None), 2, "Silent 2 days; usual gap 1."),
        (
            Facts(purchases=1, usual_gap=None, long_gap=None),
            60,
            "Silent 60 days since the only purchase; no usual gap yet.",
        ),
        (
            Facts(purchases=1, usual_gap=None, long_gap=None),
            0,
            "Bought today; no usual gap yet.",
        ),
        (Facts(), 1_000_000, "Silent 1,000,000 days; usual gap 21, nine in ten under 35."),
    ],
)
def test_silence_in_words(facts: Facts, days: int, said: str) -> None:
    assert reasons.silence(facts, days) == said


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (1.0, "Nearly all who are still there are this silent at times."),
        (0.9, "Nine in ten who are still there are this silent."),
        (0.62, "Six in ten who are still there are this silent."),
        (0.5, "One in two who are still there is this silent."),
        (0.33, "One in three who are still there is this silent."),
        (0.05, "One in twenty who are still there is this silent."),
        (1 / 21, "One in 21 who are still there is this silent."),
        (1 / 1234, "One in 1,200 who are still there is this silent."),
        (1 / 10_000, "One in 10,000 who are still there is this silent."),
        (0.00001, "Fewer than one in 10,000 who are still there are this silent."),
        (0.0, "Fewer than one in 10,000 who are still there are this silent."),
    ],
)
def test_how_rare_such_a_silence_is(share: float, said: str) -> None:
    assert reasons.rarity(share) == said


def test_numbers_follow_the_locale() -> None:
    german = Formats.from_environment("de_DE.UTF-8", {})
    assert reasons.rarity(1 / 1234, german).startswith("One in 1.200 ")


shares = st.floats(0, 1)
points = st.floats(-100, 100)


@given(points, points, st.integers(1, 500), st.integers(0, 10_000))
def test_no_reason_speaks_against_its_own_points(
    history: float, silence: float, purchases: int, days: int
) -> None:
    facts = Facts(purchases=purchases, history_points=history, silence_points=silence)
    _, past, quiet = reasons.reasons(facts, days)
    assert ("staying away likelier" in past.text) == (history >= 0.5)
    assert ("next one likelier" in past.text) == (history <= -0.5)
    assert ("staying away likelier" in quiet.text) == (silence >= 0.5)
    assert ("next one likelier" in quiet.text) == (silence <= -0.5)


@given(st.floats(0, 100), st.floats(-100, 100), st.floats(0, 100))
def test_whole_points_add_up_to_the_score_on_show(
    base: float, history: float, silence: float
) -> None:
    score = base + history + silence
    facts = Facts(score=score, base_points=base, history_points=history, silence_points=silence)
    parts = reasons.reasons(facts, 10)
    assert [part.code for part in parts] == ["base", "history", "silence"]
    assert sum(part.points for part in parts) == pytest.approx(score)
    whole = reasons.whole_points(parts, score)
    assert sum(whole) == round(score)
    assert all(abs(n - part.points) < 2 for n, part in zip(whole, parts, strict=True))


@given(shares, st.integers(0, 5000), st.integers(1, 400))
def test_every_sentence_is_one(share: float, days: int, purchases: int) -> None:
    facts = Facts(still_there=share, purchases=purchases)
    texts = [reasons.headline(facts, days), reasons.chance(facts)]
    texts += [part.text for part in reasons.reasons(facts, days)]
    for text in texts:
        assert text[0].isupper() or text[0].isdigit()
        assert text.endswith(".")
        assert "None" not in text
        assert "  " not in text
        assert " 1 days" not in text


def test_a_single_purchase_is_singular() -> None:
    _, past, _ = reasons.reasons(Facts(purchases=1, history_points=12.0), 10)
    assert past.text == "1 purchase so far: that makes staying away likelier."


def test_the_chance_names_its_horizon() -> None:
    assert reasons.chance(Facts(horizon_days=1)) == (
        "91% chance of no order in the next day; 80% that they have left."
    )


def test_a_customer_without_a_name_is_called_by_number() -> None:
    assert customer_name("17850", "") == "Customer 17850"
    assert customer_name("17850", "  ") == "Customer 17850"
    assert customer_name("1", "Madame A.") == "Madame A."
    assert customer_name("10-2/7", "") == "Customer 10-2/7"
    for name in ("Alpha Ltd", "[/]", "RED STAG|ADEL", "K-1001"):
        assert customer_name(name, "") == name


def test_one_point_is_no_points() -> None:
    assert [moved(each, Formats()) for each in (1.2, -0.6, 12, 0)] == [
        *("+1 point", "−1 point", "+12 points", "0 points"),
    ]


def test_nouns_fit_their_numbers() -> None:
    assert count("1", 1, "try", "tries") == "1 try"
    assert count("2", 2, "try", "tries") == "2 tries"
    assert count("0", 0, "customer") == "0 customers"
