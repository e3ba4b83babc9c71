"""Columns that need no closer look, as their bytes tell it and as patterns would."""

import re
from collections.abc import Sequence
from datetime import date

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from winback_tui.intake import clean, dates, facts, plain, summing
from winback_tui.intake.spill import Spill


def column(cells: Sequence[str | None], usual: str) -> pl.Series:
    """Return a column that is long enough to be told by its bytes."""
    return pl.Series("cell", [usual, *cells, *[usual] * plain._FEW], dtype=pl.String)


cells = st.lists(st.text(st.sampled_from(" 'aZ09-.~\t\n\r\x00\x7f\u00a0\u00e9"), max_size=6))
numbers = st.lists(
    st.one_of(
        st.from_regex(r"-?[0-9]{1,13}(\.[0-9]{0,3})?", fullmatch=True),
        st.text(st.sampled_from("0123456789.-, \n"), max_size=8),
    )
)
days = st.lists(
    st.one_of(
        st.from_regex(r"(0000|1899|1900|2024|2100|2199|2200)-[01][0-9]-[0-3][0-9]", fullmatch=True),
        st.text(st.sampled_from("0123-\n"), min_size=10, max_size=10),
    ),
    min_size=1,
)


class TestTidyText:
    @given(cells=cells)
    @example(cells=["a", "", "b c"])
    @example(cells=[" a"])
    @example(cells=["a "])
    @example(cells=["a  b"])
    @example(cells=["'1"])
    @example(cells=["a\x7f"])
    def test_is_what_the_pattern_takes_for_it(self, cells: list[str]):
        told = column(cells, "K 1")
        assert plain.tidy(told) == (not told.str.contains(clean._DOUBTFUL).any())

    def test_has_no_cell_that_is_missing(self):
        assert not plain.tidy(column([None], "K1"))

    def test_is_not_asked_of_a_few(self):
        assert not plain.tidy(pl.Series(["K1"]))


class TestAmounts:
    @given(cells=numbers)
    @example(cells=["1", "-2.5", "0.25"])
    @example(cells=["1."])
    @example(cells=[".5"])
    @example(cells=["1.234"])
    @example(cells=["--1"])
    @example(cells=["1-"])
    @example(cells=["1\n2"])
    @example(cells=[""])
    def test_have_up_to_twelve_places_and_two_decimals(self, cells: list[str]):
        told = column(cells, "10.00")
        known = all(
            re.fullmatch(r"-?[0-9]+(\.[0-9]{1,2})?", each) and len(each) <= 12 for each in cells
        )
        assert plain.amounts(told) == known

    @pytest.mark.parametrize("last", ["1.", "1.2", "1.25", "-", "1.234", "7"])
    def test_are_told_at_the_very_end_too(self, last: str):
        told = pl.Series([*["1.00"] * plain._FEW, last])
        assert plain.amounts(told) == (last in {"1.2", "1.25", "7"})


class TestDays:
    @given(cells=days)
    @example(cells=["2024-02-29", "2023-02-29", "2100-02-29"])
    @example(cells=["2024-00-10", "2024-13-01", "2024-01-00"])
    @example(cells=["1899-12-31", "2199-12-31", "2200-01-01"])
    def test_are_those_of_the_calendar(self, cells: list[str]):
        told = plain.days(column(cells, "2026-11-27"))
        if not all(re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", each) for each in cells):
            assert told is None
            return
        assert told is not None
        assert told[1 : len(cells) + 1].to_list() == [_day(each) for each in cells]

    @given(
        cells=days,
        time=st.sampled_from(["T08:26:00Z", " 08:26", ", 8.26 h", "+08:26", "\n08:26", " \n8:26"]),
    )
    def test_may_have_a_time_behind(self, cells: list[str], time: str):
        usual = f"2026-11-27{time}"
        written = [f"{each}{time}" for each in cells]
        told = plain.days(column(written, usual))
        known = all(
            re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ,].*", each) and len(each) == len(usual)
            for each in [usual, *written]
        )
        assert (told is not None) == known
        if told is not None:
            few = dates.parse(pl.Series(written, dtype=pl.String), dates.Order(day_first=True))
            assert told[1 : len(cells) + 1].to_list() == few.to_list()

    def test_are_read_as_the_others_are(self):
        cells = ["2024-02-29", "2023-02-29", "1899-12-31", "2200-01-01", "0000-01-01"]
        few = dates.parse(pl.Series(cells), dates.Order(day_first=True))
        told = plain.days(column([*cells], "2026-11-27"))
        assert told is not None
        assert told[1 : len(cells) + 1].to_list() == few.to_list()


def _day(cell: str) -> int | None:
    try:
        found = date.fromisoformat(cell)
    except ValueError:
        return None
    return (found - date(1970, 1, 1)).days if 1900 <= found.year <= 2199 else None


odd = st.one_of(
    [
        st.from_regex(re.compile(each.removeprefix("(?i)"), re.IGNORECASE | re.ASCII))
        for each in (facts._NOBODY, *summing.MARKS, facts._ROUNDED)
    ]
)


@given(number=odd)
def test_a_customer_number_that_means_something_else_begins_as_is_known(number: str):
    # Others begin with letters beyond ASCII, which are always looked at.
    assert not number[0].isascii() or number[0] in facts._BEGINNINGS


def test_parts_from_memory_are_sorted_by_both_keys_and_part_nobody():
    kept = Spill(pl.Schema({"code": pl.Int64, "day": pl.Int64}), order="code", then="day")
    for place in range(6):
        rows = [((n * 7 + place) % 50, (n * 13) % 90 - 30) for n in range(400)]
        kept.add(pl.DataFrame(rows, schema={"code": pl.Int64, "day": pl.Int64}, orient="row"))
    parts = [*kept.parts(300)]
    assert len(parts) > 4
    whole = pl.concat(parts)
    assert whole.rows() == sorted(kept.whole().rows())
    seen = [set(part["code"].to_list()) for part in parts]
    assert sum(map(len, seen)) == len(set.union(*seen))


class TestNewlines:
    @given(st.binary(max_size=40), st.integers(0, 3), st.data())
    def test_are_counted_as_python_counts_them(self, text: bytes, times: int, data: st.DataObject):
        long = text * (times * plain._FEW)
        end = data.draw(st.integers(0, len(long)))
        assert plain.newlines(long, end) == long.count(b"\n", 0, end)
