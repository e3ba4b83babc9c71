"""What import makes of the files that people have: packed, coded, cut and broken in every way."""

import csv
import gzip
import io
from pathlib import Path
from typing import NamedTuple

import polars as pl
import pytest
from hypothesis import given as having
from hypothesis import strategies as st

from winback_tui.errors import BadInputError
from winback_tui.intake import shaping, sniff, table, transactions
from winback_tui.intake.fields import Hints
from winback_tui.intake.guessing import Guess
from winback_tui.intake.transactions import Plan

ROWS = "customer,date,amount\nMüller,2026-01-05,12.50\nSørensen,2026-01-06,7.00\n"


class Made(NamedTuple):
    """A plan with its rows and rejects in memory, rows with the number of their customer."""

    plan: Plan
    rows: pl.DataFrame
    rejects: pl.DataFrame
    customers: pl.DataFrame
    products: pl.DataFrame
    guess: Guess
    read: int


def planned(path: Path, **hints: object) -> Made:
    plan = transactions.plan(path, Hints(**hints), lambda *_: None)  # type: ignore[arg-type]
    numbers = plan.customers.select("code", "number")
    rows = plan.rows.whole().join(numbers, on="code", maintain_order="left")
    rows = rows.select("number", *(each for each in transactions.ROWS.names() if each != "code"))
    return Made(
        *(plan, rows, plan.rejects.whole(), plan.customers.drop("code")),
        *(plan.products, plan.guess, plan.read),
    )


def given(tmp_path: Path, content: bytes | str, name: str = "orders.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (ROWS.encode(), "UTF-8"),
        (b"\xef\xbb\xbf" + ROWS.encode(), "UTF-8"),
        (ROWS.encode("cp1252"), "Windows-1252"),
        (ROWS.encode("utf-16"), "UTF-16"),
        (gzip.compress(ROWS.encode(), mtime=0), "UTF-8"),
        (
            gzip.compress(ROWS[:30].encode(), mtime=0) + gzip.compress(ROWS[30:].encode(), mtime=0),
            "UTF-8",
        ),
        (ROWS.replace("\n", "\r\n").encode(), "UTF-8"),
        (ROWS.replace("\n", "\r").encode(), "UTF-8"),
        (ROWS.rstrip().encode(), "UTF-8"),
    ],
)
def test_every_usual_coding_is_read_alike(tmp_path: Path, content: bytes, encoding: str) -> None:
    made = planned(given(tmp_path, content))
    assert made.rows["number"].to_list() == ["Müller", "Sørensen"]
    assert made.rows["amount"].to_list() == [1250, 700]
    assert made.guess.encoding == encoding


@pytest.mark.parametrize("delimiter", list(",;\t|"))
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    made = planned(given(tmp_path, ROWS.replace(",", delimiter)))
    assert made.guess.delimiter == delimiter
    assert made.rows.height == 2


def test_other_delimiters_inside_the_cells_do_not_mislead(tmp_path: Path) -> None:
    lines = [f"JIM BEAM 7YR|TOWN {n},2026-01-0{n},1.5{n}" for n in range(1, 9)]
    made = planned(given(tmp_path, "\n".join(["customer_id,date,amount", *lines])))
    assert made.guess.delimiter == ","
    assert made.rows["number"][0] == "JIM BEAM 7YR|TOWN 1"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (gzip.compress(b"", mtime=0), "is empty"),
        (gzip.compress(ROWS.encode() * 50, mtime=0)[:-20], "ends in the middle"),
        (b"\x1f\x8bno gzip at all", "damaged gzip"),
        (b"customer,date,amount\nA,2026-01-01,1\nB\x00,2026-01-01,1\n", "NUL byte in line 3"),
        (b"PK\x03\x04rest", "damaged ZIP file"),
        (b"SQLite format 3\x00", "is a database"),
        (b"%PDF-1.7", "PDF"),
        (bytes(range(128, 256)) * 4, "neither UTF-8 nor Windows-1252"),
        (b'customer,date,amount\nA,2026-01-01,1\n"B,2026-01-01,1\nC,2026-01-01,2\n', "in line 3"),
    ],
)
def test_what_is_no_table_is_refused_in_one_sentence(
    tmp_path: Path, content: bytes, sentence: str
) -> None:
    with pytest.raises(BadInputError, match=sentence) as refused:
        planned(given(tmp_path, content))
    assert "orders.csv" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_directory_and_a_missing_file_are_named(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="is a directory"):
        planned(tmp_path)
    with pytest.raises(BadInputError, match="There is no file"):
        planned(tmp_path / "nowhere.csv")


def test_a_row_cut_off_at_the_end_is_rejected_and_the_rest_is_read(tmp_path: Path) -> None:
    made = planned(given(tmp_path, ROWS + "Cut,2026-01"))
    assert made.rows.height == 2
    assert made.rejects.select("_line", "_code").rows() == [(4, "cut_off")]


def test_a_row_with_too_many_cells_is_rejected(tmp_path: Path) -> None:
    made = planned(
        given(tmp_path, "customer,date,amount\nA, Inc,2026-01-05,1.00\nB,2026-01-05,2\n")
    )
    assert made.rejects["_code"].to_list() == ["too_many_cells"]
    assert made.rows["number"].to_list() == ["B"]


def test_quotes_inside_plain_cells_are_letters(tmp_path: Path) -> None:
    text = (
        'customer,date,amount,product\nA,2026-01-05,1.00,6" plate\nB,2026-01-05,2.00,"7"" plate"\n'
    )
    assert planned(given(tmp_path, text)).rows["product"].to_list() == ['6" plate', '7" plate']


def test_lines_are_counted_as_an_editor_counts_them(tmp_path: Path) -> None:
    text = (
        'customer,date,amount,product\nA,2026-01-05,1.00,"two\nlines"\n\n,2026-01-05,1.00,x\n'
        'C,"",1.00,y\n'
    )
    made = planned(given(tmp_path, text))
    assert made.read == 3
    assert made.rejects["_line"].to_list() == [5, 6]


def test_a_preamble_above_the_header_is_passed_over(tmp_path: Path) -> None:
    text = (
        "Export of 5 Jan\nAll customers;;\n\nKunde;Datum;Betrag\nA;05.01.2026;1,50\n;06.01.2026;2\n"
    )
    made = planned(given(tmp_path, text))
    assert made.rows.select("number", "amount").rows() == [("A", 150)]
    assert made.rejects["_line"].to_list() == [6]


def test_blank_rows_are_no_rows(tmp_path: Path) -> None:
    made = planned(given(tmp_path, ROWS + "\n,,\n  \n"))
    assert (made.read, made.rejects.height) == (2, 0)


def test_a_header_without_rows_is_an_empty_import(tmp_path: Path) -> None:
    made = planned(given(tmp_path, "customer,date,amount\n"))
    assert (made.read, made.rows.height) == (0, 0)


CELL = st.text(
    st.one_of(st.sampled_from('",;\n\t|ab \u00e9\U0001f337'), st.characters(codec="utf-8")),
    max_size=6,
).map(lambda cell: cell.replace("\r", "").replace("\0", ""))


@having(st.lists(st.tuples(CELL, CELL), min_size=1, max_size=8), st.booleans(), st.booleans())
def test_cells_are_read_as_a_spreadsheet_wrote_them(
    rows: list[tuple[str, str]], every: bool, windows: bool
) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(
        text,
        quoting=csv.QUOTE_ALL if every else csv.QUOTE_MINIMAL,
        lineterminator="\r\n" if windows else "\n",
    )
    writer.writerows([("customer", "date", "amount", "note"), *(("A", *row, "z") for row in rows)])
    raw = sniff.Raw.of("x.csv", text.getvalue().encode())
    shape = shaping.shape(raw, lambda columns: list(columns[:3]) == ["customer", "date", "amount"])
    assert table.read(raw, shape).frame.select("date", "amount").rows() == rows


@having(st.text(st.sampled_from('ab,"\n '), max_size=25))
def test_stray_quotes_never_move_a_cell(body: str) -> None:
    raw = sniff.Raw.of("x.csv", f"c,d,e\n{body}".encode())
    wanted = [
        tuple([*row, "", "", ""][:3])
        for row in csv.reader(io.StringIO(body, newline=""))
        if any(cell.strip() for cell in row[:3])
    ]
    shape = shaping.Shape(",", ("c", "d", "e"), 6, 2)
    try:
        read = table.read(raw, shape)
    except BadInputError:
        with pytest.raises(csv.Error):
            list(csv.reader(io.StringIO(body, newline=""), strict=True))
        return
    assert read.frame.select("c", "d", "e").rows() == wanted
