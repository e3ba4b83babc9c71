"""Programs whose files of customers and people are known by their distinctive columns."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from winback_tui.errors import BadInputError
from winback_tui.intake.fields import normal
from winback_tui.intake.kinds.fields import Column, What


class PeoplePreset(NamedTuple):
    """The files of one program.

    Headers stand as `normal` writes them; alternatives with a bar between, and a star for any
    ending. Every mark of one of the `editions` must be there. `purpose` is what its consents are
    for, `zone` the zone of clock times without one. `by_name`: its people name their company, and
    nothing tells the company more exactly. `accounts`: customers are the accounts 10000 to 69999.
    `plus`: phones begin with the country's code, and lack the plus. `party` is what those who are
    named as companies are.
    """

    name: str
    title: str
    editions: tuple[tuple[str, ...], ...]
    columns: Mapping[str, What]
    source: str
    purpose: str = "newsletter"
    zone: str = "UTC"
    by_name: bool = False
    accounts: bool = False
    plus: bool = False
    party: str = ""
    #: A tool for mailing people: their names are no company's.
    people: bool = False
    #: Headers that this program's files never have, and another's like them do.
    unless: tuple[str, ...] = ()


SHOPIFY: Final = PeoplePreset(
    name="shopify_customers",
    title="Shopify customers",
    editions=(
        ("customer_id", "accepts_email_marketing", "first_name"),
        ("first_name", "accepts_marketing|accepts_email_marketing", "total_spent", "total_orders"),
    ),
    columns={
        "customer_id": What.ID,
        "first_name": What.FIRST_NAME,
        "last_name": What.LAST_NAME,
        "email": What.EMAIL,
        "accepts_email_marketing|accepts_marketing": What.EMAIL_CONSENT,
        "default_address_company|company": What.NAME,
        "default_address_address1|address1": What.STREET,
        "default_address_city|city": What.CITY,
        "default_address_country_code|country_code|country": What.COUNTRY,
        "default_address_zip|zip": What.ZIP,
        "phone": What.PHONE,
        "default_address_phone": What.PHONE,
        "accepts_sms_marketing": What.SMS_CONSENT,
    },
    source="shopify",
)
HUBSPOT_CONTACTS: Final = PeoplePreset(
    name="hubspot_contacts",
    title="HubSpot contacts",
    editions=(
        ("record_id", "first_name", "last_name", "contact_owner|associated_company*|lead_status"),
    ),
    columns={
        "record_id": What.CONTACT_ID,
        "first_name": What.FIRST_NAME,
        "last_name": What.LAST_NAME,
        "email": What.EMAIL,
        "additional_email_addresses": What.EMAIL,
        "phone_number": What.PHONE,
        "mobile_phone_number": What.PHONE,
        "job_title": What.ROLE,
        "associated_company_ids*|associated_company_id*": What.ID,
        "associated_company|company_name": What.NAME,
        "contact_owner": What.OWNER,
        "industry": What.INDUSTRY,
        "street_address": What.STREET,
        "postal_code": What.ZIP,
        "city": What.CITY,
        "country_region": What.COUNTRY,
        "unsubscribed_from_all_email": What.EMAIL_OPT_OUT,
    },
    source="hubspot",
    by_name=True,
    party="business",
    unless=("contact_owner_id", "account_name"),
)
HUBSPOT_COMPANIES: Final = PeoplePreset(
    name="hubspot_companies",
    title="HubSpot companies",
    editions=(("record_id", "company_name", "company_owner|website_url|company_domain_name"),),
    columns={
        "record_id": What.ID,
        "company_name": What.NAME,
        "company_owner": What.OWNER,
        "phone_number": What.PHONE,
        "industry": What.INDUSTRY,
        "street_address": What.STREET,
        "postal_code": What.ZIP,
        "city": What.CITY,
        "country_region": What.COUNTRY,
        "create_date": What.SINCE,
    },
    source="hubspot",
    party="business",
)
SALESFORCE: Final = PeoplePreset(
    name="salesforce_leads",
    title="Salesforce leads",
    editions=(
        ("lead_id", "first_name", "last_name", "company"),
        ("first_name", "last_name", "company", "lead_source|lead_status"),
    ),
    columns={
        "lead_id": What.CONTACT_ID,
        "first_name": What.FIRST_NAME,
        "last_name": What.LAST_NAME,
        "company": What.NAME,
        "title": What.ROLE,
        "email": What.EMAIL,
        "phone": What.PHONE,
        "mobile|mobile_phone": What.PHONE,
        "lead_owner": What.OWNER,
        "industry": What.INDUSTRY,
        "street": What.STREET,
        "city": What.CITY,
        "zip_postal_code|zip|postal_code|zip_code": What.ZIP,
        "country": What.COUNTRY,
        "create_date|created_date": What.SINCE,
        "do_not_call": What.PHONE_OPT_OUT,
        "email_opt_out|has_opted_out_of_email": What.EMAIL_OPT_OUT,
    },
    source="salesforce",
    by_name=True,
    party="business",
)
PIPEDRIVE_PERSONS: Final = PeoplePreset(
    name="pipedrive_persons",
    title="Pipedrive persons",
    editions=(
        (
            "person_name|persona_nombre|personne_nom",
            "person_email*|person_e_mail*|person_phone*|person_telefon*|persona_correo*"
            "|personne_e_mail*|person_organization|person_organisation|organization_name"
            "|organisation_name|person_id",
        ),
    ),
    columns={
        "person_id|persona_id|personne_id": What.CONTACT_ID,
        "person_name|persona_nombre|personne_nom": What.PERSON,
        "person_email*|person_e_mail*|persona_correo*|personne_e_mail*": What.EMAIL,
        "person_phone*|person_telefon*|persona_telefono*|personne_telephone*": What.PHONE,
        "organization_id|organisation_id|person_organization_id": What.ID,
        "organization_name|organisation_name|person_organization|person_organisation"
        "|organizacion_nombre": What.NAME,
        "person_owner|person_besitzer": What.OWNER,
        "person_job_title|person_position": What.ROLE,
    },
    source="pipedrive",
    by_name=True,
    party="business",
)
PIPEDRIVE_ORGANISATIONS: Final = PeoplePreset(
    name="pipedrive_organisations",
    title="Pipedrive organisations",
    editions=(
        (
            "organization_name|organisation_name|organizacion_nombre",
            "organization_owner|organisation_besitzer|organization_address*|organisation_adresse*"
            "|organization_id|organisation_id|organization_people|organisation_personen",
        ),
    ),
    columns={
        "organization_id|organisation_id": What.ID,
        "organization_name|organisation_name|organizacion_nombre": What.NAME,
        "organization_owner|organisation_besitzer": What.OWNER,
        "organization_street*|organization_address|organisation_adresse": What.STREET,
        "organization_zip*|organization_address_zip*|organisation_postleitzahl*": What.ZIP,
        "organization_city*|organisation_stadt*|organisation_ort*": What.CITY,
        "organization_country*|organisation_land*": What.COUNTRY,
        "organization_label|organisation_label*|organisation_beschriftung*": What.SEGMENT,
    },
    source="pipedrive",
    by_name=True,
    party="business",
)
MAILCHIMP: Final = PeoplePreset(
    name="mailchimp",
    title="Mailchimp audience",
    editions=(
        (
            "email_address|e_mail_adresse|adresse_e_mail|e_mailadres|direccion_de_correo*",
            "optin_time",
            "confirm_time|leid|euid|member_rating",
        ),
    ),
    columns={
        "email_address|e_mail_adresse|adresse_e_mail|e_mailadres|direccion_de_correo*": What.EMAIL,
        "first_name|vorname|prenom|voornaam|nombre": What.FIRST_NAME,
        "last_name|nachname|nom|achternaam|apellidos": What.LAST_NAME,
        "phone_number|phone": What.PHONE,
        "optin_time": What.EMAIL_CONSENT_AT,
        "confirm_time": What.EMAIL_CONFIRMED_AT,
        "unsub_time": What.EMAIL_WITHDRAWN_AT,
        "clean_time": What.EMAIL_BOUNCED_AT,
        "leid": What.REFERENCE,
    },
    source="mailchimp",
    people=True,
)
KLAVIYO: Final = PeoplePreset(
    name="klaviyo",
    title="Klaviyo profiles",
    editions=(("email", "email_marketing_consent"),),
    columns={
        "klaviyo_id": What.REFERENCE,
        "email": What.EMAIL,
        "first_name": What.FIRST_NAME,
        "last_name": What.LAST_NAME,
        "organization": What.NAME,
        "title": What.ROLE,
        "phone_number": What.PHONE,
        "city": What.CITY,
        "zip_code|zip": What.ZIP,
        "country": What.COUNTRY,
        "email_marketing_consent": What.EMAIL_CONSENT,
        "email_marketing_consent_timestamp": What.EMAIL_CONSENT_AT,
        "sms_marketing_consent": What.SMS_CONSENT,
        "sms_marketing_consent_timestamp": What.SMS_CONSENT_AT,
        "email_suppressions|email_suppression|email_suppressed|suppressed": What.EMAIL_SUPPRESSION,
    },
    source="klaviyo",
    people=True,
)
BREVO: Final = PeoplePreset(
    name="brevo",
    title="Brevo contacts",
    editions=(("email", "added_time"),),
    columns={
        "email": What.EMAIL,
        "firstname|vorname|prenom": What.FIRST_NAME,
        "lastname|nachname|nom": What.LAST_NAME,
        "sms|phone|landline_number": What.PHONE,
        "added_time": What.SINCE,
        "email_blacklisted|email_blocklisted|blocklisted|blacklisted|email_blacklist"
        "|email_blocklist|emailblacklisted|blacklist|blocklist|e_mail_blacklisted"
        "|unsubscribed|email_unsubscribed": What.EMAIL_OPT_OUT,
        "sms_blacklisted|sms_blocklisted|sms_blacklist|sms_unsubscribed": What.SMS_OPT_OUT,
    },
    source="brevo",
    people=True,
    plus=True,
)
DATEV: Final = PeoplePreset(
    name="datev_debtors",
    title="DATEV Debitoren/Kreditoren",
    editions=(("konto", "name_adressattyp_unternehmen"),),
    columns={
        "konto": What.NUMBER,
        "name_adressattyp_unternehmen": What.NAME,
        "name_adressattyp_natuerl_person|name_adressattyp_natuerliche_person": What.LAST_NAME,
        "vorname_adressattyp_natuerl_person|vorname_adressattyp_natuerliche_person":
            What.FIRST_NAME,
        "eu_land|eu_mitgliedstaat": What.VAT_COUNTRY,
        "eu_ustid|eu_ust_idnr": What.VAT_ID,
        "strasse": What.STREET,
        "postleitzahl": What.ZIP,
        "ort": What.CITY,
        "land": What.COUNTRY,
        "telefon": What.PHONE,
        "e_mail": What.EMAIL,
    },
    source="",
    accounts=True,
)  # fmt: skip

PRESETS: Final = (
    *(SHOPIFY, HUBSPOT_CONTACTS, HUBSPOT_COMPANIES, SALESFORCE, PIPEDRIVE_PERSONS),
    *(PIPEDRIVE_ORGANISATIONS, MAILCHIMP, KLAVIYO, BREVO, DATEV),
)


def recognise(columns: Sequence[str]) -> PeoplePreset | None:
    """Return the first preset whose distinctive columns are all among `columns`, or None."""
    return next((each for each in PRESETS if known(each, columns)), None)


def known(preset: PeoplePreset, columns: Sequence[str]) -> bool:
    """Return whether the columns are those of the preset's program."""
    names = [normal(column) for column in columns]
    if any(name in preset.unless for name in names):
        return False
    return any(
        all(any(_is(name, mark) for name in names) for mark in marks) for marks in preset.editions
    )


def mapped(preset: PeoplePreset, columns: Sequence[str]) -> list[Column]:
    """Return which of `columns` hold which of the preset's fields.

    Where alternatives are there, the first of them in the preset's order is taken; stars take all.
    """
    found: list[Column] = []
    for header, what in preset.columns.items():
        taken = {each.column for each in found}
        for mark in header.split("|"):
            hits = [c for c in columns if _is(normal(c), mark) and c not in taken]
            several = mark.endswith("*") and what in (What.EMAIL, What.PHONE)
            found += [Column(column, what) for column in (hits if several else hits[:1])]
            if hits and not several:
                break
    return found


def named(name: str) -> PeoplePreset:
    """Return the preset called `name`. Raises BadInputError listing those there are."""
    for preset in PRESETS:
        if preset.name == normal(name):
            return preset
    known = ", ".join(preset.name for preset in PRESETS)
    raise BadInputError(f"There is no preset “{name}”; there are auto, {known}.")


def _is(name: str, marks: str) -> bool:
    return any(
        name.startswith(mark[:-1]) if mark.endswith("*") else name == mark
        for mark in marks.split("|")
    )
