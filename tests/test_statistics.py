"""What counts as a purchase, and what is known of a customer's past."""

import random
from collections import defaultdict
from itertools import pairwise
from typing import Any

import polars as pl
from hypothesis import example, given, settings
from hypothesis import strategies as st

from winback_tui.scoring.statistics import SCHEMA, statistics, summary

LINES = {
    "customer_id": pl.Int64,
    "day": pl.Int32,
    "amount": pl.Int64,
    "currency": pl.String,
    "product": pl.String,
}


def lines(*rows: tuple[Any, ...]) -> pl.DataFrame:
    """Lines from (day, amount), (…, currency), (…, product), (…, customer)."""
    defaults = (0, 0, "EUR", "", 1)
    full = [row + defaults[len(row) :] for row in rows]
    return pl.DataFrame(
        [
            (customer, day, amount, currency, product)
            for day, amount, currency, product, customer in full
        ],
        schema=LINES,
        orient="row",
    )


def only(frame: pl.DataFrame) -> dict[str, Any]:
    return statistics(frame).row(0, named=True)


class TestAPurchase:
    def test_is_a_day_however_many_lines_it_has(self):
        row = only(lines((10, 500), (10, 700), (30, 100)))
        assert (row["purchases"], row["first_day"], row["last_day"]) == (2, 10, 30)
        assert row["revenue"] == row["purchase_revenue"] == 1300

    def test_is_not_a_day_whose_net_is_nothing(self):
        row = only(lines((10, 500), (20, 700), (20, -700), (30, 0)))
        assert (row["purchases"], row["last_day"], row["last_transaction_day"]) == (1, 10, 30)

    def test_is_not_an_order_cancelled_on_a_later_day(self):
        row = only(lines((10, 500), (20, 700, "EUR", "A"), (25, -700, "EUR", "A")))
        assert (row["purchases"], row["last_day"], row["last_transaction_day"]) == (1, 10, 25)
        assert row["revenue"] == row["purchase_revenue"] == 500

    def test_stays_one_when_an_older_order_is_cancelled_on_its_day(self):
        row = only(lines((20, 700, "EUR", "A"), (25, -700, "EUR", "A"), (25, 300, "EUR", "B")))
        assert (row["purchases"], row["first_day"], row["last_day"]) == (1, 25, 25)

    def test_is_cancelled_by_the_nearest_later_refund_and_once_only(self):
        once = only(lines((10, 700), (20, 700), (25, -700)))
        assert (once["purchases"], once["last_day"], once["revenue"]) == (1, 10, 700)
        assert statistics(lines((10, 700), (20, 700), (25, -700), (40, -700))).is_empty()

    def test_is_not_cancelled_by_an_earlier_refund(self):
        assert only(lines((5, -700), (10, 700)))["purchases"] == 1
        assert only(lines((10, 700), (25, -700), (26, 700)))["first_day"] == 26

    def test_stays_one_after_a_partial_refund(self):
        row = only(lines((10, 700, "EUR", "A"), (25, -200, "EUR", "A")))
        assert (row["purchases"], row["revenue"], row["purchase_revenue"]) == (1, 500, 700)

    def test_needs_an_order_that_stands(self):
        refunds = lines((10, -700), (12, -5))
        assert statistics(refunds).is_empty()
        assert summary(refunds)["purchases"].to_list() == [0]

    def test_of_nobody_is_an_empty_table(self):
        empty = statistics(lines())
        assert empty.is_empty()
        assert dict(empty.schema) == {name: kind() for name, kind in SCHEMA.items()}


class TestTheMainCurrency:
    def test_is_the_one_with_most_purchase_days(self):
        row = only(
            lines(
                (1, 100, "USD"), (2, 100, "EUR"), (3, 100, "USD"), (9, 9999, "EUR"), (9, 1, "USD")
            )
        )
        assert (row["currency"], row["paid_days"], row["purchases"]) == ("USD", 3, 4)
        assert row["revenue"] == 201

    def test_is_the_latest_then_the_first_in_the_alphabet_where_days_are_equal(self):
        assert only(lines((1, 1, "EUR"), (2, 1, "USD")))["currency"] == "USD"
        assert only(lines((1, 1, "USD"), (1, 1, "EUR")))["currency"] == "EUR"


def test_gaps_are_the_days_between_purchases():
    row = only(lines((0, 1), (10, 1), (20, 1), (50, 1)))
    assert (row["gap_max"], row["last_gap"]) == (30, 30)
    assert row["gap_p90"] == 26.0


def test_one_purchase_has_no_gaps():
    row = only(lines((7, 1)))
    assert [row[name] for name in ("gap_p90", "gap_max", "last_gap")] == [None] * 3


ROWS = st.lists(
    st.tuples(
        st.integers(0, 12),
        st.integers(-3, 4),
        st.sampled_from(["EUR", "USD"]),
        st.sampled_from(["", "A"]),
        st.integers(1, 3),
    ),
    max_size=40,
)


@settings(max_examples=60, deadline=None)
@given(ROWS, st.randoms(use_true_random=False))
def test_neither_row_order_nor_the_split_of_a_days_lines_matters(rows, chance: random.Random):
    pieces = []
    for day, amount, *rest in rows:
        part = chance.randint(-5, 5)
        pieces += [(day, part, *rest), (day, amount - part, *rest)]
    chance.shuffle(pieces)
    assert summary(lines(*pieces)).equals(summary(lines(*rows)))


@settings(max_examples=60, deadline=None)
@given(ROWS)
@example([(0, 1, "EUR", "", 1), (2, 1, "EUR", "", 1), (3, 1, "EUR", "", 1), (3, 1, "EUR", "", 2)])
def test_a_customer_is_the_same_alone_and_among_others_to_the_last_digit(rows):
    alone = [summary(lines(*(row for row in rows if row[4] == who))) for who in (1, 2, 3)]
    assert pl.concat(alone).rows() == summary(lines(*rows)).rows()


@settings(max_examples=60, deadline=None)
@given(ROWS)
def test_the_table_is_what_counting_by_hand_gives(rows):
    expected = by_hand(rows)
    columns = [
        "customer_id",
        "currency",
        "first_day",
        "last_day",
        "purchases",
        "revenue",
        "gap_max",
    ]
    assert statistics(lines(*rows)).select(columns).rows() == expected


def by_hand(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The definition, written as loops."""
    nets: dict[tuple[Any, ...], int] = defaultdict(int)
    for day, amount, currency, product, customer in rows:
        nets[customer, currency, product, day] += amount
    stacks: dict[tuple[Any, ...], list[Any]] = defaultdict(list)
    for key in sorted(nets):
        amount = nets[key]
        stack = stacks[(*key[:3], abs(amount))]
        if amount > 0:
            stack.append(key)
        elif amount < 0 and stack:
            nets[stack.pop()] = nets[key] = 0
    days: dict[int, dict[str, dict[int, int]]] = defaultdict(
        lambda: defaultdict(lambda: defaultdict(int))
    )
    for (customer, currency, _, day), amount in nets.items():
        days[customer][currency][day] += amount
    found = []
    for customer in sorted(days):
        paid = {c: [d for d, v in by.items() if v > 0] for c, by in days[customer].items()}
        bought = sorted({day for each in paid.values() for day in each})
        if not bought:
            continue
        main = min(paid, key=lambda c: (-len(paid[c]), -max(paid[c], default=-1), c))
        gap = max((b - a for a, b in pairwise(bought)), default=None)
        found.append(
            (
                customer,
                main,
                bought[0],
                bought[-1],
                len(bought),
                sum(days[customer][main].values()),
                gap,
            )
        )
    return found
