"""Counts and dates that what is over must not move: merged customers, objections taken back."""

from datetime import date
from pathlib import Path

import pytest

from tests.apps import DRIFTING, scored
from tests.little import AS_OF
from winback_tui.book import suggestions
from winback_tui.config import Config
from winback_tui.desk import consent, deeds, erase, export, merge, undoing
from winback_tui.desk.consent import Statement
from winback_tui.desk.export import What, Wish
from winback_tui.desk.session import Desk
from winback_tui.model import Channel, Outcome
from winback_tui.outreach.tables import Format


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk.open(scored(tmp_path / "book.db", DRIFTING), Config(), AS_OF)


def test_who_was_merged_away_is_not_told_as_left_out(desk: Desk, tmp_path: Path) -> None:
    wish = Wish(What.TRANSACTIONS, Format.CSV)
    merge.merge(desk, 6, 7)
    assert export.export(desk, wish, tmp_path / "a.csv").suppressed == 0
    erase.ask(desk, 8)
    assert export.export(desk, wish, tmp_path / "b.csv").suppressed == 1


def test_an_objection_that_was_undone_has_no_date(desk: Desk) -> None:
    deeds.log_call(desk, [6], deeds.Call(Outcome.REACHED))
    for day in ("2026-10-01", "2026-11-01"):
        consent.record(desk, [6], Statement("objected", (Channel.POST,), at=day))
    connection = desk.book.connection
    assert suggestions.objectors(connection) == {6: date(2026, 11, 1)}
    undoing.undo(desk)
    assert suggestions.objectors(connection) == {6: date(2026, 10, 1)}
