"""Each program's files of customers and people, with that program's own traps."""

from pathlib import Path

import pytest

from tests.kinds import bring, counts, dump, fixture, rows, write
from winback_tui.book.connection import Book
from winback_tui.errors import BadInputError

#: Fixture, preset, and how many customers, people and addresses it brings.
FILES = (
    ("shopify_customers", "shopify_customers", (3, 1, 5)),
    ("hubspot_contacts", "hubspot_contacts", (2, 2, 4)),
    ("hubspot_companies", "hubspot_companies", (2, 0, 1)),
    ("salesforce_leads", "salesforce_leads", (1, 2, 4)),
    ("pipedrive_persons", "pipedrive_persons", (1, 2, 6)),
    ("pipedrive_organisations", "pipedrive_organisations", (1, 0, 0)),
    ("mailchimp", "mailchimp", (2, 0, 2)),
    ("klaviyo", "klaviyo", (2, 0, 3)),
    ("brevo", "brevo", (2, 0, 3)),
    ("datev_debitoren", "datev_debtors", (2, 0, 3)),
    ("german", "auto", (3, 1, 6)),
)


@pytest.mark.parametrize(("name", "preset", "brought"), FILES)
def test_a_program_is_known_by_its_columns_and_importing_twice_adds_nothing(
    book: Book, name: str, preset: str, brought: tuple[int, int, int]
) -> None:
    file = bring(book, "customers", fixture(name))
    assert file.preset == preset
    tables = ("customers", "contacts", "contact_points")
    assert tuple(rows(book, f"SELECT count(*) FROM {each}")[0][0] for each in tables) == brought
    before = list(book.connection.iterdump())
    again = bring(book, "customers", fixture(name))
    assert (again.created, again.updated, again.batch) == (0, 0, None)
    assert list(book.connection.iterdump()) == before


@pytest.mark.parametrize("name", [name for name, _, _ in FILES])
def test_a_dry_run_tells_what_the_import_then_does(book: Book, name: str) -> None:
    before = list(book.connection.iterdump())
    dry = bring(book, "customers", fixture(name), dry_run=True)
    assert list(book.connection.iterdump()) == before
    done = bring(book, "customers", fixture(name))
    assert dry == done._replace(batch=None)


def test_shopify_writes_an_apostrophe_before_ids_phones_and_zips(book: Book) -> None:
    file = bring(book, "customers", fixture("shopify_customers"))
    assert rows(book, "SELECT number, name, zip FROM customers") == [
        ("shopify-7201001", "Ida Brandt", "01067"),
        ("shopify-7201002", "Okafor Catering Ltd", "LS1 4AP"),
        ("shopify-7201003", "", None),
    ]
    phones = rows(book, "SELECT value FROM contact_points WHERE channel = 'phone'")
    assert phones == [("+4915112345678",), ("+441134960000",)]
    # Its yes has no time, so it is kept and raises nothing; its no is of people never asked.
    assert file.consents == {"email granted without a time": 2}
    assert rows(book, "SELECT DISTINCT precision, purpose FROM consent_events") == [
        ("unknown", "newsletter")
    ]


def test_hubspot_mixes_iso_and_us_dates_and_joins_ids(book: Book) -> None:
    bring(book, "customers", fixture("hubspot_companies"))
    assert rows(book, "SELECT name, value FROM customer_attributes") == [
        ("customer_since", "2023-05-01"),
        ("customer_since", "2023-12-31"),
    ]
    file = bring(book, "contacts", fixture("hubspot_contacts"))
    assert counts(file) == {"read": 3, "created": 2, "rejected": 1}
    assert file.reasons == {"unknown_customer": 1}
    # 9001;9002: the person is at both.
    assert rows(book, "SELECT customer_id, name FROM contacts ORDER BY 2, 1") == [
        (1, "Mara Lindt"),
        (2, "Mara Lindt"),
        (1, "Ole Lindt"),
    ]
    # Who is out of all e-mail is out for every advertising purpose; that is one refusal.
    assert file.consents == {"email withdrawn without a time": 1}
    purposes = rows(book, "SELECT purpose FROM consent_events ORDER BY 1")
    assert purposes == [("newsletter",), ("similar_goods",), ("winback",)]


def test_salesforce_people_share_a_company_by_name(book: Book) -> None:
    bring(book, "customers", fixture("salesforce_leads"))
    assert rows(book, "SELECT number, name, street, party_kind FROM customers") == [
        ("Reed & Sons", "Reed & Sons", "1 Bay St", "business")
    ]
    assert rows(book, "SELECT name, role FROM contacts") == [
        ("Ann Reed", "Owner"),
        ("Bo Reed", "Clerk"),
    ]
    assert ("+14155552671",) in rows(book, "SELECT value FROM contact_points")
    # Do not call: of her number, not of his.
    stopped = "SELECT DISTINCT value FROM consent_events e JOIN contact_points p"
    assert rows(book, f"{stopped} ON p.id = contact_point_id") == [("+14155552671",)]


def test_pipedrive_in_german_with_several_addresses_in_a_cell(book: Book) -> None:
    bring(book, "customers", fixture("pipedrive_organisations"))
    bring(book, "customers", fixture("pipedrive_persons"))
    assert rows(book, "SELECT number, name, owner FROM customers") == [
        ("pipedrive-71", "Weiß Metallbau", "Kim")
    ]
    own = "SELECT value FROM contact_points JOIN contacts c ON c.id = contact_id WHERE name = "
    assert {value for (value,) in rows(book, f"{own}'Jörg Weiß'")} == {
        *("joerg@weiss.example", "j.weiss@weiss.example", "jw@home.example"),
        *("+49351555123", "+491715551234"),
    }


def test_mailchimp_times_become_consents(book: Book) -> None:
    bring(book, "customers", fixture("mailchimp"))
    found = "SELECT event, at, precision, zone, source, source_reference FROM consent_events"
    said = ("second", "UTC", "Mailchimp audience")
    assert rows(book, f"{found} WHERE customer_id = 1") == [
        ("granted", "2024-02-01T09:15:00Z", *said, "881"),
        ("confirmed", "2024-02-01T09:20:31Z", *said, "881"),
    ]


def test_klaviyo_states_and_their_zones(book: Book) -> None:
    bring(book, "customers", fixture("klaviyo"))
    found = "SELECT channel, event, at, zone FROM consent_events WHERE precision <> 'unknown'"
    assert rows(book, found) == [
        ("email", "granted", "2024-02-01T08:15:00Z", "+01:00"),
        ("email", "withdrawn", "2025-07-01T03:30:00Z", "-05:00"),
    ]


def test_brevo_days_come_first_and_phones_lack_their_plus(book: Book) -> None:
    bring(book, "customers", fixture("brevo"))
    assert rows(book, "SELECT value FROM customer_attributes") == [("2025-12-16",), ("2025-12-03",)]
    assert ("+4915112345678",) in rows(book, "SELECT value FROM contact_points")
    # Being added to a list is no consent; saying so is up to whoever imports.
    with pytest.raises(BadInputError, match="recognised as channel, event"):
        bring(book, "consents", fixture("brevo"))
    chosen = (("ADDED_TIME", "email_consent_at"),)
    file = bring(book, "consents", fixture("brevo"), mapping=chosen)
    assert file.consents == {"email granted": 2}


def test_datev_customers_are_the_accounts_10000_to_69999(book: Book, tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    file = bring(book, "customers", fixture("datev_debitoren"), rejects=bad)
    assert (file.encoding, file.reasons) == ("Windows-1252", {"no_debtor": 1})
    assert "70001;Lieferant KG" in bad.read_text()
    assert rows(book, "SELECT number, name, street, party_kind, vat_id FROM customers") == [
        ("10001", "Bäckerei Grün & Söhne GmbH", "Mühlgäßchen 1", "business", "DE136695976"),
        ("10002", "Änne Schröder", "Am Weg 2", "unknown", None),
    ]


def test_german_headers_prove_no_program(book: Book) -> None:
    file = bring(book, "customers", fixture("german"))
    assert file.mapping["number"] == "Kundennummer"
    assert file.columns_without_a_home == ("Rabattsatz",)
    assert file.mappable == ("Rabattsatz=attribute:Rabattsatz",)
    phones = "SELECT number, value FROM contact_points JOIN customers c ON c.id = customer_id"
    assert rows(book, f"{phones} WHERE channel = 'phone'") == [
        ("K-100", "+49351123456"),
        ("K-100", "+491711234567"),
        ("K-101", "+4315123456"),
    ]


def test_columns_become_attributes_only_when_told(book: Book) -> None:
    chosen = (("Rabattsatz", "attribute:discount"),)
    bring(book, "customers", fixture("german"), mapping=chosen)
    assert rows(book, "SELECT customer_id, name, value FROM customer_attributes") == [
        (1, "discount", "5"),
        (3, "discount", "0"),
    ]


def test_a_preset_that_does_not_fit_is_refused(book: Book, tmp_path: Path) -> None:
    before = dump(book)
    with pytest.raises(BadInputError, match="is not a file of Mailchimp audience"):
        bring(book, "customers", fixture("german"), preset="mailchimp")
    with pytest.raises(BadInputError, match="no preset “sap”"):
        bring(book, "customers", fixture("german"), preset="sap")
    with pytest.raises(BadInputError, match="no column was recognised as number"):
        bring(book, "customers", write(tmp_path, "a;b\n1;2\n"))
    assert dump(book) == before
