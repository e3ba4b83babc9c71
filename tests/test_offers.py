"""Offers as deeds and commands: weighed, gated, logged, answered, learned from, undone."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.apps import scored
from tests.little import AS_OF, Buyer, a_sentence, winback
from winback_tui.book import cases
from winback_tui.book.connection import Book
from winback_tui.config import Config
from winback_tui.config.offers import ContactCosts, Offers, Rate, Rung
from winback_tui.desk import deeds, margins, offers, weighing
from winback_tui.desk.deeds import Call
from winback_tui.desk.dossier import dossier
from winback_tui.desk.session import Desk
from winback_tui.desk.suggestions import accept, dismiss, suggestion_for
from winback_tui.desk.undoing import redo, undo
from winback_tui.desk.weighing import Ask
from winback_tui.errors import BadInputError
from winback_tui.model import Channel, LetGoReason, Outcome, Stage
from winback_tui.rules.offers import Result
from winback_tui.words.format import Formats
from winback_tui.words.suggestions import suggestion_line

BUYERS = (
    Buyer("1001", "Madame A. GmbH", silent=84, every=21, times=20, amount=40_000),
    Buyer("1002", "[red]x[/]\r\nBcc: a@b.c", silent=90, every=20, times=15, amount=25_000),
    Buyer("1003", "Klein", silent=90, every=20, times=15, amount=100, currency="GBP"),
)

#: A pound costs as much as a euro, so that the figures of offers hold for both.
RATED = Config(offers=Offers(currencies={"GBP": Rate(1.0)}))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return scored(tmp_path / "b.db", BUYERS)


@pytest.fixture
def desk(path: Path) -> Iterator[Desk]:
    with Book.open(path) as book:
        yield Desk(book, RATED, AS_OF, "kim")


def later(desk: Desk, days: int) -> Desk:
    return Desk(desk.book, desk.config, desk.as_of + timedelta(days=days), desk.actor)


def uses(desk: Desk) -> list[tuple[int, str, str]]:
    from winback_tui.book import consents

    facts = consents.facts(desk.book.connection, [1, 2, 3])
    return [
        (customer, channel.value, fact.event)
        for customer, channels in facts.items()
        for channel, found in channels.items()
        for fact in found
        if fact.event == "used"
    ]


def test_an_unknown_margin_is_asked_for(desk: Desk) -> None:
    with pytest.raises(BadInputError, match="never taken as 100 %"):
        offers.make_offer(desk, [1], Ask(channel=Channel.PHONE))
    assert margins.margins(desk) == []


def test_a_margin_that_comes_with_an_offer_is_kept(desk: Desk) -> None:
    offers.make_offer(desk, [1], Ask(channel=Channel.PHONE, margin=0.3))
    assert [(each.scope, each.rate) for each in margins.margins(desk)] == [("customer", 0.3)]
    found = weighing.position(desk, 1)
    assert found.margin == (0.3, "customer")


def test_an_offer_moves_the_case_and_uses_the_consent(desk: Desk) -> None:
    margins.set_margin(desk, 0.3)
    offers.make_offer(desk, [1], Ask(channel=Channel.PHONE, note="a new driver"))
    found = dossier(desk, 1)
    assert found is not None
    assert found.row.case.stage is Stage.CONTACTED
    assert found.row.case.next_action == "answer to: fix the problem"
    assert found.row.case.next_action_on == AS_OF + timedelta(days=14)
    assert uses(desk) == [(1, "phone", "used")]


def test_undo_takes_all_of_it_back(desk: Desk) -> None:
    margins.set_margin(desk, 0.3)
    before = dossier(desk, 1)
    offers.make_offer(desk, [1], Ask(channel=Channel.PHONE))
    assert undo(desk)[0].entry.recall
    after = dossier(desk, 1)
    assert before is not None
    assert after is not None
    assert after.row.case == before.row.case
    assert weighing.position(desk, 1).made == ()
    assert uses(desk) == []
    assert redo(desk) is not None
    assert [each.rung for each in weighing.position(desk, 1).made] == ["fix"]


def test_undo_of_a_margin_brings_the_earlier_one_back(desk: Desk) -> None:
    margins.set_margin(desk, 0.3)
    margins.set_margin(desk, 0.2)
    assert margins.margins(desk)[0].rate == 0.2
    undo(desk)
    assert margins.margins(desk)[0].rate == 0.3
    undo(desk)
    assert margins.margins(desk) == []


def test_the_ladder_goes_up_with_a_pause(desk: Desk) -> None:
    margins.set_margin(desk, 0.3)
    offers.make_offer(desk, [1], Ask(channel=Channel.PHONE))
    with pytest.raises(BadInputError, match="last offer was made on 2026-11-21"):
        offers.make_offer(desk, [1], Ask(channel=Channel.PHONE))
    offers.make_offer(later(desk, 14), [1], Ask(channel=Channel.PHONE))
    assert [each.rung for each in weighing.position(desk, 1).made] == ["fix", "personal"]
    with pytest.raises(BadInputError, match="say why"):
        offers.make_offer(later(desk, 60), [1], Ask(rung="price", channel=Channel.PHONE))
    why = Ask(rung="price", channel=Channel.PHONE, skip_why="they asked for a price")
    offers.make_offer(later(desk, 60), [1], why)
    assert weighing.position(desk, 1).next_step == weighing.position(desk, 1).steps[5]


def test_a_loss_and_a_cost_above_the_cap_are_refused(desk: Desk) -> None:
    margins.set_margin(desk, 0.3)
    with pytest.raises(BadInputError, match="would lose"):
        offers.make_offer(desk, [3], Ask(channel=Channel.PHONE))
    with pytest.raises(BadInputError, match="the cap is"):
        offers.make_offer(desk, [1], Ask(channel=Channel.PHONE, cost=1e6))
    capped = Desk(desk.book, Config(offers=Offers(cap=10.0)), AS_OF, "kim")
    with pytest.raises(BadInputError, match=r"the cap is 10\.00"):
        offers.make_offer(capped, [1], Ask(channel=Channel.PHONE, cost=11.0))


def test_what_consent_blocks_is_refused_whatever_is_typed(desk: Desk) -> None:
    margins.set_margin(desk, 0.3)
    ask = Ask(channel=Channel.EMAIL, justify="please")
    with pytest.raises(BadInputError, match="blocked"):
        offers.make_offer(desk, [1], ask)
    assert uses(desk) == []


def test_several_customers_each_get_their_own(desk: Desk) -> None:
    margins.set_margin(desk, 0.3)
    action = offers.make_offer(desk, [1, 2, 3], Ask(channel=Channel.PHONE))
    assert action.customers == (1, 2)
    assert [customer for customer, _ in action.skipped] == [3]
    undo(desk)
    assert weighing.position(desk, 2).made == ()


def test_a_new_case_begins_below(desk: Desk) -> None:
    margins.set_margin(desk, 0.3)
    offers.make_offer(desk, [1], Ask(channel=Channel.PHONE))
    deeds.move_case(desk, [1], Stage.LOST)
    assert weighing.position(desk, 1).made == ()
    tomorrow = later(desk, 1)
    offers.make_offer(tomorrow, [1], Ask(channel=Channel.PHONE))
    assert [each.rung for each in weighing.position(tomorrow, 1).made] == ["fix"]


def test_an_answer_is_recorded_once_and_taught_from(desk: Desk) -> None:
    margins.set_margin(desk, 0.3)
    with pytest.raises(BadInputError, match="no offer is waiting"):
        offers.answer_offer(desk, [1], Result.ACCEPTED)
    offers.make_offer(desk, [1], Ask(channel=Channel.PHONE))
    guess = offers.lessons(desk)[0]
    offers.answer_offer(desk, [1], Result.ACCEPTED, amount=12_000)
    (made,) = weighing.position(desk, 1).made
    assert (made.result, made.amount, made.currency) == (Result.ACCEPTED, 12_000, "EUR")
    learned = offers.lessons(desk)[0]
    assert (learned.uplift.n, learned.accepted) == (1, 1)
    assert learned.accept.mean > guess.accept.mean
    with pytest.raises(BadInputError, match="no offer is waiting"):
        offers.answer_offer(desk, [1], Result.DECLINED)
    undo(desk)
    assert offers.lessons(desk)[0] == guess


def test_after_a_no_the_next_rung_is_planned_and_at_the_end_letting_go(desk: Desk) -> None:
    margins.set_margin(desk, 0.3)
    offers.make_offer(desk, [1], Ask(channel=Channel.PHONE))
    offers.answer_offer(later(desk, 3), [1], Result.DECLINED)
    found = dossier(desk, 1)
    assert found is not None
    assert found.row.case.next_action == "offer: personal message or call"
    assert found.row.case.next_action_on == AS_OF + timedelta(days=14)
    exit_question = Ask(rung="exit", channel=Channel.PHONE, skip_why="last try")
    offers.make_offer(later(desk, 20), [1], exit_question)
    offers.answer_offer(later(desk, 30), [1], Result.NO_ANSWER)
    found = dossier(later(desk, 30), 1)
    assert found is not None
    assert found.row.case.next_action == "the ladder is used up: let go?"


def test_an_amount_belongs_to_a_yes(desk: Desk) -> None:
    with pytest.raises(BadInputError, match="accepted"):
        offers.answer_offer(desk, [1], Result.DECLINED, amount=1)


def test_a_group_s_margin_needs_a_group_of_the_book(desk: Desk) -> None:
    with pytest.raises(BadInputError, match="no product of this book has a group"):
        margins.set_margin(desk, 0.3, group="Tea")
    with desk.book.write() as connection:
        connection.execute("INSERT INTO products VALUES ('T', 'Tea', 'Tea')")
        connection.execute("UPDATE transactions SET product = 'T' WHERE customer_id = 1")
    margins.set_margin(desk, 0.4, group="tea")
    found = weighing.position(desk, 1).margin
    assert found is not None
    assert found.source == "group"
    assert found.rate == pytest.approx(0.4)
    assert weighing.position(desk, 2).margin is None


@pytest.mark.parametrize("rate", [0.0, 1.0, -0.5, 2.0])
def test_a_margin_of_nothing_or_all_is_none(desk: Desk, rate: float) -> None:
    with pytest.raises(BadInputError, match="between 0% and 100%"):
        margins.set_margin(desk, rate)


# The command line


def run(path: Path, *arguments: object) -> str:
    done = winback("--db", path, "--as-of", "2026-11-21", *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_an_offer_from_the_command_line_to_its_outcome(path: Path) -> None:
    told = run(path, "offer", "1001", "--margin", "30%", "--channel", "phone", "--note", "sorry")
    assert "net " in told
    assert "Offered Madame A. GmbH (1001): fix the problem." in told
    answered = run(path, "offer", "1001", "--outcome", "accepted", "--amount", "120,50")
    assert "accepted" in answered
    timeline = run(path, "show", "1001")
    assert "offer: fix the problem: accepted" in timeline
    told_case = json.loads(run(path, "show", "1001", "--format", "json"))["case"]
    assert told_case["offer"] == {"rung": "fix", "made_on": "2026-11-21", "result": "accepted"}
    assert "offer, fix the problem, by phone, “sorry”" in timeline
    assert "answer, fix the problem, accepted, 120.50" in timeline
    (first, *_) = json.loads(run(path, "offers", "--format", "json"))
    assert (first["rung"], first["outcomes"], first["accepted"]) == ("fix", 1, 1)
    assert first["uplift"]["low"] < first["uplift"]["mean"] < first["uplift"]["high"]
    assert "waiting" not in run(path, "offers", "--customer", "1001")


def test_a_dry_run_weighs_and_logs_nothing(path: Path) -> None:
    told = json.loads(
        run(path, "offer", "1001", "--margin", "30%", "--dry-run", "--format", "json")
    )
    quote = told["uplift"]["mean"] * 0.3 * told["revenue"]
    net = quote - told["cost"] * told["accept"]["mean"] - told["contact_cost"]
    assert told["net"] == round(net)
    assert json.loads(run(path, "history", "--format", "json")) == []
    refused = winback(
        "--db", path, "offer", "1001", "--margin", "30%", "--cost", "9999", "--dry-run"
    )
    assert refused.returncode == 1
    assert "the cap is" in refused.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("offer", "1001"), "margin is not known"),
        (("offer", "1001", "--rung", "gold"), "no rung"),
        (("offer", "1001", "--channel", "fax"), "no channel"),
        (("offer", "1001", "--margin", "30"), "30%"),
        (("offer", "1001", "--amount", "3"), "--outcome"),
        (("offer", "1001", "--outcome", "maybe"), "accepted, declined, no-answer"),
        (("offer", "1001", "--outcome", "declined"), "no offer is waiting"),
        (("offer", "1001", "--outcome", "declined", "--rung", "fix"), "--amount"),
        (("margin", "30%", "--group", "Gold"), "no product"),
        (("margin", "30%", "--group", "Gold", "--customer", "1001"), "not both"),
        (("margin", "--customer", "1001"), "Say the margin"),
    ],
)
def test_what_is_refused_says_why_and_keeps_nothing(
    path: Path, arguments: tuple[str, ...], words: str
) -> None:
    assert words in a_sentence(winback("--db", path, *arguments), 2)
    assert json.loads(run(path, "history", "--format", "json")) == []


def test_an_offer_that_is_refused_keeps_no_margin(path: Path) -> None:
    refused = winback("--db", path, "offer", "1001", "--margin", "30%", "--cost", "99999")
    assert "the cap is" in a_sentence(refused, 2)
    assert json.loads(run(path, "margin", "--format", "json")) == []


def test_margins_are_listed(path: Path) -> None:
    assert "No margin" in run(path, "margin")
    run(path, "margin", "30%")
    run(path, "margin", "12,5%", "--customer", "1002")
    told = json.loads(run(path, "margin", "--format", "json"))
    assert [(each["scope"], each["rate"]) for each in told] == [("all", 0.3), ("customer", 0.125)]
    assert date.fromisoformat(told[0]["since"]) == AS_OF


def test_a_customer_of_a_currency_without_a_rate_gets_no_offer(desk: Desk) -> None:
    plain = Desk(desk.book, Config(), AS_OF, "kim")
    with pytest.raises(BadInputError, match=r"\[offers.currencies.GBP\]"):
        offers.make_offer(plain, [3], Ask(channel=Channel.PHONE, margin=0.3))


class TestNotWorthIt:
    """The stop rule: every rung that is left would cost more than it brings."""

    def test_it_is_suggested_to_let_go_with_the_reason(self, desk: Desk) -> None:
        deeds.log_call(desk, [3], Call(Outcome.REACHED, justify="they asked"))
        assert suggestion_for(desk, 3) is None
        margins.set_margin(desk, 0.3, customers=[3])
        found = suggestion_for(desk, 3)
        assert found is not None
        assert (found.stage, found.let_go) == (Stage.LET_GO, LetGoReason.NOT_WORTH_IT)
        assert suggestion_line(found, Formats()) == (
            "Every offer that is left would cost more than it brings: let go?"
        )
        accept(desk, 3)
        assert cases.load(desk.book.connection, 3).stage is Stage.LET_GO
        undo(desk, 2)
        assert suggestion_for(desk, 3) is None

    def test_what_pays_on_one_rung_is_worth_it(self, desk: Desk) -> None:
        deeds.log_call(desk, [1], Call(Outcome.REACHED, justify="they asked"))
        margins.set_margin(desk, 0.3, customers=[1])
        assert suggestion_for(desk, 1) is None

    def test_a_channel_that_costs_little_may_make_it_worth_it(self, desk: Desk) -> None:
        deeds.log_call(desk, [3], Call(Outcome.REACHED, justify="they asked"))
        margins.set_margin(desk, 0.9, customers=[3])
        free = Offers(
            currencies={"GBP": Rate(1.0)}, contact=ContactCosts(phone=0, email=9, post=9, sms=9)
        )
        assert suggestion_for(desk, 3) is not None
        with replace(desk, book=desk.book.twin(), config=Config(offers=free)) as cheap:
            assert suggestion_for(cheap, 3) is None

    def test_dismissed_it_stays_away_while_nothing_else_is_offered(self, desk: Desk) -> None:
        deeds.log_call(desk, [3], Call(Outcome.REACHED, justify="they asked"))
        margins.set_margin(desk, 0.01, customers=[3])
        dismiss(desk, 3)
        assert suggestion_for(desk, 3) is None
        assert suggestion_for(later(desk, 1), 3) is None

    def test_an_offer_that_waits_for_its_answer_is_waited_for(self, desk: Desk) -> None:
        margins.set_margin(desk, 0.3, customers=[3])
        free = Offers(
            currencies={"GBP": Rate(1.0)},
            contact=ContactCosts(phone=0, email=0, post=0, sms=0),
            rungs={"fix": Rung(uplift=0.9)},
        )
        offers.make_offer(
            replace(desk, config=Config(offers=free)), [3], Ask(rung="fix", justify="they asked")
        )
        assert suggestion_for(later(desk, 13), 3) is None
        assert suggestion_for(later(desk, 14), 3) is not None

    def test_who_sleeps_is_with_sales_or_buys_is_left_alone(self, desk: Desk) -> None:
        deeds.log_call(desk, [3], Call(Outcome.REACHED, justify="they asked"))
        margins.set_margin(desk, 0.01, customers=[3])
        deeds.snooze(desk, [3], AS_OF + timedelta(days=9))
        assert suggestion_for(desk, 3) is None
