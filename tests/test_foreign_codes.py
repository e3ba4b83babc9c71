"""Codes, marks and dates of unlisted programs: read where they are clear, asked about elsewhere."""

from pathlib import Path

import polars as pl
import pytest

from tests.foreign import bought, chosen, refusal
from tests.test_intake_files import Made, given, planned

HEAD = "Belegnummer;{};Datum;Kundennummer;Netto\n"


def days(made: Made) -> list[str]:
    """Return the day of each row."""
    return made.rows["day"].cast(pl.Int32).cast(pl.Date).cast(pl.String).to_list()


@pytest.mark.parametrize(
    ("header", "codes"),
    [
        ("Belegkennzeichen", ("VFR", "VSG", "VLL")), ("Belegart", ("VFR", "VFG")),
        ("Rechnungsart", ("0", "1")), ("FKART", ("F2", "G2")), ("Dokumenttyp", ("RE", "XY")),
    ],
)  # fmt: skip
def test_codes_that_nothing_explains_are_asked_about(
    tmp_path: Path, header: str, codes: tuple[str, ...]
) -> None:
    rows = "".join(f"{n};{code};21.05.2026;A;1{n},00\n" for n, code in enumerate(codes))
    path = given(tmp_path, HEAD.format(header) + rows)
    told = refusal(path)
    assert f"“{header}” tells in codes what each row is" in told
    assert codes[-1] in told
    assert f"say --map {header}=ignore if each row counts" in told
    assert planned(path, mapping=((header, "ignore"),)).rows.height == len(codes)


@pytest.mark.parametrize("header", ["Belegkennzeichen", "Rechnungsart"])
def test_one_code_for_all_rows_tells_nothing_of_them(tmp_path: Path, header: str) -> None:
    text = HEAD.format(header) + "1;X1;21.05.2026;A;9,50\n2;X1;22.05.2026;B;1,50\n"
    assert planned(given(tmp_path, text)).rows.height == 2


@pytest.mark.parametrize(
    "header", ["status", "orders_status", "payment_status_id", "Bestellstatus"]
)
def test_states_in_numbers_are_asked_about(tmp_path: Path, header: str) -> None:
    text = (
        f"orders_id;{header};date_purchased;customers_id;total\n"
        "1;2;2026-05-21;A;9.50\n2;-1;2026-05-22;B;1.50\n"
    )
    path = given(tmp_path, text)
    assert f"“{header}” tells in codes what each row is (-1, 2)" in refusal(path)
    assert planned(path, mapping=((header, "ignore"),)).rows.height == 2


def test_a_state_of_delivery_in_numbers_is_none_of_the_sale(tmp_path: Path) -> None:
    text = "customer,date,amount,shipping_status\nA,2026-05-21,9.50,1\nB,2026-05-22,1.50,2\n"
    assert planned(given(tmp_path, text)).rows.height == 2


@pytest.mark.parametrize(
    ("header", "yes", "no"),
    [
        ("Rechnung storniert", "J", "N"), ("order_cancelled", "true", "false"),
        ("Beleg storniert am", "23.05.2026", ""), ("isCanceled", "1", "0"),
    ],
)  # fmt: skip
def test_a_mark_of_cancelling_is_seen_with_words_around_it(
    tmp_path: Path, header: str, yes: str, no: str
) -> None:
    text = HEAD.format(header) + f"1;{no};21.05.2026;A;9,50\n2;{yes};22.05.2026;B;1,50\n"
    made = planned(given(tmp_path, text))
    assert bought(made) == [("A", 950, "EUR")]
    assert made.rejects["_code"].to_list() == ["cancelled"]


@pytest.mark.parametrize("header", ["Kostenlos stornierbar", "Storno zu", "Stornogrund"])
def test_what_only_speaks_of_cancelling_marks_nothing(tmp_path: Path, header: str) -> None:
    text = HEAD.format(header) + "1;ja;21.05.2026;A;9,50\n2;nein;22.05.2026;B;1,50\n"
    assert planned(given(tmp_path, text)).rows.height == 2


def test_words_of_a_bookkeeping_service_in_capitals_are_kinds_of_documents(tmp_path: Path) -> None:
    kinds = ("INVOICE", "CREDIT", "STORNO", "OFFER", "DUNNING")
    rows = "".join(f"{n};{kind};2{n}.05.2026;A;1{n},00\n" for n, kind in enumerate(kinds))
    made = planned(given(tmp_path, HEAD.format("Dokumentenart") + rows))
    assert sorted(made.rows["amount"].to_list()) == [-1200, -1100, 1000]
    assert sorted(made.rejects["_code"].to_list()) == ["draft", "no_sale"]


def test_debit_and_credit_are_no_kinds_of_documents(tmp_path: Path) -> None:
    text = "Type,customer,date,amount,note\n" + "".join(
        f"{kind},A,2026-05-2{n},1{n}.00,invoice\n" for n, kind in enumerate(("Credit", "Debit"))
    )
    assert planned(given(tmp_path, text)).rows["amount"].to_list() == [1000, 1100]


@pytest.mark.parametrize("word", ["No Show", "Nicht erschienen", "Abgesagt"])
def test_an_appointment_that_nobody_kept_is_no_purchase(tmp_path: Path, word: str) -> None:
    text = HEAD.format("Status") + f"1;Erschienen;21.05.2026;A;9,50\n2;{word};22.05.2026;B;1,50\n"
    made = planned(given(tmp_path, text))
    assert bought(made) == [("A", 950, "EUR")]
    assert chosen(made) == ["“Status”: “Erschienen” counted as purchases."]


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("Montag, 4. Mai 2026", "2026-05-04"), ("Do, 21.05.2026", "2026-05-21"),
        ("Fr 22.05.2026 10:11", "2026-05-22"), ("Thu, 21 May 2026 23:30:00 +0200", "2026-05-21"),
        ("Thu May 21 2026 10:11:12 GMT+0200 (CEST)", "2026-05-21"), ("46165,4", "2026-05-23"),
        ("So., 24. Mai 2026", "2026-05-24"), ("March 5, 2026", "2026-03-05"),
        ("Mar 5 2026", "2026-03-05"), ("Wednesday, May 20, 2026", "2026-05-20"),
    ],
)  # fmt: skip
def test_a_day_is_read_with_its_name_before_it(tmp_path: Path, cell: str, day: str) -> None:
    made = planned(given(tmp_path, f'Kunde;Datum;Betrag\nA;"{cell}";9,50\n'))
    assert days(made) == [day]


def test_years_of_two_digits_on_either_side_are_asked_about(tmp_path: Path) -> None:
    text = "Kunde;Datum;Betrag\nA;26-05-21;9,50\nB;26-05-22;1,50\n"
    path = given(tmp_path, text)
    assert "whether 26-05-21 begins with the year or ends with it" in refusal(path)
    assert days(planned(path, day_first=True)) == ["2021-05-26", "2022-05-26"]
    clear = planned(given(tmp_path, text.replace("26-05-22", "1-6-21"), "clear.csv"))
    assert days(clear) == ["2021-05-26", "2021-06-01"]


@pytest.mark.parametrize(
    "word",
    ["Summe Mai 2026", "Summe Mai", "Zwischensumme Q2", "Total January", "Summe KW 21",
     "Gesamtergebnis", "Summe 2026:", "Total May 2026", "Teilergebnis", "Summe 2. Quartal 2026"],
)  # fmt: skip
def test_a_row_that_sums_up_a_time_is_no_customer(tmp_path: Path, word: str) -> None:
    text = f"Kunde;Datum;Betrag\nNord;21.05.2026;9,50\n{word};31.05.2026;9,50\n"
    made = planned(given(tmp_path, text))
    assert bought(made) == [("Nord", 950, "EUR")]
    assert made.rejects["_code"].to_list() == ["no_sale"]


@pytest.mark.parametrize("name", ["Total Energies", "Summe Berlin GmbH", "Ergebnis AG", "Mai 2026"])
def test_a_customer_whose_name_only_begins_so_stays(tmp_path: Path, name: str) -> None:
    text = f"Kunde;Datum;Betrag\nNord;21.05.2026;9,50\n{name};31.05.2026;9,50\n"
    assert [n for n, *_ in bought(planned(given(tmp_path, text)))] == ["Nord", name]


@pytest.mark.parametrize("rows", [2, 6_000])
def test_what_a_spreadsheet_is_to_keep_as_it_is_written_is_read_so(
    tmp_path: Path, rows: int
) -> None:
    # Written as "=""007""" where the file is CSV, and as ="007" where its delimiter is another.
    for mark in ('"=""{}"""', '="{}"'):
        line = ";".join(mark.format(cell) for cell in ("007", "Nord", "21.05.2026", "1.009,50"))
        plain = "".join(f"{n};Süd;22.05.2026;1,00\n" for n in range(rows - 1))
        made = planned(given(tmp_path, f"Kundennummer;Firma;Datum;Betrag\n{line}\n{plain}"))
        assert ("007", 100950, "EUR") in bought(made)
        assert made.rows.height == rows
        assert made.customers.filter(number="007")["name"].to_list() == ["Nord"]
        assert "2026-05-21" in days(made)


def test_a_formula_that_computes_stays_text(tmp_path: Path) -> None:
    text = 'Kundennummer;Datum;Betrag\n"=""A""&""B""";21.05.2026;9,50\n'
    assert bought(planned(given(tmp_path, text))) == [('="A"&"B"', 950, "EUR")]


def again(header: str, cells: dict[str, str], *more: str) -> str:
    """Return orders of customers, three of each, who have a cell of their own in a column."""
    return f"Belegnummer;{header};Datum;Kundennummer;Netto\n" + "".join(
        f"{n};{cells.get(who, who)};2{n % 9}.05.2026;{who};1{n % 9},00\n"
        for n, who in enumerate([*cells] * 3)
    ) + "".join(more)  # fmt: skip


@pytest.mark.parametrize("header", ["Status", "Rechnungsart", "Belegtyp"])
def test_codes_that_are_the_same_in_all_rows_of_a_customer_tell_of_customers(
    tmp_path: Path, header: str
) -> None:
    levels = {"A": "1", "B": "1", "C": "2", "D": "3", "E": "2"}
    assert planned(given(tmp_path, again(header, levels))).rows.height == 15
    # One row of a customer's that differs, and they tell of rows.
    other = again(header, levels, "90;1;21.05.2026;C;9,00\n")
    assert "tells in codes what each row is" in refusal(given(tmp_path, other, "other.csv"))
    # Nearly all orders are in one state, whoever ordered.
    few = again(header, {**dict.fromkeys("ABCD", "1"), "E": "2"})
    assert "tells in codes what each row is" in refusal(given(tmp_path, few, "few.csv"))


@pytest.mark.parametrize("header", ["Kundenstatus", "Customer Status", "Mahnstatus", "VIP-Status"])
def test_states_of_customers_and_of_reminders_are_none_of_the_sale(
    tmp_path: Path, header: str
) -> None:
    text = HEAD.format(header) + "1;1;21.05.2026;A;9,50\n2;2;22.05.2026;B;1,50\n"
    assert planned(given(tmp_path, text)).rows.height == 2


@pytest.mark.parametrize("word", ["Storniert", "Cancelled", "abgelehnt", "Test"])
def test_who_left_has_bought_all_the_same(tmp_path: Path, word: str) -> None:
    text = HEAD.format("Kundenstatus") + f"1;aktiv;21.05.2026;A;9,50\n2;{word};22.05.2026;B;1,50\n"
    assert planned(given(tmp_path, text)).rows.height == 2
    order = planned(given(tmp_path, text.replace("Kundenstatus", "Kundenauftragsstatus"), "o.csv"))
    assert order.rows.height == 1


def test_codes_with_their_words_beside_them_are_read_by_those(tmp_path: Path) -> None:
    text = (
        "orderId;customerId;orderTime;total;orderStatusId;orderStatusDescription\n"
        "1;A;2026-05-21;9.50;2;Komplett abgeschlossen\n2;B;2026-05-22;1.50;4;Storniert\n"
    )
    assert bought(planned(given(tmp_path, text))) == [("A", 950, "EUR")]
    # A word that stands for two numbers does not tell what either means.
    vague = text.replace("Storniert", "Komplett abgeschlossen")
    assert "“orderStatusId” tells in codes" in refusal(given(tmp_path, vague, "vague.csv"))


def test_days_of_a_dutch_file_are_many_and_its_years_few(tmp_path: Path) -> None:
    rows = "".join(f"A;{n:02d}-05-26;9,50\n" for n in range(9, 16))
    made = planned(given(tmp_path, "Klant;Datum;Bedrag\n" + rows))
    assert days(made) == [f"2026-05-{n:02d}" for n in range(9, 16)]
    first = "".join(f"A;26-05-{n:02d};9,50\n" for n in range(9, 16))
    asked = refusal(given(tmp_path, "Klant;Datum;Bedrag\n" + first, "first.csv"))
    assert "begins with the year or ends with it" in asked
