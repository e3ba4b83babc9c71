"""Accounts and market places whose columns are known: who paid, what went out or was called off."""

from pathlib import Path

import pytest

from tests.foreign import assert_read_as, bought, refusal
from tests.kinds import bring, rows, write
from tests.test_intake_files import given, planned
from winback_tui.book.connection import Book

Bought = list[tuple[str, int, str]]

WISE = (
    "TransferWise ID,Date,Amount,Currency,Description,Payer Name,Payee Name,Payee Account Number\n"
    "TRANSFER-1,21-05-2026,119.00,EUR,Received money from Nord GmbH,Nord GmbH,,\n"
    "CARD-2,22-05-2026,-80.50,EUR,Card transaction,,,\n"
    "TRANSFER-3,23-05-2026,-50.00,EUR,Sent money to Paper AG,,Paper AG,DE44\n"
    "BALANCE-4,23-05-2026,10.00,EUR,Converted 12 USD,,,\n"
)
REVOLUT = (
    "Date started (UTC),Date completed (UTC),ID,Type,State,Description,Reference,Payer,"
    "Payment currency,Amount,Balance,Account\n"
    "2026-05-20,2026-05-21,a1,TOPUP,COMPLETED,Payment from Nord GmbH,RE 1,,EUR,119.00,9,Main\n"
    "2026-05-20,2026-05-21,a2,TOPUP,COMPLETED,Money added from SUED AG,RE 1,,EUR,9.00,9,Main\n"
    "2026-05-22,2026-05-22,a3,CARD_PAYMENT,COMPLETED,Strom AG,,Me,EUR,-80.50,9,Main\n"
    "2026-05-22,,a4,TOPUP,REVERTED,Payment from West,,,EUR,5.00,9,Main\n"
)
QONTO = (
    "Status,Settlement date (local),Operation date (UTC),Operation date (local),Amount,Currency,"
    "Counterparty name,Payment method,Transaction ID\n"
    "settled,22-05-2026 10:11:12,21-05-2026 08:11:12,21-05-2026 10:11:12,119.00,EUR,Nord GmbH,"
    "Transfer,tx-1\n"
    "settled,22-05-2026 10:11:12,22-05-2026 08:11:12,22-05-2026 10:11:12,-80.50,EUR,Strom AG,"
    "Direct debit,tx-2\n"
    "declined,,23-05-2026 08:11:12,23-05-2026 10:11:12,9.50,EUR,Shop,Card,tx-3\n"
)
QONTO_FR = (
    "Date de l'opération (UTC);Date de la valeur (UTC);Statut;Montant total (TTC);Devise;Débit;"
    "Crédit;Nom de la contrepartie;Méthode de paiement\n"
    "21-05-2026 10:11:12;21-05-2026 10:11:12;Exécuté;119,00;EUR;;119,00;Nord GmbH;Virement\n"
    "22-05-2026 10:11:12;22-05-2026 10:11:12;Exécuté;-80,50;EUR;80,50;;EDF;Prélèvement\n"
    "23-05-2026 10:11:12;;Refusé;50,00;EUR;;50,00;Sud SA;Virement\n"
)
BANK = (
    "Buchungsdatum;Valutadatum;Empfänger/Auftraggeber;Zweck;Umsatz\n"
    "21.05.2026;21.05.2026;Nord GmbH;RE 1;119,00\n22.05.2026;22.05.2026;Strom AG;Mai;-80,50\n"
)
DATED = BANK.replace("Buchungsdatum;Valutadatum", "Datum;Wert").replace("Zweck", "Verwendungszweck")
ORDERING = BANK.replace("Empfänger/Auftraggeber;Zweck;Umsatz", "Auftraggeber;Text;Betrag")
PAYPAL = (
    '\ufeff"Datum","Uhrzeit","Zeitzone","Beschreibung","Währung","Brutto","Entgelt","Netto",'
    '"Guthaben","Transaktionscode","Absender E-Mail-Adresse","Name","Name der Bank","Bankkonto",'
    '"Rechnungsnummer","Zugehöriger Transaktionscode"\n'
    '"21.05.2026","10:00","Europe/Berlin","Express-Zahlung","EUR","1.190,00","-30,00","1.160,00",'
    '"1.160,00","T1","eva@x.example","Eva","","","R1",""\n'
    '"22.05.2026","10:00","Europe/Berlin","Rückzahlung","EUR","-90,00","2,00","-88,00",'
    '"1.072,00","T2","shop@me.example","Eva","","","R1","T1"\n'
    '"22.05.2026","10:00","Europe/Berlin","Rückzahlung","EUR","-5,00","0,00","-5,00",'
    '"1.067,00","T3","shop@me.example","Udo","","","R1","T0"\n'
    '"23.05.2026","10:00","Europe/Berlin","Allgemeine Abbuchung","EUR","-1.000,00","0,00",'
    '"-1.000,00","67,00","T4","","","Sparkasse","1234","",""\n'
    '"23.05.2026","10:00","Europe/Berlin","Express-Zahlung","EUR","-49,90","0,00","-49,90",'
    '"17,10","T5","shop@me.example","Strom AG","","","",""\n'
)
MEMO = (
    '"Date","Time","Name","Type","Status","Currency","Gross","Fee","Net","From Email Address",'
    '"To Email Address","Transaction ID","Balance Impact"\n'
    '"21/05/2026","10:00","Udo","General Authorization","Completed","GBP","50.00","0.00","50.00",'
    '"udo@x.example","shop@me.example","T2","Memo"\n'
    '"23/05/2026","10:00","Udo","General Payment","Completed","GBP","50.00","0.00","50.00",'
    '"udo@x.example","shop@me.example","T3","Credit"\n'
)
SHOPWARE_5 = (
    "id;ordernumber;userID;invoice_amount;invoice_amount_net;ordertime;status;cleared;currency;"
    "customernumber\n1;20001;5;119.00;100.00;2026-05-21 10:11:12;2;12;EUR;10001\n"
    "2;20002;6;59.50;50.00;2026-05-22 10:11:12;4;17;EUR;10002\n"
    "3;0;7;59.50;50.00;2026-05-22 10:11:12;-1;17;EUR;10003\n"
    "4;20003;7;59.50;50.00;2026-05-22 10:11:12;8;35;EUR;10003\n"
)


@pytest.mark.parametrize(
    ("text", "preset", "expected", "codes"),
    [
        (WISE, "wise", [("Nord GmbH", 11900, "EUR")], ["outgoing", "outgoing", "no_sale"]),
        (REVOLUT, "revolut_business", [("Nord GmbH", 11900, "EUR"), ("SUED AG", 900, "EUR")],
         ["outgoing", "cancelled"]),
        (QONTO, "qonto", [("Nord GmbH", 11900, "EUR")], ["outgoing", "not_paid"]),
        (QONTO_FR, "qonto", [("Nord GmbH", 11900, "EUR")], ["outgoing", "not_paid"]),
        (BANK, "german_bank", [("Nord GmbH", 11900, "EUR")], ["outgoing"]),
        (DATED, "german_bank", [("Nord GmbH", 11900, "EUR")], ["outgoing"]),
        (ORDERING, "german_bank", [("Nord GmbH", 11900, "EUR")], ["outgoing"]),
        (PAYPAL, "paypal", [("eva@x.example", -9000, "EUR"), ("eva@x.example", 119000, "EUR")],
         ["no_customer", "outgoing", "outgoing"]),
        (MEMO, "paypal", [("udo@x.example", 5000, "GBP")], ["no_sale"]),
        (SHOPWARE_5, "shopware_5", [("10001", 10000, "EUR")], ["cancelled", "draft", "not_paid"]),
    ],
)  # fmt: skip
def test_only_what_customers_paid_counts(
    tmp_path: Path, text: str, preset: str, expected: Bought, codes: list[str]
) -> None:
    assert_read_as(given(tmp_path, text), preset, expected, codes)


ETSY_ITEMS = (
    "Sale Date,Item Name,Buyer,Quantity,Price,Discount Amount,Item Total,Currency,Transaction ID,"
    "Listing ID,Ship Zipcode,Order ID,SKU\n"
    "05/21/26,Cup,Eva Nord (evanord),2,9.50,0,19.00,EUR,7001,8001,50667,3101,CUP\n"
    "05/21/26,Pot,Eva Nord (evanord),1,5.00,0,5.00,EUR,7002,8002,50667,3101,\n"
    "05/22/26,Pot,Udo Süd,1,5.00,0,5.00,EUR,7003,8002,89073,3102,\n"
)
ETSY_ORDERS = (
    "Sale Date,Order ID,Buyer User ID,Full Name,Ship Zipcode,Currency,Order Value,Order Total,"
    "Status,Order Net,Adjusted Order Total,Adjusted Net Order Amount,Buyer\n"
    "05/21/26,3101,evanord,Eva Nord,50667,EUR,24.00,28.90,Completed,27.00,,,Eva Nord (evanord)\n"
    "05/22/26,3102,,Udo Süd,89073,EUR,5.00,9.90,Paid,9.00,7.40,6.50,Udo Süd\n"
    "05/22/26,3103,al,Al X,89073,EUR,5.00,9.90,Completed,9.00,0.00,0.00,Al X (al)\n"
)


def test_etsy_tells_orders_and_their_items_of_the_same_buyers(book: Book, tmp_path: Path) -> None:
    bring(book, "transactions", write(tmp_path, ETSY_ITEMS, "items.csv"))
    sums = (
        "SELECT name, sum(amount) FROM customers c JOIN transactions t "
        "ON t.customer_id = c.id GROUP BY c.id ORDER BY name"
    )
    assert rows(book, sums) == [("Eva Nord", 2400), ("Udo Süd", 500)]
    bring(book, "transactions", write(tmp_path, ETSY_ORDERS, "orders.csv"))
    # The same orders, told as a whole: they take the place of their items.
    assert rows(book, sums) == [("Eva Nord", 2890), ("Udo Süd", 740)]


def test_etsy_writes_a_nought_where_nothing_was_adjusted(book: Book, tmp_path: Path) -> None:
    text = ETSY_ORDERS.replace("27.00,,,", "27.00,0.00,0.00,")
    bring(book, "transactions", write(tmp_path, text))
    amounts = "SELECT document, amount FROM transactions ORDER BY document"
    assert rows(book, amounts) == [("3101", 2890), ("3102", 740), ("3103", 990)]


STRIPE_BALANCE = (
    "id,Type,Source,Amount,Fee,Net,Currency,Created (UTC),Customer Facing Amount,"
    "Customer Facing Currency\ntxn_1,charge,ch_1,19.00,0.80,18.20,eur,2026-05-21 10:11,19.00,eur\n"
)


def test_what_a_customer_sees_of_an_amount_names_no_customer(tmp_path: Path) -> None:
    told = refusal(given(tmp_path, STRIPE_BALANCE))
    assert "no column was recognised as customer" in told


def test_who_ordered_is_the_customer_and_who_was_paid_is_asked_about(tmp_path: Path) -> None:
    text = "Auftragsdatum;Auftraggeber;Betrag\n21.05.2026;Nord GmbH;119,00\n"
    assert bought(planned(given(tmp_path, text))) == [("Nord GmbH", 11900, "EUR")]
    back = text + "22.05.2026;Nord GmbH;-19,00\n"
    assert planned(given(tmp_path, back, "back.csv")).rows["amount"].to_list() == [11900, -1900]
    path = given(tmp_path, text + "22.05.2026;Strom AG;-80,50\n", "paid.csv")
    assert "“Auftraggeber” names some who were paid and never paid" in refusal(path)
    said = planned(path, mapping=(("Betrag", "amount"),))
    assert said.rows["amount"].to_list() == [11900, -8050]
