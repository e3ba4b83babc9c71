"""Which column is what: presets, headers in two languages, and what a person says."""

from pathlib import Path

import pytest

from tests.test_intake_files import given, planned
from winback_tui.errors import BadInputError

FIRST = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"
SECOND = "Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country"
LINES = """
500001,S1,WHITE LAMP,6,2026-01-12 08:26:00,2.55,17850,United Kingdom
C500002,S1,WHITE LAMP,-1,2026-01-13 08:26:00,2.55,17850,United Kingdom
C500003,S1,white lamp?,1,2026-01-14 08:26:00,2.55,17850,France
500004,S1,,2,2026-01-14 08:26:00,2.55,,United Kingdom
"""


@pytest.mark.parametrize("header", [FIRST, SECOND])
def test_online_retail_is_known_by_its_columns(tmp_path: Path, header: str) -> None:
    made = planned(given(tmp_path, header + LINES))
    assert made.guess.preset == "online_retail"
    # Six times 2.55 is 15.30 to the penny; credit notes are negative whatever their sign.
    assert made.rows["amount"].to_list() == [1530, -255, -255]
    assert set(made.rows["currency"]) == {"GBP"}
    assert made.rejects["_code"].to_list() == ["no_customer"]
    assert made.customers.select("number", "name", "country").rows() == [
        ("17850", None, "United Kingdom")
    ]
    assert made.products.rows() == [("S1", "WHITE LAMP", None)]


def test_customer_numbers_that_were_taken_for_floats_are_whole_again(tmp_path: Path) -> None:
    made = planned(given(tmp_path, SECOND + LINES.replace("17850", "17850.0")))
    assert set(made.rows["number"]) == {"17850"}


@pytest.mark.parametrize(
    "header",
    [
        "customer_id,date,amount",
        "Customer,Order Date,Total",
        "Kundennummer,Datum,Betrag",
        "Kunden-Nr.,Rechnungsdatum,Umsatz",
        "KUNDE,Belegdatum,Summe",
        "Firma,Datum,Nettobetrag",
    ],
)
def test_headers_in_english_and_german_are_understood(tmp_path: Path, header: str) -> None:
    made = planned(given(tmp_path, f"{header}\nA 1,2026-01-05,9.99\n"))
    assert made.guess.preset == "auto"
    assert made.rows.select("number", "amount", "currency").rows() == [("A 1", 999, "EUR")]


def test_optional_columns_find_their_place_and_the_others_are_named(tmp_path: Path) -> None:
    text = (
        "Kundennummer;Firma;Datum;Betrag;Währung;Artikelnummer;Bezeichnung;Warengruppe;Menge;"
        "Rechnungsnummer;Ort;Bemerkung\n"
        "7;Nord AG;05.01.2026;1.234,50;chf;L-1;Lampe;Licht;3;R9;Köln;bald\n"
    )
    made = planned(given(tmp_path, text))
    assert made.rows.rows() == [("7", 20458, "R9", "L-1", 123450, "CHF", 3.0)]
    assert made.products.rows() == [("L-1", "Lampe", "Licht")]
    assert made.customers.select("name", "city").rows() == [("Nord AG", "Köln")]
    assert made.guess.homeless == ("Bemerkung",)


def test_beside_a_number_a_bare_customer_is_a_name(tmp_path: Path) -> None:
    for header in ("Kunde;Kundennummer", "Client;customer_no", "Kunden-Nr.;Kunde"):
        first, _, _ = header.partition(";")
        cells = "7;Nord AG" if first == "Kunden-Nr." else "Nord AG;7"
        made = planned(given(tmp_path, f"{header};Datum;Betrag\n{cells};05.01.2026;1,50\n"))
        assert made.customers.select("number", "name").rows() == [("7", "Nord AG")], header
    alone = planned(given(tmp_path, "Kunde;Datum;Betrag\nNord AG;05.01.2026;1,50\n"))
    assert alone.customers.select("number", "name").rows() == [("Nord AG", None)]


def test_what_is_passed_over_but_has_a_field_is_offered(tmp_path: Path) -> None:
    text = "customer,date,amount,City of delivery,Name 2,date paid,Remark\nA,2026-01-05,1,K,N,x,y\n"
    made = planned(given(tmp_path, text))
    assert made.guess.homeless == ("City of delivery", "Name 2", "date paid", "Remark")
    assert made.guess.mappable == ("'City of delivery=city'", "'Name 2=name'")


@pytest.mark.parametrize(
    ("header", "offer"),
    [
        ("Name,date,amount", "--map Name=customer"),
        ("id,Kundenkürzel,datum,betrag", "--map Kundenkürzel=customer"),
        ("customer,Tag der Zahlung,Zahldatum 1,amount", "--map 'Zahldatum 1=date'"),
        ("x,date,amount", "--map COLUMN=customer"),
    ],
)
def test_where_a_column_is_missing_the_likeliest_is_offered(
    tmp_path: Path, header: str, offer: str
) -> None:
    with pytest.raises(BadInputError, match="no column was recognised") as refusal:
        planned(given(tmp_path, f"{header}\na,2026-01-05,1,2\n"))
    assert f"say which it is with {offer}. " in str(refusal.value)


def test_a_mapping_overrules_the_guess(tmp_path: Path) -> None:
    text = "customer,who,when,amount,paid\nx,A,2026-01-05,1.00,2.00\n"
    pairs = (("who", "customer"), ("When", "date"), ("paid", "amount"))
    made = planned(given(tmp_path, text), mapping=pairs)
    assert made.rows.select("number", "amount").rows() == [("A", 200)]
    assert made.guess.preset == "map"


def test_quantity_and_price_can_be_mapped_in_place_of_an_amount(tmp_path: Path) -> None:
    text = "customer,date,amount,n,each\nA,2026-01-05,1.00,3,0.335\n"
    made = planned(given(tmp_path, text), mapping=(("n", "quantity"), ("each", "price")))
    assert made.rows.select("amount", "quantity").rows() == [(101, 3.0)]


@pytest.mark.parametrize(
    ("pairs", "sentence"),
    [
        ((("nothing", "customer"),), "no column “nothing”"),
        ((("who", "custom"),), "no field “custom”"),
        ((("who", "customer"), ("when", "customer")), "two columns for customer"),
        ((("who", "customer"),), "date, amount"),
    ],
)
def test_a_mapping_that_does_not_fit_says_what_would(
    tmp_path: Path, pairs: tuple[tuple[str, str], ...], sentence: str
) -> None:
    with pytest.raises(BadInputError, match=sentence):
        planned(given(tmp_path, "who,when,paid\nA,2026-01-05,1.00\n"), mapping=pairs)


def test_a_preset_by_name_must_exist_and_fit(tmp_path: Path) -> None:
    path = given(tmp_path, "customer,date,amount\nA,2026-01-05,1.00\n")
    with pytest.raises(BadInputError, match="no preset “sap”"):
        planned(path, preset="sap")
    with pytest.raises(BadInputError, match="not a file of UCI Online Retail"):
        planned(path, preset="online_retail")


def test_columns_of_a_reject_file_are_passed_over(tmp_path: Path) -> None:
    text = "customer,date,amount,_line,_column,_code,_message\nA,2026-01-05,1.00,9,amount,x,y\n"
    made = planned(given(tmp_path, text))
    assert made.guess.homeless == ()
    assert made.rows.height == 1
