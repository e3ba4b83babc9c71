"""How files of unlisted programs are laid out: wrapped, titled, cut off, in sheets."""

import gzip
import json
import zipfile
from pathlib import Path

import polars as pl
import pytest

from tests.foreign import bought, refusal
from tests.kinds import workbook
from tests.test_intake_files import given, planned
from winback_tui.intake.unclear import UnclearError

PLAIN = "customer;date;amount\nA;2026-01-05;1,50\n"


@pytest.mark.parametrize(
    "content",
    [
        b"sep=;\r\n" + PLAIN.encode(),
        PLAIN.encode("utf-16-le"),
        PLAIN.encode("utf-16-be"),
        gzip.compress(PLAIN.encode("utf-16"), mtime=0),
        json.dumps({"orders": [{"customer": "A", "date": "2026-01-05", "amount": 1.5}]}).encode(),
        json.dumps({"page": 1, "data": {"rows": [{"customer": {"id": "A"}, "date": "2026-01-05",
                                                  "amount": 1.5}]}}, indent=1).encode(),
        json.dumps({"customer": "A", "date": "2026-01-05", "amount": 1.5,
                    "items": [{"sku": 1}, {"sku": 2}]}, indent=2).encode(),
    ],
)  # fmt: skip
def test_texts_are_read_however_they_are_wrapped(tmp_path: Path, content: bytes) -> None:
    assert bought(planned(given(tmp_path, content))) == [("A", 150, "EUR")]


def test_several_lists_in_one_document_are_not_chosen_from(tmp_path: Path) -> None:
    rows = [{"customer": "A", "date": "2026-01-05", "amount": 1.5}]
    text = json.dumps({"orders": rows, "returns": rows})
    assert "several lists (“orders”, “returns”)" in refusal(given(tmp_path, text))


def test_a_title_above_an_unknown_header_is_passed_over(tmp_path: Path) -> None:
    text = "Nord GmbH\nListe\n\nKürzel;Wann;Was\nA;2026-01-05;1,50\n"
    path = given(tmp_path, text)
    assert "The columns are “Kürzel”, “Wann”, “Was”." in refusal(path)
    said = (("Kürzel", "customer"), ("Wann", "date"), ("Was", "amount"))
    assert bought(planned(path, mapping=said)) == [("A", 150, "EUR")]


def test_every_missing_column_is_asked_for_in_one_sentence(tmp_path: Path) -> None:
    told = refusal(given(tmp_path, "Kürzel;Wann;Was\nA;2026-01-05;1,50\n"))
    assert "--map COLUMN=customer --map COLUMN=date --map COLUMN=amount. " in told


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("<html><body><table><tr><td>customer</td></tr></table></body></html>", "is a web page"),
        ('<?xml version="1.0"?>\n<Document><Row/></Document>', "is XML, not a table"),
        (":20:START\n:25:1001/12\n:61:2601020102CR1,50N\n", "is an MT940 statement"),
        ("customer^date^amount\nA^2026-01-05^1\n", "has a single column"),
    ],
)
def test_what_is_no_table_is_told_apart(tmp_path: Path, content: str, what: str) -> None:
    assert what in refusal(given(tmp_path, content))


@pytest.mark.parametrize("last", ["B;2026-01-06;7,", "B;2026-01-06", 'B;2026-01-06;"7,5'])
def test_an_amount_that_the_end_of_the_file_cuts_is_rejected(tmp_path: Path, last: str) -> None:
    text = "customer;date;amount\nA;2026-01-05;1,50\nC;2026-01-05;2,50\n" + last
    made = planned(given(tmp_path, text))
    assert made.rejects["_code"].to_list() == ["cut_off"]


@pytest.mark.parametrize(("last", "amount"), [("7", 700), ("7,5", 750), ('"7"', 700)])
def test_a_file_without_a_last_line_end_is_whole(tmp_path: Path, last: str, amount: int) -> None:
    text = f"customer;date;amount\nA;2026-01-05;1,50\nC;2026-01-05;2,50\nB;2026-01-06;{last}"
    made = planned(given(tmp_path, text))
    assert ("B", amount, "EUR") in bought(made)


@pytest.mark.parametrize(
    ("others", "last", "cut"),
    [
        (("10,00", "7,25", "3,00"), "1", True), (("10,00", "7,25", "3,00"), "10,0", True),
        (("10.00", "-7.20", "1003.00"), "1.0", True), (("10,00", "7,25", "3,00"), "4,50", False),
        (("1,25", "7,25", "3,75"), "1", False), (("10,00", "7,25"), "1", False),
        (("10,00", "7", "3,00"), "1", False),
    ],
)  # fmt: skip
def test_an_amount_without_the_decimals_that_all_others_have_is_cut(
    tmp_path: Path, others: tuple[str, ...], last: str, cut: bool
) -> None:
    text = "customer;date;amount\n" + "".join(f"A;2026-01-05;{each}\n" for each in others)
    made = planned(given(tmp_path, f"{text}B;2026-01-06;{last}"))
    assert made.rejects["_code"].to_list() == ["cut_off"] * cut
    ended = planned(given(tmp_path, f"{text}B;2026-01-06;{last}\n", "ended.csv"))
    assert ended.rejects.is_empty()


def test_a_date_that_the_end_of_the_file_cuts_is_rejected(tmp_path: Path) -> None:
    text = "customer;amount;date\nA;1,50;05.01.2026\nC;2,50;06.01.2026\nB;7,50;07.01.20"
    made = planned(given(tmp_path, text))
    assert made.rejects["_code"].to_list() == ["cut_off"]
    whole = planned(given(tmp_path, text + "26"))
    assert whole.rows.height == 3


def changed(path: Path, part: str, old: str, new: str) -> None:
    """Change a part of a workbook."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert old.encode() in parts[part]
    parts[part] = parts[part].replace(old.encode(), new.encode(), 1)
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)


HEADER = ["customer", "date", "amount"]


def test_a_customer_merged_over_several_rows_of_a_sheet_stands_in_each(tmp_path: Path) -> None:
    rows = [HEADER, ["A", "2026-01-05", "1"], ["", "2026-01-06", "2"], ["B", "2026-01-07", "3"]]
    path = workbook(tmp_path / "a.xlsx", {"x": rows})
    assert planned(path).rejects["_code"].to_list() == ["no_customer"]
    merge = '<mergeCells count="1"><mergeCell ref="A2:A3"/></mergeCells>'
    changed(path, "xl/s1.xml", "</sheetData>", f"</sheetData>{merge}")
    assert bought(planned(path)) == [("A", 100, "EUR"), ("A", 200, "EUR"), ("B", 300, "EUR")]


def test_a_hidden_sheet_is_not_asked_about_but_can_be_named(tmp_path: Path) -> None:
    sheets = {
        "seen": [HEADER, ["A", "2026-01-05", "1"]],
        "kept": [HEADER, ["B", "2026-01-05", "2"]],
    }
    path = workbook(tmp_path / "a.xlsx", sheets)
    with pytest.raises(UnclearError, match="sheets “seen”, “kept”"):
        planned(path)
    changed(path, "xl/workbook.xml", 'name="kept"', 'name="kept" state="hidden"')
    assert bought(planned(path)) == [("A", 100, "EUR")]
    assert bought(planned(path, sheet="kept")) == [("B", 200, "EUR")]


def test_lines_that_only_part_others_are_no_rows(tmp_path: Path) -> None:
    text = (
        "Liste vom 05.01.2026\n--------------------\n|Kunde |Datum     |Nettowert |Währg|\n"
        "--------------------\n|A     |05.01.2026| 1.234,50-|EUR  |\n--------------------\n"
    )
    made = planned(given(tmp_path, text))
    assert bought(made) == [("A", -123450, "EUR")]
    assert made.read == 1


def test_records_inside_a_parquet_file_are_columns(tmp_path: Path) -> None:
    path = tmp_path / "orders.parquet"
    rows = [{"customer": {"id": "A", "home": {"city": "Ulm"}}, "date": "2026-01-05", "amount": 1.5}]
    pl.DataFrame(rows).write_parquet(path)
    made = planned(path)
    assert bought(made) == [("A", 150, "EUR")]
    assert made.guess.mapping["customer"] == "customer.id"
    assert "customer.home.city" in made.guess.columns
