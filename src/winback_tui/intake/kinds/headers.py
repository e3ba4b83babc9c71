"""Headers of files about customers per field, in English and German, and then other languages.

Standard library only.
"""

from typing import Final

#: Headers per field, in order of trust, as `normal` writes them.
HEADERS: Final[dict[str, str]] = {
    "number": "customer_number customer_no customernumber customer_id customerid client_number "
    "client_id account_number account_no account_id kundennummer kunden_nummer kundennr kunden_nr "
    "kunden_id kundenid kdnr kd_nr kd_nummer kdnummer mitgliedsnummer mitglieds_nr mitgliedsnr "
    "member_number member_id member_no membership_number vertragspartnernummer geschaeftspartnernr "
    "geschaeftspartner_nr geschaeftspartnernummer debitorennummer debitorennr debitoren_nr "
    "debitornr debitor_nr debitor debitorenkonto cust_id "
    "card_code cardcode customer kunde "
    "klantnummer klantnr klantcode debiteurnummer numero_client no_client n_client "
    "code_client id_client numero_cliente n_cliente codigo_cliente cod_cliente id_cliente "
    "codice_cliente kundenr kundnummer kundnr kunnr klant cliente kund "
    "numer_klienta nr_klienta id_klienta kod_klienta nr_kontrahenta cislo_zakaznika "
    "id_zakaznika klient zakaznik kontonummer kto kto_nr ktonr",
    "name": "company company_name customer_name client_name account_name organisation "
    "organization organization_name organisation_name firma firmenname unternehmen kundenname "
    "name_1 name1 card_name cardname accounts name account "
    "bedrijfsnaam bedrijf klantnaam raison_sociale societe entreprise nom_client "
    "nom_de_l_entreprise razon_social empresa nombre_cliente ragione_sociale azienda "
    "nome_cliente firmanavn foretag foretagsnamn kundenavn kundnamn "
    "nazwa_firmy nazwa_klienta nazwa nazev_firmy nazev kontoname versicherungsnehmer "
    "vertragspartner mitglied associated_company primary_company",
    "party_kind": "party_kind customer_type kundenart kundentyp b2b_b2c",
    "segment": "segment customer_group customer_segment kundengruppe kundensegment abc_klasse "
    "klantgroep groupe_client",
    "industry": "industry branch sector branche",
    "owner": "owner account_manager account_owner contact_owner company_owner sales_rep "
    "vertriebsverantwortlicher vertriebsmitarbeiter verantwortlicher besitzer salesperson "
    "kundenverantwortlicher betreuer ansprechpartner_intern kundenbetreuer verkaeufer vertreter",
    "street": "street address street_address address_1 address_line_1 address_line address1 "
    "billing_street strasse strasse_hausnummer strasse_nr strasse_und_hausnummer anschrift adresse "
    "straat adres rue adresse_postale calle direccion indirizzo adress gatuadress gade "
    "vej "
    "stras "
    "ulica ulice",
    "house_number": "hausnummer hausnr haus_nr hnr house_number house_no huisnummer",
    "zip": "zip zip_code zipcode postcode postal_code zip_postal_code plz postleitzahl "
    "code_postal codigo_postal cap postnummer postnr "
    "pstlz billing_code shipping_code "
    "kod_pocztowy psc",
    "city": "city town ort stadt wohnort "
    "plaats woonplaats ville ciudad localidad poblacion citta comune poststed postort "
    "stad "
    "ort01 "
    "miasto miejscowosc mesto plz_ort plz_u_ort plz_und_ort plz_wohnort zip_city",
    "country": "country country_code country_region land laendercode staat "
    "landcode pays pais paese nazione "
    "land1 "
    "kraj zeme",
    "vat_id": "vat_id vat vat_number vat_no ust_id ust_idnr ust_id_nr ustid ustidnr "
    "umsatzsteuer_id umsatzsteuer_identifikationsnummer uid vat_ids lictradnum "
    "btw_nummer btw_nr tva_intracommunautaire numero_tva n_tva no_tva nif cif partita_iva "
    "p_iva cvr cvr_nummer cvr_nr momsnummer vat_registration_number "
    "nip dic tax_id",
    "customer_since": "customer_since kunde_seit create_date created_at angelegt_am "
    "klant_sinds client_depuis cliente_desde",
    "deleted": "deleted is_deleted geloescht ist_geloescht deleted_at geloescht_am supprime "
    "verwijderd merged_into merged_into_id zusammengefuehrt_mit",
    "contact_id": "contact_id contact_number kontakt_id kontaktnummer person_id",
    "first_name": "first_name firstname given_name vorname "
    "voornaam prenom nombre nome fornavn foernamn "
    "imie krestni_jmeno jmeno",
    "last_name": "last_name lastname surname family_name nachname familienname "
    "achternaam nom nom_de_famille apellido apellidos cognome efternavn efternamn "
    "etternavn "
    "nazwisko prijmeni",
    "person": "contact contact_name contact_person person full_name ansprechpartner "
    "ansprechpartnerin kontakt kontaktperson "
    "contactpersoon personne_de_contact persona_de_contacto persona_di_contatto "
    "kontaktperson "
    "osoba_kontaktowa kontaktni_osoba imie_i_nazwisko display_name anzeigename",
    "role": "role job_title jobtitle position funktion rolle abteilung title "
    "functie fonction cargo ruolo stilling befattning "
    "stanowisko pozice",
    "email": "email e_mail email_address e_mail_address mail e_mail_adresse emailadresse emails "
    "e_mailadres emailadres courriel adresse_e_mail adresse_email adresse_mail correo "
    "correo_electronico e_post e_postadresse mailadresse email_adresse mail_adresse "
    "smtp_addr primary_email subscriber recipient empfaenger "
    "adres_e_mail adres_email",
    "phone": "phone phone_number telephone telefon telefonnummer tel mobile mobile_phone "
    "mobile_number mobil mobiltelefon mobilnummer handy rufnummer telefon_1 telefon_2 cellular "
    "cell phone_numbers "
    "telefoon telefoonnummer mobiel portable telefono movil cellulare mobiltelefon "
    "mobilnr telefonnr telefon_nr tlf tel_nr "
    "telf1 telf2 "
    "numer_telefonu telefon_komorkowy komorka",
    "channel": "channel kanal kommunikationskanal canal kanaal canale",
    "purpose": "purpose zweck zweck_der_einwilligung verwendungszweck finalite doel finalidad",
    "event": "event consent consent_event consent_status consent_state einwilligung_status "
    "einwilligungsstatus status einwilligung zustimmung ereignis consentement toestemming "
    "consentimiento consenso",
    "basis": "basis legal_basis rechtsgrundlage",
    "at": "at consent_at given_at timestamp date consent_date time datum zeitpunkt "
    "einwilligung_am erteilt_am",
    "source": "source quelle herkunft",
    "reference": "reference source_reference evidence proof referenz nachweis beleg",
    "wording": "wording consent_text wortlaut einwilligungstext text",
    "email_consent": "email_consent accepts_email_marketing email_opt_in email_einwilligung "
    "e_mail_einwilligung einwilligung_e_mail einwilligung_email e_mail_erlaubt email_erlaubt "
    "e_mail_opt_in e_mail_werbung werbung_per_e_mail werbung_e_mail werbeeinwilligung_e_mail "
    "werbeeinwilligung_email e_mail_zustimmung e_mail_werbung_erlaubt e_mail_werbung_erwuenscht "
    "werbung_per_e_mail_erlaubt werbung_per_e_mail_erwuenscht "
    "newsletter newsletter_einwilligung email_status email_subscription_status subscription_status "
    "optin_status opt_in_status subscriber_status newsletter_status abo_status nieuwsbrief "
    "infolettre newsletter_abo newsletter_empfang newsletter_empfaenger newsletter_abonnent "
    "newsletter_abonniert newsletter_angemeldet newsletter_gewuenscht newsletter_erwuenscht "
    "newsletter_erlaubt newsletter_zustimmung newsletter_consent receives_newsletter "
    "newsletter_opt_in newsletter_subscribed newsletter_subscription newsletter_ja_nein",
    "email_consent_at": "email_consent_at email_consent_date email_consent_timestamp "
    "e_mail_einwilligung_am einwilligung_e_mail_am einwilligung_email_am email_einwilligung_am "
    "newsletter_seit newsletter_datum optin_datum opt_in_datum opt_in_date optin_date opt_in_time",
    "email_confirmed_at": "email_confirmed_at doi_am double_opt_in_date doi_date doi_datum "
    "double_opt_in_am double_opt_in_datum",
    "email_opt_out": "email_opt_out unsubscribed_from_all_email has_opted_out_of_email "
    "do_not_allow_emails do_not_email donotemail do_not_allow_bulk_emails keine_e_mails_zulassen "
    "e_mails_nicht_zulassen email_optout email_blacklisted",
    "email_withdrawn_at": "email_withdrawn_at unsubscribed_at unsub_time abgemeldet_am "
    "newsletter_abgemeldet_am abmeldedatum deactivated unsubscribed_date unsubscribe_date "
    "unsubscribed_time unsubscribed_on unsubscription_date optout_date opt_out_date opt_out_at "
    "opt_out_am optout_am widerrufen_am widerruf_am widerrufsdatum widerruf_datum revoked_at "
    "revoked_on withdrawn_at withdrawn_on abgemeldet_seit newsletter_abmeldung_am uitgeschreven_op "
    "retire_le ingetrokken_op",
    "email_bounced_at": "email_bounced_at clean_time",
    "sms_consent": "sms_consent accepts_sms_marketing sms_opt_in sms_einwilligung "
    "einwilligung_sms sms_erlaubt werbung_per_sms sms_werbung_erlaubt",
    "sms_consent_at": "sms_consent_at sms_consent_timestamp",
    "phone_consent": "phone_consent call_consent telefon_einwilligung werbeeinwilligung_telefon "
    "einwilligung_telefon telefon_erlaubt telefonwerbung werbung_per_telefon anruf_erlaubt "
    "telefon_opt_in phone_opt_in telefoneinwilligung telefonwerbung_erlaubt "
    "werbung_per_telefon_erlaubt anrufe_erlaubt",
    "phone_consent_at": "phone_consent_at telefon_einwilligung_am einwilligung_telefon_am",
    "phone_opt_out": "do_not_call phone_opt_out do_not_disturb do_not_allow_phone_calls "
    "do_not_phone donotphone "
    "keine_telefonanrufe_zulassen telefonanrufe_nicht_zulassen",
    "sms_opt_out": "sms_opt_out sms_blacklisted sms_blocklisted",
    "email_suppression": "email_suppressions email_suppression email_suppressed",
    "post_consent": "post_consent post_einwilligung einwilligung_post post_erlaubt postwerbung "
    "werbung_per_post post_opt_in postwerbung_erlaubt werbung_per_post_erlaubt",
    "post_consent_at": "post_consent_at post_einwilligung_am",
    "signal": "signal kind type event signal_type event_type event_name issue_type case_type "
    "ticket_type survey_type activity_type art typ ereignis ereignisart vorgangsart anliegen "
    "soort tipo kategorie category",
    "signal_id": "signal_id id ticket_id ticket_number ticket case_number event_id "
    "vorgangsnummer ticketnummer",
    "date": "date day signal_date event_date created_at datum tag am timestamp "
    "fecha dato data ts erstellt_am created_time created create_date created_on created_date "
    "created_utc "
    "erstellt event_time event_at occurred_at date_time_opened opened_at opened_on date_opened "
    "response_date responded_at submitted_at submit_date survey_date befragungsdatum mahndatum "
    "anrufdatum eingangsdatum eingegangen_am eingang gemeldet_am reported_at reported_on "
    "meldedatum zeitpunkt zeitstempel received_at kuendigung_eingegangen_am kuendigung_am "
    "gekuendigt_am kuendigungseingang cancelled_at canceled_at aangemaakt_op date_de_creation",
    "value": "value score wert rating nps nps_score nps_wert punkte betrag anzahl",
    "note": "note notes comment description subject text notiz bemerkung kommentar betreff "
    "beschreibung "
    "opmerking remarque nota comentario",
    "contract": "contract_number contract_no contract contract_id vertragsnummer vertrags_nr "
    "vertragsnr vertrag vertragskennung vertragskonto subscription_id subscription_number "
    "policy_number policy_no police policennummer policen_nr vsnr versicherungsnummer "
    "vers_nr versicherungsschein_nr versicherungsscheinnummer abo_nr abonummer contractnummer "
    "contract_nr "
    "contrat n_de_contrat n_contrat no_contrat numero_de_contrat numero_contrato numero_contratto "
    "number nummer",
    "title": "title contract_title contract_name vertragsname product product_name tariff "
    "bezeichnung titel produkt tarif vertragsart plan plan_name sparte tarifname abo",
    "start": "start start_date starts_on begin contract_start contract_start_date beginn "
    "vertragsbeginn "
    "laufzeit_von von "
    "startdatum ingangsdatum date_de_debut fecha_inicio data_inizio startdato "
    "vertragsstart laufzeitbeginn gueltig_ab gueltig_von valid_from effective_date "
    "current_period_start current_term_start date_start debut versicherungsbeginn lieferbeginn "
    "aktivierungsdatum "
    "anfangsdatum_des_vertrags anfangsdatum date_d_effet",
    "end": "end end_date ends_on expires expiry_date contract_end ende vertragsende "
    "laufzeit_bis laufzeitende bis ablauf "
    "contract_end_date contract_expiry_date contract_expiration_date "
    "enddatum einddatum date_de_fin fecha_fin data_fine slutdato slutdatum endet_am "
    "laeuft_bis gueltig_bis ablaufdatum lieferende enddatum_des_vertrags befristet_bis "
    "mindestlaufzeit_bis mindestvertragsende vertragsbindung_bis valid_to valid_until term_end "
    "expiration_date expiration current_period_end current_term_end date_end fin date_d_echeance "
    "echeance vervaldatum "
    "renewal_date next_renewal_date next_renewal naechste_verlaengerung verlaengerung_am "
    "hauptfaelligkeit",
    "notice_days": "notice_days notice_period notice kuendigungsfrist kuendigungsfrist_tage "
    "frist_tage frist "
    "opzegtermijn preavis plazo_de_preaviso preavviso opsigelse kuendigungsfrist_in_tagen "
    "kuendigungsfrist_monate kuendigungsfrist_in_monaten kuendigungsfrist_wochen "
    "kuendigungsfrist_in_wochen kuendigungsfrist_kunde notice_period_days notice_period_months "
    "cancellation_period cancellation_notice notice_months opzegperiode delai_de_preavis",
    "notice_by": "notice_by kuendigung_moeglich_bis kuendbar_bis kuendigung_bis "
    "spaeteste_kuendigung kuendigungsstichtag cancel_by cancellation_deadline notice_deadline "
    "uiterste_opzegdatum date_limite_de_resiliation",
    "notice_given": "notice_given gekuendigt_zum gekuendigt_am gekuendigt kuendigung_zum "
    "kuendigung_am kuendigung_eingegangen_am kuendigung_eingegangen kuendigungseingang "
    "kuendigung_erhalten_am kuendigung_liegt_vor notice_given_on notice_given_at cancelled_at "
    "canceled_at cancelled_on canceled_on cancellation_date cancel_at_period_end "
    "cancel_at_end_of_period stornodatum storniert_am opgezegd_op opgezegd_per opzegdatum "
    "date_de_resiliation resilie_le kuendigungsdatum kuendigungstermin kuendigung",
    "renewal": "renewal renewal_kind renewal_type auto_renewal verlaengerung verlaengerungsart "
    "automatische_verlaengerung automatic_renewal auto_renew autorenew verlaengert_sich "
    "stillschweigende_verlaengerung tacite_reconduction reconduction_tacite "
    "stilzwijgende_verlenging automatische_verlenging verlaengerung_um verlaengert_sich_um "
    "verlaengerungszeitraum verlaengerungslaufzeit verlaengerung_in_monaten verlaengerung_monate",
    "status": "status state contract_status contract_state vertragsstatus vertragszustand zustand "
    "subscription_status deal_stage statut",
    "amount": "amount value annual_value contract_value betrag wert vertragswert "
    "jahreswert jahresbetrag jahresbeitrag jahrespraemie arr acv tcv total_contract_value "
    "annual_contract_value "
    "contract_amount nettobetrag gesamtpreis total_price vertragssumme "
    "montant montant_annuel importe importo bedrag jaarbedrag beloeb belopp",
    "currency": "currency currency_code waehrung devise moneda divisa",
}


#: What newsletter tools call the days of an address, in files of consents that have no column of
#: what was said. In a file of customers such days may be those of an account.
OF_ADDRESSES: Final[dict[str, str]] = {
    "email_consent_at": "registriert registriert_am registered registered_at",
    "email_confirmed_at": "aktiviert aktiviert_am activated activated_at confirmed_at "
    "bestaetigt_am",
    "email_withdrawn_at": "deaktiviert deaktiviert_am deactivated_at",
    "email_bounced_at": "bounced bounced_at bounce_datum",
}

#: Days of signing up to anything, which are those of a newsletter where more speaks of one.
SIGNED_UP: Final = (
    "anmeldedatum angemeldet_am subscribe_date subscription_date subscribed_at subscribed_on "
    "signup_date aangemeld_op abonne_le"
)

#: Headers that name a company and nothing else.
HOUSES: Final = frozenset(
    ("company", "company_name", "organisation", "organization", "firma", "firmenname",
     "unternehmen")
)  # fmt: skip
