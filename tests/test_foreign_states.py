"""What programs in other languages say of orders that are no purchases, and flags for amounts."""

from pathlib import Path

import pytest

from tests.foreign import bought, chosen, refusal
from tests.test_intake_files import given, planned


@pytest.mark.parametrize(
    "word",
    [
        "En attente de paiement", "Paiement refusé", "Pendiente de pago", "Pago rechazado",
        "In attesa di pagamento", "Pagamento fallito", "Wacht op betaling", "Betaling mislukt",
        "Oczekuje na wpłatę", "Płatność odrzucona", "Čeká na platbu", "Afventer betaling",
    ],
)  # fmt: skip
def test_an_order_that_waits_for_its_money_is_no_purchase(tmp_path: Path, word: str) -> None:
    text = f"client;date;montant;statut\nA;2026-05-21;9,50;OK\nB;2026-05-22;1,50;{word}\n"
    made = planned(given(tmp_path, text))
    assert bought(made) == [("A", 950, "EUR")]
    assert made.rejects["_code"].to_list() == ["not_paid"]


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("Void?", "true"), ("Annuleringsdatum", "2026-05-23"), ("Date d'annulation", "2026-05-23"),
        ("Fecha de cancelación", "2026-05-23"), ("Data annullamento", "2026-05-23"),
        ("Cancelled Date", "2026-05-23"), ("Refunded?", "1"), ("refunded", "true"),
    ],
)  # fmt: skip
def test_a_mark_or_a_day_of_cancelling_is_known_by_its_header(
    tmp_path: Path, header: str, said: str
) -> None:
    no = {"true": "false", "1": "0"}.get(said, "")
    text = f"customer,date,amount,{header}\nA,2026-05-21,9.50,{no}\nB,2026-05-22,1.50,{said}\n"
    made = planned(given(tmp_path, text))
    assert bought(made) == [("A", 950, "EUR")]
    assert made.rejects["_code"].to_list() == ["cancelled"]


def test_beside_a_flag_the_amount_that_went_back_is_read(tmp_path: Path) -> None:
    text = (
        "customer,date,amount,Refunded?,Partial Refund ($)\n"
        "A,2026-05-21,9.50,0,4.00\nB,2026-05-22,1.50,1,0.00\n"
    )
    made = planned(given(tmp_path, text))
    assert sorted(bought(made)) == [("A", -400, "EUR"), ("A", 950, "EUR")]
    assert made.rejects["_code"].to_list() == ["cancelled"]


def test_an_amount_of_one_that_went_back_is_no_flag(tmp_path: Path) -> None:
    text = "customer,date,amount,Refunded Amount\nA,2026-05-21,9.50,0\nB,2026-05-22,1.50,1\n"
    made = planned(given(tmp_path, text))
    assert sorted(bought(made)) == [("A", 950, "EUR"), ("B", -100, "EUR"), ("B", 150, "EUR")]


def test_an_order_that_is_not_billed_yet_has_its_own_day(tmp_path: Path) -> None:
    text = (
        "Kundennr;Rechnungsdatum;Bestelldatum;Betrag\n1;27.05.2026;26.05.2026;9,50\n"
        "2;;25.05.2026;1,50\n"
    )
    made = planned(given(tmp_path, text))
    assert bought(made) == [("1", 950, "EUR"), ("2", 150, "EUR")]
    told = "“Bestelldatum” was chosen as the date, not “Rechnungsdatum”;"
    assert sum(line.startswith(told) for line in chosen(made)) == 1


@pytest.mark.parametrize(
    ("header", "invoice", "credit", "others"),
    [
        ("Tipo documento", "Fattura", "Nota di credito", ("Preventivo", "DDT")),
        ("Tipo", "Factura", "Factura rectificativa", ("Presupuesto", "Albarán")),
        ("Type", "Facture", "Avoir", ("Devis", "Facture proforma", "Bon de livraison")),
        ("Soort", "Factuur", "Creditnota", ("Offerte", "Pakbon")),
        ("Rodzaj dokumentu", "Faktura VAT", "Faktura korygująca", ("Oferta", "Faktura pro forma")),
    ],
    ids=["Italian", "Spanish", "French", "Dutch", "Polish"],
)
def test_offers_and_credit_notes_are_known_in_several_languages(
    tmp_path: Path, header: str, invoice: str, credit: str, others: tuple[str, ...]
) -> None:
    kinds = (invoice, credit, *others)
    text = f"{header};Datum;Kunde;Betrag\n" + "".join(
        f"{kind};2{n}.05.2026;A;1{n},00\n" for n, kind in enumerate(kinds)
    )
    made = planned(given(tmp_path, text))
    assert made.rows["amount"].to_list() == [1000, -1100]
    assert set(made.rejects["_code"].to_list()) <= {"draft", "no_sale"}


def test_a_final_invoice_beside_those_of_parts_is_asked_about(tmp_path: Path) -> None:
    rows = (("Abschlagsrechnung", "A", 40), ("Schlussrechnung", "A", 100), ("Rechnung", "B", 10))
    text = "Art;Datum;Kunde;Netto\n" + "".join(
        f"{kind};21.05.2026;{who};{amount},00\n" for kind, who, amount in rows
    )
    told = refusal(given(tmp_path, text))
    assert "“Art” has “Schlussrechnung” beside “Abschlagsrechnung” of one customer" in told
    apart = text.replace("Schlussrechnung;21.05.2026;A", "Schlussrechnung;21.05.2026;B")
    assert planned(given(tmp_path, apart, "apart.csv")).rows.height == 3


def test_an_account_of_bookkeeping_is_no_customer(tmp_path: Path) -> None:
    text = "Date,Name,Account,Amount\n" + "".join(
        f"2026-05-2{n},{who},1100 A/R,1{n}.00\n" for n, who in enumerate(("Huber", "Moser"))
    )
    assert planned(given(tmp_path, text)).rows["number"].to_list() == ["Huber", "Moser"]


def test_an_amount_of_foreign_money_beside_one_s_own_is_asked_about(tmp_path: Path) -> None:
    text = (
        "Date,Customer,Amount (Foreign Currency),Currency,Amount\n"
        "2026-05-21,Huber,110.00,USD,100.00\n2026-05-22,Moser,50.00,EUR,50.00\n"
    )
    path = given(tmp_path, text)
    assert "could both be the amount, and their cells differ" in refusal(path)
    made = planned(path, mapping=(("Amount (Foreign Currency)", "amount"),))
    assert bought(made) == [("Huber", 11000, "USD"), ("Moser", 5000, "EUR")]


def test_a_customer_that_statistics_lacks_is_none(tmp_path: Path) -> None:
    text = "customer,date,amount\nA,2026-05-21,9.50\nNA,2026-05-22,1.50\nNa,2026-05-23,2.00\n"
    made = planned(given(tmp_path, text))
    assert made.rows["number"].to_list() == ["A", "Na"]
    assert made.rejects["_code"].to_list() == ["no_customer"]


@pytest.mark.parametrize(
    ("header", "word", "code"),
    [
        ("Stato ordine", "Annullato", "cancelled"), ("Stato ordine", "Fallito", "not_paid"),
        ("Estado", "Pagamento pendente", "not_paid"), ("Estado", "Fallido", "not_paid"),
        ("Status", "Återbetald", "cancelled"), ("Status", "Avbruten", "cancelled"),
        ("Status", "Refunderet", "cancelled"), ("État", "Erreur de paiement", "not_paid"),
        ("Stav objednávky", "Vráceno", "cancelled"), ("Type", "Void", "cancelled"),
    ],
)  # fmt: skip
def test_states_of_more_languages_are_known(
    tmp_path: Path, header: str, word: str, code: str
) -> None:
    text = f"{header};datum;kunde;betrag\nSale;21.05.2026;A;9,50\n{word};22.05.2026;B;1,50\n"
    made = planned(given(tmp_path, text))
    assert bought(made) == [("A", 950, "EUR")]
    assert made.rejects["_code"].to_list() == [code]


@pytest.mark.parametrize("header", ["Rimborso", "Total Refunds", "Remboursé", "Retourenbetrag"])
def test_what_went_back_of_an_order_is_read_in_more_languages(tmp_path: Path, header: str) -> None:
    text = f"order;customer;date;amount;{header}\n1;A;2026-05-21;9,50;4,00\n2;B;2026-05-22;1,50;0\n"
    made = planned(given(tmp_path, text))
    assert sorted(bought(made)) == [("A", -400, "EUR"), ("A", 950, "EUR"), ("B", 150, "EUR")]


def test_an_expense_beside_income_is_no_sale(tmp_path: Path) -> None:
    text = "Date,Contact,Type,Amount\n2026-05-21,A,Income,9.50\n2026-05-22,Telekom,Expense,1.50\n"
    made = planned(given(tmp_path, text))
    assert bought(made) == [("A", 950, "EUR")]
    assert made.rejects["_code"].to_list() == ["no_sale"]


def test_what_remains_to_be_paid_is_no_amount(tmp_path: Path) -> None:
    text = "Invoice,Customer,Invoice Date,Amount Due,Amount Remaining\n1,A,2026-05-21,9.50,0.00\n"
    assert "no column was recognised as amount" in refusal(given(tmp_path, text))


def test_a_log_of_orders_is_asked_about(tmp_path: Path) -> None:
    rows = "".join(
        f"{order},{who},2026-05-0{day},{amount},{event}\n"
        for order, who, amount in (("1001", "A", "9.50"), ("1002", "B", "1.50"))
        for day, event in ((1, "created"), (2, "paid"), (3, "shipped"))
    )
    path = given(tmp_path, f"order_no,customer,date,amount,event\n{rows}")
    assert "“order_no” 1001 stands on several days with the same amount" in refusal(path)
    assert planned(path, mapping=(("order_no", "ignore"),)).rows.height == 6
