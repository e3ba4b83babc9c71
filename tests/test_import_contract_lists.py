"""Lists of contracts as insurers, gyms, utilities and subscription services write them."""

from pathlib import Path

import pytest

from tests.kinds import bring, rows, write
from winback_tui.book.connection import Book
from winback_tui.errors import BadInputError
from winback_tui.rules.contracts import WITHOUT_END, notice_days

FOUND = (
    "SELECT number, title, starts_on, ends_on, notice_days, renewal, amount, currency"
    " FROM contracts ORDER BY id"
)


@pytest.fixture
def filled(book: Book, tmp_path: Path) -> Book:
    bring(book, "customers", write(tmp_path, "number,name\nK1,Nord AG\nK2,Süd AG\n", "k.csv"))
    return book


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param(
            "VSNR;Kd-Nr.;Sparte;Versicherungsbeginn;Ablaufdatum;Jahresbeitrag;Stornodatum\n"
            "7-1;K1;Haftpflicht;01.01.2020;01.01.2027;1.234,50;\n"
            "7-2;K2;Rechtsschutz;01.01.2020;01.01.2027;234,50;01.01.2027\n",
            [
                ("7-1", "Haftpflicht", "2020-01-01", "2027-01-01", 0, "automatic", 123450, "EUR"),
                ("7-2", "Rechtsschutz", "2020-01-01", "2027-01-01", 0, "none", 23450, "EUR"),
            ],
            id="insurer",
        ),
        pytest.param(
            "Mitgliedsnummer;Tarif;Vertragsbeginn;Mindestlaufzeit bis;Kündigungsfrist;"
            "Gekündigt am;Gekündigt zum\n"
            "K1;Gold;01.03.2025;28.02.2027;1 Monat;;\n"
            "K2;Silber;01.03.2025;28.02.2027;1 Monat;12.10.2026;28.02.2027\n",
            [
                ("Gold", "Gold", "2025-03-01", "2027-02-28", 31, "automatic", None, None),
                ("Silber", "Silber", "2025-03-01", "2027-02-28", 31, "none", None, None),
            ],
            id="gym",
        ),
        pytest.param(
            "Subscription ID,Customer ID,Plan,Status,Current period start,Current period end,"
            "Cancel at period end\n"
            "sub_1,K1,Pro,active,2026-01-01,2026-12-31,false\n"
            "sub_2,K2,Basic,active,2026-01-01,2026-12-31,true\n",
            [
                ("sub_1", "Pro", "2026-01-01", "2026-12-31", 0, "automatic", None, None),
                ("sub_2", "Basic", "2026-01-01", "2026-12-31", 0, "none", None, None),
            ],
            id="subscriptions",
        ),
        pytest.param(
            "Vertragskonto;Kundennr;Lieferbeginn;Lieferende;Kündigungsfrist\n"
            "4000;K1;01.01.2025;31.12.2026;6 Wochen\n",
            [("4000", "", "2025-01-01", "2026-12-31", 42, "automatic", None, None)],
            id="utility",
        ),
        pytest.param(
            "Vertragsnummer;Kundennummer;Vertragsstart;Vertragsende;Kündigungsfrist in Monaten;"
            "Automatische Verlängerung;Verlängerung in Monaten;Nettobetrag;Währung\n"
            "VT-1;K1;01.04.2025;31.03.2027;3;ja;12;1.200,00;EUR\n"
            "VT-2;K2;01.04.2025;31.03.2027;1;nein;;800,00;CHF\n",
            [
                ("VT-1", "", "2025-04-01", "2027-03-31", 90, "automatic", 120000, "EUR"),
                ("VT-2", "", "2025-04-01", "2027-03-31", 31, "none", 80000, "CHF"),
            ],
            id="months in headers",
        ),
        pytest.param(
            "N° de contrat;N° client;Date de début;Date de fin;Préavis;Reconduction tacite;"
            "Montant annuel\nCT-1;K1;01/02/2025;31/01/2027;3 mois;oui;1 200,50 €\n"
            "CT-2;K2;15/02/2025;14/02/2027;30 jours;non;900,00 €\n",
            [
                ("CT-1", "", "2025-02-01", "2027-01-31", 92, "automatic", 120050, "EUR"),
                ("CT-2", "", "2025-02-15", "2027-02-14", 30, "none", 90000, "EUR"),
            ],
            id="French",
        ),
        pytest.param(
            "Contractnummer;Klantnummer;Ingangsdatum;Einddatum;Opzegtermijn;"
            "Stilzwijgende verlenging\nC-1;K1;01-02-2025;31-01-2027;3 maanden;ja\n"
            "C-2;K2;15-02-2025;onbepaalde tijd;1 maand;nee\n",
            [
                ("C-1", "", "2025-02-01", "2027-01-31", 92, "automatic", None, None),
                ("C-2", "", "2025-02-15", "9999-12-31", 31, "none", None, None),
            ],
            id="Dutch",
        ),
        pytest.param(
            "Vertrags-Nr;Kunden-Nr;Beginn;Ablauf;Jahresprämie CHF\n"
            "P-7;K1;01.01.2024;31.12.2028;12'345.50\n",
            [("P-7", "", "2024-01-01", "2028-12-31", 0, "automatic", 1234550, "CHF")],
            id="currency in the header",
        ),
        pytest.param(
            "Vertragskennung,Kunde,Anfangsdatum des Vertrags,Enddatum des Vertrags\n"
            "C-1,Nord AG,01.01.2025,31.12.2026\n",
            [("C-1", "", "2025-01-01", "2026-12-31", 0, "automatic", None, None)],
            id="customers by name",
        ),
    ],
)
def test_a_list_of_contracts_is_right_the_first_time(
    filled: Book, tmp_path: Path, text: str, found: list[tuple[object, ...]]
) -> None:
    path = write(tmp_path, text)
    assert bring(filled, "contracts", path).rejected == 0
    assert rows(filled, FOUND) == found
    assert bring(filled, "contracts", path, again=True).unchanged == len(found)
    assert rows(filled, FOUND) == found


def test_objects_with_names_in_one_word_are_read(filled: Book, tmp_path: Path) -> None:
    text = (
        '{"customerNumber":"K1","contractNumber":"J1","startDate":"2025-01-01T00:00:00Z",'
        '"endDate":"2026-12-31T23:59:59Z","noticePeriod":"P3M","autoRenew":true}\n'
    )
    bring(filled, "contracts", write(tmp_path, text, "contracts.jsonl"))
    assert rows(filled, FOUND) == [
        ("J1", "", "2025-01-01", "2026-12-31", 92, "automatic", None, None)
    ]


@pytest.mark.parametrize(
    ("state", "renewal"),
    [
        *(("gekündigt zum 30.06.2027", "none"), ("Gekündigt (Kunde)", "none")),
        *(("Pending cancellation", "none"), ("Terminated as of 30.06.2027", "none")),
        *(("in Kündigung", "none"), ("Non-renewing", "none"), ("résilié", "none")),
        *(("laufend", "automatic"), ("ungekündigt", "automatic"), ("nicht gekündigt", "automatic")),
        *(("Kündigung zurückgezogen", "automatic"), ("Suspended", "automatic")),
        *(("Closed won", "automatic"), ("not cancelled", "automatic")),
    ],
)
def test_a_status_may_say_in_more_words_that_notice_was_given(
    filled: Book, tmp_path: Path, state: str, renewal: str
) -> None:
    text = f"Kundennr;Vertragsnr;Vertragsende;Status\nK1;A;30.06.2027;{state}\n"
    bring(filled, "contracts", write(tmp_path, text))
    assert rows(filled, "SELECT renewal FROM contracts") == [(renewal,)]


@pytest.mark.parametrize("state", ["Lapsed", "beendet zum 30.06.2025", "Closed lost", "ersetzt"])
def test_a_contract_that_is_over_is_set_aside(filled: Book, tmp_path: Path, state: str) -> None:
    text = f"Kundennr;Vertragsnr;Vertragsende;Status\nK1;A;30.06.2027;{state}\n"
    file = bring(filled, "contracts", write(tmp_path, text))
    assert file.reasons == {"contract_over": 1}


def test_a_day_of_notice_counts_beside_a_status(filled: Book, tmp_path: Path) -> None:
    header = "Kundennr;Vertragsnr;Vertragsende;Status;Gekündigt am\n"
    text = "K1;A;30.06.2027;aktiv;\nK1;B;30.06.2027;aktiv;15.11.2026\nK2;C;30.06.2027;aktiv;nein\n"
    bring(filled, "contracts", write(tmp_path, header + text))
    found = "SELECT number, renewal FROM contracts ORDER BY id"
    assert rows(filled, found) == [("A", "automatic"), ("B", "none"), ("C", "automatic")]
    # A later file whose cell is blank does not take the notice back.
    bring(filled, "contracts", write(tmp_path, f"{header}K1;B;30.06.2027;aktiv;\n", "later.csv"))
    assert ("B", "none") in rows(filled, found)


def test_the_last_day_to_give_notice_tells_the_notice(filled: Book, tmp_path: Path) -> None:
    text = "Kundennr;Vertrag;Ende;Kündigung möglich bis\nK1;V1;31.12.2026;30.09.2026\n"
    bring(filled, "contracts", write(tmp_path, text))
    assert rows(filled, "SELECT notice_days FROM contracts") == [(92,)]


def test_a_day_that_may_be_either_is_asked_about(filled: Book, tmp_path: Path) -> None:
    text = (
        "Kundennr;Vertrag;Ende;Kündigungsdatum\nK1;V1;31.12.2026;30.09.2026\n"
        "K2;V2;31.12.2026;30.09.2026\n"
    )
    path = write(tmp_path, text)
    with pytest.raises(BadInputError, match="=notice_given or --map Kündigungsdatum=notice_by"):
        bring(filled, "contracts", path)
    bring(filled, "contracts", path, mapping=(("Kündigungsdatum", "notice_by"),))
    found = rows(filled, "SELECT notice_days, renewal FROM contracts")
    assert found == [(92, "automatic"), (92, "automatic")]


def test_a_bare_notice_is_a_period_or_a_day(filled: Book, tmp_path: Path) -> None:
    header = "Kundennr;Vertrag;Ende;Kündigung\n"
    first = "K1;V1;31.12.2026;3 Mon. z. Jahresende\n"
    bring(filled, "contracts", write(tmp_path, header + first, "periods.csv"))
    second = "K2;V2;31.12.2026;01.10.2026\nK2;V3;31.12.2026;\n"
    bring(filled, "contracts", write(tmp_path, header + second, "days.csv"))
    assert rows(filled, "SELECT number, notice_days, renewal FROM contracts ORDER BY id") == [
        *(("V1", 92, "automatic"), ("V2", 0, "none"), ("V3", 0, "automatic"))
    ]


def test_a_contract_that_would_end_before_it_starts_is_rejected(
    filled: Book, tmp_path: Path
) -> None:
    text = "customer_number,contract_number,start,end\nK1,V1,2027-01-01,2026-01-01\n"
    file = bring(filled, "contracts", write(tmp_path, text))
    assert file.reasons == {"ends_before_start": 1}
    assert rows(filled, FOUND) == []


@pytest.mark.parametrize(
    ("said", "days"),
    [
        *(("drei Monate", 92), ("sechs Wochen zum Quartalsende", 42), ("P3M", 92), ("P30D", 30)),
        *(("30 jours", 30), ("1 trimestre", 92), ("2 ans", 730), ("3 maanden", 92)),
        *(("keine", 0), ("jederzeit", 0), ("täglich", 0), ("1 Halbjahr", 184)),
        *(("14 Werktage", 17), ("10 business days", 14), ("mind. 4 Wochen", 28)),
        # None of these is a plain number of anything.
        *(("1,5 Monate", None), ("3-6 Monate", None), ("30.09.", None), ("14 x", None)),
        ("three (3) months", 92),
    ],
)
def test_notice_as_people_write_it(said: str, days: int | None) -> None:
    from datetime import date

    assert notice_days(said, date(2026, 12, 31)) == days


def test_months_without_an_end_have_31_days() -> None:
    assert notice_days("zwei Monate", WITHOUT_END) == 62


def test_sums_in_thousands_are_not_taken_for_whole_ones(filled: Book, tmp_path: Path) -> None:
    text = "Kundennr;Vertrag;Ende;Vertragswert in T€\nK1;V1;31.12.2026;12,5\n"
    with pytest.raises(BadInputError, match="thousands"):
        bring(filled, "contracts", write(tmp_path, text))


def test_parts_of_headers_tell_what_only_one_column_can_hold(filled: Book, tmp_path: Path) -> None:
    text = (
        "Kundennr.;Vers.-Nr.;Beginn;MVLZ-Ende;Brutto-Jahresbeitrag;Kündigung erfasst;"
        "Kündigungsgrund\nK1;1-2-3;01.01.2024;01.01.2027;1.234,50;nein;\n"
        "K2;1-2-4;01.01.2024;01.01.2027;234,50;ja;Preis\n"
    )
    bring(filled, "contracts", write(tmp_path, text))
    assert rows(filled, "SELECT number, ends_on, renewal, amount FROM contracts ORDER BY id") == [
        ("1-2-3", "2027-01-01", "automatic", 123450), ("1-2-4", "2027-01-01", "none", 23450),
    ]  # fmt: skip
