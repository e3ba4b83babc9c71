"""Rows of unlisted programs that sum up others, name units, or pay what another row sells."""

from pathlib import Path

import pytest

from tests.foreign import bought, refusal
from tests.test_intake_files import given, planned


@pytest.mark.parametrize(
    "word",
    [
        "Total général", "Sous-total", "À reporter", "Totale complessivo", "Riporto",
        "Totaal generaal", "Eindtotaal", "Razem", "Suma końcowa", "Podsumowanie", "Total general",
        "Suma y sigue", "Součet", "Summe netto", "Gesamtbetrag (EUR)", "Report Total",
        "Totaal 2026", "Sous-total mai 2026",
    ],
)  # fmt: skip
def test_sums_are_known_in_several_languages(tmp_path: Path, word: str) -> None:
    text = f"Kunde;Datum;Betrag\nNord;21.05.2026;9,50\n{word};31.05.2026;9,50\n"
    made = planned(given(tmp_path, text))
    assert bought(made) == [("Nord", 950, "EUR")]
    assert made.rejects["_code"].to_list() == ["no_sale"]


@pytest.mark.parametrize("name", ["Summit GmbH", "Totalis", "Report AG", "Riportella", "Razem Sp."])
def test_whose_name_only_begins_like_a_sum_is_a_customer(tmp_path: Path, name: str) -> None:
    text = f"Kunde;Datum;Betrag\nNord;21.05.2026;9,50\n{name};22.05.2026;1,50\n"
    assert planned(given(tmp_path, text)).rows.height == 2


@pytest.mark.parametrize("header", ["Belegnummer", "Artikelname"])
def test_a_sum_may_be_named_where_documents_or_articles_are(tmp_path: Path, header: str) -> None:
    text = f"{header};Kunde;Datum;Betrag\nA1;Nord;21.05.2026;9,50\nB2;Süd;22.05.2026;1,50\n"
    made = planned(given(tmp_path, f"{text}Gesamtsumme Mai;diverse;31.05.2026;11,00\n"))
    assert bought(made) == [("Nord", 950, "EUR"), ("Süd", 150, "EUR")]
    assert made.rejects["_code"].to_list() == ["no_sale"]


@pytest.mark.parametrize("unit", ["(USD)", "USD", "US$"])
def test_a_row_of_units_below_the_header_names_the_currency(tmp_path: Path, unit: str) -> None:
    text = f"customer,date,amount\n(id),(YYYY-MM-DD),{unit}\nA,2026-05-21,9.50\n"
    made = planned(given(tmp_path, text))
    assert bought(made) == [("A", 950, "USD")]
    assert made.rejects.height == 1


def test_rows_of_whole_receipts_and_payments_beside_their_lines_are_asked_about(
    tmp_path: Path,
) -> None:
    rows = (("Sale", "36.00"), ("Sale Line", "12.00"), ("Sale Line", "24.00"), ("Payment", "36.00"))
    text = "Receipt Number,Date,Customer Code,Line Type,Total\n" + "".join(
        f"R1,2026-05-21,A,{kind},{total}\n" for kind, total in rows
    )
    path = given(tmp_path, text)
    assert "“Line Type” has rows that sum up or pay others (“Payment”, “Sale”)" in refusal(path)
    assert planned(path, mapping=(("Line Type", "ignore"),)).rows.height == 4


def test_what_pays_a_receipt_is_no_sale_beside_its_articles(tmp_path: Path) -> None:
    text = (
        "Bon;Datum;Kundenkarte;Art;Betrag\n1;21.05.2026;K7;Verkauf;5,00\n"
        "1;21.05.2026;K7;Verkauf;3,50\n1;21.05.2026;K7;Zahlung;8,50\n"
        "2;22.05.2026;K8;Storno;-2,50\n"
    )
    made = planned(given(tmp_path, text))
    assert sorted(bought(made)) == [("K7", 350, "EUR"), ("K7", 500, "EUR"), ("K8", -250, "EUR")]
    assert made.rejects["_code"].to_list() == ["no_sale"]


def test_a_total_that_each_line_bears_is_asked_about_beside_its_unit_amount(tmp_path: Path) -> None:
    text = (
        "*ContactName,*InvoiceNumber,*InvoiceDate,Total,*Description,*Quantity,*UnitAmount\n"
        "Acme,INV-1,21/05/2026,120.00,Widget,2,30.00\nAcme,INV-1,21/05/2026,120.00,Gadget,1,40.00\n"
    )
    path = given(tmp_path, text)
    assert "“Total” is the same in every row of one “*InvoiceNumber”" in refusal(path)
    said = (("*Quantity", "quantity"), ("*UnitAmount", "price"))
    assert planned(path, mapping=said).rows["amount"].to_list() == [6000, 4000]


def test_two_articles_of_one_price_are_no_total(tmp_path: Path) -> None:
    text = "Kunde;Rechnung;Datum;Betrag;Artikel;Menge;Einzelpreis\n" + "".join(
        f"A;R1;21.05.2026;9,50;{article};1;9,50\n" for article in ("Lampe", "Tisch")
    )
    assert planned(given(tmp_path, text)).rows["amount"].to_list() == [950, 950]


def test_amounts_in_the_smallest_unit_are_told_by_what_stands_beside_them(tmp_path: Path) -> None:
    row = '{"date":"2026-05-2%d","customer":"%s","total":{"value":%d,"precision":%d}}\n'
    cents = "".join(row % (n, who, 1250, 2) for n, who in enumerate("AB"))
    told = refusal(given(tmp_path, cents, "cents.jsonl"))
    assert "“total.value” tells amounts in the smallest unit, of which “total.precision”" in told
    whole = "".join(row % (n, who, 1250, 0) for n, who in enumerate("AB"))
    assert planned(given(tmp_path, whole, "whole.jsonl")).rows["amount"].to_list() == [125000] * 2


@pytest.mark.parametrize("columns", ["total_usd,test_mode", "id_order_unit,revenue_gross"])
def test_whole_amounts_of_a_shop_s_interface_may_be_cents(tmp_path: Path, columns: str) -> None:
    text = f"customer,date,total,{columns}\nA,2026-05-21,1190,1,0\nB,2026-05-22,990,2,0\n"
    path = given(tmp_path, text)
    assert "this program's interface tells amounts in cents" in refusal(path)
    assert planned(path, mapping=(("total", "amount"),)).rows["amount"].to_list() == [119000, 99000]
    broken = text.replace("1190", "11.90")
    assert planned(given(tmp_path, broken, "b.csv")).rows["amount"].to_list() == [1190, 99000]


@pytest.mark.parametrize("word", ["MwSt 19%", "zzgl. 19 % USt.", "VAT 20%", "TVA", "Gesamtbetrag"])
def test_an_article_that_is_a_tax_or_a_sum_is_no_sale(tmp_path: Path, word: str) -> None:
    text = "Rechnung;Kunde;Datum;Artikel;Betrag\n1;A;21.05.2026;Lampe;100,00\n"
    made = planned(given(tmp_path, f"{text}1;A;21.05.2026;{word};19,00\n"))
    assert bought(made) == [("A", 10000, "EUR")]
    assert made.rejects["_code"].to_list() == ["no_sale"]


def test_an_article_that_is_all_there_is_of_its_document_was_sold(tmp_path: Path) -> None:
    text = "Rechnung;Kunde;Datum;Artikel;Betrag\n1;A;21.05.2026;Lampe;100,00\n"
    text += "1;A;21.05.2026;Tisch;9,00\n1;A;21.05.2026;Gesamtbetrag;109,00\n"
    made = planned(given(tmp_path, f"{text}2;A;22.05.2026;Total;7,00\n"))
    assert bought(made) == [("A", 10000, "EUR"), ("A", 900, "EUR"), ("A", 700, "EUR")]
    assert made.rejects["_code"].to_list() == ["no_sale"]


@pytest.mark.parametrize("begins", ["Rechnung;", ""])
def test_what_each_row_says_tells_no_sum_from_a_sale(tmp_path: Path, begins: str) -> None:
    rows = (("1", "A", "21"), ("2", "B", "22"))
    text = f"{begins}Kunde;Datum;Artikel;Betrag\n" + "".join(
        f"{number + ';' if begins else ''}{who};{day}.05.2026;Rechnungssumme;9,50\n"
        for number, who, day in rows
    )
    assert planned(given(tmp_path, text)).rows["amount"].to_list() == [950, 950]


def test_lines_that_only_say_so_in_their_text_are_asked_about(tmp_path: Path) -> None:
    text = "Rechnung;Kunde;Datum;Text;Betrag\n1;A;21.05.2026;Lampe;100,00\n"
    path = given(tmp_path, f"{text}1;A;21.05.2026;MwSt 19%;19,00\n")
    assert "“Text” has rows that sum up or tax others (“MwSt 19%”)" in refusal(path)
    assert planned(path, mapping=(("Text", "ignore"),)).rows.height == 2


@pytest.mark.parametrize("header", ["EK-Wert", "Umsatz kumuliert", "running_total", "Rohertrag"])
def test_what_was_paid_for_goods_or_adds_up_is_no_amount(tmp_path: Path, header: str) -> None:
    text = f"Kunde;Datum;{header}\nA;21.05.2026;9,50\n"
    assert "no column was recognised as amount" in refusal(given(tmp_path, text))
    beside = f"Kunde;Datum;{header};VK-Wert\nA;21.05.2026;9,50;12,00\n"
    made = planned(given(tmp_path, beside, "beside.csv"))
    assert made.rows["amount"].to_list() == [1200]


def test_whole_receipts_count_where_their_lines_name_no_customer(tmp_path: Path) -> None:
    text = (
        "Receipt,Date,Line Type,Customer Code,Total\n501,2026-05-21,Sale,A,11.90\n"
        "501,2026-05-21,Sale Line,,11.90\n501,2026-05-21,Payment,,11.90\n"
    )
    made = planned(given(tmp_path, text))
    assert bought(made) == [("A", 1190, "EUR")]
    assert made.rejects["_code"].to_list() == ["no_customer", "no_customer"]
