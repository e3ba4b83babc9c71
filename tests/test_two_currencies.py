"""Who buys in two currencies: the main one leads, the other is told, and nothing is summed."""

import csv
import json
from pathlib import Path

import pytest

from tests.apps import DRIFTING, scored
from tests.little import AS_OF, winback
from winback_tui.book.connection import Book
from winback_tui.config import Config
from winback_tui.desk import export, looking, scoring
from winback_tui.desk.export import What, Wish
from winback_tui.desk.session import Desk
from winback_tui.model import Tab
from winback_tui.outreach.tables import Format

WHO = 6


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = scored(tmp_path / "book.db", DRIFTING)
    with Book.open(path) as book, book.write() as connection:
        connection.execute(
            "INSERT INTO transactions (customer_id, day, document, amount, currency, batch_id)"
            " SELECT customer_id, max(day), 'dollars', 5950, 'USD', 1 FROM transactions"
            " WHERE customer_id = ?",
            (WHO,),
        )
    return path


def test_every_currency_is_told_and_none_is_summed(path: Path, tmp_path: Path) -> None:
    command = ("--db", path, "--as-of", AS_OF)
    listed = json.loads(winback(*command, "list", "--tab", "all", "--format", "json").stdout)
    (one,) = [each for each in listed if each["customer"] == "1004"]
    assert one["currency"] == "EUR"
    assert list(one["revenue_by_currency"]) == ["EUR", "USD"]
    assert one["revenue_by_currency"] == {"EUR": one["revenue_12m"], "USD": 5950}
    shown = winback(*command, "show", "1004").stdout
    assert "59.50" in shown
    rows = csv.DictReader(winback(*command, "list", "--format", "csv").stdout.splitlines())
    assert "5950 USD" in {row["customer"]: row for row in rows}["1004"]["revenue_by_currency"]
    with Desk.open(path, Config(), AS_OF) as desk:
        scoring.renew(desk)
        found = {each.row.record.number: each for each in looking.entries_of(desk, [WHO, 7])}
        assert found["1004"].revenues == one["revenue_by_currency"]
        export.export(desk, Wish(What.LIST, Format.CSV, Tab.ALL), tmp_path / "list.csv")
    with (tmp_path / "list.csv").open(encoding="utf-8-sig") as file:
        others = {row["customer"]: row["other_revenue_12m"] for row in csv.DictReader(file)}
    assert others.pop("1004") == "59.50 USD"
    assert set(others.values()) == {""}


def test_the_list_marks_who_has_more_than_one_currency(path: Path) -> None:
    shown = winback("--db", path, "--as-of", AS_OF, "list", "--tab", "all").stdout
    marked = [line for line in shown.splitlines() if "€+" in line]
    assert [("1004" in line) for line in marked] == [True], shown
