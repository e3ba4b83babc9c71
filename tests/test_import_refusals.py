"""Refusals in files of consents and of newsletter tools: none is lost, and no name either."""

from pathlib import Path
from typing import Any

import pytest

from tests.kinds import TODAY, bring, fixture, write
from winback_tui.book.connection import Book
from winback_tui.book.consents import facts
from winback_tui.config.consent import Consent
from winback_tui.model import Channel, PartyKind, Standing
from winback_tui.rules.consent import ConsentCode, standing


def told(book: Book) -> list[tuple[Any, ...]]:
    """Channel, event and precision of what the ledger holds."""
    return book.connection.execute(
        "SELECT DISTINCT channel, event, precision FROM consent_events ORDER BY 1, 2, 3"
    ).fetchall()


def people(book: Book, folder: Path) -> None:
    text = "number,name,email\nK1,Alpha Dach GmbH,eva@alpha.example\n"
    bring(book, "customers", write(folder, text, "people.csv"))


@pytest.mark.parametrize(
    ("file", "event"),
    [
        (
            "EMAIL;LASTNAME;FIRSTNAME;ADDED_TIME;EMAIL_BLACKLISTED;SMS_BLACKLISTED\n"
            "eva@alpha.example;Brandt;Eva;16-12-2025;{};No\n",
            "withdrawn",
        ),
        (
            "Email,First Name,Last Name,Email Marketing Consent,Email Suppressions\n"
            "eva@alpha.example,Eva,Brandt,NEVER_SUBSCRIBED,{}\n",
            "withdrawn",
        ),
    ],
)
@pytest.mark.parametrize("refused", [True, False])
def test_a_newsletter_tools_refusals_count(
    book: Book, tmp_path: Path, file: str, event: str, *, refused: bool
) -> None:
    people(book, tmp_path)
    word = ("Yes" if "BLACK" in file else "USER_SUPPRESSED") if refused else ""
    bring(book, "customers", write(tmp_path, file.format(word)))
    assert told(book) == ([("email", event, "unknown")] if refused else [])


def test_a_suppressed_address_that_bounced_has_bounced(book: Book, tmp_path: Path) -> None:
    people(book, tmp_path)
    text = "Email,Email Marketing Consent,Email Suppressions\neva@alpha.example,,HARD_BOUNCE\n"
    bring(book, "customers", write(tmp_path, text))
    assert told(book) == [("email", "bounced", "unknown")]


@pytest.mark.parametrize(
    "file",
    [
        "Email Address,First Name,Last Name,OPTIN_TIME,LEID\n"
        "eva@alpha.example,Eva,Brandt,2025-01-01 10:00:00,7\n",
        "Email,First Name,Last Name,Email Marketing Consent\neva@alpha.example,Eva,Brandt,\n",
        "EMAIL;LASTNAME;FIRSTNAME;ADDED_TIME\neva@alpha.example;Brandt;Eva;16-12-2025\n",
    ],
)
def test_a_companys_name_stays_and_its_person_becomes_a_contact(
    book: Book, tmp_path: Path, file: str
) -> None:
    people(book, tmp_path)
    path = write(tmp_path, file)
    for _ in range(2):
        bring(book, "customers", path)
        found = book.connection.execute(
            "SELECT customers.name, contacts.name FROM customers"
            " JOIN contacts ON contacts.customer_id = customers.id"
        ).fetchall()
        assert found == [("Alpha Dach GmbH", "Eva Brandt")]


@pytest.mark.parametrize(
    ("word", "event"),
    [
        *(("Einwilligung", "granted"), ("Widerruf", "withdrawn"), ("Widerspruch", "objected")),
        *(("Abmeldung", "withdrawn"), ("Zustimmung", "granted")),
    ],
)
@pytest.mark.parametrize(
    "dated",
    [("05.01.2026", "day"), ("12/2025", "month"), ("2026-03", "month"), ("Winter", "unknown")],
)
def test_german_words_and_vague_dates(
    book: Book, tmp_path: Path, word: str, event: str, dated: tuple[str, str]
) -> None:
    day, precision = dated
    people(book, tmp_path)
    text = f"customer_number,channel,event,at,email\nK1,email,{word},{day},eva@alpha.example\n"
    file = bring(book, "consents", write(tmp_path, text))
    if event == "granted" and precision == "unknown":
        assert file.reasons == {"bad_date": 1}
        return
    assert told(book) == [("email", event, precision)]


def test_a_word_that_is_not_known_is_answered_with_those_that_are(
    book: Book, tmp_path: Path
) -> None:
    people(book, tmp_path)
    text = "customer_number,channel,event,at\nK1,email,vielleicht,2026-01-05\n"
    rejects = tmp_path / "rejects.csv"
    bring(book, "consents", write(tmp_path, text), rejects=rejects)
    assert "withdrawn (Widerruf)" in rejects.read_text()


@pytest.mark.parametrize("kind", ["customers", "contacts", "consents"])
@pytest.mark.parametrize("word", ["nein", "Nein", "no", "0", "false"])
def test_a_no_in_a_table_of_ones_own_is_a_refusal_of_somebody_who_never_said_yes(
    book: Book, tmp_path: Path, kind: str, word: str
) -> None:
    people(book, tmp_path)
    path = write(tmp_path, f"Kundennummer;E-Mail;Newsletter\nK1;eva@alpha.example;{word}\n")
    dry = bring(book, kind, path, dry_run=True)
    assert dry.samples[0]["after"]["consents"] == "email withdrawn"
    assert dry.consents == {"email withdrawn without a time": 1}
    done = bring(book, kind, path)
    assert done == dry._replace(batch=done.batch)
    assert told(book) == [("email", "withdrawn", "unknown")]
    assert _why(book, Channel.EMAIL) == (Standing.BLOCKED, ConsentCode.WITHDRAWN)
    assert bring(book, kind, path, again=True).consents == {}


def test_a_programs_no_of_people_it_never_asked_is_promised_as_no_refusal(book: Book) -> None:
    dry = bring(book, "customers", fixture("shopify_customers"), dry_run=True)
    said = [each["after"].get("consents", "") for each in dry.samples]
    assert "email not given, sms not given" in said
    assert not any("withdrawn" in each for each in said)
    assert not any("withdrawn" in what for what in dry.consents)


def _why(book: Book, channel: Channel) -> tuple[Standing, ConsentCode]:
    """Where a channel of the first customer stands for a come-back mail, and why."""
    known = facts(book.connection, [1])[1][channel]
    found = standing(known, channel, PartyKind.CONSUMER, TODAY, Consent())
    return found.standing, found.why


@pytest.mark.parametrize(
    ("header", "channel", "event"),
    [
        ("Werbung nicht erwünscht", "email", "objected"),
        ("Kontaktaufnahme nicht gewünscht", "email", "objected"),
        ("E-Mail-Werbung nicht erlaubt", "email", "withdrawn"),
        ("Newsletter nicht erwünscht", "email", "withdrawn"),
        ("Anrufe nicht erwünscht", "phone", "withdrawn"),
    ],
)
def test_advertising_that_is_not_wanted_is_refused(
    book: Book, tmp_path: Path, header: str, channel: str, event: str
) -> None:
    text = f"Kundennummer;Firma;E-Mail;Telefon;{header}\n"
    no = text + "7;Huber;h@huber.example;0711 123456;nein\n"
    bring(book, "customers", write(tmp_path, no))
    assert told(book) == []
    yes = write(tmp_path, no.replace("nein", "ja"), "yes.csv")
    bring(book, "customers", yes)
    assert told(book) == [(channel, event, "unknown")]


def test_the_day_of_a_consent_is_known_by_what_it_names(book: Book, tmp_path: Path) -> None:
    text = (
        "Kundennr;Name;E-Mail;Telefon;E-Mail-Werbung erlaubt;Datum E-Mail-Werbung erlaubt;"
        "Telefonwerbung;Datum Telefoneinwilligung\n"
        "7;Eva;eva@x.example;0711 123456;ja;01.02.2026;ja;06.03.2026\n"
        "8;Udo;udo@x.example;0711 123457;nein;;ja;\n"
    )
    bring(book, "customers", write(tmp_path, text))
    assert told(book) == [
        ("email", "granted", "day"), ("email", "withdrawn", "unknown"), ("phone", "granted", "day"),
        ("phone", "granted", "unknown"),
    ]  # fmt: skip
