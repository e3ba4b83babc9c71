"""Contracts from files: notice by the calendar, none in another's place, signs of currencies."""

from pathlib import Path

import pytest

from tests.kinds import bring, counts, rows, write
from winback_tui.book.connection import Book
from winback_tui.intake.unclear import UnclearError

FOUND = "SELECT number, starts_on, ends_on, notice_days, amount FROM contracts ORDER BY id"


@pytest.fixture
def filled(book: Book, tmp_path: Path) -> Book:
    bring(book, "customers", write(tmp_path, "number,name\nK1,Nord AG\nK2,Süd AG\n", "k.csv"))
    return book


@pytest.mark.parametrize(
    ("notice", "end", "days"),
    [
        ("3 Monate", "31.12.2026", 92), ("3 Monate zum Monatsende", "31.12.2026", 92),
        ("3 Monate", "30.06.2026", 92), ("1 Monat", "28.02.2027", 31),
        ("1 Quartal", "31.03.2027", 90), ("1 Jahr", "31.12.2026", 365),
        ("6 months", "2026-12-31", 184), ("90", "31.12.2026", 90), ("90 Tage", "31.12.2026", 90),
        ("4 Wochen", "31.12.2026", 28),
    ],
)  # fmt: skip
def test_months_of_notice_are_the_calendar_s(
    filled: Book, tmp_path: Path, notice: str, end: str, days: int
) -> None:
    text = f"Kundennummer;Vertragsnummer;Vertragsende;Kündigungsfrist\nK1;V1;{end};{notice}\n"
    bring(filled, "contracts", write(tmp_path, text))
    assert rows(filled, "SELECT notice_days FROM contracts") == [(days,)]


def test_a_status_says_that_a_contract_is_over_or_does_not_renew_itself(
    filled: Book, tmp_path: Path
) -> None:
    header = "Kundennummer;Vertragsnummer;Vertragsende;Verlängerung;Status\n"
    text = (
        "K1;V1;31.12.2027;automatisch;aktiv\nK1;V2;31.12.2027;12 Monate;gekündigt\n"
        "K2;V3;31.12.2027;automatisch;beendet\nK2;V4;31.12.2027;automatisch;Entwurf\n"
    )
    file = bring(filled, "contracts", write(tmp_path, header + text))
    assert rows(filled, "SELECT number, renewal FROM contracts ORDER BY id") == [
        ("V1", "automatic"), ("V2", "none")
    ]  # fmt: skip
    assert file.reasons == {"contract_over": 2}
    later = "K1;V1;31.12.2027;automatisch;Gekündigt\n"
    bring(filled, "contracts", write(tmp_path, header + later, "later.csv"))
    assert rows(filled, "SELECT renewal FROM contracts WHERE number = 'V1'") == [("none",)]


def test_a_header_may_say_that_its_numbers_are_months(filled: Book, tmp_path: Path) -> None:
    text = "Kundennummer;Vertragsende;Kündigungsfrist Monate\nK1;31.12.2026;3\n"
    bring(filled, "contracts", write(tmp_path, text))
    assert rows(filled, "SELECT notice_days FROM contracts") == [(92,)]


def test_contracts_without_number_and_title_stand_beside_each_other(
    filled: Book, tmp_path: Path
) -> None:
    text = (
        "customer_number,start,end,amount\nK1,2024-01-01,2026-12-31,100.00\n"
        "K1,2025-06-01,2027-05-31,200.00\nK2,2024-01-01,2026-12-31,300.00\n"
    )
    file = bring(filled, "contracts", write(tmp_path, text))
    assert counts(file) == {"read": 3, "created": 3}
    found = rows(filled, FOUND)
    assert found == [
        ("", "2024-01-01", "2026-12-31", 0, 10000),
        ("(2)", "2025-06-01", "2027-05-31", 0, 20000),
        ("", "2024-01-01", "2026-12-31", 0, 30000),
    ]
    again = bring(filled, "contracts", write(tmp_path, text + "\n", "again.csv"))
    assert (counts(again), rows(filled, FOUND)) == ({"read": 3, "unchanged": 3}, found)
    longer = text.replace("2027-05-31", "2029-05-31")
    renewed = bring(filled, "contracts", write(tmp_path, longer, "longer.csv"))
    assert counts(renewed) == {"read": 3, "updated": 1, "unchanged": 2}
    assert rows(filled, FOUND)[1] == ("(2)", "2025-06-01", "2029-05-31", 0, 20000)


def test_a_single_contract_with_a_new_term_is_the_same_one(filled: Book, tmp_path: Path) -> None:
    header = "customer_number,title,start,end\n"
    bring(filled, "contracts", write(tmp_path, header + "K1,Care,2025-01-01,2025-12-31\n"))
    file = bring(
        filled, "contracts", write(tmp_path, header + "K1,Care,2026-01-01,2026-12-31\n", "2.csv")
    )
    assert counts(file) == {"read": 1, "updated": 1}
    both = header + "K1,Care,2026-01-01,2026-12-31\nK1,Care,2026-03-01,2027-02-28\n"
    assert bring(filled, "contracts", write(tmp_path, both, "3.csv")).created == 1
    assert [each[0] for each in rows(filled, FOUND)] == ["Care", "Care (2)"]


def test_a_dollar_sign_is_asked_about(filled: Book, tmp_path: Path) -> None:
    path = write(tmp_path, "customer_number,end,value\nK1,2026-12-31,$1200.00\n")
    with pytest.raises(UnclearError, match=r"“value” bears \$.*--currency USD") as asked:
        bring(filled, "contracts", path)
    assert asked.value.asks == "currency"
    bring(filled, "contracts", path, currency="USD")
    assert rows(filled, "SELECT amount, currency FROM contracts") == [(120000, "USD")]


def test_a_notice_of_more_than_ten_years_is_refused_not_shortened(
    filled: Book, tmp_path: Path
) -> None:
    text = (
        "Kundennummer;Vertragsnummer;Vertragsende;Kündigungsfrist\n"
        "K1;V1;31.12.2027;150 Monate\nK1;V2;31.12.2027;200 Jahre\nK1;V3;31.12.2027;4000\n"
        "K1;V4;31.12.2027;119 Monate\n"
    )
    file = bring(filled, "contracts", write(tmp_path, text))
    assert file.reasons == {"bad_notice": 3}
    assert rows(filled, "SELECT number, notice_days FROM contracts") == [("V4", 3621)]


def test_a_contract_may_have_no_end(filled: Book, tmp_path: Path) -> None:
    text = (
        "Kundennummer;Vertragsnummer;Vertragsbeginn;Vertragsende;Kündigungsfrist\n"
        "K1;V1;01.01.2015;unbefristet;3 Monate\nK1;V2;01.01.2015;31.12.9999;90 Tage\n"
        "K1;V3;01.01.2015;31.12.2027;\nK1;V4;01.01.2015;irgendwann;\n"
    )
    file = bring(filled, "contracts", write(tmp_path, text))
    assert file.reasons == {"bad_date": 1}
    assert rows(filled, "SELECT number, ends_on, notice_days FROM contracts ORDER BY number") == [
        ("V1", "9999-12-31", 93), ("V2", "9999-12-31", 90), ("V3", "2027-12-31", 0)
    ]  # fmt: skip


def test_the_last_row_of_a_contract_counts_and_brings_nothing_when_it_comes_again(
    filled: Book, tmp_path: Path
) -> None:
    text = "Kundennummer;Vertragsnummer;Vertragsende\nK1;V1;2026-12-31\nK1;V1;2027-12-31\n"
    path = write(tmp_path, text)
    bring(filled, "contracts", path)
    again = bring(filled, "contracts", path, again=True)
    assert (again.created, again.updated, again.batch) == (0, 0, None)
    assert rows(filled, "SELECT ends_on FROM contracts") == [("2027-12-31",)]
