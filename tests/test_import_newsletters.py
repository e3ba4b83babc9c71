"""What newsletter tools and lists of one's own say of consent: none is invented, none is lost."""

from pathlib import Path

import pytest

from tests.kinds import TODAY, bring, rows, write
from winback_tui.book.connection import Book
from winback_tui.book.consents import facts
from winback_tui.config.consent import Consent
from winback_tui.errors import BadInputError
from winback_tui.model import Channel, PartyKind, Purpose
from winback_tui.rules.consent import ConsentCode, standing
from winback_tui.words import readings

TOLD = (
    "SELECT DISTINCT c.number, e.channel, e.event, iif(e.precision = 'unknown', '', e.at)"
    " FROM consent_events e JOIN customers c ON c.id = e.customer_id ORDER BY e.id"
)


@pytest.fixture
def known(book: Book, tmp_path: Path) -> Book:
    """A book with four businesses and their addresses."""
    text = "Kundennummer;Firma;E-Mail\n" + "".join(
        f"{who};{who} AG;{who.lower()}@x.example\n" for who in ("AL", "BO", "CY", "DI")
    )
    bring(book, "customers", write(tmp_path, text, "known.csv"))
    return book


def told(book: Book) -> list[tuple[str, str, str, str]]:
    """Return customer, channel, event and time of what the ledger holds."""
    return rows(book, TOLD)


def why(book: Book, purpose: Purpose = Purpose.WINBACK, customer: int = 1) -> ConsentCode:
    """Return why e-mail to a customer stands as it does."""
    known = facts(book.connection, [customer])[customer][Channel.EMAIL]
    return standing(known, Channel.EMAIL, PartyKind.BUSINESS, TODAY, Consent(), purpose=purpose).why


@pytest.mark.parametrize("kind", ["customers", "consents"])
@pytest.mark.parametrize("header", ["Newsletter seit", "Einwilligung am", "Consent date"])
def test_who_ordered_a_newsletter_allowed_nobody_to_win_them_back(
    known: Book, tmp_path: Path, kind: str, header: str
) -> None:
    text = f"Kundennummer;E-Mail;Newsletter;{header}\nAL;al@x.example;ja;13.05.2026\n"
    bring(known, kind, write(tmp_path, text))
    assert told(known) == [("AL", "email", "granted", "2026-05-13")]
    assert why(known, Purpose.NEWSLETTER) is ConsentCode.CONSENT
    assert why(known) is ConsentCode.OTHER_PURPOSE


def test_who_left_it_wants_no_advertising_and_no_newsletter(known: Book, tmp_path: Path) -> None:
    header = "Kundennummer;E-Mail;Newsletter;Newsletter seit\n"
    bring(known, "customers", write(tmp_path, f"{header}AL;al@x.example;ja;13.05.2026\n", "a.csv"))
    bring(known, "customers", write(tmp_path, f"{header}AL;al@x.example;nein;\n", "b.csv"))
    assert (why(known), why(known, Purpose.NEWSLETTER)) == (ConsentCode.WITHDRAWN,) * 2


@pytest.mark.parametrize("left", ["05.05.2026", ""])
def test_who_left_it_has_left_it_though_the_book_learns_later_that_they_had_it(
    known: Book, tmp_path: Path, left: str
) -> None:
    gone = f"E-Mail;Newsletter;Abgemeldet am\nal@x.example;abgemeldet;{left}\n"
    bring(known, "consents", write(tmp_path, gone, "gone.csv"))
    had = "E-Mail;Newsletter;Bestätigt am\nal@x.example;;01.02.2025\n"
    bring(known, "consents", write(tmp_path, had, "had.csv"))
    assert ("AL", "email", "confirmed", "2025-02-01") in told(known)
    assert why(known, Purpose.NEWSLETTER) is ConsentCode.WITHDRAWN


def test_consent_to_advertising_by_mail_is_more_than_a_newsletter(
    known: Book, tmp_path: Path
) -> None:
    text = "Kundennummer;E-Mail-Einwilligung;Einwilligung E-Mail am\nAL;ja;13.05.2026\n"
    bring(known, "consents", write(tmp_path, text))
    assert why(known) is ConsentCode.CONSENT


def test_a_day_that_may_be_of_either_of_two_consents_is_none_s(known: Book, tmp_path: Path) -> None:
    text = (
        "Kundennummer;Einwilligung E-Mail;Einwilligung Telefon;Einwilligung am\n"
        "AL;ja;nein;13.05.2026\n"
    )
    file = bring(known, "customers", write(tmp_path, text))
    assert told(known) == [("AL", "email", "granted", ""), ("AL", "phone", "withdrawn", "")]
    assert file.columns_without_a_home == ("Einwilligung am",)


def test_when_consent_was_given_is_not_when_it_was_refused(known: Book, tmp_path: Path) -> None:
    text = "Kundennummer;Newsletter;Einwilligung am\nAL;nein;13.05.2024\n"
    bring(known, "customers", write(tmp_path, text))
    assert told(known) == [("AL", "email", "withdrawn", "")]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param(
            "Email;Registriert;Aktiviert;Deaktiviert;Bounced\n"
            "al@x.example;01.03.2026;01.03.2026;0;0\n"
            "bo@x.example;13.03.2026;13.03.2026;14.04.2026;0\n"
            "cy@x.example;13.03.2026;0;0;0\n",
            [
                ("AL", "email", "granted", "2026-03-01"),
                ("AL", "email", "confirmed", "2026-03-01"),
                ("BO", "email", "granted", "2026-03-13"),
                ("BO", "email", "confirmed", "2026-03-13"),
                ("BO", "email", "withdrawn", "2026-04-14"),
            ],
            id="who never confirmed gave nothing",
        ),
        pytest.param(
            "E-Mail;Status;Anmeldedatum;Abgemeldet am\nal@x.example;aktiv;13.03.2026;\n"
            "bo@x.example;abgemeldet;13.03.2026;14.04.2026\ncy@x.example;neu;13.03.2026;\n"
            "di@x.example;bounced;13.03.2026;\n",
            [
                ("AL", "email", "granted", "2026-03-13"),
                ("BO", "email", "withdrawn", "2026-04-14"),
                ("DI", "email", "bounced", ""),
            ],
            id="states and days",
        ),
        pytest.param(
            "Email,Phone,List,Status,Subscribe date,Unsubscribe date\n"
            "al@x.example,,Main,Active,2026-03-01,\n"
            "bo@x.example,,Main,Unsubscribed,2026-03-01,2026-04-01\n"
            "cy@x.example,,Main,Bounced,2026-03-01,\ndi@x.example,,Main,Unconfirmed,2026-03-01,\n",
            [
                ("AL", "email", "granted", "2026-03-01"),
                ("BO", "email", "withdrawn", "2026-04-01"),
                ("CY", "email", "bounced", ""),
            ],
            id="phones beside",
        ),
        pytest.param(
            "email,is_unsubscribed,unsubscription_date,is_excluded_from_campaigns\n"
            "al@x.example,false,,false\nbo@x.example,true,2026-04-01,false\n"
            "cy@x.example,false,,true\n",
            [
                ("BO", "email", "withdrawn", "2026-04-01"), ("BO", "email", "withdrawn", ""),
                ("CY", "email", "withdrawn", ""),
            ],
            id="yes and no",
        ),
        pytest.param(
            "E-Mail-Adresse,Vorname,OPTIN_TIME,CONFIRM_TIME,LEID\n"
            "al@x.example,Al,2024-01-01 10:00:00,2024-01-01 10:05:00,1\n",
            [
                ("AL", "email", "granted", "2024-01-01T10:00:00Z"),
                ("AL", "email", "confirmed", "2024-01-01T10:05:00Z"),
            ],
            id="a known program in German",
        ),
        pytest.param(
            "Record ID,Email,Contact owner,First Name,Last Name,Unsubscribed from all email,"
            "Opted out of email: Marketing Information,Email hard bounce reason\n"
            "1,al@x.example,T,A,N,,,\n2,bo@x.example,T,B,S,,true,\n"
            "3,cy@x.example,T,C,O,,,Unknown user\n",
            [("BO", "email", "withdrawn", ""), ("CY", "email", "bounced", "")],
            id="refusals beside those that a known program is known for",
        ),
    ],
)  # fmt: skip
def test_a_newsletter_tool_s_list_is_right_the_first_time(
    known: Book, tmp_path: Path, text: str, found: list[tuple[str, str, str, str]]
) -> None:
    path = write(tmp_path, text)
    assert bring(known, "consents", path).rejected == 0
    assert sorted(told(known)) == sorted(found)
    assert bring(known, "consents", path, again=True).updated == 0
    assert sorted(told(known)) == sorted(found)


@pytest.mark.parametrize(
    "said",
    [
        ("Kein Newsletter", "ja", "email withdrawn"), ("Kein Newsletter", "✓", "email withdrawn"),
        ("E-Mail-Opt-out", "true", "email withdrawn"), ("DESABONNE", "Oui", "email withdrawn"),
        ("Email Address Is Opted Out", "1", "email withdrawn"),
        ("Widerrufen am", "13.05.2026", "email withdrawn"),
        ("Werbesperre", "ja", "email objected"), ("Keine Werbung", "x", "email objected"),
        ("Do not contact", "yes", "email objected"), ("Opt-out", "2026-05-01", "email objected"),
        ("Kein Werbeanruf", "ja", "phone withdrawn"), ("Telefonsperre", "X", "phone withdrawn"),
        ("Keine SMS", "ja", "sms withdrawn"), ("Keine Briefe", "ja", "post withdrawn"),
        ("Do not allow Mails", "Do Not Allow", "post withdrawn"),
        ("Email Bounced Reason", "550 unknown", "email bounced"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["customers", "contacts"])
def test_a_refusal_is_taken_by_what_its_header_says(
    known: Book, tmp_path: Path, kind: str, said: tuple[str, str, str]
) -> None:
    header, cell, found = said
    text = f"Kundennummer;E-Mail;{header}\nAL;al@x.example;{cell}\nBO;bo@x.example;\n"
    path = write(tmp_path, text)
    bring(known, kind, path)
    assert [each[:3] for each in told(known)] == [("AL", *found.split())]
    assert bring(known, kind, path, again=True).consents == {}


@pytest.mark.parametrize(
    "cell", ["nein", "no", "0", "false", "Non", "✗", "Allow", "k.A.", "-", "0000-00-00"]
)
def test_a_no_under_a_refusal_refuses_nothing(known: Book, tmp_path: Path, cell: str) -> None:
    text = f"Kundennummer;E-Mail;Werbesperre;Kein Newsletter\nAL;al@x.example;{cell};{cell}\n"
    bring(known, "customers", write(tmp_path, text))
    assert told(known) == []


def test_what_bounced_and_was_refused_is_told_once_however_often_it_comes(
    known: Book, tmp_path: Path
) -> None:
    text = "Kundennummer;E-Mail;Email Opt Out;Email Bounced Reason\nAL;al@x.example;1;550\n"
    path = write(tmp_path, text)
    bring(known, "customers", path)
    before = rows(known, "SELECT count(*) FROM consent_events")
    again = bring(known, "customers", path, again=True)
    assert (again.unchanged, rows(known, "SELECT count(*) FROM consent_events")) == (1, before)


@pytest.mark.parametrize(
    ("said", "event"),
    [
        *(("✓", "granted"), ("on", "granted"), ("Oui", "granted"), ("SOI", "granted")),
        *(("DOI confirmed", "confirmed"), ("Double Opt-in bestätigt", "confirmed")),
        *(("nee", "withdrawn"), ("off", "withdrawn"), ("nicht gewünscht", "withdrawn")),
        *(("nicht erteilt", "withdrawn"), ("ingetrokken", "withdrawn"), ("✘", "withdrawn")),
        *(("k.A.", ""), ("DOI pending", ""), ("offen", ""), ("unbekannt", "")),
    ],
)
def test_more_words_of_what_was_allowed(known: Book, tmp_path: Path, said: str, event: str) -> None:
    text = f"Kundennummer;E-Mail;Newsletter\nAL;al@x.example;{said}\n"
    bring(known, "customers", write(tmp_path, text))
    assert [each[2] for each in told(known)] == [event] * bool(event)


def test_the_rows_of_a_ledger_may_name_several_channels_and_their_end(
    known: Book, tmp_path: Path
) -> None:
    text = (
        "Kundennummer;Kanal;Zweck;Einwilligung;Erteilt am;Widerrufen am\n"
        "AL;E-Mail und Telefon;Werbung;ja;13.03.2026;\nBO;E-Mail;Werbung;ja;13.03.2024;14.04.2025\n"
        "CY;alle Kanäle;Werbung;widerrufen;13.03.2026;\n"
    )
    assert bring(known, "consents", write(tmp_path, text)).rejected == 0
    assert told(known) == [
        ("AL", "email", "granted", "2026-03-13"), ("AL", "phone", "granted", "2026-03-13"),
        ("BO", "email", "granted", "2024-03-13"), ("BO", "email", "withdrawn", "2025-04-14"),
        *(("CY", each, "withdrawn", "2026-03-13") for each in ("email", "phone", "sms", "post")),
    ]  # fmt: skip


def test_nobody_allows_every_channel_at_once(known: Book, tmp_path: Path) -> None:
    text = "Kundennummer;Kanal;Einwilligung;Datum\nAL;alle;ja;13.03.2026\n"
    assert bring(known, "consents", write(tmp_path, text)).reasons == {"bad_channel": 1}


def test_a_newsletter_among_the_channels_is_a_purpose_too(known: Book, tmp_path: Path) -> None:
    text = "Kundennummer;Kanal;Einwilligung;Datum\nAL;Newsletter;ja;13.03.2026\n"
    bring(known, "consents", write(tmp_path, text))
    assert why(known) is ConsentCode.OTHER_PURPOSE


@pytest.mark.parametrize(
    ("said", "at"),
    [
        *(("2026-07-01 10:00 MESZ", "2026-07-01T08:00:00Z"),),
        *(("2026-01-13 10:00:00 CET", "2026-01-13T09:00:00Z"),),
        *(("2026-01-13 10:00 EST", "2026-01-13T15:00:00Z"),),
        *(("2026-01-13 10:00 UTC+02:00", "2026-01-13T08:00:00Z"),),
        # Several zones bear these letters: only the day is sure.
        *(("2026-01-13 10:00 IST", "2026-01-13"),),
    ],
)
def test_zones_by_their_letters(known: Book, tmp_path: Path, said: str, at: str) -> None:
    text = f"customer_number,channel,event,at\nAL,email,granted,{said}\n"
    bring(known, "consents", write(tmp_path, text))
    assert told(known) == [("AL", "email", "granted", at)]


def test_a_list_of_refusals_that_says_no_channel_is_asked_about(
    known: Book, tmp_path: Path
) -> None:
    text = "E-Mail;Grund;gesperrt am\nal@x.example;Abmeldung;13.03.2026\n"
    with pytest.raises(BadInputError, match="no column was recognised as channel, event"):
        bring(known, "consents", write(tmp_path, text))


def test_the_summary_says_that_a_newsletter_is_only_that(known: Book, tmp_path: Path) -> None:
    text = "Kundennummer;Newsletter\nAL;ja\n"
    (said,) = bring(known, "customers", write(tmp_path, text, "own.csv")).choices
    assert readings.chosen(**said) == (
        "“Newsletter”: consent to a newsletter opens the newsletter, and nothing else."
    )
    text = (
        "Email Address,OPTIN_TIME,CONFIRM_TIME,UNSUB_TIME,LEID\n"
        "al@x.example,2024-01-01 10:00:00,2024-01-01 10:05:00,2026-05-01 08:00:00,1\n"
    )
    (said,) = bring(known, "consents", write(tmp_path, text, "tool.csv")).choices
    assert readings.chosen(**said).endswith(
        "who left it has left the newsletter, and may have allowed or refused other mail."
    )
    assert why(known) is not ConsentCode.CONSENT


def test_when_somebody_joined_a_club_is_no_consent(known: Book, tmp_path: Path) -> None:
    text = "Mitgliedsnummer;Name;E-Mail;Anmeldedatum\nAL;Al;al@x.example;13.03.2026\n"
    with pytest.raises(BadInputError, match="no column was recognised as channel, event"):
        bring(known, "consents", write(tmp_path, text))
    bring(known, "customers", write(tmp_path, text))
    assert told(known) == []


def test_a_cell_that_reads_like_a_header_is_none(known: Book, tmp_path: Path) -> None:
    text = "Kundennummer;Kanal;Einwilligung\nAL;Telefon;Opt-out\nBO;Telefon;abgelehnt\n"
    assert bring(known, "customers", write(tmp_path, text)).read == 2
