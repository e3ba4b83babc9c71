"""What programs in other languages say of orders that are no purchases, and flags for amounts."""

from pathlib import Path

import pytest

from tests.foreign import bought, chosen
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
    assert any(line.startswith(told) for line in chosen(made))
