"""Files with headers in other languages than English, and amounts on two sides."""

from pathlib import Path

import pytest

from tests.foreign import bought, refusal
from tests.test_intake_files import given, planned
from winback_tui.intake.fields import guess


@pytest.mark.parametrize(
    ("header", "row", "expected"),
    [
        ("Kunde;Buchungstag;Betrag", "Nord;05.01.2026;9,50", ("Nord", 950, "EUR")),
        ("Kunde;Erstellt am;Gesamtpreis", "Nord;05.01.2026;9,50", ("Nord", 950, "EUR")),
        ("Kundennummer;ts;Warenwert", "K7;2026-01-05 10:00;9,50", ("K7", 950, "EUR")),
        ("Klant;Datum;Omschrijving;Bedrag", "Noord;05-01-2026;kop;9,50", ("Noord", 950, "EUR")),
        ("Klantnummer;Factuurdatum;Bedrag excl. btw;Bedrag incl. btw", "7;05-01-2026;9,50;11,50",
         ("7", 950, "EUR")),
        ("Client;Date de commande;Montant HT;Montant TTC;Devise", "Nord;05/01/2026;9,50;11,40;CHF",
         ("Nord", 950, "CHF")),
        ("Numéro client;Date de facture;N° facture;Montant", "7;15/01/2026;F1;9,50",
         ("7", 950, "EUR")),
        ("Cliente;Fecha;Importe", "Norte;15/01/2026;9,50", ("Norte", 950, "EUR")),
        ("Código cliente;Fecha factura;Base imponible;IVA;Total", "7;15/01/2026;9,50;2,00;11,50",
         ("7", 950, "EUR")),
        ("N° facture;Date de facture;Code client;Client;Montant HT;Statut",
         "F1;15/01/2026;C7;Nord;9,50;payée", ("C7", 950, "EUR")),
        ("Nº factura;Fecha;Cliente;Base imponible;Estado", "1;15/01/2026;Norte SL;9,50;Pagada",
         ("Norte SL", 950, "EUR")),
        ("Cliente;Data;Descrizione;Importo", "Nord;15/01/2026;tazza;9,50", ("Nord", 950, "EUR")),
        ("Kundenr.;Dato;Beløb;Valuta", "7;15-01-2026;9,50;DKK", ("7", 950, "DKK")),
        ("Kundnr;Fakturadatum;Belopp inkl moms;Belopp exkl moms;Valuta",
         "7;2026-01-05;11,90;9,50;SEK", ("7", 950, "SEK")),
    ],
)  # fmt: skip
def test_headers_of_other_languages_are_understood(
    tmp_path: Path, header: str, row: str, expected: tuple[str, int, str]
) -> None:
    assert bought(planned(given(tmp_path, f"{header}\n{row}\n"), day_first=True)) == [expected]


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Omschrijving", "product_name"), ("Aantal", "quantity"), ("Quantité", "quantity"),
        ("Factuurnummer", "document"), ("N° de commande", "document"), ("Pedido", "document"),
        ("Postnr", "zip"), ("Ville", "city"), ("Pays", "country"), ("Calle", "street"),
        ("Courriel", "email"), ("Artikelcode", "product"), ("item-price", "price"),
    ],
)  # fmt: skip
def test_a_header_of_another_language_means_its_field(header: str, field: str) -> None:
    assert guess([header])[field] == header  # type: ignore[index]


@pytest.mark.parametrize(
    "header",
    ["Date d'échéance", "Fecha de vencimiento", "Vervaldatum", "Data di nascita", "Forfaldsdato"],
)
def test_the_day_on_which_something_is_due_is_none_of_a_purchase(
    tmp_path: Path, header: str
) -> None:
    text = f"customer;{header};amount\nA;2026-01-05;9.50\n"
    assert "no column was recognised as date" in refusal(given(tmp_path, text))


@pytest.mark.parametrize(
    ("debit", "credit"),
    [
        ("Soll", "Haben"), ("Debit", "Credit"), ("Belastung", "Gutschrift"), ("Débit", "Crédit"),
        ("Soll (EUR)", "Haben (EUR)"), ("Debe", "Haber"), ("Debit Amount", "Credit Amount"),
        ("Af", "Bij"), ("Paid out", "Paid in"),
    ],
)  # fmt: skip
def test_amounts_on_two_sides_are_asked_about_in_one_sentence(
    tmp_path: Path, debit: str, credit: str
) -> None:
    text = (
        f"Kunde;Datum;{debit};{credit}\nA;05.01.2026;9,50;\nA;06.01.2026;;2,00\nB;06.01.2026;1;0\n"
    )
    path = given(tmp_path, text)
    told = refusal(path)
    assert f"amounts stand under “{debit}” and “{credit}”" in told
    both = planned(path, mapping=((debit, "amount"), (credit, "amount_back")))
    assert sorted(bought(both)) == [("A", -200, "EUR"), ("A", 950, "EUR"), ("B", 100, "EUR")]
    other = planned(path, mapping=((debit, "amount_back"), (credit, "amount")))
    assert sorted(bought(other)) == [("A", -950, "EUR"), ("A", 200, "EUR"), ("B", -100, "EUR")]
    sales = planned(path, mapping=((debit, "amount"),))
    assert sorted(bought(sales)) == [("A", 950, "EUR"), ("B", 100, "EUR")]
    assert sales.rejects["_code"].to_list() == ["no_amount"]
