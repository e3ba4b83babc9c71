"""Early warning on a book: which facts are signs, what is raised once, and what answers it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.little import AS_OF, fill
from tests.warned import BUYERS, DAY, LATE, ONCE, OTHER, WHO, at, signal
from winback_tui.book import alerts as book
from winback_tui.book import ledger, statistics
from winback_tui.config import Config
from winback_tui.config.alerts import Alerts, Rule, Rules
from winback_tui.config.segments import Segment
from winback_tui.desk import alerts, deeds, erase, groups, looking, scoring, undoing, warning_signs
from winback_tui.desk.merge import merge
from winback_tui.desk.session import Desk
from winback_tui.errors import BadInputError
from winback_tui.model import LeavingReason, Outcome, Stage


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = fill(tmp_path / "book.db", BUYERS)
    with at(path) as desk:
        scoring.renew(desk)
    return path


def buy(desk: Desk, who: int, lines: list[tuple[int, int, str]]) -> None:
    """Replace what a customer bought by lines of (days ago, amount, product)."""
    with desk.book.write() as connection:
        connection.execute("DELETE FROM transactions WHERE customer_id = ?", (who,))
        connection.executemany(
            "INSERT INTO transactions (customer_id, day, document, product, amount, currency,"
            " batch_id) VALUES (?, ?, ?, ?, ?, 'EUR', 1)",
            [(who, DAY - ago, f"D{ago}", what, amount) for ago, amount, what in lines],
        )
        statistics.refresh(connection, [who])
        desk.book.bump_revision()


def found(desk: Desk) -> set[tuple[int, str]]:
    """Return who has which sign, with the scores made fresh."""
    looking.freshen(desk)
    with desk.book.snapshot() as connection:
        signs = warning_signs.signs(desk, connection, groups.members(desk, connection))
        return set(signs.select("customer_id", "rule").iter_rows())


def every(
    ago: int, amount: int = 10_000, what: str = "", step: int = 15
) -> list[tuple[int, int, str]]:
    """Return a purchase each `step` days, up to two years back from `ago` days ago."""
    return [(each, amount, what) for each in range(ago, 730, step)]


def _contract(ends: int, renewal: str, notice: int = 30) -> Callable[[Desk], None]:
    def write(desk: Desk) -> None:
        with desk.book.write() as connection:
            connection.execute(
                "INSERT INTO contracts (customer_id, ends_on, notice_days, renewal)"
                " VALUES (?, ?, ?, ?)",
                (WHO, (AS_OF + timedelta(days=ends)).isoformat(), notice, renewal),
            )

    return write


def _category(left_on: int, others: int = 2) -> Callable[[Desk], None]:
    """Let tea be bought until some days ago, and cups until `others` days ago."""

    def write(desk: Desk) -> None:
        with desk.book.write() as connection:
            connection.executemany(
                "INSERT INTO products VALUES (?, '', ?)", [("T", "tea"), ("C", "cups")]
            )
        buy(desk, WHO, [*every(others, what="C"), *every(left_on, what="T")])

    return write


def _in_bursts(last: int) -> list[tuple[int, int, str]]:
    """Return purchases with four short gaps and a long one by turns, up to `last` days ago."""
    days = [last]
    while days[-1] < 600:
        days.append(days[-1] + (60 if len(days) % 5 == 0 else 5))
    return [(each, 10_000, "") for each in days]


#: Little is bought at this time of the year.
_SEASON: list[tuple[int, int, str]] = [
    (ago, 2_000 if ago < 90 or 365 <= ago < 455 else 10_000, "") for ago in range(10, 730, 15)
]


def _granted(months: int) -> Callable[[Desk], None]:
    """Let a consumer have allowed e-mail so many months, less five days, ago."""

    def write(desk: Desk) -> None:
        from winback_tui.rules.months import add_months

        day = add_months(AS_OF, -months) + timedelta(days=5)
        with desk.book.write() as connection:
            connection.execute("UPDATE customers SET party_kind = 'consumer' WHERE id = ?", (WHO,))
            connection.execute(
                "INSERT INTO signals (customer_id, kind, day) VALUES (?, 'bounce', ?)",
                (WHO, DAY - 1),
            )
            ledger.append(
                connection,
                ledger.Entry(WHO, "email", "granted", f"{day}T10:00:00Z", "form", "kim",
                             basis="consent"),
            )  # fmt: skip

    return write


def _bounced(desk: Desk) -> None:
    with desk.book.write() as connection:
        ledger.append(
            connection,
            ledger.Entry(WHO, "email", "bounced", "2026-11-15T10:00:00Z", "mailer", "kim"),
        )


def _left(desk: Desk) -> None:
    with desk.book.write() as connection:
        connection.execute(
            "INSERT INTO contacts (customer_id, name, ended_on) VALUES (?, 'Jo', '2026-11-10')",
            (WHO,),
        )


def _unread(last: int, others: int) -> Callable[[Desk], None]:
    """Let e-mails have been opened every ten days until `last` days ago, by others until later."""

    def write(desk: Desk) -> None:
        for ago in range(last, last + 60, 10):
            signal(desk, WHO, "email_opened", ago)
        signal(desk, OTHER, "email_opened", others)

    return write


def _said(kind: str, ago: int, value: float | None = None) -> Callable[[Desk], None]:
    return lambda desk: signal(desk, WHO, kind, ago, value)


def _bought(lines: list[tuple[int, int, str]]) -> Callable[[Desk], None]:
    return lambda desk: buy(desk, WHO, lines)


def nothing(desk: Desk) -> None:
    """Let nothing happen."""


@pytest.mark.parametrize(
    ("rule", "happens", "is_sign"),
    [
        ("complaint", _said("complaint", 30), True),
        ("complaint", _said("complaint", 31), False),
        ("complaint", _said("complaint", -1), False),  # dated after today
        ("unpaid", _said("payment_overdue", 3), True),
        ("notice_given", _said("notice_given", 50), True),
        ("contact_left", _said("contact_left", 3), True),
        ("contact_left", _left, True),
        ("bounce", _said("bounce", 3), True),
        ("bounce", _bounced, True),
        ("nps", _said("nps", 3, 6), True),
        ("nps", _said("nps", 3, 7), False),
        ("nps", _said("nps", 3), False),  # an answer without a number
        ("engagement", _said("unsubscribed", 3), True),
        ("engagement", _unread(70, 1), True),
        ("engagement", _unread(70, 69), False),  # nobody's are read: the import has stopped
        ("engagement", _unread(20, 1), False),
        ("silence", nothing, False),
        ("silence", _bought(every(33)), True),  # twice fifteen days, three days ago
        ("silence", _bought(every(28)), False),
        ("silence", _bought(every(100)), False),  # no news any more
        ("silence", _bought(_in_bursts(36)), False),  # one in ten of their gaps is longer
        ("spend_drop", _bought([*every(105), (60, 2_000, ""), (10, 2_000, "")]), True),
        ("spend_drop", _bought(every(5)), False),
        ("spend_drop", _bought(_SEASON), False),  # as it was a year ago
        ("spend_drop", _bought([*every(105), (10, 90_000, "")]), False),
        ("smaller_orders", _bought([*every(50), (35, 6_000, ""), (20, 6_000, ""),
                                    (5, 6_000, "")]), True),
        ("smaller_orders", _bought([*every(50), (35, 6_000, ""), (20, 9_000, ""),
                                    (5, 6_000, "")]), False),  # one of the three is not
        ("category_lost", _category(50), True),
        ("category_lost", _category(20), False),
        ("category_lost", _category(50, others=44), False),  # they buy nothing else either
        ("contract_end", _contract(60, "manual"), True),  # notice in thirty days
        ("contract_end", _contract(100, "manual"), False),
        ("contract_end", _contract(20, "manual"), False),  # too late for notice
        ("contract_end", _contract(20 - 365, "automatic"), False),
        ("contract_end", _contract(50 - 365, "automatic"), True),  # renewed a year ago
        ("consent_ends", _granted(12), True),  # from then on doubted
        ("consent_ends", _granted(11), False),
    ],
)  # fmt: skip
def test_what_is_a_sign_and_what_is_not(
    path: Path, rule: str, happens: Callable[[Desk], None], is_sign: bool
) -> None:
    with at(path) as desk:
        happens(desk)
        assert ((WHO, rule) in found(desk)) is is_sign


def test_a_jump_of_the_score_is_against_a_run_of_the_last_week(path: Path) -> None:
    with at(path, day=AS_OF + timedelta(days=5)) as desk:
        signal(desk, WHO, "notice_given", 0)
        assert (WHO, "score_jump") in found(desk)
        assert (OTHER, "score_jump") not in found(desk)
    with at(path, day=AS_OF + timedelta(days=40)) as desk:
        assert (WHO, "score_jump") not in found(desk)


def test_the_kept_score_of_who_is_in_the_book_no_more_is_no_jump(path: Path) -> None:
    with at(path, day=AS_OF + timedelta(days=5)) as desk:
        signal(desk, WHO, "notice_given", 0)
        assert (WHO, "score_jump") in found(desk)
        with desk.book.write() as connection:
            for table in ("transactions", "signals", "consent_events"):
                connection.execute("INSERT OR REPLACE INTO meta VALUES ('maintenance', 'test')")
                connection.execute(f"DELETE FROM {table} WHERE customer_id = ?", (WHO,))
            connection.execute("DELETE FROM customers WHERE id = ?", (WHO,))
        with desk.book.snapshot() as connection:
            signs = warning_signs.signs(desk, connection, None)
        assert WHO not in signs["customer_id"].to_list()


def test_one_purchase_is_no_cadence_unless_a_segment_has_a_product_cycle(path: Path) -> None:
    with at(path) as desk:
        assert (ONCE, "silence") not in found(desk)
        assert (LATE, "silence") in found(desk)
    config = Config(segments={"köln": Segment({"city": "köln"}, product_cycle=20)})
    with at(path, config) as desk:
        assert (ONCE, "silence") in found(desk)


def test_segments_have_rules_of_their_own_and_a_rule_may_be_switched_off(path: Path) -> None:
    with at(path) as desk, desk.book.write() as connection:
        connection.execute("UPDATE customers SET segment = 'slow' WHERE id = ?", (LATE,))
        desk.book.bump_revision()
    slow = {"slow": Segment({"segment": "slow"})}
    own = Alerts(segments={"slow": Rules(silence=Rule(at=4.0))})
    with at(path, Config(segments=slow, alerts=own)) as desk:
        assert (LATE, "silence") not in found(desk)
    off = Alerts(
        rules=Rules(silence=Rule(use=False)), segments={"slow": Rules(silence=Rule(use=True))}
    )
    with at(path, Config(segments=slow, alerts=off)) as desk:
        silent = {who for who, rule in found(desk) if rule == "silence"}
        assert silent == {LATE}


def test_a_call_that_found_it_only_the_season_quiets_silence_until_the_next_purchase(
    path: Path,
) -> None:
    with at(path) as desk:
        call = deeds.Call(Outcome.REACHED, assessed=LeavingReason.SEASONAL)
        deeds.log_call(desk, [LATE], call)
        assert (LATE, "silence") not in found(desk)
        undoing.undo(desk)
        assert (LATE, "silence") in found(desk)


def test_a_look_raises_each_alert_once_and_says_nothing_new_right_after(path: Path) -> None:
    with at(path) as desk:
        signal(desk, WHO, "complaint", 2)
        signal(desk, LATE, "contact_left", 2)
        looking.freshen(desk)
        look = alerts.look(desk)
        assert [(each.customer, each.rule, each.priority) for each in look.raised] == [
            (WHO, "complaint", 1),
            (LATE, "contact_left", 3),
        ]
        assert [each.rule for each in look.raised[1].signs] == ["contact_left", "silence"]
        assert look.raised[0].due_on == AS_OF + timedelta(days=1)
        assert alerts.look(desk) == alerts.Look((), 0)
        assert [each.customer for each in alerts.standing(desk)] == [WHO, LATE]


def test_the_same_complaint_is_never_told_again_and_another_one_after_the_cooldown(
    path: Path,
) -> None:
    with at(path) as desk:
        signal(desk, WHO, "complaint", 2)
        looking.freshen(desk)
        alerts.look(desk)
        signal(desk, WHO, "complaint", 1)
    raised = []
    for days in range(1, 29):
        with at(path, day=AS_OF + timedelta(days=days)) as desk:
            raised += [(days, e.rule) for e in alerts.look(desk).raised if e.customer == WHO]
    assert (14, "complaint") in raised
    assert [day for day, rule in raised if rule == "complaint"] == [14]


def test_a_look_as_of_a_day_to_come_shows_and_uses_up_nothing(path: Path) -> None:
    with at(path) as desk:
        signal(desk, WHO, "complaint", 2)
        before = desk.book.connection.execute("SELECT * FROM alert_keys").fetchall()
    with replace(at(path, day=AS_OF + timedelta(days=3)), clock=lambda: AS_OF) as early:
        looking.freshen(early)
        for _ in range(2):
            shown = alerts.look(early).raised
            assert (WHO, "complaint", 0) in [(e.customer, e.rule, e.id) for e in shown]
        assert alerts.standing(early) == []
        assert early.book.connection.execute("SELECT * FROM alert_keys").fetchall() == before
        with pytest.raises(BadInputError, match="Nov 24, 2026 is yet to come"):
            alerts.mark(early, 1, "seen")
    with at(path) as desk:
        looking.freshen(desk)
        assert WHO in [each.customer for each in alerts.look(desk).raised]


def test_two_looks_at_once_raise_an_alert_once(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with at(path) as desk, at(path) as other:
        signal(desk, WHO, "complaint", 2)
        looking.freshen(desk)
        first: list[alerts.Look] = []
        found = alerts._found

        def slowly(desk: Desk, connection: object, most: int) -> object:
            """Let the other look be done between the reading and the writing of this one."""
            done = found(desk, connection, most)  # type: ignore[arg-type]
            if not first:
                first.append(alerts.Look((), 0))
                first[0] = alerts.look(other)
            return done

        monkeypatch.setattr(alerts, "_found", slowly)
        assert alerts.look(desk).raised == ()
        assert [each.customer for each in first[0].raised] == [WHO]
        assert len(alerts.standing(desk)) == 1


def test_a_day_has_room_for_so_many_alerts_and_the_others_wait_for_the_next(path: Path) -> None:
    config = Config(alerts=Alerts(daily_cap=2))
    with at(path, config) as desk:
        for who in (5, 6, 7, 8, 9):
            signal(desk, who, "complaint", 3)
        looking.freshen(desk)
        first = alerts.look(desk)
        assert (len(first.raised), first.waiting) == (2, 3)
        again = alerts.look(desk)
        assert (len(again.raised), again.waiting) == (0, 3)
    with at(path, config, AS_OF + timedelta(days=1)) as desk:
        looking.freshen(desk)
        second = alerts.look(desk)
        assert len(second.raised) == 2
        told = {each.customer for each in (*first.raised, *second.raised)}
        assert len(told) == 4


def test_nothing_is_said_of_who_is_let_go_suppressed_or_on_the_way_out(path: Path) -> None:
    with at(path) as desk:
        for who in (5, 6, 7, 8):
            signal(desk, who, "complaint", 3)
        looking.freshen(desk)
        deeds.move_case(desk, [5], Stage.LET_GO)
        erase.ask(desk, 6)
        merge(desk, 8, 7)
        assert {each.customer for each in alerts.look(desk).raised} == {8}


def test_of_who_is_snoozed_or_with_sales_only_what_cannot_wait_is_said(path: Path) -> None:
    with at(path) as desk:
        for who in (LATE, WHO):
            signal(desk, who, "contact_left", 2)
            signal(desk, who, "nps", 2, 1)
            deeds.snooze(desk, [who], AS_OF + timedelta(days=60))
        looking.freshen(desk)
        assert alerts.look(desk).raised == ()
        signal(desk, WHO, "complaint", 0)
        (raised,) = alerts.look(desk).raised
        assert [each.rule for each in raised.signs] == ["complaint"]


def test_dismissing_and_seeing_an_alert_can_be_undone(path: Path) -> None:
    with at(path) as desk:
        signal(desk, WHO, "complaint", 2)
        signal(desk, OTHER, "complaint", 2)
        looking.freshen(desk)
        one, two = alerts.look(desk).raised
        alerts.mark(desk, one.id, "seen")
        assert [each.id for each in alerts.standing(desk)] == [two.id, one.id]
        alerts.mark(desk, one.id, "dismissed")
        assert [each.id for each in alerts.standing(desk)] == [two.id]
        with pytest.raises(BadInputError, match="dismissed already"):
            alerts.mark(desk, one.id, "seen")
        undoing.undo(desk, 2)
        assert [(each.id, each.mark) for each in alerts.standing(desk)] == [
            (one.id, None),
            (two.id, None),
        ]
        assert undoing.redo(desk) is not None
        assert alerts.standing(desk)[-1].mark == "seen"
        with pytest.raises(BadInputError, match="no alert 99"):
            alerts.mark(desk, 99, "seen")
        assert [e.kind.value for e in undoing.history(desk)][:2] == ["alert", "alert"]


def test_a_deed_answers_the_alerts_of_its_customer_until_it_is_undone(path: Path) -> None:
    with at(path) as desk:
        signal(desk, WHO, "complaint", 2)
        looking.freshen(desk)
        alerts.look(desk)
        deeds.add_note(desk, [WHO], "thinking about it")
        assert len(alerts.standing(desk)) == 1
        deeds.log_call(desk, [WHO], deeds.Call(Outcome.VOICEMAIL))
        assert alerts.standing(desk) == []
        undoing.undo(desk)
        assert len(alerts.standing(desk)) == 1
        undoing.redo(desk)
        assert alerts.standing(desk) == []


def test_an_alert_leaves_the_inbox_by_itself_and_is_not_there_before_it_was_raised(
    path: Path,
) -> None:
    with at(path) as desk:
        signal(desk, WHO, "complaint", 2)
        looking.freshen(desk)
        alerts.look(desk)
    for days, there in ((-1, False), (0, True), (29, True), (30, False)):
        with at(path, day=AS_OF + timedelta(days=days)) as desk:
            assert bool(alerts.standing(desk)) is there


def test_alerts_are_never_changed(path: Path) -> None:
    import sqlite3

    with at(path) as desk:
        signal(desk, WHO, "complaint", 2)
        looking.freshen(desk)
        alerts.look(desk)
        with pytest.raises(sqlite3.IntegrityError, match="append-only"), desk.book.write() as c:
            c.execute("UPDATE alerts SET priority = 3")
        assert book.last_id(desk.book.connection) == 1


def test_a_purge_takes_the_alerts_along(path: Path) -> None:
    with at(path) as desk:
        signal(desk, WHO, "complaint", 2)
        looking.freshen(desk)
        (raised,) = alerts.look(desk).raised
        alerts.mark(desk, raised.id, "seen")
        erase.purge_now(desk, WHO)
        for table in ("alerts", "alert_keys", "alert_marks", "outbox"):
            assert desk.book.connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
        assert undoing.undo(desk) == []
