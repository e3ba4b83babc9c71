"""What else a customer might buy: pairs counted in the book, and categories that lapsed."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from tests.apps import running, shown
from tests.little import AS_OF, EPOCH, Buyer, fill
from winback_tui.config import Config
from winback_tui.desk import hints
from winback_tui.desk.scoring import renew
from winback_tui.desk.session import Desk
from winback_tui.scoring.baskets import LIFT, TOGETHER, pairs

TODAY = (AS_OF - EPOCH).days


def stock(connection: sqlite3.Connection) -> None:
    """Twelve buy tea, nine of them pots too, one none; the first has stopped buying honey."""
    connection.executemany(
        "INSERT INTO products VALUES (?, ?, ?)",
        [("tea", "Oolong", "Tea"), ("pot", "Teapot [/]", "Ware"), ("honey", "", "Honey")],
    )
    lines = [(who, TODAY - 30, "tea") for who in range(1, 13)]
    lines += [(who, TODAY - 20, "pot") for who in range(2, 11)]
    lines += [(who, TODAY - 25, "salt") for who in range(13, 25)]
    lines += [(1, TODAY - 200 - 20 * turn, "honey") for turn in range(5)]
    connection.executemany(
        "INSERT INTO transactions (customer_id, day, document, product, amount, currency, batch_id)"
        " VALUES (?, ?, 'd', ?, 100, 'EUR', 1)",
        lines,
    )


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    buyers = tuple(Buyer(f"{n}", f"Buyer {n}", silent=40) for n in range(1, 25))
    with Desk.open(fill(tmp_path / "b.db", buyers), Config(), AS_OF) as opened:
        with opened.book.write() as connection:
            stock(connection)
            opened.book.bump_revision()
        yield opened


def test_say_what_others_buy_and_what_lapsed_with_their_n(desk: Desk) -> None:
    assert hints.hints_of(desk, 1)[1:] == ()
    assert hints.freshen(desk)
    lapsed, pot = hints.hints_of(desk, 1)
    assert lapsed.startswith("Honey lapsed: bought on 5 days, last ")
    assert lapsed.endswith(", other things since")
    assert pot == "Teapot [/]: 9 of 12 customers who buy Oolong buy it too"
    # Who has it already is not told of it.
    assert not any("Teapot" in each for each in hints.hints_of(desk, 2))
    assert hints.hints_of(desk, 20) == ()


def test_are_counted_again_only_when_the_transactions_have_changed(desk: Desk) -> None:
    assert hints.freshen(desk)
    assert not hints.freshen(desk)
    with desk.book.write() as connection:
        connection.execute("DELETE FROM transactions WHERE product = 'pot'")
        desk.book.bump_revision()
    assert hints.freshen(desk)
    assert not any("Teapot" in each for each in hints.hints_of(desk, 1))


def test_pairs_are_those_that_a_count_by_hand_gives() -> None:
    baskets = {who: {f"p{(who * step) % 7}" for step in range(1, 4)} for who in range(200)}
    frame = pl.DataFrame(
        [(who, product) for who, basket in baskets.items() for product in sorted(basket)],
        schema=["customer_id", "product"],
        orient="row",
    )
    found = {(row[0], row[1]): row[2:] for row in pairs(frame).iter_rows()}
    assert found
    for (one, other), (together, buyers, others) in found.items():
        with_one = [basket for basket in baskets.values() if one in basket]
        assert buyers == len(with_one)
        assert together == sum(other in basket for basket in with_one) >= TOGETHER
        assert others == sum(other in basket for basket in baskets.values())
        assert together * len(baskets) / (buyers * others) > LIFT


async def test_stand_in_the_dossier_after_it_is_painted(desk: Desk, tmp_path: Path) -> None:
    renew(desk)
    async with running(tmp_path / "b.db") as (app, pilot):
        await pilot.press("5", "slash", *"Buyer 11", "enter", "enter")
        for worker in list(app.workers):
            if worker.group == "hints":
                await worker.wait()
        await pilot.pause()
        assert "What else they might buy" in shown(app)
        assert "Teapot [/]: 9 of 12" in shown(app)
