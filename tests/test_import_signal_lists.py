"""Signals from help desks, surveys, mailing tools and lists of one kind of thing."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.kinds import bring, rows, write
from winback_tui.book.connection import Book
from winback_tui.errors import BadInputError


@pytest.fixture
def filled(book: Book, tmp_path: Path) -> Book:
    text = "number,name,email\nK1,Nord AG,a@nord.example\nK2,Süd AG,b@sued.example\n"
    bring(book, "customers", write(tmp_path, text, "k.csv"))
    return book


def signals(book: Book) -> list[tuple[str, str, str, float | None]]:
    """Return customer, kind, day and value of each signal."""
    found = rows(
        book,
        "SELECT c.number, kind, day, value FROM signals s JOIN customers c ON c.id = s.customer_id"
        " ORDER BY s.id",
    )
    start = date(1970, 1, 1)
    return [(who, kind, f"{start + timedelta(day)}", value) for who, kind, day, value in found]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param(
            "Ticket ID,Subject,Status,Type,Created time,Due by Time,Email\n"
            "55,x,Open,Incident,2026-11-02 08:15:00,2026-11-03 08:15:00,a@nord.example\n",
            [("K1", "incident", "2026-11-02", None)],
            id="help desk",
        ),
        pytest.param(
            "Ticketnummer;Alter;Erstellt;Status;Betreff;KundenNr;Typ\n"
            "2026110210000011;26 d;02.11.2026 08:15:00;offen;x;K1;Beschwerde\n",
            [("K1", "complaint", "2026-11-02", None)],
            id="German help desk",
        ),
        pytest.param(
            "Case Number,Account Name,Contact Email,Type,Date/Time Opened,Date/Time Closed\n"
            "00001026,Nord AG,a@nord.example,Problem,10/15/2026 10:00 AM,\n",
            [("K1", "problem", "2026-10-15", None)],
            id="cases",
        ),
        pytest.param(
            "customer_id;event_type;event_time;seats\nK1;login;2026-10-01 10:00:00;3\n"
            "K1;login;2026-10-01 11:00:00;3\n",
            [("K1", "login", "2026-10-01", None)] * 2,
            id="usage",
        ),
        pytest.param(
            '{"customerId":"K1","type":"nps","createdAt":"2026-10-02T10:00:00Z","score":9}\n',
            [("K1", "nps", "2026-10-02", 9.0)],
            id="names in one word",
        ),
        pytest.param(
            "Klantnummer;Soort;Datum\nK1;Klacht;01-10-2026\nK2;Opzegging;13-10-2026\n",
            [("K1", "complaint", "2026-10-01", None), ("K2", "notice_given", "2026-10-13", None)],
            id="Dutch",
        ),
    ],
)
def test_a_list_of_signals_is_right_the_first_time(
    filled: Book, tmp_path: Path, text: str, found: list[tuple[str, str, str, float | None]]
) -> None:
    path = write(tmp_path, text, "list.jsonl" if text.startswith("{") else "list.csv")
    assert bring(filled, "signals", path).rejected == 0
    assert signals(filled) == found
    assert bring(filled, "signals", path, again=True).created == 0
    assert signals(filled) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param(
            "Kundennummer;NPS-Wert;Kommentar;Befragungsdatum\nK1;3;zu langsam;13.10.2026\n",
            ("K1", "nps", "2026-10-13", 3.0),
            id="NPS",
        ),
        pytest.param(
            "#,How likely are you to recommend us?,Why?,Email,Submit Date (UTC)\n"
            "x1,3,too slow,a@nord.example,2026-10-13 10:02:00\n",
            ("K1", "nps", "2026-10-13", 3.0),
            id="survey",
        ),
        pytest.param(
            "Debitor;Mahnstufe;Mahndatum;Belegnummer\nK1;2;13.10.2026;R-1\n",
            ("K1", "payment_overdue", "2026-10-13", None),
            id="reminders",
        ),
        pytest.param(
            "Kunde;Kündigung eingegangen am;Grund\nNord AG;13.10.2026;Preis\n",
            ("K1", "notice_given", "2026-10-13", None),
            id="notices",
        ),
        pytest.param(
            "Reklamationsnr;Kundennr;Datum;Artikel\nRK1;K1;13.10.2026;A1\n",
            ("K1", "complaint", "2026-10-13", None),
            id="complaints",
        ),
    ],
)
def test_a_list_of_one_kind_of_thing_needs_no_column_for_it_and_says_what_it_took(
    filled: Book, tmp_path: Path, text: str, found: tuple[str, str, str, float | None]
) -> None:
    file = bring(filled, "signals", write(tmp_path, text))
    assert signals(filled) == [found]
    assert any(field == f"signal:{found[1]}" for field in file.mapping)


def test_who_did_not_answer_a_survey_gave_no_score(filled: Book, tmp_path: Path) -> None:
    text = "E-Mail;NPS;Datum\na@nord.example;3;13.10.2026\nb@sued.example;;14.10.2026\n"
    file = bring(filled, "signals", write(tmp_path, text))
    assert signals(filled) == [("K1", "nps", "2026-10-13", 3.0)]
    assert file.reasons == {"no_signal": 1}


@pytest.mark.parametrize("none", ["0", "keine", ""])
def test_who_was_not_reminded_is_not_overdue(filled: Book, tmp_path: Path, none: str) -> None:
    text = f"Kundennummer;Datum;Mahnstufe\nK1;13.10.2026;2\nK2;13.10.2026;{none}\n"
    file = bring(filled, "signals", write(tmp_path, text))
    assert signals(filled) == [("K1", "payment_overdue", "2026-10-13", None)]
    assert file.rejected == 1


def test_of_what_kind_all_rows_are_can_be_said(filled: Book, tmp_path: Path) -> None:
    path = write(tmp_path, "Kundennummer;Tag;Notiz\nK1;13.10.2026;x\n")
    with pytest.raises(BadInputError, match="signal:KIND where all rows are of one"):
        bring(filled, "signals", path)
    bring(filled, "signals", path, mapping=(("Notiz", "signal:complaint"),))
    assert signals(filled) == [("K1", "complaint", "2026-10-13", None)]


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        *(("Kündigung erhalten", "notice_given"), ("Résiliation", "notice_given")),
        *(("Mahnung 2", "payment_overdue"), ("Zahlungserinnerung", "payment_overdue")),
        *(("Rücklastschrift", "payment_overdue"), ("invoice.payment_failed", "payment_overdue")),
        *(("Beschwerden", "complaint"), ("Réclamation", "complaint")),
        *(("Ansprechpartner ausgeschieden", "contact_left"), ("click", "email_clicked")),
        *(("E-Mail geöffnet", "email_opened"), ("hard_bounced", "bounce")),
        # These say something else.
        ("Kündigung zurückgenommen", "kuendigung_zurueckgenommen"),
        ("Kündigung per Mail angedroht", "kuendigung_per_mail_angedroht"),
        ("Kündigungsfrist verpasst", "kuendigungsfrist_verpasst"),
        ("Complaint resolved", "complaint_resolved"),
        ("complained", "complained"),
        ("Reminder", "reminder"),
    ],
)
def test_more_words_for_what_a_rule_knows(
    filled: Book, tmp_path: Path, said: str, kind: str
) -> None:
    text = f"Kundennummer;Ereignis;Datum\nK1;{said};13.10.2026\n"
    bring(filled, "signals", write(tmp_path, text))
    assert signals(filled) == [("K1", kind, "2026-10-13", None)]


def test_who_called_a_mail_spam_objects_to_advertising(filled: Book, tmp_path: Path) -> None:
    text = (
        "recipient,event,timestamp\na@nord.example,opened,2026-10-01 10:00\n"
        "b@sued.example,complained,2026-10-03 10:00\n"
    )
    bring(filled, "signals", write(tmp_path, text))
    assert signals(filled)[1] == ("K2", "spam_complaint", "2026-10-03", None)
    assert rows(filled, "SELECT customer_id, channel, event, at FROM consent_events") == [
        (2, "email", "objected", "2026-10-03")
    ]


def test_the_day_of_a_notice_is_the_one_under_its_header(filled: Book, tmp_path: Path) -> None:
    text = (
        "Kundennummer;Angelegt am;Erstellt am;Gekündigt am\nK1;01.02.2020;01.02.2020;13.10.2026\n"
        "K2;01.02.2020;01.02.2020;\n"
    )
    file = bring(filled, "signals", write(tmp_path, text))
    assert signals(filled) == [("K1", "notice_given", "2026-10-13", None)]
    assert file.rejected == 1


def test_orders_that_were_called_off_are_no_notices(filled: Book, tmp_path: Path) -> None:
    text = "order_id,customer_id,created_at,cancelled_at\n1,K1,2026-10-01,2026-10-02\n"
    with pytest.raises(BadInputError, match="no column was recognised as signal"):
        bring(filled, "signals", write(tmp_path, text))


def test_seconds_since_1970_are_days_of_signals_too(filled: Book, tmp_path: Path) -> None:
    text = "email,event,timestamp\na@nord.example,open,1790848800\n"
    bring(filled, "signals", write(tmp_path, text))
    assert signals(filled) == [("K1", "email_opened", "2026-10-01", None)]


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("Preisanfrage", "inquiry"), ("Sales enquiry", "inquiry"), ("Messebesuch", "visit"),
        # May be one for help, and a refusal of a visit: kept as they are.
        ("Anfrage", "anfrage"), ("Besuch abgesagt", "besuch_abgesagt"),
    ],
)  # fmt: skip
def test_inquiries_and_visits_are_known_by_more_words(
    filled: Book, tmp_path: Path, word: str, kind: str
) -> None:
    text = f"Kundennr;Art;Datum\nK1;{word};12.11.2026\n"
    bring(filled, "signals", write(tmp_path, text))
    assert signals(filled) == [("K1", kind, "2026-11-12", None)]
