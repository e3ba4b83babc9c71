"""Letters of old machines, headers of more languages, and contracts without an end."""

import io
import re
from pathlib import Path

import pytest
from hypothesis import assume
from hypothesis import given as having
from hypothesis import strategies as st

from tests.foreign import bought, chosen, refusal
from tests.kinds import bring, rows, write
from tests.test_intake_files import given, planned
from winback_tui.book.connection import Book
from winback_tui.intake import sniff

GERMAN = (
    "Kundennummer;Kunde;Datum;Betrag\n1;Bäcker Müller;05.01.2026;1,00\n2;Größe Öl;05.01.2026;2,00\n"
)


@pytest.mark.parametrize(
    ("codec", "title"),
    [("mac_roman", "Mac Roman"), ("cp850", "DOS (code page 850)"), ("cp1252", "Windows-1252"),
     ("utf-8", "UTF-8")],
)  # fmt: skip
def test_letters_of_old_machines_are_read_and_told(tmp_path: Path, codec: str, title: str) -> None:
    made = planned(given(tmp_path, GERMAN.encode(codec)))
    assert made.customers["name"].to_list() == ["Bäcker Müller", "Größe Öl"]
    assert made.guess.encoding == title


@pytest.mark.parametrize("name", ["Bäcker", "Müller", "Süß", "Vätter"])
@pytest.mark.parametrize("codec", ["mac_roman", "cp1252", "cp850"])
def test_one_such_letter_is_enough(tmp_path: Path, name: str, codec: str) -> None:
    text = f"Kundennummer;Kunde;Datum;Betrag\n1;{name};05.01.2026;1,00\n"
    made = planned(given(tmp_path, text.encode(codec)))
    assert made.customers["name"].to_list() == [name]


@pytest.mark.parametrize("name", ["Zum Weiß”", "Zum Weiß…", "CAFÉ”", "Maß™", "Menü™"])
def test_a_sign_behind_a_letter_is_none_of_another_script(tmp_path: Path, name: str) -> None:
    text = f"Kundennummer;Kunde;Datum;Betrag\n1;{name};05.01.2026;1,00\n2;Müller;05.01.2026;1,00\n"
    made = planned(given(tmp_path, text.encode("cp1252")))
    assert made.customers["name"].to_list() == [name, "Müller"]
    assert made.guess.encoding == "Windows-1252"


@pytest.mark.parametrize("codec", ["iso8859-15", "cp1252", "utf-8"])
def test_the_euro_is_known_however_it_was_written(tmp_path: Path, codec: str) -> None:
    text = "Kundennummer;Kunde;Datum;Betrag\n1;Müller;05.01.2026;10,00 €\n"
    assert bought(planned(given(tmp_path, text.encode(codec)))) == [("1", 1000, "EUR")]


def test_signs_of_windows_are_none_of_an_old_machine(tmp_path: Path) -> None:
    text = "customer,name,date,amount\n1,“Škoda” – Miloš… €5 „Ypsilon”,2026-01-05,1.00\n"
    made = planned(given(tmp_path, text.encode("cp1252")))
    assert made.customers["name"].to_list() == ["“Škoda” – Miloš… €5 „Ypsilon”"]


def is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


WORDS = st.builds(
    "{}{}".format, st.sampled_from(["", "B", "K", "d’", "Mac", "É", "Š", "Ž", "Œ", "Ø"]),
    st.text("aeioulmnrstäöüßéèêàâçñãõøåæœšž", min_size=1, max_size=9),
)  # fmt: skip
QUOTED = ["{} {}", "“{}” – {}", "„{}” {}…", "‘{}’ • {}", "{} † {}™", "{} ({}) €"]


@having(
    st.lists(st.builds(str.format, st.sampled_from(QUOTED), WORDS, WORDS), min_size=1, max_size=5)
)
def test_no_text_of_western_europe_from_windows_is_taken_for_an_old_machine_s(
    names: list[str],
) -> None:
    lines = "".join(f"K{place};{name};1,50\n" for place, name in enumerate(names))
    text = f"Kundennummer;Kunde;Betrag\n{lines}"
    data = text.encode("cp1252")
    # Ø, Ž or ñ, and then œ, š or a sign, is what UTF-8 writes, too.
    assume(not re.search(rb"[\xd8\xe0-\xf4][\x80-\xbf]", data))
    # So is É before œ, where nothing else speaks against it.
    assume(data.isascii() or not is_utf8(data))
    raw = sniff.take(sniff.Source("x.csv", io.BytesIO(data), ""), lambda _: True)
    raw.text.seek(raw.start)
    assert raw.text.read().decode() == text
    assert raw.encoding in {"UTF-8", "Windows-1252"}


def test_two_codes_in_one_file_are_refused_in_one_sentence(tmp_path: Path) -> None:
    both = "a;Müller\n".encode("mac_roman") + "b;Müller\n".encode("cp850")
    path = given(tmp_path, b"Kundennummer;Kunde\n" + both)
    assert "neither UTF-8 nor Windows-1252 text; save it as UTF-8" in refusal(path)


POLISH = (
    "Numer klienta;Nazwa firmy;Numer faktury;Data sprzedaży;Wartość netto;Wartość brutto;Waluta;"
    "Status zamówienia\n7;Kawa SA;F/1;05.01.2026;1 234,50;1 518,44;PLN;Zrealizowane\n"
    "8;Herbata;F/2;06.01.2026;10,00;12,30;zł;Anulowane\n"
    "8;Herbata;F/3;16.01.2026;20,00;24,60;zł;Wysłane\n"
)
CZECH = (
    "Číslo zákazníka;Zákazník;Číslo objednávky;Datum objednávky;Celkem bez DPH;Celkem s DPH;Měna;"
    "Stav\n7;Káva a.s.;O1;5.1.2026;1234,50;1493,75;CZK;Vyřízeno\n"
    "8;Čaj;O2;6.1.2026;10,00;12,10;Kč;Stornováno\n8;Čaj;O3;16.1.2026;20,00;24,20;Kč;Odesláno\n"
)


@pytest.mark.parametrize(("text", "currency"), [(POLISH, "PLN"), (CZECH, "CZK")])
def test_headers_and_words_of_poland_and_bohemia_are_known(
    tmp_path: Path, text: str, currency: str
) -> None:
    made = planned(given(tmp_path, text))
    assert bought(made) == [("7", 123450, currency), ("8", 2000, currency)]
    assert made.rejects["_code"].to_list() == ["cancelled"]
    assert made.rows["document"].to_list() == [text.split("\n")[n].split(";")[2] for n in (1, 3)]
    assert made.customers["name"][0] == text.split("\n")[1].split(";")[1]
    assert any("was chosen as the amount, not" in line for line in chosen(made))


@pytest.mark.parametrize(
    "text",
    ["Numer klienta;Nazwa;NIP;Ulica;Kod pocztowy;Miejscowość;Kraj;Telefon;Adres e-mail\n"
     "7;Kawa;PL5260250274;Długa 1;00-238;Warszawa;PL;+48 22 635 11 11;a@kawa.example\n",
     "Číslo zákazníka;Název;DIČ;Ulice;PSČ;Město;Země;Telefon;E-mail\n"
     "7;Kawa;PL5260250274;Długa 1;00-238;Warszawa;PL;+48 22 635 11 11;a@kawa.example\n"],
)  # fmt: skip
def test_lists_of_customers_of_poland_and_bohemia_are_known(
    book: Book, tmp_path: Path, text: str
) -> None:
    file = bring(book, "customers", write(tmp_path, text))
    assert file.columns_without_a_home == ()
    assert rows(book, "SELECT number, name, street, zip, city, country, vat_id FROM customers") == [
        ("7", "Kawa", "Długa 1", "00-238", "Warszawa", "PL", "PL5260250274")
    ]


def test_an_account_number_is_a_customer_s_unless_it_is_one_of_a_bank(
    book: Book, tmp_path: Path
) -> None:
    crm = write(tmp_path, "Kontonummer;Firmenname;Adresse 1: Ort\n4711;Nord AG;Kiel\n")
    bring(book, "customers", crm)
    bank = "Kontonummer;BLZ;Firma;Ort\n99;10010010;Süd KG;Ulm\n"
    bring(book, "customers", write(tmp_path, bank, "bank.csv"))
    sales = "Kontonummer;Datum;Betrag\n4711;05.01.2026;9,00\n"
    bring(book, "transactions", write(tmp_path, sales, "sales.csv"))
    assert rows(book, "SELECT number, name FROM customers ORDER BY id") == [
        ("4711", "Nord AG"), ("Süd KG", "Süd KG"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "end", ["unbefristet", "Auf unbestimmte Zeit", "open-ended", "Bis auf weiteres", "neurčito"]
)
def test_a_contract_without_an_end_is_kept_as_such(book: Book, tmp_path: Path, end: str) -> None:
    bring(book, "customers", write(tmp_path, "Kundennummer;Firma\nK1;Nord\n"))
    text = f"Kundennummer;Vertragsnummer;Vertragsende\nK1;V1;{end}\nK1;V2;31.12.2026\n"
    file = bring(book, "contracts", write(tmp_path, text, "contracts.csv"))
    assert (file.created, file.rejected) == (2, 0)
    assert rows(book, "SELECT number, ends_on FROM contracts ORDER BY number") == [
        ("V1", "9999-12-31"), ("V2", "2026-12-31"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "end",
    [
        *("unbefristet", "31.12.9999", "9999-12-31 00:00:00"),
        *("31.12.9999 00:00", "Durée indéterminée", "Open Ended"),
    ],
)
def test_a_contract_without_an_end_is_one_also_alone_in_its_file(
    book: Book, tmp_path: Path, end: str
) -> None:
    bring(book, "customers", write(tmp_path, "Kundennummer;Firma\nK1;Nord\n"))
    text = f"Kundennummer;Vertragsnummer;Vertragsende\nK1;V1;{end}\nK1;V2;31.12.2026\n"
    file = bring(book, "contracts", write(tmp_path, text, "contracts.csv"))
    assert (file.created, file.reasons) == (2, {})
    alone = text.replace("K1;V2;31.12.2026\n", "").replace("V1", "V3")
    file = bring(book, "contracts", write(tmp_path, alone, "alone.csv"))
    assert (file.created, file.rejected) == (1, 0)
    ends = rows(book, "SELECT ends_on FROM contracts ORDER BY number")
    assert ends == [("9999-12-31",), ("2026-12-31",), ("9999-12-31",)]
